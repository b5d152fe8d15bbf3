"""Suggestions: an AI agent's draft stands in the topic until a human sends or drops it."""

from db.tables import AiAction, AiTurnState
from desk.ai.turns import reasons
from desk.ai.turns.answers import build_why, get_words
from desk.ai.turns.logs import log_thought
from desk.ai.turns.opening import settle_turn
from desk.ai.turns.scene import Scene
from desk.ai.turns.showing import build_suggestion_buttons, describe_thought
from desk.ai.turns.thought import Material, Thought


async def suggest(scene: Scene, material: Material, thought: Thought) -> None:
    """Show the draft in the topic; without one, nothing happens: a human answers anyway."""
    uow, thread, turn = scene.uow, scene.thread, scene.turn
    why = build_why(thought)
    if thought.action is AiAction.HANDOVER:
        reason = (thought.reason or reasons.UNKNOWN).say(uow)
        dropped = {"state": AiTurnState.DROPPED, "action": AiAction.DROPPED, "reason": reason}
        if await settle_turn(uow, turn, **dropped, why=why):
            await log_thought(uow, turn, material, thought, action=AiAction.DROPPED, reason=reason)
        return
    words = get_words(uow, thread, thought)
    suggested = {
        "state": AiTurnState.SUGGESTED,
        "action": thought.action,
        "draft": words,
        "confidence": thought.confidence,
        "why": why,
        "offers": [dict(each) for each in thought.offers] or None,
    }
    if not await settle_turn(uow, turn, **suggested):
        return
    await log_thought(uow, turn, material, thought, action=thought.action, words=words)
    if thought.offers:
        choices = ", ".join(str(each["title"]) for each in thought.offers)
        words = uow.text_for_staff("ai.suggestion_offer", text=words, choices=choices)
    about = describe_thought(thought, uow.staff_language)
    text = uow.text_for_staff("ai.suggested", agent=scene.config.name, about=about, text=words)
    buttons = build_suggestion_buttons(turn.id, uow.staff_language)
    uow.enqueue_staff_notice(thread, text, buttons=buttons, reply_to=turn.last_message_id)
