"""Find who gets a broadcast, at which address, and who does not and why: one statement for all.

A person gets it once: at the address, of those that fit, where something was said last.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, ClientId, ConversationId, TagId, new_id_at
from db.tables import (
    Channel,
    Client,
    Contact,
    Conversation,
    Direction,
    Message,
    Session,
    SessionTag,
    SkipReason,
)

channels = get_table(Channel)
clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)
messages = get_table(Message)
sessions = get_table(Session)
session_tags = get_table(SessionTag)
# A ULID begins with the time at which it was made.
_TIME_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class Audience:
    """Which customers a broadcast is for; an empty filter means all."""

    channel_ids: Collection[ChannelId] = ()
    tag_ids: Collection[TagId] = ()
    # Two-letter codes; a customer without a language has that of the channel.
    languages: Collection[str] = ()
    # The customer wrote in this time.
    wrote_since: datetime | None = None
    # The customer wrote last before this time.
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides beside a customer's own rows whether a broadcast may be sent to them."""

    now: datetime
    # Channels on which only a template may be sent while the reply window is closed, and the
    # broadcast has none.
    windowed: Collection[ChannelId] = ()
    # The language of each channel's customers who have none of their own.
    languages: Mapping[ChannelId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person for whom a broadcast is meant; `reason`: why they do not get it."""

    client_id: ClientId
    channel_id: ChannelId
    conversation_id: ConversationId
    reason: SkipReason | None


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """How many people have an address on a channel; `reason`: why they do not get it."""

    channel_id: ChannelId
    reason: SkipReason | None
    people: int


def build_reason(rules: Rules) -> ColumnElement[Any]:
    """Build why a contact does not get a broadcast, NULL if it does; the joins are the caller's."""
    other = contacts.alias()
    has_stopped = exists().where(
        other.c.client_id == contacts.c.client_id, other.c.marketing_stopped_at.is_not(None)
    )
    is_off = or_(channels.c.is_active.is_(False), channels.c.deleted_at.is_not(None))
    is_closed = or_(conversations.c.reply_until.is_(None), conversations.c.reply_until <= rules.now)
    return case(
        (is_off, SkipReason.CHANNEL_OFF.value),
        (clients.c.is_blocked, SkipReason.BLOCKED.value),
        (has_stopped, SkipReason.STOPPED.value),
        (contacts.c.unreachable.is_not(None), SkipReason.UNREACHABLE.value),
        (
            and_(contacts.c.channel_id.in_(sorted(rules.windowed)), is_closed),
            SkipReason.NO_TEMPLATE.value,
        ),
        else_=null(),
    )


def _select_candidates(audience: Audience, rules: Rules, *where: ColumnElement[bool]) -> Any:
    """Select everybody for whom a broadcast is meant, at the best of their addresses."""
    reason = build_reason(rules).label("reason")
    best_first = (
        case((reason.is_(None), 0), else_=1),
        conversations.c.last_message_at.desc(),
        contacts.c.id,
    )
    return (
        select(
            contacts.c.client_id,
            contacts.c.channel_id,
            conversations.c.id.label("conversation_id"),
            reason,
            func.row_number()
            .over(partition_by=contacts.c.client_id, order_by=best_first)
            .label("choice"),
        )
        .select_from(
            contacts.join(conversations, conversations.c.contact_id == contacts.c.id)
            .join(clients, clients.c.id == contacts.c.client_id)
            .join(channels, channels.c.id == contacts.c.channel_id)
        )
        .where(*where, *_build_filters(audience, rules))
        .subquery()
    )


def _build_filters(audience: Audience, rules: Rules) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [channels.c.is_staff_bot.is_(False)]
    if audience.channel_ids:
        filters.append(contacts.c.channel_id.in_(sorted(audience.channel_ids)))
    else:
        filters.append(channels.c.deleted_at.is_(None))
    if audience.tag_ids:
        has_tag = exists().where(
            session_tags.c.session_id == sessions.c.id,
            session_tags.c.tag_id.in_(sorted(audience.tag_ids)),
            sessions.c.client_id == contacts.c.client_id,
        )
        filters.append(has_tag)
    if audience.languages:
        of_channel = case(rules.languages, value=contacts.c.channel_id, else_="en")
        usual = of_channel if rules.languages else literal("en")
        spoken = func.lower(func.coalesce(clients.c.language, usual))
        filters.append(func.substr(spoken, 1, 2).in_(sorted(audience.languages)))
    if audience.wrote_since is not None:
        filters.append(_wrote_since(audience.wrote_since))
    if audience.silent_since is not None:
        filters.append(not_(_wrote_since(audience.silent_since)))
    return filters


def _wrote_since(at: datetime) -> ColumnElement[bool]:
    return exists().where(
        messages.c.conversation_id == conversations.c.id,
        messages.c.id >= new_id_at(at)[:_TIME_CHARACTERS],
        messages.c.direction == Direction.INBOUND,
    )


async def count_audience(tx: AsyncSession, audience: Audience, rules: Rules) -> list[AudienceCount]:
    """Count who gets a broadcast, by channel, and who does not, by reason."""
    found = _select_candidates(audience, rules)
    counted = (
        select(found.c.channel_id, found.c.reason, func.count())
        .where(found.c.choice == 1)
        .group_by(found.c.channel_id, found.c.reason)
        .order_by(found.c.channel_id, found.c.reason)
    )
    return [
        AudienceCount(channel_id, reason and SkipReason(reason), people)
        for channel_id, reason, people in await tx.execute(counted)
    ]


async def list_candidates(
    tx: AsyncSession, audience: Audience, rules: Rules, *, after: ClientId | None, limit: int
) -> tuple[Sequence[Candidate], ClientId | None]:
    """List those among the next `limit` clients for whom a broadcast is meant.

    Returns the last client who was looked at, too; None: there are no more.
    """
    begin = contacts.c.client_id > (after or "")
    some: Select[Any] = select(contacts.c.client_id).where(begin).distinct()
    ids = list(await tx.scalars(some.order_by(contacts.c.client_id).limit(limit)))
    if not ids:
        return [], None
    found = _select_candidates(audience, rules, begin, contacts.c.client_id <= ids[-1])
    rows = await tx.execute(
        select(found.c.client_id, found.c.channel_id, found.c.conversation_id, found.c.reason)
        .where(found.c.choice == 1)
        .order_by(found.c.client_id)
    )
    return list(map(to_candidate, rows)), ids[-1]


def to_candidate(row: Any) -> Candidate:
    """Convert a row of client, channel, conversation and reason."""
    client_id, channel_id, conversation_id, reason = row
    return Candidate(client_id, channel_id, conversation_id, reason and SkipReason(reason))
