"""What AI agents did, for administrators: the log of answers, turns, tokens and their cost."""

from datetime import timedelta

from api.ai.log_models import (
    AiLogOut,
    AiLogQuery,
    AiScopeQuery,
    AiTurnOut,
    AiTurnQuery,
    AiUsageDay,
    AiUsageOut,
    AiUsageQuery,
)
from api.errors.problems import NotFound
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import AgentId, AiLogId, AiTurnId, ChannelId, ConversationId, SessionId
from db.queries.ai import budgets, logs, turns
from db.queries.ai.logs import LogFilter
from db.queries.ai.scope import AiScope
from db.queries.ai.turns import TurnFilter
from db.tables import AiConversationLog, AiTurn
from desk.unit_of_work import UnitOfWork

_DAYS = timedelta(days=30)


async def list_logs(uow: UnitOfWork, query: AiLogQuery) -> Page[AiLogOut]:
    """List what AI agents did with questions, the newest first."""
    wanted = LogFilter(
        _read_scope(query),
        action=query.action,
        judged_wrong=query.judged_wrong,
        since=query.since,
        until=query.until,
    )
    rows = await logs.list_logs(uow.tx, wanted, start=query.start, limit=query.limit)
    return build_page(rows, query, _log_to_schema, lambda row: Cursor(row.created_at, row.id))


async def show_log(uow: UnitOfWork, log_id: AiLogId) -> AiLogOut:
    """Show what an AI agent did with one question."""
    row = await logs.find_log(uow.tx, log_id)
    if row is None:
        raise NotFound
    return _log_to_schema(row)


async def list_turns(uow: UnitOfWork, query: AiTurnQuery) -> Page[AiTurnOut]:
    """List turns of AI agents, the newest first; also those that are open."""
    wanted = TurnFilter(_read_scope(query), state=query.state)
    rows = await turns.list_turns(uow.tx, wanted, start=query.start, limit=query.limit)
    return build_page(rows, query, _turn_to_schema, lambda row: Cursor(row.created_at, row.id))


async def show_turn(uow: UnitOfWork, turn_id: AiTurnId) -> AiTurnOut:
    """Show one turn."""
    row = await turns.find_turn(uow.tx, turn_id)
    if row is None:
        raise NotFound
    return _turn_to_schema(row)


async def show_usage(uow: UnitOfWork, query: AiUsageQuery) -> AiUsageOut:
    """Show the tokens that AI agents used on each day, and what they cost."""
    last = query.until or uow.now.date()
    rows = await budgets.list_days(uow.tx, query.since or last - _DAYS, last)
    return AiUsageOut(
        days=[AiUsageDay(day=row.day, tokens=row.tokens, cost=row.cost) for row in rows]
    )


def _read_scope(query: AiScopeQuery) -> AiScope:
    return AiScope(
        AgentId(query.agent_id) if query.agent_id else None,
        ChannelId(query.channel_id) if query.channel_id else None,
        ConversationId(query.conversation_id) if query.conversation_id else None,
        SessionId(query.session_id) if query.session_id else None,
    )


def _log_to_schema(row: AiConversationLog) -> AiLogOut:
    return AiLogOut.model_validate(row)


def _turn_to_schema(row: AiTurn) -> AiTurnOut:
    return AiTurnOut.model_validate(row)
