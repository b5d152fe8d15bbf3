"""Makes customers and agents write what the plan says, in order."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from sandbox.common.control_client import SandboxRequestError
from scripts.chaos.assistants.questions import build_question
from scripts.chaos.customers import REFUSAL_ERRORS, Customer
from scripts.chaos.message_log import Id, Json, MessageDirection, SentMessage, find_token
from scripts.chaos.notes import write_note
from scripts.chaos.plan import ActionKind, PlannedAction
from scripts.chaos.staff_side import StaffTopic
from scripts.chaos.stage import Stage

_PICTURE = {"kind": "photo"}
# People edit soon: older messages are left alone.
_RECENT = 6
_EMOJI = ("👍", "❤", "🔥", "🎉")


async def send_all(stage: Stage, began: float) -> None:
    """Perform every planned action; `began` is the monotonic time that the plan counts from."""
    async with asyncio.TaskGroup() as group:
        for conversation in range(stage.plan.scale.customers):
            for by_agent in (False, True):
                lines = _list_actions(stage.plan.actions, conversation, by_agent=by_agent)
                if lines:
                    group.create_task(_perform_all(stage, lines, began))


def _list_actions(
    lines: Iterable[PlannedAction], conversation: int, *, by_agent: bool
) -> list[PlannedAction]:
    return [
        action
        for action in lines
        if (action.conversation, action.by_agent) == (conversation, by_agent)
    ]


async def _perform_all(stage: Stage, lines: Sequence[PlannedAction], began: float) -> None:
    for action in lines:
        await asyncio.sleep(max(0.0, began + action.at - time.monotonic()))
        stage.message_log.skipped += not await perform_action(stage, action)


async def perform_action(stage: Stage, action: PlannedAction) -> bool:
    """Perform one action; return False if its receiver or its subject does not exist."""
    async with stage.turns[action.conversation, action.by_agent]:
        try:
            return await (
                _act_as_agent(stage, action) if action.by_agent else _act_as_customer(stage, action)
            )
        except REFUSAL_ERRORS:  # the topic or the message to answer is gone
            return False


async def _act_as_customer(stage: Stage, action: PlannedAction) -> bool:
    customer = stage.customers[action.conversation]
    match action.kind:
        case ActionKind.EDIT:
            return await _edit_as_customer(stage, action, customer)
        case ActionKind.READ:
            await customer.reads()
            return True
        case ActionKind.REACTION:
            received = [each for each in await customer.chat() if each.has_arrived]
            message, message_id = _pick_message(
                stage,
                {each.token: each.id for each in received},
                MessageDirection.DOWN,
                action.luck,
            )
            if message is None or message_id is None:
                return False
            await customer.reacts(message_id, _pick_emoji(action))
            message.reaction = _pick_emoji(action)
            return True
    answered, message_id = None, None
    if action.kind is ActionKind.REPLY:
        received = [each for each in await customer.chat() if each.has_arrived]
        answered, message_id = _pick_message(
            stage, {each.token: each.id for each in received}, MessageDirection.DOWN, action.luck
        )
    names, texts = _build_texts(stage, action, MessageDirection.UP)
    if action.kind in {ActionKind.PICTURE, ActionKind.ALBUM}:
        sent = await customer.sends_pictures(texts)
    else:
        sent = [await customer.says(texts[0], reply_to=message_id)]
    chat = customer.chat_id
    _log_messages(stage, action, chat, zip(names, texts, sent, strict=True), answered)
    return True


async def _act_as_agent(stage: Stage, action: PlannedAction) -> bool:
    if action.kind is ActionKind.EDIT:
        return await _edit_as_agent(stage, action, _pick_agent(stage, action))
    topic = await find_topic(stage, action.conversation)
    if topic is None:
        return False
    if action.kind is ActionKind.NOTE:
        await write_note(stage, action, topic.thread)
        return True
    copies = {find_token(each): each["message_id"] for each in topic.messages}
    if action.kind is ActionKind.REACTION:
        message, message_id = _pick_message(stage, copies, MessageDirection.UP, action.luck)
        if message is None or message_id is None:
            return False
        # Only one agent reacts: it is not defined whose reaction the customer sees if two differ.
        agent = stage.agents[0]
        if not await stage.rows(f"SELECT id FROM users WHERE telegram_id = '{agent['id']}'"):  # noqa: S608 a number of our own
            return False  # a member becomes an agent by the first answer
        await stage.telegram.react(agent, topic.chat, int(message_id), _pick_emoji(action))
        message.reaction = _pick_emoji(action)
        return True
    answered, message_id = None, None
    if action.kind is ActionKind.REPLY:
        answered, message_id = _pick_message(stage, copies, MessageDirection.UP, action.luck)
    names, texts = _build_texts(stage, action, MessageDirection.DOWN)
    sent = await _write(stage, action, texts, topic=topic, reply_to=message_id)
    _log_messages(stage, action, topic.chat, zip(names, texts, sent, strict=True), answered)
    return True


async def _write(
    stage: Stage,
    action: PlannedAction,
    texts: list[str],
    *,
    topic: StaffTopic,
    reply_to: Id | None,
) -> list[Id]:
    """Write into a topic as an agent."""
    say = stage.staff.say
    user = stage.staff.choose_writer(topic.chat, stage.agents, action.luck)
    match action.kind:
        case ActionKind.ALBUM:
            album: list[Json] = [{**_PICTURE, "caption": text} for text in texts]
            sent = await say(user, topic, album=album, caption=texts[0])
        case ActionKind.PICTURE:
            sent = await say(user, topic, media={**_PICTURE}, caption=texts[0])
        case _:
            answered = None if reply_to is None else int(reply_to)
            sent = await say(user, topic, text=texts[0], reply_to=answered)
    return [int(each["message_id"]) for each in sent]


async def find_topic(stage: Stage, conversation: int) -> StaffTopic | None:
    """Find the topic that has the customer's messages; agents write only there."""
    return await stage.staff.find_topic(stage.customers[conversation].name)


