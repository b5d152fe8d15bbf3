"""Where conversations stand with the staff: in which group."""

from sqlalchemy import and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.ids import ChannelId, ConversationId
from db.queries.conversations.former_topics import remember_topics
from db.tables import Channel, Conversation, Lane

channels = table_of(Channel)
conversations = table_of(Conversation)
lanes = table_of(Lane)


async def stands_any_in(tx: AsyncSession, channel_id: ChannelId, chat: str) -> bool:
    """Tell whether a conversation of the channel stands in this group."""
    there = and_(conversations.c.staff_chat == chat, conversations.c.channel_id == channel_id)
    return bool(await tx.scalar(select(exists().where(there))))


async def stands_anywhere(tx: AsyncSession, channel_id: ChannelId) -> bool:
    """Tell whether a conversation of the channel has a topic in any group."""
    there = conversations.c.channel_id == channel_id, conversations.c.staff_topic.is_not(None)
    return bool(await tx.scalar(select(exists().where(*there))))


async def move_all(tx: AsyncSession, channel_id: ChannelId, old: str, new: str) -> None:
    """Move the channel's conversations to another group, where their topics are opened anew."""
    there = and_(conversations.c.staff_chat == old, conversations.c.channel_id == channel_id)
    await remember_topics(tx, there)
    await tx.execute(
        update(conversations).where(there).values(staff_chat=new, staff_topic=None, staff_card=None)
    )


async def move_one(tx: AsyncSession, conversation_id: ConversationId, new: str) -> None:
    """Move a conversation to another group, where its topic is opened anew."""
    this = conversations.c.id == conversation_id
    await remember_topics(tx, this)
    await tx.execute(
        update(conversations).where(this).values(staff_chat=new, staff_topic=None, staff_card=None)
    )


async def groups_of(tx: AsyncSession, channel_id: ChannelId) -> tuple[str, ...]:
    """Read a channel's staff groups as they are kept now, under their present ids."""
    columns = (channels.c.staff_groups, channels.c.moved_groups)
    row = (await tx.execute(select(*columns).where(channels.c.id == channel_id))).one()
    return tuple(row.moved_groups.get(group, group) for group in row.staff_groups)


async def regate(tx: AsyncSession, old: str, new: str) -> None:
    """Have the lanes of one gate go through another."""
    await tx.execute(update(lanes).where(lanes.c.gate == old).values(gate=new))
