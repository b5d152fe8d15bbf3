"""Schemas for sending."""

from pydantic import Field

from api.schemas.base import RequestBody, ResponseModel, Text, Ulid
from api.sending.reply_window import IfClosed


class NewMessage(RequestBody):
    """An answer to the customer, or a note for staff."""

    text: Text = Field(description="what is longer than a message may be goes out in parts")
    reply_to: Ulid | None = Field(
        default=None, description="the message of this conversation that it answers"
    )
    internal: bool = Field(default=False, description="true: a note that the customer never sees")
    if_closed: IfClosed = "refuse"


class MessageChanges(RequestBody):
    """The new text of a message."""

    text: Text | None = Field(description="or the caption of a file; null: it has none any more")


class TypingOut(ResponseModel):
    """Whether the typing indicator was shown."""

    shown: bool = Field(description="whether the customer sees that somebody is typing")
