"""The content of a message, from any channel; messages and outbox payloads carry it."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.ids import BroadcastId
from db.tables import MessageType

# Key in a content's file: a PNG in base64.
_PICTURE = "picture"
_ADDRESSES = ("http://", "https://")
# Key in a message's attributes: the broadcast that it belongs to, with its id and name.
BROADCAST = "broadcast"


def contains_link(text: str) -> bool:
    """Check whether a text has the address of a web page in it."""
    return any(each in text.lower() for each in _ADDRESSES)


@dataclass(frozen=True, slots=True)
class Content:
    """Text with entities (offsets in UTF-16 code units), a file, or something else."""

    type: MessageType = MessageType.TEXT
    text: str | None = None
    entities: list[dict[str, Any]] | None = None
    file: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
    # Shared by the messages of one album.
    album: str | None = None
    # Where the original stands, for a channel that can copy it: (chat, provider's message id).
    source: tuple[str, str] | None = None

    @property
    def is_text(self) -> bool:
        return self.type in {MessageType.TEXT, MessageType.LINK}

    @property
    def stored_type(self) -> MessageType:
        """Return the type under which it is stored: a text with an address in it is a LINK."""
        is_link = self.type is MessageType.TEXT and contains_link(self.text or "")
        return MessageType.LINK if is_link else self.type

    @property
    def is_template(self) -> bool:
        """Check whether it is a filled-in template, whose text is a preview (desk/templates/)."""
        return self.attributes is not None and "template" in self.attributes

    @property
    def broadcast_id(self) -> BroadcastId | None:
        """Return the broadcast that it belongs to, if it does."""
        about = (self.attributes or {}).get(BROADCAST)
        return None if about is None else BroadcastId(about["id"])

    @property
    def is_upload(self) -> bool:
        """Check whether its file is on our own disk (desk/media/upload_store.py)."""
        return self.file is not None and "upload" in self.file

    @property
    def picture(self) -> bytes | None:
        """Return the picture that stands in the content itself, as PNG."""
        encoded = (self.file or {}).get(_PICTURE)
        return None if encoded is None else b64decode(encoded)

    @classmethod
    def of_picture(cls, png: bytes, caption: str) -> "Content":
        """Return a picture that we drew. It needs no file, and goes with its outbox row."""
        file = {_PICTURE: b64encode(png).decode(), "mime": "image/png"}
        return cls(MessageType.IMAGE, caption, file=file)

    def to_json(self) -> dict[str, Any]:
        values = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in values if value is not None}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Content":
        source = kept.get("source")
        return cls(
            MessageType(kept["type"]),
            kept.get("text"),
            kept.get("entities"),
            kept.get("file"),
            kept.get("attributes"),
            kept.get("album"),
            source and (source[0], source[1]),
        )
