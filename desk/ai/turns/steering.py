"""What staff does with AI agents in a session: buttons below answers, `/ai` and `/suggest`."""

from db.ids import AiTurnId, MessageId
from db.queries.ai import turns
from db.queries.ai.logs import judge_wrong
from db.queries.conversations.threads import Thread
from db.tables import AiMode, AiTurn
from desk.actors import Actor, AgentActor
from desk.ai.errors import SuggestionGoneError
from desk.ai.turns.following import answer_message
from desk.ai.turns.state import load_agent, load_ai_session
from desk.ai.turns.suggestions import (
    drop_overtaken_suggestion,
    drop_suggestion,
    send_suggestion,
    take_suggestion,
)
from desk.ai.turns.translations import ask_for_translation
from desk.conversations import sessions
from desk.conversations.holders import HandedOver, Taken, change_holder
from desk.conversations.notices import edit_notice, notify_topic
from desk.conversations.rights import may_change_open
from desk.unit_of_work import UnitOfWork

# What the person who pressed reads, and whether it must be closed.
ButtonAnswer = tuple[str, bool]
_At = tuple[str, str]
_THUMBS_DOWN = "thumbs down"
# What a suggestion's notice says after each button.
_SETTLED = {
    "send": "ai.suggestion_sent",
    "edit": "ai.suggestion_edit",
    "drop": "ai.suggestion_dropped",
}


async def press_button(
    uow: UnitOfWork, thread: Thread, actor: Actor, data: str, at: _At
) -> ButtonAnswer:
    """Run a button about AI agents, which stands in the topic of this conversation."""
    _, verb, about = f"{data}::".split(":")[:3]
    if not isinstance(actor, AgentActor):
        return uow.text_for_staff("agent.not_agent"), True
    if verb == "translate":
        why = await ask_for_translation(uow, thread, None)
        return why or uow.text_for_staff("ai.translates"), why is not None
    if not may_change_open(actor, thread):
        return uow.text_for_staff("topic.not_yours", agent=thread.holder_name), True
    if verb == "give":
        return await give_to_ai(uow, thread, actor)
    turn = await turns.find_turn(uow.tx, AiTurnId(about))
    if turn is None or turn.conversation_id != thread.conversation_id:
        return uow.text_for_staff("button.out_of_date"), True
    match verb:
        case "wrong" if turn.message_id is not None:
            await mark_wrong(uow, turn.message_id, actor)
            return uow.text_for_staff("ai.marked_wrong"), False
        case "take":
            return await _take(uow, thread, actor)
        case "send" | "edit" | "drop":
            return await _settle_suggestion(uow, thread, actor, turn, verb, at=at)
    return uow.text_for_staff("button.out_of_date"), True


async def mark_wrong(uow: UnitOfWork, message_id: MessageId, agent: Actor) -> bool:
    """Count an AI agent's answer as wrong; return False if the message is no such answer."""
    return await judge_wrong(uow.tx, message_id, f"{_THUMBS_DOWN}: {agent.name}", uow.now)


async def _take(uow: UnitOfWork, thread: Thread, agent: AgentActor) -> ButtonAnswer:
    if thread.holder_id == agent.agent_id:
        return uow.text_for_staff("button.already_yours"), False
    if not await sessions.claim(uow, thread, agent):
        return uow.text_for_staff("button.out_of_date"), True
    notify_topic(uow, thread, "topic.claimed", agent=agent.name)
    return uow.text_for_staff("button.claimed"), False


async def _settle_suggestion(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, turn: AiTurn, verb: str, *, at: _At
) -> ButtonAnswer:
    """Send, take or drop a suggestion; the text of a taken one is shown for copying."""
    told, values = "", {"agent": agent.name, "text": turn.draft}
    try:
        if verb == "send":
            await send_suggestion(uow, thread, agent, turn)
            told = uow.text_for_staff("button.sent")
        elif verb == "edit":
            await take_suggestion(uow, turn, agent)
        else:
            await drop_suggestion(uow, turn, agent)
    except SuggestionGoneError as error:
        edit_notice(uow, thread, at, str(error))
        return str(error), True
    edit_notice(uow, thread, at, uow.text_for_staff(_SETTLED[verb], **values))
    return told, False


async def give_to_ai(uow: UnitOfWork, thread: Thread, agent: Actor) -> ButtonAnswer:
    """Give the open session to an AI agent, which answers what is not answered yet."""
    if thread.session_id is None:
        return uow.text_for_staff("topic.no_session"), True
    state = await load_ai_session(uow, thread.session_id)
    config = await load_agent(uow, thread, state)
    if config is None:
        return uow.text_for_staff("ai.not_possible"), True
    await drop_overtaken_suggestion(uow, thread.session_id)
    state.mode = AiMode.AUTOMATIC if config.mode is not AiMode.AUTOMATIC else None
    state.handed_over_at = state.last_human_at = None
    state.complaints = 0
    if not thread.is_held_by_ai:
        given = HandedOver(uow.text_for_staff("ai.reason_given"))
        change = Taken() if thread.holder_id is None else given
        if not await change_holder(uow, thread, config.actor, change, by=agent):
            return uow.text_for_staff("button.out_of_date"), True
        notify_topic(uow, thread, "ai.given_back", agent=agent.name, ai=config.name)
    await uow.tx.flush()
    unanswered = await turns.find_unanswered_message(uow.tx, thread.session_id)
    if unanswered is not None and await turns.find_open_turn(uow.tx, thread.session_id) is None:
        await answer_message(uow, thread, state, unanswered)
    return uow.text_for_staff("ai.given_back", agent=agent.name, ai=config.name), False


async def set_mode(uow: UnitOfWork, thread: Thread, agent: Actor, mode: AiMode) -> tuple[str, bool]:
    """Choose whether AI agents answer, suggest or are silent in the open session.

    Returns words for the topic, and whether this was refused.
    """
    if thread.session_id is None:
        return uow.text_for_staff("topic.no_session"), True
    if not may_change_open(agent, thread):
        return uow.text_for_staff("topic.not_yours", agent=thread.holder_name), True
    if mode is AiMode.AUTOMATIC:
        return await give_to_ai(uow, thread, agent)
    state = await load_ai_session(uow, thread.session_id)
    state.mode = mode
    if mode is AiMode.OFF:
        await drop_overtaken_suggestion(uow, thread.session_id)
    if thread.is_held_by_ai and isinstance(agent, AgentActor):
        await sessions.claim(uow, thread, agent)
    elif thread.is_held_by_ai:
        why = uow.text_for_staff("ai.reason_claimed")
        await change_holder(uow, thread, None, HandedOver(why), by=agent)
    key = "ai.switched_off" if mode is AiMode.OFF else "ai.switched_to_suggestions"
    return uow.text_for_staff(key), False
