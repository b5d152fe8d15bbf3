"""Suggestions: an AI agent's draft stands in a session until a human sends or drops it.

A newer draft replaces it. It goes when a human answers otherwise, when AI agents are switched on or
off in the session, when the session ends, and when the AI agent is deleted.
"""

from dataclasses import replace
from typing import Any

from db.ids import AgentId, MessageId, SessionId
from db.queries.ai import turns
from db.queries.ai.configs import get_agent_ai_config
from db.queries.ai.logs import judge_suggestion_wrong
from db.queries.conversations.threads import Thread
from db.tables import AiAction, AiTurn, AiTurnState
from desk.actors import AgentActor
from desk.ai.errors import SuggestionGoneError
from desk.ai.turns import reasons
from desk.ai.turns.answers import build_choices, build_content, build_why, get_words
from desk.ai.turns.logs import log_thought, log_without_thought
from desk.ai.turns.opening import settle_turn
from desk.ai.turns.scene import Scene
from desk.ai.turns.showing import build_suggestion_buttons, describe_thought
from desk.ai.turns.thought import Material, Thought
from desk.audit import add_entry
from desk.causes import Cause
from desk.content import Content
from desk.events import SessionSuggestionChanged
from desk.messages.attribution import add_author
from desk.messages.from_api import FROM_API, keep_client_key, show_in_topic
from desk.messages.replies import reply
from desk.unit_of_work import UnitOfWork


async def suggest(scene: Scene, material: Material, thought: Thought) -> None:
    """Show the draft to staff; without one, nothing happens: a human answers anyway."""
    uow, turn = scene.uow, scene.turn
    why = build_why(thought)
    if thought.action is AiAction.HANDOVER:
        reason = (thought.reason or reasons.UNKNOWN).say(uow)
        dropped = {"state": AiTurnState.DROPPED, "action": AiAction.DROPPED, "reason": reason}
        if await settle_turn(uow, turn, **dropped, why=why):
            await log_thought(uow, turn, material, thought, action=AiAction.DROPPED, reason=reason)
        return
    words = get_words(uow, scene.thread, thought)
    suggested = {
        "state": AiTurnState.SUGGESTED,
        "action": thought.action,
        "draft": words,
        "confidence": thought.confidence,
        "why": why,
        "offers": [dict(each) for each in thought.offers] or None,
    }
    await _drop_former(uow, turn.session_id, uow.text_for_staff("ai.suggestion_replaced"))
    if not await settle_turn(uow, turn, **suggested):
        return
    await log_thought(uow, turn, material, thought, action=thought.action, words=words)
    uow.events.add(SessionSuggestionChanged(turn.session_id, turn.id))
    _show(scene, thought, words)


def _show(scene: Scene, thought: Thought, words: str) -> None:
    """Show a draft in the topic, with buttons."""
    uow, turn = scene.uow, scene.turn
    if thought.offers:
        choices = ", ".join(str(each["title"]) for each in thought.offers)
        words = uow.text_for_staff("ai.suggestion_offer", text=words, choices=choices)
    about = describe_thought(thought, uow.staff_language)
    text = uow.text_for_staff("ai.suggested", agent=scene.config.name, about=about, text=words)
    buttons = build_suggestion_buttons(turn.id, uow.staff_language)
    uow.enqueue_staff_notice(scene.thread, text, buttons=buttons, reply_to=turn.last_message_id)


