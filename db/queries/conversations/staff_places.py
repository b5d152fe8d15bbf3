"""Where a conversation is shown to staff: its places, each with a topic and a card.

Only this module reads and writes the table. A place keeps its id while its chat and its topic
change; the topic that it had before stays as a place of its own that is not active any more.
Changes are made under the conversation's lock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, is_sqlite
from db.ids import AgentId, ChannelId, ConversationId, StaffPlaceId, new_id
from db.queries.conversations.place import Place
from db.tables import Conversation, Session
from db.tables.base import now_utc
from db.tables.conversations import StaffPlace

conversations = get_table(Conversation)
sessions = get_table(Session)
_places = get_table(StaffPlace)
_asked = _places.alias("asked")


# What a thread is read with (db/queries/conversations/threads.py).
PLACE_COLUMNS = (
    _places.c.id,
    _places.c.channel_id,
    _places.c.chat,
    _places.c.topic,
    _places.c.card,
    _places.c.agent_id,
    _places.c.in_topic,
    _places.c.opening,
    _places.c.left_at,
    _places.c.title,
)
_READ_KNOWN = select(*PLACE_COLUMNS, _places.c.conversation_id, _places.c.is_active).order_by(
    _places.c.id
)


def join_places(tables: FromClause) -> FromClause:
    """Join the active places to statements about conversations: one row for each place."""
    return tables.outerjoin(_places, _places.c.active_conversation_id == conversations.c.id)


# To find the conversations of topics, present or former: their places, joined to conversations.
ASKED_TOPIC = _asked.c.topic
ASKED_CONVERSATION = _asked.c.conversation_id
ASKED_PLACES = _asked.join(conversations, conversations.c.id == _asked.c.conversation_id)
IS_ASKED = and_(
    _asked.c.channel_id == bindparam("channel"),
    _asked.c.chat == bindparam("chat"),
    _asked.c.topic.in_(bindparam("topics", expanding=True)),
)


async def add_place(
    tx: AsyncSession,
    conversation_id: ConversationId,
    *,
    channel_id: ChannelId,
    chat: str,
    agent_id: AgentId | None = None,
    in_topic: bool = True,
    opening: str | None = None,
) -> StaffPlaceId:
    """Show a conversation in a chat, where it gets a topic when there is something to show.

    The database refuses a second place in a group, and a second one in an agent's own chat.
    """
    place_id = StaffPlaceId(new_id())
    await tx.execute(
        insert(_places).values(
            id=place_id,
            conversation_id=conversation_id,
            channel_id=channel_id,
            chat=chat,
            agent_id=agent_id,
            in_topic=in_topic,
            opening=opening,
            is_active=True,
        )
    )
    return place_id


async def set_opening(tx: AsyncSession, place_id: StaffPlaceId, opening: str | None) -> None:
    """Set what stands below the card of a place."""
    await tx.execute(update(_places).where(_places.c.id == place_id).values(opening=opening))


async def set_left_at(
    tx: AsyncSession, conversation_id: ConversationId, place_id: StaffPlaceId, at: datetime | None
) -> None:
    """Set since when the topic of an agent's own chat is not needed; None: it is needed again."""
    await _lock_conversations(tx, [conversation_id])
    await tx.execute(update(_places).where(_places.c.id == place_id).values(left_at=at))


async def delete_place(
    tx: AsyncSession, conversation_id: ConversationId, place_id: StaffPlaceId
) -> None:
    """Delete a place whose topic is being deleted."""
    await _lock_conversations(tx, [conversation_id])
    await tx.execute(delete(_places).where(_places.c.id == place_id))


@dataclass(frozen=True, slots=True)
class OpenSessionPlace:
    """An open session, and a place where it is shown; without one if it is shown nowhere."""

    conversation_id: ConversationId
    channel_id: ChannelId
    place_id: StaffPlaceId | None
    agent_id: AgentId | None


async def list_open_sessions(
    tx: AsyncSession, channel_id: ChannelId | None = None
) -> list[OpenSessionPlace]:
    """List the open sessions of a channel, or of all, with the places where they are shown."""
    joined = conversations.join(
        sessions, sessions.c.active_conversation_id == conversations.c.id
    ).outerjoin(_places, _places.c.active_conversation_id == conversations.c.id)
    columns = (conversations.c.id, conversations.c.channel_id, _places.c.id, _places.c.agent_id)
    wanted = select(*columns).select_from(joined).order_by(conversations.c.id)
    if channel_id is not None:
        wanted = wanted.where(conversations.c.channel_id == channel_id)
    return [OpenSessionPlace(*row) for row in await tx.execute(wanted)]


async def list_places_of_agent(tx: AsyncSession, agent_id: AgentId) -> list["KnownPlace"]:
    """List the places of an agent's own chat, present and former."""
    these = _places.c.agent_id == agent_id
    rows = await tx.execute(_READ_KNOWN.where(these))
    return [KnownPlace(*tuple(row)) for row in rows]


