"""Messages' ids: `{true|false}_{chat}_{tail}` at WAHA, `{true|false}_{tail}` with us.

The chat is left out of what we keep, because one chat goes by two names (a phone's and a lid) and
events use either; it stands beside the id in message_links. Edits and revokes name the tail alone.
"""

import hashlib
import re
from dataclasses import dataclass

from db.ids import ChannelId

# Longer or stranger ones are nobody's, and would not fit into a column.
_TAIL = re.compile(r"[A-Za-z0-9.=:-]{1,120}")
# How ids of WhatsApp's own web client begin.
_WEB_PREFIX = "3EB0"
_OWN_TAIL = re.compile(_WEB_PREFIX + r"([0-9A-F]{10})([0-9A-F]{8})")


class MalformedIdError(ValueError):
    """What should be a message's id is none."""


@dataclass(frozen=True, slots=True)
class MessageId:
    """A message's id: who wrote it, and what it is called in its chat."""

    from_us: bool
    tail: str
    # As the id named it; None: it did not.
    chat: str | None = None

    @property
    def stored_id(self) -> str:
        """Give the form in which ids are kept and compared."""
        return f"{_to_word(self.from_us)}_{self.tail}"

    def to_waha_id(self, chat: str) -> str:
        """Give the form in which WAHA takes ids."""
        return f"{self.stored_id.partition('_')[0]}_{chat}_{self.tail}"


def parse_message_id(written: str, *, from_us: bool = False) -> MessageId:
    """Read an id in any of its forms; raises MalformedIdError.

    `from_us` holds where the id itself does not say who wrote the message.
    """
    side, *rest = written.split("_")
    if side in {"true", "false"} and rest:
        # In groups a fourth part says who wrote; with us the chat is left out.
        chat, tail = (None, rest[0]) if len(rest) == 1 else (rest[0], rest[1])
        return MessageId(side == "true", _validate_tail(tail), chat)
    return MessageId(from_us, _validate_tail(written))


def has_author(written: str) -> bool:
    """Tell whether an id says who wrote the message."""
    return written.startswith(("true_", "false_"))


def build_own_tail(channel_id: ChannelId, row_id: int) -> str:
    """Name a message that we are about to send by the outbox row it is of.

    The same row gives the same name, so that phones drop a second copy, and receipts lead back to
    the row. The check depends on the channel: after a reset of the database rows are counted from 1
    again, but the channel is another one, and what it sends is no copy of what was sent before.
    """
    return f"{_WEB_PREFIX}{row_id:010X}{_compute_checksum(channel_id, row_id)}"


def find_row_id(channel_id: ChannelId, tail: str) -> int | None:
    """Tell which outbox row a message was named after; None: it was not named by us."""
    found = _OWN_TAIL.fullmatch(tail)
    if found is None:
        return None
    row_id = int(found[1], 16)
    return row_id if found[2] == _compute_checksum(channel_id, row_id) else None


def _compute_checksum(channel_id: ChannelId, row_id: int) -> str:
    return hashlib.sha256(f"{channel_id}:{row_id}".encode()).hexdigest()[:8].upper()


def _validate_tail(tail: str) -> str:
    if not _TAIL.fullmatch(tail):
        raise MalformedIdError(f"{tail[:60]!r} is no message id")
    return tail


def _to_word(from_us: bool) -> str:
    return "true" if from_us else "false"
