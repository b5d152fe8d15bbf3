"""Write past conversations, sessions and messages directly into the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import ChannelId, ClientId, ConversationId, SessionId, new_id
from db.tables import (
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    DeliveryState,
    Direction,
    Message,
    MessageType,
    SenderType,
    Session,
    SessionStatus,
)
from tests.api.stage import ApiStage, Person

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class HistoryBuilder:
    """Writes conversations of one channel; each is a minute younger than the previous one."""

    api: ApiStage
    channel_id: ChannelId
    minutes: int = 0
    _made: list[SessionId] = field(default_factory=list)

    @classmethod
    async def on_a_channel(cls, api: ApiStage, name: str = "Bot") -> "HistoryBuilder":
        """Create a builder with a channel of its own."""
        channel = Channel(kind=ChannelKind.TELEGRAM, external_id=new_id(), name=name)
        channel_id = channel.id
        async with api.database.transaction() as tx:
            tx.add(channel)
        return cls(api, channel_id)

    async def session(
        self,
        holder: Person | None = None,
        *,
        ended: bool = False,
        name: str = "Ann",
        username: str | None = None,
        phone: str | None = None,
        unread: int = 0,
        says: Sequence[str] = (),
        again: SessionId | None = None,
    ) -> SessionId:
        """Write a session of a new client, or the next session of the conversation of `again`.

        The customer and the staff write in turn. The last messages of the customer are unread.
        """
        self.minutes += 1
        session_id = SessionId(new_id())

        async def work(tx: AsyncSession) -> None:
            conversation = await self._conversation(tx, again, name, username, phone)
            conversation.session_count += 1
            conversation.unread_count = unread
            conversation.last_message_at = self.now
            conversation.assigned_agent_id = holder.agent_id if holder and not ended else None
            tx.add(conversation)
            await tx.flush()
            contact = await tx.get_one(Contact, conversation.contact_id)
            tx.add(
                Session(
                    id=session_id,
                    conversation_id=conversation.id,
                    client_id=contact.client_id,
                    cs_id=holder.agent_id if holder else None,
                    number=conversation.session_count,
                    status=SessionStatus.ENDED if ended else SessionStatus.ACTIVE,
                    ended_at=self.now if ended else None,
                    created_at=self.now,
                )
            )
            await tx.flush()
            for place, text in enumerate(says):
                is_read = place < len(says) - 2 * unread
                tx.add(self._message(conversation.id, session_id, place, text, is_read=is_read))

        await self.api.database.run(work)
        return session_id

    @property
    def now(self) -> datetime:
        return BEGAN + self.minutes * MINUTE

    async def of(self, session_id: SessionId) -> tuple[ConversationId, ClientId]:
        """Return the conversation and the client of a session."""
        [row] = await self.api.rows(
            "SELECT conversation_id, client_id FROM sessions WHERE id = :id", id=session_id
        )
        return ConversationId(row["conversation_id"]), ClientId(row["client_id"])

    async def _conversation(
        self,
        tx: AsyncSession,
        again: SessionId | None,
        name: str,
        username: str | None,
        phone: str | None,
    ) -> Conversation:
        if again is not None:
            before = await tx.get_one(Session, again)
            return await tx.get_one(Conversation, before.conversation_id)
        client = Client(name=name, username=username, phone=phone, created_at=self.now)
        tx.add(client)
        await tx.flush()
        contact = Contact(
            client_id=client.id,
            channel_id=self.channel_id,
            external_id=client.id,
            created_at=self.now,
        )
        tx.add(contact)
        await tx.flush()
        made = Conversation(contact_id=contact.id, channel_id=self.channel_id)
        made.created_at = self.now
        return made

    def _message(
        self,
        conversation_id: ConversationId,
        session_id: SessionId,
        place: int,
        text: str,
        *,
        is_read: bool,
    ) -> Message:
        by_customer = place % 2 == 0
        return Message(
            session_id=session_id,
            conversation_id=conversation_id,
            sender_type=SenderType.CLIENT if by_customer else SenderType.CS,
            direction=Direction.INBOUND if by_customer else Direction.OUTBOUND,
            message_type=MessageType.TEXT,
            message=text,
            is_read=is_read or not by_customer,
            delivery_state=DeliveryState.RECEIVED if by_customer else DeliveryState.SENT,
            created_at=self.now + timedelta(seconds=place),
        )