async def list_places_without_topic(
    tx: AsyncSession, channel_id: ChannelId, chat: str
) -> list["KnownPlace"]:
    """List the places in an own chat where everything stands in the chat itself."""
    there = and_(_places.c.channel_id == channel_id, _places.c.chat == chat, _is_used())
    needed = and_(_places.c.in_topic.is_(False), _places.c.left_at.is_(None))
    rows = await tx.execute(_READ_KNOWN.where(there, needed))
    return [KnownPlace(*tuple(row)) for row in rows]


async def close_place(
    tx: AsyncSession,
    conversation_id: ConversationId,
    place_id: StaffPlaceId,
    *,
    left_at: datetime | None = None,
) -> None:
    """Stop showing a conversation in a place; its topic still leads to the conversation."""
    await _lock_conversations(tx, [conversation_id])
    closed = {"is_active": False, "left_at": left_at}
    await tx.execute(update(_places).where(_places.c.id == place_id).values(closed))


async def has_conversation_in(tx: AsyncSession, channel_id: ChannelId, chat: str) -> bool:
    """Check whether a conversation of the channel is in this group."""
    return bool(await tx.scalar(select(exists().where(_in_group(channel_id, chat)))))


async def has_any_topic(tx: AsyncSession, channel_id: ChannelId) -> bool:
    """Check whether a conversation of the channel has a topic in any group."""
    there = and_(_is_in_group(), _is_of_channel(channel_id), _places.c.topic.is_not(None))
    return bool(await tx.scalar(select(exists().where(there))))


async def move_conversations(tx: AsyncSession, channel_id: ChannelId, old: str, new: str) -> None:
    """Move the channel's conversations to another group, where they get new topics."""
    await _leave_topics(tx, _in_group(channel_id, old), {"chat": new})


async def move_place(tx: AsyncSession, place_id: StaffPlaceId, chat: str) -> None:
    """Move a place to another chat, where it gets a new topic."""
    await _leave_topics(tx, _places.c.id == place_id, {"chat": chat})


async def move_staff_group(tx: AsyncSession, old: str, new: str) -> None:
    """Replace the id of a group, of every channel; topics of the old id do not exist any more."""
    await _leave_topics(tx, and_(_is_in_group(), _places.c.chat == old), {"chat": new})


async def change_staff_channel(tx: AsyncSession, channel_id: ChannelId, bot: ChannelId) -> None:
    """Let another bot speak in the groups of a channel whose conversations have no topics yet."""
    await tx.flush()  # the channel's row first: conversations that are being added wait for it
    there = and_(_is_in_group(), _is_of_channel(channel_id))
    await _leave_topics(tx, there, {"channel_id": bot})


def _is_in_group() -> ColumnElement[bool]:
    return _places.c.group_conversation_id.is_not(None)


def _is_of_channel(channel_id: ChannelId) -> ColumnElement[bool]:
    of_channel = select(conversations.c.id).where(conversations.c.channel_id == channel_id)
    return _places.c.conversation_id.in_(of_channel)


def _in_group(channel_id: ChannelId, chat: str) -> ColumnElement[bool]:
    return and_(_is_in_group(), _places.c.chat == chat, _is_of_channel(channel_id))


async def save_topic(
    tx: AsyncSession, conversation_id: ConversationId, place: Place, topic: str
) -> bool:
    """Save the topic that was opened for a place, which has no card yet.

    If the place has one already, has moved to another chat or was closed, this one becomes a former
    one; then return False.
    """
    await _lock_conversations(tx, [conversation_id])
    there = and_(_places.c.channel_id == place.channel_id, _places.c.chat == place.chat)
    # The provider has just made this topic: another one of this name was lost with its chat.
    lost = and_(there, _places.c.topic == topic, _places.c.id != place.id)
    await tx.execute(update(_places).where(lost).values(topic=None, card=None))
    this = and_(_places.c.id == place.id, there)
    # Telegram reported it before the call that opened it was settled. The place may have been
    # closed since.
    reported = select(_places.c.is_active).where(this, _places.c.topic == topic)
    is_in_use = await tx.scalar(reported)
    if is_in_use is not None:
        return bool(is_in_use)
    waits = and_(this, _is_used(), _places.c.topic.is_(None))
    saved = await tx.execute(update(_places).where(waits).values(topic=topic, card=None))
    is_saved = count_changed(saved) == 1
    if not is_saved and await _exists(tx, conversation_id):
        former = _build_former(conversation_id, replace(place, topic=topic))
        await tx.execute(insert(_places), [former])
    return is_saved


def _is_used() -> ColumnElement[bool]:
    return _places.c.active_conversation_id.is_not(None)


async def _exists(tx: AsyncSession, conversation_id: ConversationId) -> bool:
    found = select(conversations.c.id).where(conversations.c.id == conversation_id)
    return await tx.scalar(found) is not None


async def list_unopened(tx: AsyncSession, channel_id: ChannelId, chat: str) -> list[ConversationId]:
    """List the conversations that are shown in a chat and have no topic there yet."""
    there = and_(_places.c.channel_id == channel_id, _places.c.chat == chat, _is_used())
    unopened = and_(there, _places.c.topic.is_(None), _places.c.in_topic.is_(True))
    return list(await tx.scalars(select(_places.c.conversation_id).where(unopened)))


