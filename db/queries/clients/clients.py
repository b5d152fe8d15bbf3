"""Read clients, and change what staff can change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import AgentId, ChannelId, ClientId, ContactId, ConversationId, new_id
from db.queries.lists.search_scope import is_visible
from db.tables import Client, Contact, Conversation, Session

clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)
sessions = get_table(Session)


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A person who writes to us."""

    id: ClientId
    name: str
    username: str | None
    telegram_id: str | None
    phone: str | None
    email: str | None
    avatar_url: str | None
    language: str | None
    note: dict[str, Any] | None
    fields: list[dict[str, str]] | None
    is_blocked: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A client's address on one channel, with its conversation."""

    id: ContactId
    channel_id: ChannelId
    external_id: str
    alias: str | None
    unreachable: str | None
    conversation_id: ConversationId
    own_client_id: ClientId | None
    created_at: datetime
    marketing_stopped_at: datetime | None


SELECT_CLIENT: Select[Any] = select(
    clients.c.id,
    clients.c.name,
    clients.c.username,
    clients.c.telegram_id,
    clients.c.phone,
    clients.c.email,
    clients.c.avatar_url,
    clients.c.language,
    clients.c.note,
    clients.c.fields,
    clients.c.is_blocked,
    clients.c.created_at,
    clients.c.updated_at,
)
_SEEN = is_visible(sessions.c.client_id, clients.c.id)
# A client that was merged into another is not listed. Written so that no index on the column is
# used: nearly all clients are not merged, and MariaDB would read all of them through that index
# instead of reading a list in its order.
IS_NOT_MERGED = func.coalesce(clients.c.merged_into_id, "") == ""
_ONE = SELECT_CLIENT.where(clients.c.id == bindparam("client"), IS_NOT_MERGED)
_ONE_SEEN = _ONE.where(_SEEN)


async def find_client(
    tx: AsyncSession, client_id: ClientId, *, viewer: AgentId | None
) -> ClientRow | None:
    """Read a client; None if it does not exist or `viewer` does not see it.

    `viewer` None: all are visible. A client that was merged into another is not found.
    """
    values = {"client": client_id, "viewer": viewer}
    row = (await tx.execute(_ONE if viewer is None else _ONE_SEEN, values)).first()
    return ClientRow(*tuple(row)) if row else None


async def list_contacts(tx: AsyncSession, client_id: ClientId) -> list[ContactRow]:
    """List a client's addresses, with the conversation of each."""
    rows = await tx.execute(_CONTACTS, {"client": client_id})
    return [ContactRow(*tuple(row)) for row in rows]


_CONTACTS = (
    select(
        contacts.c.id,
        contacts.c.channel_id,
        contacts.c.external_id,
        contacts.c.alias,
        contacts.c.unreachable,
        conversations.c.id,
        contacts.c.own_client_id,
        contacts.c.created_at,
        contacts.c.marketing_stopped_at,
    )
    .join(conversations, conversations.c.contact_id == contacts.c.id)
    .where(contacts.c.client_id == bindparam("client"))
    .order_by(contacts.c.id)
)


async def add_client(
    tx: AsyncSession,
    *,
    name: str,
    username: str | None,
    telegram_id: str | None,
    language: str | None,
    phone: str | None,
    now: datetime,
) -> ClientId:
    """Add a person who wrote to us for the first time."""
    client_id = ClientId(new_id())
    await tx.execute(
        insert(clients).values(
            id=client_id,
            name=name,
            username=username,
            telegram_id=telegram_id,
            language=language,
            phone=phone,
            is_blocked=False,
            created_at=now,
        )
    )
    return client_id


async def update_client(tx: AsyncSession, client_id: ClientId, **changes: Any) -> None:
    """Set columns of one client."""
    await tx.execute(update(clients).where(clients.c.id == client_id).values(**changes))


async def set_blocked(tx: AsyncSession, client_id: ClientId, is_blocked: bool) -> bool:
    """Block or unblock a client; return False if nothing changed."""
    result = await tx.execute(
        update(clients)
        .where(clients.c.id == client_id, clients.c.is_blocked.is_(not is_blocked))
        .values(is_blocked=is_blocked)
    )
    return count_changed(result) == 1
