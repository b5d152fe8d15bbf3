"""Which sessions customers were asked to rate; their ratings stand in `conversation_metrics`."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.ids import ConversationId, MessageId, SessionId
from db.tables.base import reference, timestamp
from db.types import Key


class RatingRequest(SQLModel, table=True):
    """A customer was asked to rate a session, once."""

    __tablename__ = "rating_requests"

    session_id: SessionId = reference("sessions.id", primary_key=True)
    conversation_id: ConversationId = reference("conversations.id", index=True)
    # The question, and what thanked for the answer: a reply to either is a comment. No foreign
    # keys: the erasure of a client deletes messages first.
    message_id: MessageId = Field(sa_type=Key)
    thanks_id: MessageId | None = Field(default=None, sa_type=Key)
    asked_at: datetime = timestamp()
