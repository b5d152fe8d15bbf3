"""Add and change contacts, the addresses of clients."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, ClientId, ContactId, ConversationId, new_id
from db.tables import Client, Contact, Conversation

clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)


async def add_contact(
    tx: AsyncSession,
    *,
    client_id: ClientId,
    own_client_id: ClientId | None,
    channel_id: ChannelId,
    external_id: str,
    alias: str | None,
    now: datetime,
) -> ContactId:
    """Add an address; `own_client_id` is its client before a merge, if that is another one."""
    contact_id = ContactId(new_id())
    await tx.execute(
        insert(contacts).values(
            id=contact_id,
            client_id=client_id,
            own_client_id=own_client_id,
            channel_id=channel_id,
            external_id=external_id,
            alias=alias,
            created_at=now,
        )
    )
    return contact_id


async def list_conversations_of_account(tx: AsyncSession, telegram_id: str) -> list[ConversationId]:
    """List the conversations that a Telegram account has as a customer."""
    mine = func.coalesce(contacts.c.own_client_id, contacts.c.client_id) == clients.c.id
    rows = await tx.scalars(
        select(conversations.c.id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(clients, mine)
        .where(clients.c.telegram_id == telegram_id)
        .order_by(conversations.c.id)
    )
    return [ConversationId(each) for each in rows]


async def set_chat_topic(tx: AsyncSession, contact_id: ContactId, topic: str | None) -> None:
    """Save the topic of their own chat that a customer wrote in last."""
    await _update(tx, contact_id, chat_topic=topic)


async def set_alias(tx: AsyncSession, contact_id: ContactId, alias: str) -> None:
    """Save a second id of an address at its provider."""
    await _update(tx, contact_id, alias=alias)


async def change_address(
    tx: AsyncSession, contact_id: ContactId, external_id: str, alias: str | None
) -> None:
    """Give an address new ids at its provider, where it can be reached."""
    await _update(tx, contact_id, external_id=external_id, alias=alias, unreachable=None)


async def set_unreachable(tx: AsyncSession, contact_id: ContactId, reason: str | None) -> None:
    """Save why an address cannot be reached; None: it can."""
    await _update(tx, contact_id, unreachable=reason)


async def set_marketing_stopped(
    tx: AsyncSession, contact_id: ContactId, at: datetime | None
) -> None:
    """Save since when a customer wants no marketing messages; None: they may be sent."""
    await _update(tx, contact_id, marketing_stopped_at=at)


async def set_marketing_stopped_everywhere(
    tx: AsyncSession, client_id: ClientId, at: datetime | None
) -> None:
    """Save for all addresses of a client since when they want no marketing messages."""
    these = update(contacts).where(contacts.c.client_id == client_id)
    await tx.execute(these.values(marketing_stopped_at=at))


async def _update(tx: AsyncSession, contact_id: ContactId, **values: Any) -> None:
    await tx.execute(update(contacts).where(contacts.c.id == contact_id).values(values))