def _pick_message(
    stage: Stage, message_id: dict[str | None, Id], direction: MessageDirection, luck: float
) -> tuple[SentMessage | None, Id | None]:
    """Pick a message that came from the other side, and its id on this side."""
    known = stage.message_log.messages
    tokens_there = [
        token for token in message_id if token and token.startswith(direction) and token in known
    ]
    if not tokens_there:
        return None, None
    token = tokens_there[int(luck * len(tokens_there))]
    return known[token], message_id[token]


def _build_texts(
    stage: Stage, action: PlannedAction, direction: MessageDirection
) -> tuple[list[str], list[str]]:
    """Return the tokens and the texts of new messages."""
    many = 2 if action.kind is ActionKind.ALBUM else 1
    names = [stage.message_log.new_token(direction, action.conversation) for _ in range(many)]
    if stage.plan.scale.has_assistants and direction is MessageDirection.UP:
        return names, [build_question(name, action.luck) for name in names]
    return names, [f"{name} {action.kind}" for name in names]


def _log_messages(
    stage: Stage,
    action: PlannedAction,
    chat: Id,
    sent: Iterable[tuple[str, str, Id]],
    answered: SentMessage | None,
) -> None:
    for name, text, message_id in sent:
        stage.message_log.add(
            SentMessage(
                token=name,
                direction=MessageDirection.DOWN if action.by_agent else MessageDirection.UP,
                conversation=action.conversation,
                chat=chat,
                message_id=message_id,
                text=text,
                kind=stage.customers[action.conversation].kind,
                reply_to_token=answered.token if answered else None,
            )
        )


async def _edit_as_customer(stage: Stage, action: PlannedAction, customer: Customer) -> bool:
    message = _pick_recent(stage, action, MessageDirection.UP)
    if message is None:
        return False
    text = _build_edited_text(message)
    await customer.edits(message.message_id, text)
    message.edit(text, time.time())
    return True


async def _edit_as_agent(stage: Stage, action: PlannedAction, user: Json) -> bool:
    message = _pick_recent(stage, action, MessageDirection.DOWN)
    if message is None:
        return False
    text = _build_edited_text(message)
    try:
        await stage.telegram.edit(user, int(message.chat), int(message.message_id), text)
    except SandboxRequestError:  # it was deleted together with its topic
        message.is_deleted = True
        return False
    message.edit(text, time.time())
    return True


def _pick_recent(
    stage: Stage, action: PlannedAction, direction: MessageDirection
) -> SentMessage | None:
    recent = [
        message
        for message in stage.message_log.list_sent(direction, action.conversation)
        if not message.is_deleted
    ][-_RECENT:]
    return recent[int(action.luck * len(recent))] if recent else None


def _build_edited_text(message: SentMessage) -> str:
    return f"{message.text.split(' edited')[0]} edited {message.edits + 1}"


def _pick_agent(stage: Stage, action: PlannedAction) -> Json:
    return stage.agents[int(action.luck * len(stage.agents))]


def _pick_emoji(action: PlannedAction) -> str:
    return _EMOJI[int(action.at * 1000) % len(_EMOJI)]
