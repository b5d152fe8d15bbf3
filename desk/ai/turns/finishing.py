"""Finish a turn: message, log, marks and the settled turn in one transaction."""

from dataclasses import replace

from db.ids import MessageId, new_id
from db.tables import AiAction, AiMode, AiTurnState
from desk.ai.turns import reasons
from desk.ai.turns.answers import build_choices, build_content, build_why, get_words
from desk.ai.turns.follow_ups import plan_follow_up
from desk.ai.turns.following import answer_message
from desk.ai.turns.handover import hand_over
from desk.ai.turns.logs import log_thought
from desk.ai.turns.offers import build_buttons
from desk.ai.turns.opening import settle_turn
from desk.ai.turns.pictures import send_picture
from desk.ai.turns.policy import Finish, decide_finish
from desk.ai.turns.scene import Scene
from desk.ai.turns.showing import build_answer_buttons, describe_thought
from desk.ai.turns.suggestions import suggest
from desk.ai.turns.thought import Material, Thought
from desk.causes import Cause
from desk.content import Content
from desk.formatting.captions import put_before
from desk.messages.attribution import add_author
from desk.messages.from_api import FROM_AI, show_in_topic
from desk.messages.replies import reply


async def finish_turn(scene: Scene, material: Material, thought: Thought) -> bool:
    """Do what was thought about an open turn; return False if it has to be thought again."""
    uow, turn = scene.uow, scene.turn
    is_automatic = turn.mode is AiMode.AUTOMATIC
    if is_automatic and scene.thread.holder_id != turn.agent_id:
        await _drop(scene, material, thought)
        return True
    newest, has_newer = turn.last_message_id, turn.last_message_id != turn.seen_until
    finish = decide_finish(
        has_newer=has_newer,
        rounds=turn.rounds,
        deadline_at=turn.deadline_at,
        now=uow.now,
        times=scene.uow.session_times.turns,
    )
    if finish is Finish.THINK_AGAIN and thought.reason is not reasons.ASKED:
        return False
    if not is_automatic:
        await suggest(scene, material, thought)
    elif thought.action is AiAction.HANDOVER:
        await _hand_over(scene, material, thought)
    else:
        await _speak(scene, material, thought)
    if has_newer and thought.action is not AiAction.HANDOVER:
        scene.state.unanswered_since = uow.now
        await answer_message(uow, scene.thread, scene.state, newest)
    return True


async def _drop(scene: Scene, material: Material, thought: Thought) -> None:
    """Drop what was thought: a human has the session."""
    uow, turn = scene.uow, scene.turn
    reason = uow.text_for_staff("ai.overtaken")
    dropped = {"state": AiTurnState.DROPPED, "action": AiAction.DROPPED, "reason": reason}
    if await settle_turn(uow, turn, **dropped):
        await log_thought(uow, turn, material, thought, action=AiAction.DROPPED, reason=reason)


async def _speak(scene: Scene, material: Material, thought: Thought) -> None:
    """Send the answer, and show it to staff with its confidence and why."""
    uow, thread, turn, state = scene.uow, scene.thread, scene.turn, scene.state
    message_id = MessageId(new_id())
    done = {
        "state": AiTurnState.DONE,
        "action": thought.action,
        "confidence": thought.confidence,
        "why": build_why(thought),
        "offers": [dict(each) for each in thought.offers] or None,
        "message_id": message_id,
    }
    if not await settle_turn(uow, turn, **done):
        return
    if not state.is_introduced:
        state.is_introduced = True
        _introduce(scene)
    words = get_words(uow, thread, thought)
    await _send(scene, thought, words, message_id)
    await send_picture(scene, material.question)
    await plan_follow_up(scene, material.question, message_id)
    state.replies += 1
    state.unanswered_since = None
    state.last_answer_id = message_id
    await log_thought(
        uow,
        turn,
        material,
        thought,
        action=thought.action,
        words=words,
        reply_id=message_id,
    )


def _introduce(scene: Scene) -> None:
    """Introduce the assistant, and how to reach a person: by words or by a button."""
    uow, thread = scene.uow, scene.thread
    text = uow.content_for_customer(thread, "ai.introduction", agent=scene.config.name)
    # On a linked number buttons are numbered lines, which would look like a choice to make.
    has_buttons = not uow.channel_of(thread).traits.is_linked
    person = build_buttons(scene.turn.id, (), uow.text_for_customer(thread, "ai.person"))
    uow.enqueue_customer_notice(thread, text, buttons=person if has_buttons else None)


async def _send(scene: Scene, thought: Thought, words: str, message_id: MessageId) -> None:
    """Send the answer to the customer, and show it in the topic with its grounds."""
    uow, thread, turn, config = scene.uow, scene.thread, scene.turn, scene.config
    cause = Cause.AI_ANSWER
    content = build_content(turn, words, thought.confidence, build_why(thought))
    choices = build_choices(uow, thread, turn, thought.offers)
    await reply(
        uow,
        thread,
        config.actor,
        content,
        cause=cause,
        message_id=message_id,
        buttons=choices,
    )
    about = describe_thought(thought, uow.staff_language)
    shown = put_before(add_author(Content(text=words), config.name), about, None, "\n")
    show_in_topic(
        uow,
        thread,
        config.name,
        message_id,
        replace(shown, attributes=FROM_AI),
        cause=cause,
        reply_to=None,
        buttons=build_answer_buttons(turn.id, uow.staff_language),
    )


async def _hand_over(scene: Scene, material: Material, thought: Thought) -> None:
    uow, turn, config = scene.uow, scene.turn, scene.config
    reason = thought.reason or reasons.UNKNOWN
    why = reason.say(uow)
    done = {
        "state": AiTurnState.DONE,
        "action": AiAction.HANDOVER,
        "reason": why,
        "confidence": thought.confidence,
        "why": build_why(thought),
    }
    if not await settle_turn(uow, turn, **done):
        return
    await log_thought(uow, turn, material, thought, action=AiAction.HANDOVER, reason=why)
    notice = None
    if reason.code == reasons.LIMIT:
        own = config.reply_limit_notice
        usual = uow.content_for_customer(scene.thread, "ai.limit_reached")
        notice = Content(text=own) if own else usual
    await hand_over(
        uow, scene.thread, config, scene.state, reason, summary=thought.summary, notice=notice
    )
