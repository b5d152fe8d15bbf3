"""Read and change auto-reply rules, and the answers that they gave or will give."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import (
    AutoReplyRuleId,
    ChannelId,
    ConversationId,
    MessageId,
    RuleFiringId,
    SessionId,
    new_id,
)
from db.queries.lists.keyset import PageStart, paginate
from db.tables import (
    NOT_SENT,
    AutoReplyFiring,
    AutoReplyRule,
    Direction,
    FiringState,
    Message,
    RuleMatch,
    SenderType,
)

rules = get_table(AutoReplyRule)
firings = get_table(AutoReplyFiring)
messages = get_table(Message)


@dataclass(frozen=True, slots=True)
class Firing:
    """An answer of a rule: given, waiting, or cancelled."""

    id: RuleFiringId
    rule_id: AutoReplyRuleId
    session_id: SessionId
    message_id: MessageId
    state: FiringState
    due_at: datetime


# Built once: each batch with messages of customers reads them.
_ACTIVE = (
    select(AutoReplyRule)
    .where(
        rules.c.channel_id.in_(bindparam("channels", expanding=True)), rules.c.is_active.is_(True)
    )
    .order_by(rules.c.priority.desc(), rules.c.id)
)
_IS_ANSWERED = select(
    exists()
    .where(
        firings.c.session_id == bindparam("session"),
        firings.c.message_id == bindparam("message"),
        firings.c.state != FiringState.CANCELLED,
    )
    .where(
        rules.c.id == firings.c.rule_id,
        rules.c.goes_on.is_(False),
        rules.c.match_kind != RuleMatch.UNANSWERED,
    )
)


async def get_auto_reply_rules(tx: AsyncSession, channel_id: ChannelId) -> list[AutoReplyRule]:
    """Read the active rules of a channel, in the order in which they are tried."""
    return await list_active_rules(tx, [channel_id])


async def list_active_rules(
    tx: AsyncSession, channel_ids: Collection[ChannelId]
) -> list[AutoReplyRule]:
    """Read the active rules of channels, in the order in which they are tried."""
    return list((await tx.scalars(_ACTIVE, {"channels": list(channel_ids)})).all())


async def list_rules(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    channel_id: ChannelId | None = None,
    is_active: bool | None = None,
) -> list[AutoReplyRule]:
    """Read a page of rules and one more, newest first."""
    statement: Select[Any] = select(AutoReplyRule)
    if channel_id is not None:
        statement = statement.where(rules.c.channel_id == channel_id)
    if is_active is not None:
        statement = statement.where(rules.c.is_active.is_(is_active))
    paged = paginate(statement, rules.c.created_at, rules.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())


async def find_rule(
    tx: AsyncSession, rule_id: AutoReplyRuleId, *, lock: bool = False
) -> AutoReplyRule | None:
    """Read a rule; with `lock`, hold its row until the commit."""
    wanted = select(AutoReplyRule).where(rules.c.id == rule_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(wanted)).first()


async def add_rule(tx: AsyncSession, rule: AutoReplyRule) -> None:
    """Add a rule."""
    tx.add(rule)
    await tx.flush()


async def delete_rule(tx: AsyncSession, rule_id: AutoReplyRuleId) -> None:
    """Delete a rule, with the answers of it that wait; messages that it sent stay."""
    await tx.execute(delete(firings).where(firings.c.rule_id == rule_id))
    await tx.execute(delete(rules).where(rules.c.id == rule_id))


async def count_rules(tx: AsyncSession, channel_id: ChannelId) -> int:
    """Count the rules of a channel."""
    counted = select(func.count()).select_from(rules).where(rules.c.channel_id == channel_id)
    return int(await tx.scalar(counted) or 0)


# Answers


async def list_firings(
    tx: AsyncSession,
    conversation_id: ConversationId,
    session_id: SessionId | None,
    since: datetime,
) -> list[Firing]:
    """List the answers in a session, and those of the conversation since a time."""
    of_these = or_(firings.c.session_id == session_id, firings.c.due_at > since)
    return await _read(tx, firings.c.conversation_id == conversation_id, of_these)


async def list_due_firings(
    tx: AsyncSession, conversation_id: ConversationId, now: datetime
) -> list[Firing]:
    """List the answers that waited for this time, in the order in which they are due."""
    return await _read(
        tx,
        firings.c.conversation_id == conversation_id,
        firings.c.state == FiringState.WAITING,
        firings.c.due_at <= now,
    )


async def _read(tx: AsyncSession, *of_these: Any) -> list[Firing]:
    wanted = select(
        firings.c.id,
        firings.c.rule_id,
        firings.c.session_id,
        firings.c.message_id,
        firings.c.state,
        firings.c.due_at,
    )
    rows = await tx.execute(wanted.where(*of_these).order_by(firings.c.due_at, firings.c.id))
    return [Firing(*row) for row in rows]


async def add_firing(
    tx: AsyncSession,
    rule_id: AutoReplyRuleId,
    conversation_id: ConversationId,
    session_id: SessionId,
    message_id: MessageId,
    *,
    due_at: datetime,
    now: datetime,
) -> Firing:
    """Add an answer that waits."""
    firing = Firing(
        RuleFiringId(new_id()), rule_id, session_id, message_id, FiringState.WAITING, due_at
    )
    await tx.execute(
        insert(firings).values(
            id=firing.id,
            rule_id=rule_id,
            conversation_id=conversation_id,
            session_id=session_id,
            message_id=message_id,
            state=firing.state,
            due_at=due_at,
            created_at=now,
        )
    )
    return firing


async def set_firing_state(tx: AsyncSession, firing_id: RuleFiringId, state: FiringState) -> None:
    """Record that an answer was sent, or is not sent."""
    await tx.execute(update(firings).where(firings.c.id == firing_id).values(state=state))


# What was said


async def is_first_message(
    tx: AsyncSession, session_id: SessionId, message_id: MessageId, commands: str
) -> bool:
    """Check that the customer wrote nothing before in this session.

    What begins with `commands` is no message: the app sent it.
    """
    before = exists().where(
        messages.c.session_id == session_id,
        messages.c.direction == Direction.INBOUND,
        messages.c.id < message_id,
        or_(messages.c.message.is_(None), ~messages.c.message.startswith(commands)),
    )
    return not await tx.scalar(select(before))


async def read_attributes_above(
    tx: AsyncSession, conversation_id: ConversationId, message_id: MessageId
) -> dict[str, Any] | None:
    """Read the attributes of our last message before this one."""
    wanted = (
        select(messages.c.attributes)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.id < message_id,
            messages.c.direction == Direction.OUTBOUND,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    return await tx.scalar(wanted)


async def is_answered(
    tx: AsyncSession,
    conversation_id: ConversationId,
    message_id: MessageId,
    senders: Collection[SenderType],
) -> bool:
    """Check whether one of these senders has answered since a message."""
    answer = exists().where(
        messages.c.conversation_id == conversation_id,
        messages.c.id > message_id,
        messages.c.direction == Direction.OUTBOUND,
        messages.c.sender_type.in_(senders),
        messages.c.delivery_state.not_in(NOT_SENT),
    )
    return bool(await tx.scalar(select(answer)))


async def is_answered_by_rule(
    tx: AsyncSession, session_id: SessionId, message_id: MessageId
) -> bool:
    """Check whether a rule answers a message, now or soon, and wants nobody to answer beside it."""
    found = await tx.scalar(_IS_ANSWERED, {"session": session_id, "message": message_id})
    return bool(found)
