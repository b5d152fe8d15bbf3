"""What WAHA says, as far as it matters here; whatever else it says is passed over."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from db.tables import LinkStatus


def _to_text(value: Any) -> Any:
    """Take numbers and the like for texts: engines differ in what they quote."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_to_text)]
Data = dict[str, Any]


class _WahaModel(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True)


class Media(_WahaModel):
    """A message's file; `url` is where WAHA hands it out, for those with its key."""

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
    """The message that another one answers; its id may be the tail alone."""

    id: Text | None = None


class Message(_WahaModel):
    """A message, in either direction."""

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
        """Whose chat it stands in: that of whoever is not us."""
        return self.to if self.from_me else self.sender


class Edit(Message):
    """A message that says what another one says now."""

    edited_id: Text = Field(alias="editedMessageId")


class Revoke(_WahaModel):
    """A message was deleted for everyone; `before` and `after` say in which chat."""

    revoked_id: Text | None = Field(default=None, alias="revokedMessageId")
    after: Message | None = None
    before: Message | None = None

    @property
    def deleted_id(self) -> str | None:
        """Name the message that is gone; servers before 2025 say so in `before` alone."""
        return self.revoked_id or (self.before.id if self.before else None)


class Ack(_WahaModel):
    """How far a message got."""

    id: Text
    sender: str | None = Field(default=None, alias="from")
    to: str | None = None
    from_me: bool = Field(default=False, alias="fromMe")
    ack: int


class ReactionEmoji(_WahaModel):
    """What was put on which message; an empty text takes it back."""

    text: str | None = None
    message_id: Text = Field(alias="messageId")


class Reaction(_WahaModel):
    """Somebody reacted to a message."""

    id: Text | None = None
    sender: str | None = Field(default=None, alias="from")
    to: str | None = None
    from_me: bool = Field(default=False, alias="fromMe")
    reaction: ReactionEmoji


class LinkedAccount(_WahaModel):
    """The account that is linked."""

    id: str | None = None
    push_name: str | None = Field(default=None, alias="pushName")


class StatusChange(_WahaModel):
    """A session's status as an event tells it."""

    status: str


class Session(_WahaModel):
    """A session as the server describes it."""

    name: str
    status: str
    me: LinkedAccount | None = None
    config: Data | None = None


class Event(_WahaModel):
    """The envelope of everything that webhooks are told."""

    event: str
    session: str | None = None
    timestamp: float | None = None
    me: LinkedAccount | None = None
    payload: Data
    # The phone's chat id behind the payload's lid; put in by our own webhook (webhook.py).
    resolved: str | None = Field(default=None, alias="osmodesk_resolved")


# WAHA's name → ours, where a column was too short for it.
_STATUS_NAMES = {"PASSKEY_CONFIRMATION_REQUIRED": LinkStatus.PASSKEY_CONFIRMATION}


def to_link_status(status: str) -> LinkStatus | None:
    """Give a session's status as we keep it; None: one that this version does not know."""
    if status in _STATUS_NAMES:
        return _STATUS_NAMES[status]
    return LinkStatus(status) if status in LinkStatus.__members__.values() else None
