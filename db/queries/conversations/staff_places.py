"""Find and change where a conversation is shown to staff: its group, topic and card."""

from sqlalchemy import and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import ChannelId, ConversationId
from db.queries.conversations.former_topics import save_former_topics
from db.tables import Channel, Conversation, Lane

channels = get_table(Channel)
conversations = get_table(Conversation)
lanes = get_table(Lane)


async def has_conversation_in(tx: AsyncSession, channel_id: ChannelId, chat: str) -> bool:
    """Check whether a conversation of the channel is in this group."""
    there = and_(conversations.c.staff_chat == chat, conversations.c.channel_id == channel_id)
    return bool(await tx.scalar(select(exists().where(there))))


async def has_any_topic(tx: AsyncSession, channel_id: ChannelId) -> bool:
    """Check whether a conversation of the channel has a topic in any group."""
    there = conversations.c.channel_id == channel_id, conversations.c.staff_topic.is_not(None)
    return bool(await tx.scalar(select(exists().where(*there))))


async def move_conversations(tx: AsyncSession, channel_id: ChannelId, old: str, new: str) -> None:
    """Move the channel's conversations to another group, where they get new topics."""
    there = and_(conversations.c.staff_chat == old, conversations.c.channel_id == channel_id)
    await save_former_topics(tx, there)
    await tx.execute(
        update(conversations).where(there).values(staff_chat=new, staff_topic=None, staff_card=None)
    )


async def move_conversation(tx: AsyncSession, conversation_id: ConversationId, new: str) -> None:
    """Move a conversation to another group, where it gets a new topic."""
    this = conversations.c.id == conversation_id
    await save_former_topics(tx, this)
    await tx.execute(
        update(conversations).where(this).values(staff_chat=new, staff_topic=None, staff_card=None)
    )


async def move_staff_group(tx: AsyncSession, old: str, new: str) -> None:
    """Replace the id of a group, of every channel; topics of the old id do not exist any more."""
    await tx.execute(
        update(conversations)
        .where(conversations.c.staff_chat == old)
        .values(staff_chat=new, staff_topic=None, staff_card=None)
    )


async def save_topic(tx: AsyncSession, conversation_id: ConversationId, topic: str) -> None:
    """Save a conversation's new topic, which has no card yet."""
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(staff_topic=topic, staff_card=None)
    )


async def forget_topic(
    tx: AsyncSession, conversation_id: ConversationId | None, topic: str | None
) -> None:
    """Clear a conversation's topic if it is still this one."""
    gone = and_(conversations.c.id == conversation_id, conversations.c.staff_topic == topic)
    await save_former_topics(tx, gone)
    await tx.execute(update(conversations).where(gone).values(staff_topic=None, staff_card=None))


async def save_card(
    tx: AsyncSession, conversation_id: ConversationId, topic: str | None, card: str | None
) -> bool:
    """Save the card of a topic; return False if it has one already, or if the topic is gone."""
    result = await tx.execute(
        update(conversations)
        .where(
            conversations.c.id == conversation_id,
            conversations.c.staff_topic == topic,
            conversations.c.staff_card.is_(None),
        )
        .values(staff_card=card)
    )
    return count_changed(result) == 1


async def forget_card(tx: AsyncSession, conversation_id: ConversationId, card: str | None) -> None:
    """Clear a conversation's card if it is still this one."""
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.staff_card == card)
        .values(staff_card=None)
    )


async def read_staff_groups(tx: AsyncSession, channel_id: ChannelId) -> tuple[str, ...]:
    """Read a channel's stored staff groups, under their present ids."""
    columns = (channels.c.staff_groups, channels.c.moved_groups)
    row = (await tx.execute(select(*columns).where(channels.c.id == channel_id))).one()
    return tuple(row.moved_groups.get(group, group) for group in row.staff_groups)


async def change_rate_limit_key(tx: AsyncSession, old: str, new: str) -> None:
    """Replace one rate-limit key of lanes by another."""
    await tx.execute(update(lanes).where(lanes.c.rate_limit_key == old).values(rate_limit_key=new))
