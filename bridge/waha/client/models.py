"""Models of WAHA's JSON, as far as we need it; other fields are ignored."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bridge.waha.identifiers.file_ids import find_stored_path
from bridge.waha.identifiers.message_ids import to_id_text
from db.tables import LinkStatus


def _to_text(value: Any) -> Any:
    """Convert to text what engines do not write as one: numbers, and ids of several fields."""
    if isinstance(value, dict):
        return to_id_text(value) or value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _list_texts(value: Any) -> Any:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else value


Text = Annotated[str, BeforeValidator(_to_text)]
Texts = Annotated[list[str], BeforeValidator(_list_texts)]
Data = dict[str, Any]


class _WahaModel(BaseModel):
    """A part of an event; a field that is null counts as one that is missing."""

    model_config = ConfigDict(defer_build=True, extra="ignore", populate_by_name=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None}


class Media(_WahaModel):
    """A message's file; `url` is its address at WAHA, which needs the key."""

    url: str | None = None
    mimetype: str | None = None
    filename: Text | None = None
    # Where the file is, if WAHA keeps files in a storage elsewhere.
    s3: Any = None
    error: Any = None

    @property
    def stored_path(self) -> str | None:
        """Return where the file is, or None if it has to be looked up by its message."""
        # What WAHA could not download it may have later.
        is_failed = self.error is not None
        return None if is_failed else find_stored_path(self.url, is_s3=self.s3 is not None)


class Location(_WahaModel):
    """A location; engines write coordinates as texts, and leave out a coordinate that is zero."""

    latitude: float = Field(default=0.0, ge=-90, le=90)
    longitude: float = Field(default=0.0, ge=-180, le=180)
    live: bool = False
    name: Text | None = None
    address: Text | None = None
    description: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _require_coordinate(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("latitude") is data.get("longitude") is None:
            raise ValueError("a location without coordinates")
        return data


class QuotedMessage(_WahaModel):
    """The message that another one replies to; its id may be only the tail."""

    id: Text | None = None
    body: Text | None = None


class Message(_WahaModel):
    """A message in either direction."""

    id: Text = ""
    timestamp: float | None = None
    sender: str | None = Field(default=None, alias="from")
    to: str | None = None
    from_me: bool = Field(default=False, alias="fromMe")
    source: str | None = None
    body: Text | None = None
    has_media: bool = Field(default=False, alias="hasMedia")
    media: Media | None = None
    location: Location | None = None
    vcards: Texts | None = Field(default=None, alias="vCards")
    reply_to: QuotedMessage | None = Field(default=None, alias="replyTo")
    data: Data | None = Field(default=None, alias="_data")

    @property
    def has_url(self) -> bool:
        """Check whether WAHA says where the message's file is."""
        return self.media is not None and self.media.url is not None


class Edit(Message):
    """A message that contains another message's new content."""

    edited_id: Text | None = Field(default=None, alias="editedMessageId")


class Revoke(_WahaModel):
    """A message was deleted for everyone; `before` and `after` name the chat."""

    revoked_id: Text | None = Field(default=None, alias="revokedMessageId")
    after: Message | None = None
    before: Message | None = None

    @property
    def deleted_id(self) -> str | None:
        """Return the deleted message's id; servers before 2025 give it only in `before`."""
        return self.revoked_id or (self.before.id if self.before else None)


class Ack(_WahaModel):
    """The delivery status of a message, as a number or by name."""

    id: Text = ""
    from_me: bool = Field(default=False, alias="fromMe")
    ack: int | None = None
    ack_name: str | None = Field(default=None, alias="ackName")


class ReactionEmoji(_WahaModel):
    """The emoji on a message; an empty text removes the reaction."""

    text: str | None = None
    message_id: Text | None = Field(default=None, alias="messageId")


class Reaction(_WahaModel):
    """A reaction to a message."""

    from_me: bool = Field(default=False, alias="fromMe")
    reaction: ReactionEmoji | None = None


class Call(_WahaModel):
    """A call that a customer makes to the phone."""

    id: Text = ""
    is_video: bool = Field(default=False, alias="isVideo")


class LinkedAccount(_WahaModel):
    """The linked account."""

    id: str | None = None
    push_name: str | None = Field(default=None, alias="pushName")


class StatusChange(_WahaModel):
    """A session's status in an event."""

    status: str = ""


class Session(_WahaModel):
    """A session's data at the server."""

    name: str
    status: str
    me: LinkedAccount | None = None
    config: Data | None = None


class Event(_WahaModel):
    """The envelope of every webhook event."""

    event: str
    session: str | None = None
    timestamp: float | None = None
    me: LinkedAccount | None = None
    payload: Data = Field(default_factory=dict)
    # The phone's chat id behind the payload's lid; our own webhook adds it (intake/webhook.py).
    resolved: str | None = Field(default=None, alias="osmodesk_resolved")


# WAHA's name → ours, if WAHA's is too long for the column.
_STATUS_NAMES = {"PASSKEY_CONFIRMATION_REQUIRED": LinkStatus.PASSKEY_CONFIRMATION}


def to_link_status(status: str) -> LinkStatus | None:
    """Return a session's status as we store it, or None if this version does not know it."""
    if status in _STATUS_NAMES:
        return _STATUS_NAMES[status]
    return LinkStatus(status) if status in LinkStatus.__members__.values() else None
