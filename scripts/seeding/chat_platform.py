"""Write the sample data of the chat platform's schema.

All of it is offline or switched off: no agent is given sessions whom nobody plays, and no number is
linked.
"""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, new_id
from db.queries.accounts.accounts import find_user_by_email, update_agent_of_user, update_user
from db.queries.ai.configs import add_ai_agent
from db.queries.auto_replies import add_rule
from db.queries.channels.channels import find_by_external_id, set_agents
from db.queries.clients.clients import add_client, update_client
from db.queries.clients.contacts import add_contact
from db.queries.conversations.threads import add_conversation
from db.tables import (
    Agent,
    AgentStatus,
    AutoReplyRule,
    Channel,
    ChannelKind,
    LinkStatus,
    RuleMatch,
    TemplateStatus,
    WhatsAppMessageTemplate,
    WhatsAppSession,
)
from desk.accounts.accounts import add_account
from desk.accounts.unique_names import find_free_name
from scripts.seeding.chat_samples import (
    AI_AGENTS,
    CONTACTS,
    ICON,
    PEOPLE,
    RULES,
    TEMPLATES,
    WHATSAPP_CHANNELS,
)

_agents = get_table(Agent)
_templates = get_table(WhatsAppMessageTemplate)
_CAPACITY = 10


async def seed_chat_platform(tx: AsyncSession, now: datetime) -> bool:
    """Add the sample data; return False if its first channel exists already."""
    first = WHATSAPP_CHANNELS[0].external_id
    if await find_by_external_id(tx, ChannelKind.WHATSAPP_WAHA, first) is not None:
        return False
    await _seed_people(tx, now)
    ai_agents = await _seed_ai_agents(tx, now)
    channel_id, *_ = await _seed_channels(tx, now)
    await set_agents(tx, channel_id, ai_agents)
    await _seed_templates(tx, channel_id, now)
    await _seed_rules(tx, channel_id, now)
    await _seed_contacts(tx, channel_id, now)
    return True


async def _seed_people(tx: AsyncSession, now: datetime) -> None:
    for person in PEOPLE:
        if await find_user_by_email(tx, person.email) is not None:
            continue
        name = await find_free_name(tx, person.name)
        made = await add_account(tx, name=name, email=person.email, role=person.role, now=now)
        await update_user(tx, made.user_id, avatar_url=person.avatar_url)
        await update_agent_of_user(tx, made.user_id, description=person.description)


async def _seed_ai_agents(tx: AsyncSession, now: datetime) -> list[AgentId]:
    made = []
    for agent in AI_AGENTS:
        name = await find_free_name(tx, agent.name)
        agent_id = await add_ai_agent(
            tx, name, level=agent.level, capacity=_CAPACITY, values=agent.config, now=now
        )
        profile = {"description": agent.description, "avatar_url": agent.avatar_url}
        this = update(_agents).where(_agents.c.id == agent_id)
        await tx.execute(this.values(status=AgentStatus.OFFLINE, **profile))
        made.append(agent_id)
    return made


async def _seed_channels(tx: AsyncSession, now: datetime) -> list[ChannelId]:
    made = []
    for sample in WHATSAPP_CHANNELS:
        channel = Channel(
            id=ChannelId(new_id()),
            kind=ChannelKind.WHATSAPP_WAHA,
            external_id=sample.external_id,
            name=sample.name,
            icon_url=ICON,
            is_active=False,
            created_at=now,
        )
        tx.add(channel)
        await tx.flush()
        link = WhatsAppSession(
            channel_id=channel.id, status=LinkStatus.STOPPED, phone=sample.phone, changed_at=now
        )
        tx.add(link)
        made.append(channel.id)
    await tx.flush()
    return made


async def _seed_templates(tx: AsyncSession, channel_id: ChannelId, now: datetime) -> None:
    rows = [
        {
            "id": new_id(),
            "channel_id": channel_id,
            "name": template.name,
            "language": "id",
            "status": TemplateStatus.APPROVED,
            "components": [{"type": "BODY", "text": template.text}],
            "is_named": True,
            "synced_at": now,
            "created_at": now,
        }
        for template in TEMPLATES
    ]
    await tx.execute(insert(_templates), rows)


async def _seed_rules(tx: AsyncSession, channel_id: ChannelId, now: datetime) -> None:
    for rule in RULES:
        row = AutoReplyRule(
            channel_id=channel_id,
            name=rule.name,
            match_kind=RuleMatch.WORD,
            trigger_keywords=rule.words,
            reply_message=rule.text,
            delay_seconds=rule.delay_seconds,
            priority=rule.priority,
            created_at=now,
        )
        await add_rule(tx, row)


async def _seed_contacts(tx: AsyncSession, channel_id: ChannelId, now: datetime) -> None:
    for sample in CONTACTS:
        client_id = await add_client(
            tx,
            name=sample.name,
            username=None,
            telegram_id=None,
            language="id",
            phone=sample.phone,
            now=now,
        )
        await update_client(tx, client_id, email=sample.email, avatar_url=sample.avatar_url)
        contact_id = await add_contact(
            tx,
            client_id=client_id,
            own_client_id=None,
            channel_id=channel_id,
            external_id=f"{sample.phone.removeprefix('+')}@c.us",
            alias=None,
            now=now,
        )
        await add_conversation(tx, contact_id=contact_id, channel_id=channel_id, now=now)
