"""The sample clients, and the open session of one of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, ClientId, ContactId, ConversationId, MessageId, SessionId, new_id
from db.queries.channels.telegram import find_first_channel
from db.tables import (
    Agent,
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    DeliveryState,
    Direction,
    Message,
    MessageType,
    Session,
    User,
)
from desk.actors import ActorKind
from desk.metrics.recount import load_hours_of_channels, recount_sessions
from scripts.seeding.samples import (
    SAMPLE_AGENT,
    SAMPLE_CHANNEL_ID,
    SAMPLE_CLIENTS,
    SAMPLE_CUSTOMER,
    SAMPLE_MESSAGES,
    SampleMessage,
)

_clients = get_table(Client)
_agents = get_table(Agent)
_users = get_table(User)
_contacts = get_table(Contact)


async def seed_clients(tx: AsyncSession, now: datetime) -> int:
    """Add the sample clients that are missing, and return how many."""
    wanted = [sample.telegram_id for sample in SAMPLE_CLIENTS]
    found = await tx.execute(
        select(_clients.c.telegram_id).where(_clients.c.telegram_id.in_(wanted))
    )
    there = set(found.scalars())
    missing = [sample for sample in SAMPLE_CLIENTS if sample.telegram_id not in there]
    for sample in missing:
        client = Client(
            id=ClientId(new_id()),
            name=sample.name,
            username=sample.username,
            telegram_id=sample.telegram_id,
            language=sample.language,
            created_at=now,
        )
        tx.add(client)
    await tx.flush()
    return len(missing)


async def seed_session(tx: AsyncSession, now: datetime) -> bool:
    """Open the sample session, unless its client has written or its agent is missing."""
    client = await _get_client(tx, SAMPLE_CUSTOMER.telegram_id)
    agent = await _find_agent(tx, SAMPLE_AGENT.email)
    if agent is None or await _has_written(tx, client.id):
        return False
    conversation = await _add_conversation(tx, client, agent, now)
    session = Session(
        id=SessionId(new_id()),
        conversation_id=conversation.id,
        client_id=client.id,
        cs_id=agent.id,
        number=conversation.session_count,
        created_at=now - SAMPLE_MESSAGES[0].ago,
        first_held_at=now - SAMPLE_MESSAGES[0].ago,
    )
    tx.add(session)
    await tx.flush()
    # Not through the ORM: a desk may change the same count at this moment.
    assigned = {"active_sessions": _agents.c.active_sessions + 1}
    mine = _agents.c.id == agent.id
    await tx.execute(
        update(_agents).where(mine).values(**assigned, last_assigned_at=session.created_at)
    )
    tx.add_all(_build_message(sample, session, agent, client, now) for sample in SAMPLE_MESSAGES)
    await tx.flush()
    await recount_sessions(tx, [session.id], await load_hours_of_channels(tx))
    return True


async def _get_client(tx: AsyncSession, telegram_id: str) -> Client:
    found = await tx.execute(select(Client).where(_clients.c.telegram_id == telegram_id))
    return found.scalar_one()


async def _find_agent(tx: AsyncSession, email: str) -> Agent | None:
    found = await tx.execute(
        select(Agent).join(_users, _users.c.id == _agents.c.user_id).where(_users.c.email == email)
    )
    return found.scalar_one_or_none()


async def _has_written(tx: AsyncSession, client_id: ClientId) -> bool:
    statement = select(func.count()).select_from(_contacts)
    counted = await tx.execute(statement.where(_contacts.c.client_id == client_id))
    return bool(counted.scalar_one())


async def _add_conversation(
    tx: AsyncSession, client: Client, agent: Agent, now: datetime
) -> Conversation:
    channel = await find_first_channel(tx) or await _add_sample_channel(tx, now)
    begun = now - SAMPLE_MESSAGES[0].ago
    contact = Contact(
        id=ContactId(new_id()),
        client_id=client.id,
        channel_id=channel.id,
        external_id=SAMPLE_CUSTOMER.telegram_id,
        created_at=begun,
    )
    tx.add(contact)
    await tx.flush()
    conversation = Conversation(
        id=ConversationId(new_id()),
        contact_id=contact.id,
        channel_id=channel.id,
        assigned_agent_id=agent.id,
        unread_count=_count_unread(SAMPLE_MESSAGES),
        session_count=1,
        last_message_at=now - SAMPLE_MESSAGES[-1].ago,
        created_at=begun,
    )
    tx.add(conversation)
    await tx.flush()
    return conversation


async def _add_sample_channel(tx: AsyncSession, now: datetime) -> Channel:
    channel = Channel(
        id=ChannelId(new_id()),
        kind=ChannelKind.TELEGRAM,
        external_id=SAMPLE_CHANNEL_ID,
        name="Sample channel",
        is_active=False,
        created_at=now,
    )
    tx.add(channel)
    await tx.flush()
    return channel


def _count_unread(messages: Sequence[SampleMessage]) -> int:
    return sum(each.author is ActorKind.CUSTOMER and not each.is_read for each in messages)


def _build_message(
    sample: SampleMessage, session: Session, agent: Agent, client: Client, now: datetime
) -> Message:
    inbound = sample.author is ActorKind.CUSTOMER
    return Message(
        id=MessageId(new_id()),
        session_id=session.id,
        conversation_id=session.conversation_id,
        sender_type=sample.author.sender_type,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        message_type=MessageType.TEXT,
        message=sample.text,
        author_id=None if inbound else agent.id,
        author_name=client.name if inbound else agent.name,
        is_read=sample.is_read,
        delivery_state=DeliveryState.RECEIVED if inbound else DeliveryState.SENT,
        created_at=now - sample.ago,
    )
