"""Schemas of conversations."""

from datetime import datetime

from pydantic import Field

from api.schemas.base import ResponseModel, SearchText, Ulid
from api.schemas.pagination import PageQuery
from api.sessions.models import AgentBrief, ChannelBrief, ClientBrief, LastMessage


class OpenSession(ResponseModel):
    """A conversation's open session."""

    id: Ulid
    number: int
    waiting: bool
    created_at: datetime
    agent: AgentBrief | None


class ConversationOut(ResponseModel):
    """A customer's thread on one channel, as far as I may see its sessions."""

    id: Ulid
    client: ClientBrief
    channel: ChannelBrief
    unreachable: str | None = Field(description="why nothing reaches the customer at present")
    session: OpenSession | None = Field(description="null: none is open that I may see")
    session_count: int
    unread_count: int
    reply_until: datetime | None = Field(
        description="until when free answers may be sent, later only templates; null: the channel"
        " has no such limit"
    )
    is_active: bool
    last_message: LastMessage | None
    last_message_at: datetime
    created_at: datetime


class ConversationQuery(PageQuery):
    """Which conversations."""

    q: SearchText | None = Field(
        default=None,
        description="in the customer's name, username or phone number. One page looks through so"
        " many conversations and no more: it may be empty, and `next` leads on",
    )
    channel_id: Ulid | None = None
    agent_id: Ulid | None = Field(default=None, description="whose open session it is")
    unread: bool = Field(default=False, description="true: only those with something unread")
