"""Agents: their status, capacity, channels and Telegram account."""

import json
from collections.abc import Sequence

from api.access.caller import Caller
from api.access.permissions import require_self_or_admin
from api.errors.problems import Conflict, NotFound, ValidationFailed
from api.people.models import AgentChanges, AgentOut, AgentQuery, LinkCode
from api.schemas.opening_hours import OpeningHours
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import AgentId, ChannelId
from db.queries.accounts import staff_lists as queries
from db.queries.accounts.staff_lists import AgentRow
from db.queries.channels.telegram import find_bot_username
from desk.accounts.binding import LINK_CODE_LIFETIME, issue_link_code, unbind_telegram
from desk.actors import to_actor
from desk.ai import gate
from desk.business_hours import InvalidHoursError, parse_hours
from desk.conversations.agents import (
    PROFILE_FIELDS,
    set_active,
    set_agent_status,
    set_capacity,
    set_channels,
    set_profile,
    set_working_hours,
)
from desk.conversations.console_doors import hide_menu_button
from desk.conversations.own_chats import forget_own_chat
from desk.unit_of_work import UnitOfWork


async def list_agents(uow: UnitOfWork, query: AgentQuery) -> Page[AgentOut]:
    """List agents, the newest first; `status=online` lists the agents who are online."""
    rows = await queries.list_agents(
        uow.tx,
        start=query.start,
        limit=query.limit,
        kind=query.kind,
        statuses=query.status,
        serving=None if query.channel_id is None else ChannelId(query.channel_id),
    )
    serves = await queries.list_channels_by_agent(uow.tx, [row.id for row in rows])
    return build_page(rows, query, lambda row: _to_schema(row, serves[row.id]), _cursor_of)


async def show(uow: UnitOfWork, agent_id: AgentId) -> AgentOut:
    """Show one agent."""
    row = await _load_agent(uow, agent_id)
    return _to_schema(row, (await queries.list_channels_by_agent(uow.tx, [agent_id]))[agent_id])


async def change(
    uow: UnitOfWork, caller: Caller, agent_id: AgentId, body: AgentChanges
) -> AgentOut:
    """Change an agent's status, capacity, channels or profile; switch an AI agent off or on."""
    row = await _load_agent(uow, agent_id)
    if row.user_id is not None and body.is_active is not None:
        raise Conflict("this agent is a person: change is_active of the user")
    if body.is_active is False:
        await gate.release_sessions(uow, agent_id)
    if body.is_active is not None:
        await set_active(uow, row, on=body.is_active, by=caller.actor)
    elif not row.is_active:
        raise Conflict("this agent is disabled")
    profile = {name: getattr(body, name) for name in PROFILE_FIELDS & body.model_fields_set}
    await set_profile(uow, agent_id, profile, by=caller.actor)
    if "working_hours" in body.model_fields_set:
        await _set_working_hours(uow, caller, row, body.working_hours)
    if body.channel_ids is not None:
        await _set_channels(uow, caller, agent_id, [ChannelId(each) for each in body.channel_ids])
    if body.capacity is not None:
        await set_capacity(uow, agent_id, body.capacity, by=caller.actor)
    if body.status is not None:
        await set_agent_status(uow, row, body.status, by=caller.actor)
    return await show(uow, agent_id)


async def _set_working_hours(
    uow: UnitOfWork, caller: Caller, row: AgentRow, hours: OpeningHours | None
) -> None:
    if row.user_id is None:
        raise Conflict("this agent is no person: its hours are part of its configuration")
    document = None if hours is None else hours.model_dump(mode="json")
    try:
        if document is not None:
            parse_hours(document)
    except InvalidHoursError as error:
        raise ValidationFailed.field(f"working_hours.{error.field}", str(error)) from None
    await set_working_hours(uow, row.id, document, by=caller.actor)


async def _set_channels(
    uow: UnitOfWork, caller: Caller, agent_id: AgentId, channel_ids: Sequence[ChannelId]
) -> None:
    if set(channel_ids) - await queries.find_existing_channels(uow.tx, channel_ids):
        raise ValidationFailed.field("channel_ids", "contains an unknown channel", "unknown")
    await set_channels(uow, agent_id, channel_ids, by=caller.actor)


async def create_link_code(uow: UnitOfWork, caller: Caller, agent_id: AgentId) -> LinkCode:
    """Create a code that links a Telegram account to an agent: one's own, or any as an admin."""
    row = await _load_person(uow, caller, agent_id)
    assert row.user_id is not None  # noqa: S101 of a person
    code = await issue_link_code(uow.tx, row.user_id, now=uow.now, by=caller.actor)
    bot = await find_bot_username(uow.tx)
    return LinkCode(
        code=code,
        command=f"/link {code}",
        link=f"https://t.me/{bot}?start=link_{code}" if bot else None,
        expires_at=uow.now + LINK_CODE_LIFETIME,
    )


async def unlink_telegram(uow: UnitOfWork, caller: Caller, agent_id: AgentId) -> None:
    """Unlink an agent's Telegram account: one's own, or any as an administrator."""
    row = await _load_person(uow, caller, agent_id)
    if row.telegram_id is not None:
        reason = "by the API"
        hide_menu_button(uow, row.telegram_id)
        former = await unbind_telegram(
            uow.tx, row.telegram_id, reason=reason, now=uow.now, by=caller.actor
        )
        if former is not None:
            await forget_own_chat(uow, to_actor(former), by=caller.actor)


async def _load_person(uow: UnitOfWork, caller: Caller, agent_id: AgentId) -> AgentRow:
    require_self_or_admin(caller, agent_id)
    row = await _load_agent(uow, agent_id)
    if row.user_id is None or not row.is_active:
        raise Conflict("this agent cannot log in")
    return row


async def _load_agent(uow: UnitOfWork, agent_id: AgentId) -> AgentRow:
    row = await queries.find_agent(uow.tx, agent_id)
    if row is None:
        raise NotFound
    return row


def _cursor_of(row: AgentRow) -> Cursor:
    return Cursor(row.created_at, row.id)


def _to_schema(row: AgentRow, channel_ids: list[ChannelId]) -> AgentOut:
    return AgentOut(
        id=row.id,
        kind=row.kind,
        name=row.name,
        user_id=row.user_id,
        role=row.role,
        status=row.status,
        capacity=row.capacity,
        active_sessions=row.active_sessions,
        channel_ids=list(channel_ids),
        telegram_linked=row.telegram_id is not None,
        is_active=row.is_active,
        level=row.level,
        description=row.description,
        avatar_url=row.avatar_url,
        phone=row.phone,
        status_cause=row.status_cause,
        status_since=row.status_since,
        last_seen_at=row.last_seen_at,
        working_hours=_hours_to_schema(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _hours_to_schema(row: AgentRow) -> OpeningHours | None:
    if row.user_id is None or row.working_hours is None:
        return None
    return OpeningHours.model_validate_json(json.dumps(row.working_hours))
