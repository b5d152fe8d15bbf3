"""Read and write the turns of AI agents; the conversation of each is locked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import AgentId, AiTurnId, ConversationId, MessageId, SessionId
from db.new_values import bind_new, new_columns
from db.queries.ai.scope import AiScope
from db.queries.lists.keyset import PageStart, paginate
from db.tables import AiMode, AiTurn, AiTurnState, Direction, Message

turns = get_table(AiTurn)
messages = get_table(Message)

OPEN = (AiTurnState.WAITING, AiTurnState.THINKING)


# Built once: a turn reads them several times, and building one takes longer than running it.
_READ = select(AiTurn).execution_options(populate_existing=True)
_BY_ID = _READ.where(turns.c.id == bindparam("id"))
_OPEN_OF = _READ.where(turns.c.open_session_id == bindparam("session"))
_SUGGESTED_OF = _READ.where(turns.c.suggested_session_id == bindparam("session"))
_LAST_OF = (
    _READ.where(turns.c.session_id == bindparam("session"), turns.c.state.not_in(OPEN))
    .order_by(turns.c.id.desc())
    .limit(1)
)
_SET_MESSAGE = (
    update(turns).where(turns.c.id == bindparam("of")).values(message_id=bindparam("message"))
)


async def add_turn(tx: AsyncSession, turn: AiTurn) -> None:
    """Add a turn; the database refuses a second open one of a session."""
    tx.add(turn)
    await tx.flush()


async def find_turn(tx: AsyncSession, turn_id: AiTurnId) -> AiTurn | None:
    """Read a turn."""
    return (await tx.scalars(_BY_ID, {"id": turn_id})).first()


@dataclass(frozen=True, slots=True)
class TurnFilter:
    """Which turns to list; None: all of them."""

    scope: AiScope = field(default_factory=AiScope)
    state: AiTurnState | None = None


async def list_turns(
    tx: AsyncSession, wanted: TurnFilter, *, start: PageStart | None, limit: int
) -> list[AiTurn]:
    """Read a page of turns and one more, newest first."""
    statement: Select[Any] = select(AiTurn).where(*wanted.scope.list_conditions(turns))
    if wanted.state is not None:
        statement = statement.where(turns.c.state == wanted.state)
    paged = paginate(statement, turns.c.created_at, turns.c.id, start=start, limit=limit)
    return list(await tx.scalars(paged))


async def find_open_turn(tx: AsyncSession, session_id: SessionId) -> AiTurn | None:
    """Read the open turn of a session."""
    return (await tx.scalars(_OPEN_OF, {"session": session_id})).first()


async def find_suggestion(tx: AsyncSession, session_id: SessionId) -> AiTurn | None:
    """Read the turn whose draft stands in a session."""
    return (await tx.scalars(_SUGGESTED_OF, {"session": session_id})).first()


async def list_drafts_of(tx: AsyncSession, agent_id: AgentId) -> list[AiTurn]:
    """List the turns in which an AI agent suggested something, or is about to."""
    suggests = turns.c.mode == AiMode.SUGGEST
    is_open = turns.c.state.in_((*OPEN, AiTurnState.SUGGESTED))
    wanted = _READ.where(turns.c.agent_id == agent_id, suggests, is_open).order_by(turns.c.id)
    return list(await tx.scalars(wanted))


async def find_last_turn(tx: AsyncSession, session_id: SessionId) -> AiTurn | None:
    """Read the newest turn of a session that is not open."""
    return (await tx.scalars(_LAST_OF, {"session": session_id})).first()


async def find_turn_of_message(
    tx: AsyncSession, conversation_id: ConversationId, message_id: MessageId
) -> AiTurn | None:
    """Read the turn whose answer a message is."""
    this = turns.c.conversation_id == conversation_id, turns.c.message_id == message_id
    return (await tx.scalars(_READ.where(*this))).first()


async def update_open_turn(tx: AsyncSession, turn_id: AiTurnId, values: Mapping[str, Any]) -> bool:
    """Change columns of a turn that is open; return False if it is not open any more.

    This is the compare-and-set by which exactly one of answer, deadline and human speaks.
    """
    bound = {"of": turn_id, **bind_new(values)}
    changed = await tx.execute(_build_open_update(*sorted(values)), bound)
    return count_changed(changed) == 1


@cache
def _build_open_update(*names: str) -> Update:
    """Build the update of these columns of an open turn, once for each set of them."""
    is_open = turns.c.id == bindparam("of"), turns.c.open_session_id.is_not(None)
    return update(turns).where(*is_open).values(new_columns(names))


async def update_turn(
    tx: AsyncSession, turn_id: AiTurnId, state: AiTurnState, values: Mapping[str, Any]
) -> bool:
    """Change columns of a turn that is in this state; return False if it is in another one."""
    in_state = turns.c.id == turn_id, turns.c.state == state
    result = await tx.execute(update(turns).where(*in_state).values(**values))
    return count_changed(result) == 1


async def set_message(tx: AsyncSession, turn_id: AiTurnId, message_id: MessageId) -> None:
    """Set which message is a turn's answer."""
    await tx.execute(_SET_MESSAGE, {"of": turn_id, "message": message_id})


async def find_unanswered_message(tx: AsyncSession, session_id: SessionId) -> MessageId | None:
    """Return the last message of a session if the customer wrote it; notes do not count."""
    newest = (
        select(messages.c.id, messages.c.direction)
        .where(messages.c.session_id == session_id, messages.c.direction != Direction.INTERNAL)
        .order_by(messages.c.created_at.desc(), messages.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(newest)).first()
    return row.id if row is not None and row.direction is Direction.INBOUND else None
