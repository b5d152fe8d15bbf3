"""Schemas for sending."""

from typing import Annotated

from pydantic import Field

from api.schemas.base import Line, RequestBody, ResponseModel, Text, Ulid
from api.sending.formatting import Entities
from api.sending.reply_window import IfClosed


class NewMessage(RequestBody):
    """An answer to the customer, or a note for staff."""

    text: Text = Field(description="a text longer than one message is sent in parts")
    entities: Entities | None = None
    reply_to: Ulid | None = Field(
        default=None, description="the message of this conversation to reply to"
    )
    internal: bool = Field(default=False, description="true: a note that the customer never sees")
    if_closed: IfClosed = "refuse"
    canned_reply_id: Ulid | None = Field(
        default=None,
        description="the canned reply whose actions are done after the answer; if one is refused,"
        " nothing is sent",
    )


class CannedRun(RequestBody):
    """The canned reply whose actions are done."""

    canned_reply_id: Ulid


class MessageChanges(RequestBody):
    """The new text of a message."""

    text: Text | None = Field(
        description="the new text, or the new caption of a file; null: remove the caption"
    )
    entities: Entities | None = None


class ReactionChange(RequestBody):
    """Staff's reaction to a message."""

    emoji: Annotated[Line, Field(max_length=16)] | None = Field(
        description="one emoji; null: take the reaction back. Telegram knows only some of them"
    )


class TypingOut(ResponseModel):
    """Whether the typing indicator was shown."""

    shown: bool = Field(description="true: the customer sees that an agent is typing")
