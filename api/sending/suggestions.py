"""Suggestions of AI agents: list, show, send and drop them, as the buttons in the topic do."""

from api.access.caller import Caller
from api.access.permissions import visibility_scope
from api.access.session_access import find_visible_session
from api.errors.problems import Conflict, NotFound
from api.messages.models import MessageOut
from api.routing.idempotency import IdempotencyHeader, run_idempotent
from api.schemas.pagination import Cursor, Page, build_page
from api.sending.formatting import to_stored
from api.sending.messages import load_message_schema
from api.sending.reply_window import require_open_window
from api.sending.suggestion_models import SuggestionOut, SuggestionQuery, SuggestionToSend
from api.sending.thread_access import lock_thread_to_reply
from db.ids import AiTurnId, ConversationId, SessionId
from db.queries.ai.scope import AiScope
from db.queries.ai.suggestions import SuggestionRow, find_suggestion, list_suggestions
from db.queries.conversations.threads import Thread
from db.tables import AiTurn, AiTurnState
from desk.ai import gate
from desk.ai.errors import SuggestionGoneError
from desk.conversations.notices import notify_beside
from desk.unit_of_work import UnitOfWork


async def list_open(uow: UnitOfWork, caller: Caller, query: SuggestionQuery) -> Page[SuggestionOut]:
    """List the drafts that stand in the open sessions that I may see, the newest first.

    A session has at most one.
    """
    scope = AiScope(
        conversation_id=ConversationId(query.conversation_id) if query.conversation_id else None,
        session_id=SessionId(query.session_id) if query.session_id else None,
    )
    rows = await list_suggestions(
        uow.tx, scope, viewer=visibility_scope(caller), start=query.start, limit=query.limit
    )
    return build_page(rows, query, _to_schema, lambda row: Cursor(row.turn.created_at, row.turn.id))


async def show(uow: UnitOfWork, caller: Caller, suggestion_id: AiTurnId) -> SuggestionOut:
    """Show a suggestion, also one that was sent or dropped."""
    row = await find_suggestion(uow.tx, suggestion_id)
    if row is None:
        raise NotFound
    await find_visible_session(uow, caller, row.turn.session_id)
    return _to_schema(row)


async def send(
    uow: UnitOfWork,
    caller: Caller,
    suggestion_id: AiTurnId,
    body: SuggestionToSend,
    key: IdempotencyHeader,
) -> MessageOut:
    """Send a suggestion in my name, as it is or with another text.

    It counts as my answer: sent to a waiting session, it takes the session. If somebody else sent
    or dropped it, or a newer one took its place, the 409 says so, and nothing is sent.
    """

    async def work() -> MessageOut:
        thread, turn = await _lock_suggestion(uow, caller, suggestion_id)
        entities = to_stored(turn.draft if body.text is None else body.text, body.entities)
        if body.if_closed == "refuse" and turn.state is AiTurnState.SUGGESTED:
            await require_open_window(uow, thread)
        try:
            message_id = await gate.send_suggestion(
                uow,
                thread,
                caller.actor,
                turn,
                text=body.text,
                entities=entities,
                client_key=key.value,
            )
        except SuggestionGoneError as error:
            raise Conflict(str(error)) from None
        return await load_message_schema(uow, message_id)

    return await run_idempotent(
        uow, caller, key, work, request_text=body.model_dump_json(), model=MessageOut
    )


async def drop(
    uow: UnitOfWork, caller: Caller, suggestion_id: AiTurnId, key: IdempotencyHeader
) -> SuggestionOut:
    """Drop a suggestion; if it is gone already, the 409 says why."""

    async def work() -> SuggestionOut:
        thread, turn = await _lock_suggestion(uow, caller, suggestion_id)
        try:
            await gate.drop_suggestion(uow, turn, caller.actor)
        except SuggestionGoneError as error:
            raise Conflict(str(error)) from None
        about = turn.last_message_id
        notify_beside(uow, thread, about, "ai.suggestion_dropped", agent=caller.name)
        return await show(uow, caller, suggestion_id)

    return await run_idempotent(uow, caller, key, work, request_text="", model=SuggestionOut)


async def _lock_suggestion(
    uow: UnitOfWork, caller: Caller, suggestion_id: AiTurnId
) -> tuple[Thread, AiTurn]:
    """Lock a suggestion's conversation and return both, if the caller may answer there."""
    row = await find_suggestion(uow.tx, suggestion_id)
    if row is None:
        raise NotFound
    thread = await lock_thread_to_reply(uow, caller, row.turn.session_id)
    row = await find_suggestion(uow.tx, suggestion_id)  # as it is now, under the lock
    if row is None:
        raise NotFound  # deleted in the meantime
    return thread, row.turn


def _to_schema(row: SuggestionRow) -> SuggestionOut:
    turn = row.turn
    return SuggestionOut(
        id=turn.id,
        conversation_id=turn.conversation_id,
        session_id=turn.session_id,
        channel_id=turn.channel_id,
        agent_id=turn.agent_id,
        agent_name=row.agent_name,
        first_message_id=turn.first_message_id,
        last_message_id=turn.last_message_id,
        text=turn.draft or "",
        choices=[str(each["title"]) for each in turn.offers or ()],
        confidence=turn.confidence,
        why=turn.why,
        state=turn.state,
        outcome=turn.reason,
        message_id=turn.message_id,
        created_at=turn.created_at,
    )
