"""Models of WAHA's JSON, as far as we need it; other fields are ignored."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from db.tables import LinkStatus


def _to_text(value: Any) -> Any:
    """Convert numbers to texts, because engines differ in what they quote."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_to_text)]
Data = dict[str, Any]


class _WahaModel(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True)


class Media(_WahaModel):
    """A message's file; `url` is its address at WAHA, which needs the key."""

    url: str | None = None
    mimetype: str | None = None
    filename: str | None = None
    error: Any = None


class Location(_WahaModel):
    """A location; engines write coordinates as texts."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str | None = None
    address: str | None = None
    description: str | None = None


class QuotedMessage(_WahaModel):
    """The message that another one replies to; its id may be only the tail."""

    id: Text | None = None


class Message(_WahaModel):
    """A message in either direction."""

    id: Text
    timestamp: float | None = None
    sender: str | None = Field(default=None, alias="from")
    to: str | None = None
    from_me: bool = Field(default=False, alias="fromMe")
    source: str | None = None
    body: str | None = None
    has_media: bool = Field(default=False, alias="hasMedia")
    media: Media | None = None
    location: Location | None = None
    vcards: list[str] | None = Field(default=None, alias="vCards")
    reply_to: QuotedMessage | None = Field(default=None, alias="replyTo")
    data: Data | None = Field(default=None, alias="_data")

    @property
    def chat(self) -> str | None:
        """Return the chat of the message, which is the other person's."""
        return self.to if self.from_me else self.sender


class Edit(Message):
    """A message that contains another message's new content."""

    edited_id: Text = Field(alias="editedMessageId")


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
    """The delivery status of a message."""

    id: Text
    sender: str | None = Field(default=None, alias="from")
    to: str | None = None
    from_me: bool = Field(default=False, alias="fromMe")
    ack: int


class ReactionEmoji(_WahaModel):
    """The emoji on a message; an empty text removes the reaction."""

    text: str | None = None
    message_id: Text = Field(alias="messageId")


class Reaction(_WahaModel):
    """A reaction to a message."""

    id: Text | None = None
    sender: str | None = Field(default=None, alias="from")
    to: str | None = None
    from_me: bool = Field(default=False, alias="fromMe")
    reaction: ReactionEmoji


class LinkedAccount(_WahaModel):
    """The linked account."""

    id: str | None = None
    push_name: str | None = Field(default=None, alias="pushName")


class StatusChange(_WahaModel):
    """A session's status in an event."""

    status: str


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
    payload: Data
    # The phone's chat id behind the payload's lid; our own webhook adds it (intake/webhook.py).
    resolved: str | None = Field(default=None, alias="osmodesk_resolved")


# WAHA's name → ours, if WAHA's is too long for the column.
_STATUS_NAMES = {"PASSKEY_CONFIRMATION_REQUIRED": LinkStatus.PASSKEY_CONFIRMATION}


def to_link_status(status: str) -> LinkStatus | None:
    """Return a session's status as we store it, or None if this version does not know it."""
    if status in _STATUS_NAMES:
        return _STATUS_NAMES[status]
    return LinkStatus(status) if status in LinkStatus.__members__.values() else None