async def send_suggestion(
    uow: UnitOfWork,
    thread: Thread,
    agent: AgentActor,
    turn: AiTurn,
    *,
    text: str | None = None,
    entities: list[dict[str, Any]] | None = None,
    client_key: str | None = None,
) -> MessageId:
    """Send a suggestion in an agent's name, in other words if `text` is given.

    Raises SuggestionGoneError.
    """
    is_changed = text is not None and text != turn.draft
    await _settle(uow, turn, AiTurnState.DONE, "ai.suggestion_sent", agent)
    content = build_content(turn, turn.draft or "", turn.confidence, turn.why)
    if is_changed:
        # How sure the AI agent was says nothing about the human's words.
        content = Content(text=text, attributes={**FROM_API, "ai": {"turn": turn.id}})
    content = keep_client_key(replace(content, entities=entities), client_key)
    choices, cause = build_choices(uow, thread, turn, turn.offers), Cause.API_ANSWER
    message_id = await reply(uow, thread, agent, content, cause=cause, buttons=choices)
    await turns.set_message(uow.tx, turn.id, message_id)
    if is_changed:
        await _note_change(uow, turn)
    add_entry(uow, agent, f"suggestion.{'changed' if is_changed else 'sent'}", message_id)
    shown = add_author(content, agent.name)
    show_in_topic(uow, thread, agent.name, message_id, shown, cause=cause, reply_to=None)
    return message_id


async def drop_suggestion(uow: UnitOfWork, turn: AiTurn, agent: AgentActor) -> None:
    """Drop a suggestion; raises SuggestionGoneError."""
    await _settle(uow, turn, AiTurnState.DROPPED, "ai.suggestion_dropped", agent)
    add_entry(uow, agent, "suggestion.dropped", turn.session_id)


async def take_suggestion(uow: UnitOfWork, turn: AiTurn, agent: AgentActor) -> None:
    """Let an agent write a suggestion in other words; raises SuggestionGoneError."""
    await _settle(uow, turn, AiTurnState.DROPPED, "ai.suggestion_taken", agent)
    await _note_change(uow, turn)
    add_entry(uow, agent, "suggestion.changed", turn.session_id)


async def _note_change(uow: UnitOfWork, turn: AiTurn) -> None:
    """Count a draft as wrong that a human says in other words, as an answer that is edited."""
    await judge_suggestion_wrong(uow.tx, turn.session_id, turn.last_message_id, uow.now)


async def drop_overtaken_suggestion(uow: UnitOfWork, session_id: SessionId) -> None:
    """Drop the suggestion of a session, if there is one: something else happened instead."""
    await _drop_former(uow, session_id, uow.text_for_staff("ai.suggestion_gone"))


async def drop_suggestions_of(uow: UnitOfWork, agent_id: AgentId) -> None:
    """Drop what an AI agent that is deleted suggested, or was about to suggest, everywhere."""
    row = await get_agent_ai_config(uow.tx, agent_id)
    name = "" if row is None else row.name
    reason = uow.text_for_staff("ai.suggestion_of_deleted", agent=name)
    dropped = {"state": AiTurnState.DROPPED, "action": AiAction.DROPPED, "reason": reason}
    for turn in await turns.list_drafts_of(uow.tx, agent_id):
        if turn.state is AiTurnState.SUGGESTED:
            await _drop(uow, turn, reason)
        elif await settle_turn(uow, turn, **dropped):
            await log_without_thought(uow, turn, AiAction.DROPPED, reason)


async def _drop_former(uow: UnitOfWork, session_id: SessionId, reason: str) -> None:
    turn = await turns.find_suggestion(uow.tx, session_id)
    if turn is not None:
        await _drop(uow, turn, reason)


async def _drop(uow: UnitOfWork, turn: AiTurn, reason: str) -> None:
    dropped = {"state": AiTurnState.DROPPED, "reason": reason}
    await turns.update_turn(uow.tx, turn.id, AiTurnState.SUGGESTED, dropped)
    uow.events.add(SessionSuggestionChanged(turn.session_id, None))


async def _settle(
    uow: UnitOfWork, turn: AiTurn, state: AiTurnState, key: str, agent: AgentActor
) -> None:
    """Note who decided about a suggestion; raises SuggestionGoneError if somebody was faster."""
    settled = {"state": state, "reason": uow.text_for_staff(key, agent=agent.name)}
    if not await turns.update_turn(uow.tx, turn.id, AiTurnState.SUGGESTED, settled):
        raise SuggestionGoneError(turn.reason or uow.text_for_staff("ai.suggestion_gone"))
    uow.events.add(SessionSuggestionChanged(turn.session_id, None))