async def show_without_topic(tx: AsyncSession, place_id: StaffPlaceId) -> None:
    """Show a conversation in the chat itself, because the chat has no topics."""
    await _leave_topics(tx, _places.c.id == place_id, {"in_topic": False})


async def try_topic_again(
    tx: AsyncSession, conversation_id: ConversationId, place_id: StaffPlaceId
) -> None:
    """Show a conversation in a topic again, with a card of its own, if the chat has topics now."""
    await _lock_conversations(tx, [conversation_id])
    without = and_(_places.c.id == place_id, _places.c.in_topic.is_(False))
    await tx.execute(update(_places).where(without).values(in_topic=True, card=None))


async def forget_topic(tx: AsyncSession, place_id: StaffPlaceId, topic: str) -> None:
    """Clear a place's topic if it is still this one."""
    await _leave_topics(tx, and_(_places.c.id == place_id, _places.c.topic == topic), {})


async def _leave_topics(
    tx: AsyncSession, which: ColumnElement[bool], changes: dict[str, Any]
) -> None:
    """Clear the topics of active places with what else changes, and keep them as former places."""
    of_these = select(_places.c.conversation_id).where(which)
    await _lock_conversations(tx, set(await tx.scalars(of_these)))
    columns = (_places.c.conversation_id, *PLACE_COLUMNS)
    rows = await tx.execute(select(*columns).where(which, _is_used()))
    left = [(conversation_id, Place(*place)) for conversation_id, *place in rows]
    these = _places.c.id.in_([place.id for _, place in left])
    former = [_build_former(of_this, place) for of_this, place in left if place.topic is not None]
    if left:
        await tx.execute(
            update(_places).where(these).values(topic=None, card=None, title=None, **changes)
        )
    if former:
        await tx.execute(insert(_places), former)


def _build_former(conversation_id: ConversationId, place: Place) -> dict[str, Any]:
    return {
        "id": new_id(),
        "conversation_id": conversation_id,
        "channel_id": place.channel_id,
        "chat": place.chat,
        "topic": place.topic,
        "agent_id": place.agent_id,
        "in_topic": True,
        "is_active": False,
        "left_at": now_utc() if place.agent_id else None,
    }


async def _lock_conversations(tx: AsyncSession, ids: Collection[ConversationId]) -> None:
    """Lock conversations before their places, as everyone does who changes places."""
    if ids and not is_sqlite(tx):  # BEGIN IMMEDIATE holds SQLite's only lock
        await tx.execute(_LOCK, {"ids": sorted(ids)})


_LOCK = (
    select(conversations.c.id)
    .where(conversations.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(conversations.c.id)
    .with_for_update()
)


async def save_card(
    tx: AsyncSession, conversation_id: ConversationId, place: Place, card: str | None
) -> bool:
    """Save the card of a place's topic; return False if it has one already, or a new topic."""
    await _lock_conversations(tx, [conversation_id])
    this = and_(_places.c.id == place.id, _places.c.topic == place.topic, _places.c.card.is_(None))
    return count_changed(await tx.execute(update(_places).where(this).values(card=card))) == 1


async def save_title(
    tx: AsyncSession, conversation_id: ConversationId, place: Place, title: str
) -> None:
    """Save what a place's topic shows, if it is still this topic."""
    await _lock_conversations(tx, [conversation_id])
    this = and_(_places.c.id == place.id, _places.c.topic == place.topic)
    await tx.execute(update(_places).where(this).values(title=title))


async def forget_card(tx: AsyncSession, conversation_id: ConversationId, place: Place) -> None:
    """Clear a place's card if it is still this one."""
    await _lock_conversations(tx, [conversation_id])
    this = and_(_places.c.id == place.id, _places.c.card == place.card)
    await tx.execute(update(_places).where(this).values(card=None))


@dataclass(frozen=True, slots=True)
class KnownPlace(Place):
    """A place of a conversation, present or former."""

    conversation_id: ConversationId
    is_active: bool


async def list_places(
    tx: AsyncSession, conversation_ids: Sequence[ConversationId]
) -> list[KnownPlace]:
    """List all places of these conversations, present and former."""
    these = _places.c.conversation_id.in_(conversation_ids)
    rows = await tx.execute(_READ_KNOWN.where(these))
    return [KnownPlace(*tuple(row)) for row in rows]


async def find_group_topic(
    tx: AsyncSession, conversation_id: ConversationId
) -> tuple[str, str] | None:
    """Return the staff group and the topic in which a conversation is shown now, if it is open."""
    row = (await tx.execute(_GROUP_TOPIC, {"conversation": conversation_id})).first()
    return None if row is None else (row.chat, row.topic)


_GROUP_TOPIC = select(_places.c.chat, _places.c.topic).where(
    _places.c.group_conversation_id == bindparam("conversation"), _places.c.topic.is_not(None)
)


async def delete_places(tx: AsyncSession, conversation_ids: Sequence[ConversationId]) -> None:
    """Delete all places of these conversations, before the conversations themselves."""
    await tx.execute(delete(_places).where(_places.c.conversation_id.in_(conversation_ids)))
