"""Follow-ups: what an AI agent says by itself when a customer stays silent after its answer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from db.ids import AiTurnId, ConversationId, MessageId, new_id
from db.queries.ai.configs import get_agent_ai_config
from db.queries.ai.sessions import find_ai_session, has_anybody_written
from db.queries.conversations.threads import Thread
from db.tables import AiMode, AiSession, AiTurn, JobKind
from desk.actors import ActorKind
from desk.ai.config import AiConfig, FollowUp, to_config
from desk.ai.turns.material import read_material
from desk.ai.turns.scene import Scene
from desk.ai.turns.state import get_mode
from desk.ai.turns.thought import Material
from desk.ai.turns.words import find_keyword
from desk.canned.lookup import build_values
from desk.causes import Cause
from desk.content import Content
from desk.formatting.variables import render
from desk.messages import window
from desk.messages.attribution import add_author
from desk.messages.from_api import FROM_AI, show_in_topic
from desk.messages.replies import reply
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork

# Follow-ups in one session: somebody who does not answer is left alone.
MAX_IN_SESSION = 3
# How long a model may take to write one.
_WRITING = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class WriteFollowUp:
    """Let the model write the follow-up of this conversation, and send it."""

    kind: ClassVar[JobKind] = JobKind.AI_TURN
    conversation_id: ConversationId
    after: MessageId

    @property
    def dedup_key(self) -> str:
        return f"{self.kind}:follow_up:{self.after}"

    def to_json(self) -> dict[str, Any]:
        return {"follow_up": self.conversation_id}


@dataclass(frozen=True, slots=True)
class DueFollowUp:
    """A follow-up whose time has come: nobody has written since the answer."""

    state: AiSession
    config: AiConfig
    text: str
    after: MessageId


async def plan_follow_up(scene: Scene, question: str, message_id: MessageId) -> None:
    """Plan what follows this answer if the customer stays silent; it replaces what was planned."""
    uow, state, config = scene.uow, scene.state, scene.config
    state.follow_up = None
    chosen = _choose(config.follow_ups, question)
    if chosen is None or state.follow_ups >= MAX_IN_SESSION:
        return
    due_at = uow.now + chosen.delay
    state.follow_up = {
        "keyword": chosen.keyword,
        "text": chosen.text,
        "after": message_id,
        "at": due_at.isoformat(),
    }
    await set_timer(uow, scene.thread, Timer.AI_FOLLOW_UP, due_at)


def _choose(follow_ups: tuple[FollowUp, ...], question: str) -> FollowUp | None:
    return next((each for each in follow_ups if find_keyword(question, [each.keyword])), None)


async def handle_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Send the follow-up that is due, or let the model write it."""
    due = await find_due(uow, thread)
    if due is None:
        return
    if due.text:
        await send(uow, thread, due, render(due.text, build_values(uow, thread, due.config.name)))
    else:
        uow.jobs.enqueue(WriteFollowUp(thread.conversation_id, due.after))


async def find_due(uow: UnitOfWork, thread: Thread) -> DueFollowUp | None:
    """Find the follow-up that is due now; one that must not be sent any more is dropped."""
    if thread.session_id is None:
        return None
    state = await find_ai_session(uow.tx, thread.session_id)
    planned = None if state is None else state.follow_up
    if state is None or planned is None or datetime.fromisoformat(planned["at"]) > uow.now:
        return None
    config = await _find_holder(uow, thread, state)
    after = MessageId(planned["after"])
    human = ActorKind.HUMAN.sender_type
    if config is None or await has_anybody_written(uow.tx, thread.conversation_id, after, human):
        state.follow_up = None
        return None
    return DueFollowUp(state, config, planned["text"], after)


async def _find_holder(uow: UnitOfWork, thread: Thread, state: AiSession) -> AiConfig | None:
    """Return the AI agent that holds the session and may still write; None: there is none."""
    if thread.is_blocked or not thread.is_held_by_ai or thread.holder_id is None:
        return None
    row = await get_agent_ai_config(uow.tx, thread.holder_id)
    config = None if row is None else to_config(row)
    if config is None or not config.is_available(uow.now):
        return None
    channel = uow.channel_of(thread)
    limit = config.reply_limit if config.reply_limit is not None else channel.ai_reply_limit
    is_used_up = bool(limit) and state.replies >= limit
    is_automatic = get_mode(state, config) is AiMode.AUTOMATIC
    # Outside of the reply window it would become a draft that nobody asked for.
    can_send = window.can_send(thread, channel, Content(text="-"), uow.now)
    return config if is_automatic and can_send and not is_used_up else None


async def read_session(uow: UnitOfWork, thread: Thread, due: DueFollowUp) -> Material:
    """Read what the model needs to know to write a follow-up."""
    assert thread.session_id is not None  # noqa: S101 the follow-up is one of its session
    moment = AiTurn(
        id=AiTurnId(new_id()),
        session_id=thread.session_id,
        conversation_id=thread.conversation_id,
        channel_id=thread.channel_id,
        agent_id=due.config.agent_id,
        mode=AiMode.AUTOMATIC,
        first_message_id=due.after,
        last_message_id=due.after,
        start_at=uow.now,
        deadline_at=uow.now + _WRITING,
    )
    return await read_material(uow, thread, moment, due.state, due.config)


async def send(uow: UnitOfWork, thread: Thread, due: DueFollowUp, text: str) -> None:
    """Send a follow-up, and show it in the topic."""
    state, config = due.state, due.config
    state.follow_up = None
    state.follow_ups += 1
    state.replies += 1
    content = Content(text=text, attributes={**FROM_AI, "ai": {"follow_up": True}})
    cause = Cause.AI_ANSWER
    message_id = await reply(uow, thread, config.actor, content, cause=cause)
    mark = uow.text_for_staff("ai.follow_up")
    shown = add_author(Content(text=f"{text}\n🤖 {mark}"), config.name)
    show_in_topic(
        uow,
        thread,
        config.name,
        message_id,
        replace(shown, attributes=FROM_AI),
        cause=cause,
        reply_to=None,
    )
