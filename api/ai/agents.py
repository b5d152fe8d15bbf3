"""AI agents: administrators create them and change how they answer."""

import json
from collections.abc import Sequence
from typing import Any

from api.access.caller import Caller
from api.ai.models import AiAgentChanges, AiAgentOut, AiConfigModel, NewAiAgent
from api.errors.problems import Conflict, NotFound, ValidationFailed
from api.schemas.pagination import Cursor, Page, PageQuery, build_page
from db.ids import AgentId, ChannelId, ReplyFileId
from db.queries.accounts import staff_lists
from db.queries.ai import configs
from db.queries.ai.configs import AiAgentRow
from db.queries.reply_files import find_existing_files
from desk.ai import agents
from desk.ai.errors import AiAgentNeededError, UnknownAiAgentError
from desk.business_hours import InvalidHoursError, parse_hours
from desk.unit_of_work import UnitOfWork


async def list_ai_agents(uow: UnitOfWork, query: PageQuery) -> Page[AiAgentOut]:
    """List AI agents, the newest first."""
    rows = await configs.list_ai_agents(uow.tx, start=query.start, limit=query.limit)
    return build_page(rows, query, _to_schema, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, agent_id: AgentId) -> AiAgentOut:
    """Show an AI agent and how it answers."""
    row = await configs.get_agent_ai_config(uow.tx, agent_id)
    if row is None or row.is_deleted:
        raise NotFound
    return _to_schema(row)


async def create(uow: UnitOfWork, caller: Caller, body: NewAiAgent) -> AiAgentOut:
    """Create an AI agent; a channel's takeover mode says whether it answers there."""
    channel_ids = [ChannelId(each) for each in body.channel_ids]
    await _check_channels(uow, channel_ids)
    await _check_pictures(uow, body.config)
    agent_id = await agents.create_ai_agent(
        uow,
        body.name,
        body.level,
        _read_columns(body.config),
        channel_ids=channel_ids,
        capacity=body.capacity,
        by=caller.actor,
    )
    return await show(uow, agent_id)


async def change(
    uow: UnitOfWork, caller: Caller, agent_id: AgentId, body: AiAgentChanges
) -> AiAgentOut:
    """Change an AI agent; its next turn follows the change."""
    values = {} if body.config is None else read_changed_columns(body.config)
    if body.config is not None:
        await _check_pictures(uow, body.config)
    try:
        await agents.change_ai_agent(
            uow, agent_id, values, name=body.name, level=body.level, by=caller.actor
        )
    except UnknownAiAgentError:
        raise NotFound from None
    return await show(uow, agent_id)


async def delete(uow: UnitOfWork, caller: Caller, agent_id: AgentId) -> None:
    """Delete an AI agent: humans or the queue get its sessions, its configuration is emptied.

    What it answered, its logs and its figures stay, under its name. A channel that names it and no
    other AI agent must name another one first, or switch AI agents off.
    """
    try:
        await agents.delete_ai_agent(uow, agent_id, by=caller.actor)
    except UnknownAiAgentError:
        raise NotFound from None
    except AiAgentNeededError as error:
        raise Conflict(str(error)) from None


def read_changed_columns(config: AiConfigModel) -> dict[str, Any]:
    """Return the columns that a configuration names; raise ValidationFailed."""
    given = config.model_fields_set
    return {name: each for name, each in _read_columns(config).items() if name in given}


def _read_columns(config: AiConfigModel) -> dict[str, Any]:
    """Return the columns of a configuration; raise ValidationFailed."""
    columns = config.model_dump(mode="json")
    if columns["working_hours"] is not None:
        try:
            parse_hours(columns["working_hours"])
        except InvalidHoursError as error:
            field = f"config.working_hours.{error.field}"
            raise ValidationFailed.field(field, str(error)) from None
    return {**columns, "mode": config.mode}


async def _check_pictures(uow: UnitOfWork, config: AiConfigModel) -> None:
    ids = {ReplyFileId(each.file_id) for each in config.pictures}
    known = await find_existing_files(uow.tx, ids) if ids else set()
    for number, each in enumerate(config.pictures):
        if each.file_id not in known:
            field = f"config.pictures.{number}.file_id"
            raise ValidationFailed.field(field, "names no file of /reply-files", "unknown")


async def _check_channels(uow: UnitOfWork, channel_ids: Sequence[ChannelId]) -> None:
    if set(channel_ids) - await staff_lists.find_existing_channels(uow.tx, channel_ids):
        raise ValidationFailed.field("channel_ids", "contains an unknown channel", "unknown")


def _to_schema(row: AiAgentRow) -> AiAgentOut:
    kept = {name: getattr(row.config, name) for name in AiConfigModel.model_fields}
    return AiAgentOut(
        id=row.id,
        name=row.name,
        level=row.level,
        status=row.status,
        active_sessions=row.active_sessions,
        config=AiConfigModel.model_validate_json(json.dumps(kept)),
        created_at=row.created_at,
        updated_at=row.config.updated_at,
    )
