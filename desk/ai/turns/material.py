"""Read what a turn thinks about: this session only."""

from db.ids import SessionId
from db.queries.ai import turns
from db.queries.conversations.threads import Thread
from db.queries.knowledge.embeddings import read_state
from db.queries.messages.message_rows import MessageRow, list_session_messages
from db.tables import AiAction, AiSession, AiTurn, Direction
from desk.actors import ActorKind
from desk.ai.config import AiConfig
from desk.ai.turns.offers import Choice, read_choice
from desk.ai.turns.thought import Material, SaidMessage
from desk.content import Content
from desk.unit_of_work import UnitOfWork

MAX_MESSAGES = 60


async def read_material(
    uow: UnitOfWork, thread: Thread, turn: AiTurn, state: AiSession, config: AiConfig
) -> Material:
    """Read the session's messages up to now, the burst, and what the customer may have chosen."""
    page = await list_session_messages(uow.tx, turn.session_id, start=None, limit=MAX_MESSAGES)
    rows = [row for row in reversed(page.rows if page else []) if is_said(row)]
    burst = [row for row in rows if is_customers(row) and row.id >= turn.first_message_id]
    channel = uow.channel_of(thread)
    limit = config.reply_limit if config.reply_limit is not None else channel.ai_reply_limit
    return Material(
        config=config,
        history=tuple(map(to_said, rows)),
        burst=tuple(map(to_said, burst)),
        language=thread.language or channel.language,
        staff_language=uow.staff_language,
        customer_name=thread.name,
        channel_name=channel.name,
        replies=state.replies,
        reply_limit=limit,
        complaints=state.complaints,
        choice=await _read_choice(uow, turn.session_id, burst),
        remaining=max(0.0, (turn.deadline_at - uow.now).total_seconds()),
        session_id=turn.session_id,
        client_id=thread.client_id,
        channel_id=thread.channel_id,
        knowledge=await read_state(uow.tx),
    )


async def _read_choice(
    uow: UnitOfWork, session_id: SessionId, burst: list[MessageRow]
) -> Choice | None:
    """Return what the last message of the burst chooses of the last offer."""
    last = await turns.find_last_turn(uow.tx, session_id)
    if not burst or last is None or last.action is not AiAction.OFFER or not last.offers:
        return None
    row = burst[-1]
    return read_choice(Content(text=row.message, attributes=row.attributes), last.id, last.offers)


def is_said(row: MessageRow) -> bool:
    """Check whether a message was said to or by the customer."""
    is_seen = row.direction is not Direction.INTERNAL
    return is_seen and row.sender_type is not ActorKind.SYSTEM.sender_type


def is_customers(row: MessageRow) -> bool:
    """Check whether the customer wrote a message."""
    return row.sender_type is ActorKind.CUSTOMER.sender_type


def to_said(row: MessageRow) -> SaidMessage:
    """Convert a message to what an agent remembers of it."""
    return SaidMessage(
        id=row.id,
        is_customer=is_customers(row),
        author_id=row.author_id,
        author=row.author_name or "",
        text=row.message or "",
        kind="" if row.file is None and row.message else row.message_type.value,
        file=row.file,
    )
