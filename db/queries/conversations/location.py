"""Find a session's conversation, holder and channel by the id of the session or of a message."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, ConversationId, MessageId, SessionId
from db.queries.lists.visibility import select_human_holder
from db.tables import Conversation, Message, Session, SessionStatus

sessions = get_table(Session)
messages = get_table(Message)
conversations = get_table(Conversation)


@dataclass(frozen=True, slots=True)
class SessionLocation:
    """A session with its conversation, channel and holder."""

    session_id: SessionId
    conversation_id: ConversationId
    cs_id: AgentId | None
    status: SessionStatus
    channel_id: ChannelId
    # Who has the right of the holder; None: nobody has, or an AI agent holds it.
    human_holder: AgentId | None

    @property
    def is_open(self) -> bool:
        return self.status is SessionStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class MessageLocation:
    """A message's conversation and channel, and its session if it was said in one."""

    session_id: SessionId | None
    conversation_id: ConversationId
    cs_id: AgentId | None
    status: SessionStatus | None
    channel_id: ChannelId
    # As for a session.
    human_holder: AgentId | None

    @property
    def is_open(self) -> bool:
        return self.status is SessionStatus.ACTIVE


_LOCATION = select(
    sessions.c.id,
    sessions.c.conversation_id,
    sessions.c.cs_id,
    sessions.c.status,
    conversations.c.channel_id,
    select_human_holder(sessions),
).join(conversations, conversations.c.id == sessions.c.conversation_id)
_OF_SESSION = _LOCATION.where(sessions.c.id == bindparam("id"))
_LAST_SESSION = (
    _LOCATION.where(sessions.c.conversation_id == bindparam("conversation"))
    .order_by(sessions.c.number.desc())
    .limit(1)
)
_OF_MESSAGE = (
    select(
        messages.c.session_id,
        messages.c.conversation_id,
        sessions.c.cs_id,
        sessions.c.status,
        conversations.c.channel_id,
        select_human_holder(sessions),
    )
    .join(conversations, conversations.c.id == messages.c.conversation_id)
    .outerjoin(sessions, sessions.c.id == messages.c.session_id)
    .where(messages.c.id == bindparam("id"))
)
_CONVERSATION = select(messages.c.conversation_id).where(messages.c.id == bindparam("id"))


async def find_session_location(tx: AsyncSession, session_id: SessionId) -> SessionLocation | None:
    """Find a session."""
    row = (await tx.execute(_OF_SESSION, {"id": session_id})).first()
    return SessionLocation(*row) if row else None


async def find_last_session(
    tx: AsyncSession, conversation_id: ConversationId
) -> SessionLocation | None:
    """Find the newest session of a conversation."""
    row = (await tx.execute(_LAST_SESSION, {"conversation": conversation_id})).first()
    return SessionLocation(*row) if row else None


async def find_message_location(tx: AsyncSession, message_id: MessageId) -> MessageLocation | None:
    """Find the conversation of a message, and its session if it was said in one."""
    row = (await tx.execute(_OF_MESSAGE, {"id": message_id})).first()
    return MessageLocation(*row) if row else None


async def find_conversation_of_message(
    tx: AsyncSession, message_id: MessageId
) -> ConversationId | None:
    """Find the conversation of a message."""
    found: ConversationId | None = await tx.scalar(_CONVERSATION, {"id": message_id})
    return found
