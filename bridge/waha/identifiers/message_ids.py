"""Handle message ids: `{true|false}_{chat}_{tail}` at WAHA, `{true|false}_{tail}` in our database.

We store the id without the chat, because one chat has two names (a phone's and a lid), and events
use either. The chat is a column beside the id in message_links. Edits and revokes contain only the
tail.
"""

import hashlib
import re
from dataclasses import dataclass

from db.ids import ChannelId

# Longer or other ids do not exist, and would not fit into a column.
_TAIL = re.compile(r"[A-Za-z0-9.=:-]{1,120}")
# The beginning of ids from WhatsApp's own web client.
_WEB_PREFIX = "3EB0"
_OWN_TAIL = re.compile(_WEB_PREFIX + r"([0-9A-F]{10})([0-9A-F]{8})")


class MalformedIdError(ValueError):
    """The text is not a message id."""


@dataclass(frozen=True, slots=True)
class MessageId:
    """A message's id: who wrote it, and its name in its chat."""

    from_us: bool
    tail: str
    # The chat in the id, or None if the id names none.
    chat: str | None = None

    @property
    def stored_id(self) -> str:
        """Return the form in which ids are stored and compared."""
        return f"{_to_word(self.from_us)}_{self.tail}"

    def to_waha_id(self, chat: str) -> str:
        """Return the form that WAHA accepts."""
        return f"{self.stored_id.partition('_')[0]}_{chat}_{self.tail}"


def parse_message_id(written: str, *, from_us: bool = False) -> MessageId:
    """Parse an id in any of its forms; raise MalformedIdError.

    `from_us` is used if the id itself does not say who wrote the message.
    """
    side, *rest = written.split("_")
    if side in {"true", "false"} and rest:
        # In groups a fourth part names the author. Stored ids have no chat.
        chat, tail = (None, rest[0]) if len(rest) == 1 else (rest[0], rest[1])
        return MessageId(side == "true", _validate_tail(tail), chat)
    return MessageId(from_us, _validate_tail(written))


def to_id_text(written: object) -> str:
    """Return an id as a text; WhatsApp Web describes ids by several fields."""
    if isinstance(written, dict):
        written = written.get("_serialized") or written.get("id")
    return written if isinstance(written, str) else ""


def has_author(written: str) -> bool:
    """Check whether an id says who wrote the message."""
    return written.startswith(("true_", "false_"))


def build_own_tail(channel_id: ChannelId, row_id: int) -> str:
    """Build the id tail of a message that we are about to send from its outbox row.

    The same row gives the same tail, so that phones drop a second copy, and receipts lead back to
    the row. The checksum depends on the channel. After a reset of the database, row ids start at 1
    again, but the channel is a new one, so its messages do not count as copies of earlier ones.
    """
    return f"{_WEB_PREFIX}{row_id:010X}{_compute_checksum(channel_id, row_id)}"


def find_row_id(channel_id: ChannelId, tail: str) -> int | None:
    """Return the outbox row of a message id's tail, or None if we did not create it."""
    found = _OWN_TAIL.fullmatch(tail)
    if found is None:
        return None
    row_id = int(found[1], 16)
    return row_id if found[2] == _compute_checksum(channel_id, row_id) else None


def _compute_checksum(channel_id: ChannelId, row_id: int) -> str:
    return hashlib.sha256(f"{channel_id}:{row_id}".encode()).hexdigest()[:8].upper()


def _validate_tail(tail: str) -> str:
    if not _TAIL.fullmatch(tail):
        raise MalformedIdError(f"{tail[:60]!r} is not a message id")
    return tail


def _to_word(from_us: bool) -> str:
    return "true" if from_us else "false"
