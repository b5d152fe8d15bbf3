"""A few rows of a help desk, written with the models: one customer of one channel, two agents."""

from dataclasses import dataclass

from db.database import Database
from db.ids import AgentId, ChannelId, ClientId, ConversationId, SessionId
from db.tables import Agent, AgentKind, Channel, ChannelKind, Client, Contact, Conversation, Session


@dataclass(frozen=True, slots=True)
class SmallDesk:
    """The ids of the rows."""

    channel_id: ChannelId
    human_id: AgentId
    ai_id: AgentId
    client_id: ClientId
    conversation_id: ConversationId
    session_id: SessionId


async def add_small_desk(database: Database) -> SmallDesk:
    """Write the rows; the AI agent holds the customer's open session."""
    async with database.transaction() as tx:
        channel = Channel(kind=ChannelKind.WHATSAPP_CLOUD, external_id="1", name="Shop")
        human, ai = (Agent(kind=kind, name=str(kind)) for kind in (AgentKind.HUMAN, AgentKind.AI))
        client = Client(name="Ann")
        tx.add_all([channel, human, ai, client])
        await tx.flush()
        contact = Contact(client_id=client.id, channel_id=channel.id, external_id="7")
        tx.add(contact)
        await tx.flush()
        conversation = Conversation(
            contact_id=contact.id, channel_id=channel.id, assigned_agent_id=ai.id
        )
        tx.add(conversation)
        await tx.flush()
        session = Session(conversation_id=conversation.id, client_id=client.id, cs_id=ai.id)
        tx.add(session)
    return SmallDesk(channel.id, human.id, ai.id, client.id, conversation.id, session.id)
