"""Customers and agents: each says what the plan gives them, in order."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from sandbox.common.control_client import SandboxRequestError
from scripts.chaos.customers import REFUSALS, Customer
from scripts.chaos.message_log import Id, Json, Said, Way, token_in
from scripts.chaos.plan import Line, Saying
from scripts.chaos.stage import GROUP, Stage

_PICTURE = {"kind": "photo"}
# Whoever edits does so soon: what is longer ago is left alone.
_RECENT = 6
_EMOJI = ("👍", "❤", "🔥", "🎉")


async def play(stage: Stage, began: float) -> None:
    """Say everything; `began` is the monotonic time that the plan's times count from."""
    async with asyncio.TaskGroup() as group:
        for conversation in range(stage.plan.scale.customers):
            for by_agent in (False, True):
                lines = _lines_of(stage.plan.lines, conversation, by_agent=by_agent)
                if lines:
                    group.create_task(_say_all(stage, lines, began))


def _lines_of(lines: Iterable[Line], conversation: int, *, by_agent: bool) -> list[Line]:
    return [
        line for line in lines if (line.conversation, line.by_agent) == (conversation, by_agent)
    ]


async def _say_all(stage: Stage, lines: Sequence[Line], began: float) -> None:
    for line in lines:
        await asyncio.sleep(max(0.0, began + line.at - time.monotonic()))
        stage.ledger.skipped += not await say(stage, line)


async def say(stage: Stage, line: Line) -> bool:
    """Say a line; False if there was nobody to say it to, or nothing to say it about."""
    async with stage.turns[line.conversation, line.by_agent]:
        try:
            return await (_by_agent(stage, line) if line.by_agent else _by_customer(stage, line))
        except REFUSALS:  # the topic, or what was to be answered, is gone
            return False


async def _by_customer(stage: Stage, line: Line) -> bool:
    customer = stage.customers[line.conversation]
    match line.saying:
        case Saying.EDIT:
            return await _customer_edits(stage, line, customer)
        case Saying.READ:
            await customer.reads()
            return True
        case Saying.REACTION:
            heard = [each for each in await customer.chat() if each.arrived]
            said, there = _said(stage, {each.token: each.id for each in heard}, Way.DOWN, line.luck)
            if said is None or there is None:
                return False
            await customer.reacts(there, _emoji(line))
            said.reaction = _emoji(line)
            return True
    answered, there = None, None
    if line.saying is Saying.REPLY:
        heard = [each for each in await customer.chat() if each.arrived]
        answered, there = _said(stage, {each.token: each.id for each in heard}, Way.DOWN, line.luck)
    names, texts = _words(stage, line, Way.UP)
    if line.saying in {Saying.PICTURE, Saying.ALBUM}:
        sent = await customer.sends_pictures(texts)
    else:
        sent = [await customer.says(texts[0], reply_to=there)]
    chat = customer.chat_id
    _note(stage, line, chat, zip(names, texts, sent, strict=True), answered)
    return True


async def _by_agent(stage: Stage, line: Line) -> bool:
    if line.saying is Saying.EDIT:
        return await _agent_edits(stage, line, _agent(stage, line))
    found = await topic_of(stage, line.conversation)
    if found is None:
        return False
    thread, messages = found
    copies = {token_in(each): each["message_id"] for each in messages}
    if line.saying is Saying.REACTION:
        said, there = _said(stage, copies, Way.UP, line.luck)
        if said is None or there is None:
            return False
        # One agent alone: whose reaction the customer sees if two differ is nobody's promise.
        agent = stage.agents[0]
        if not await stage.rows(f"SELECT id FROM users WHERE telegram_id = '{agent['id']}'"):  # noqa: S608 a number of our own
            return False  # a member becomes an agent by the first answer
        await stage.telegram.react(agent, GROUP, int(there), _emoji(line))
        said.reaction = _emoji(line)
        return True
    answered, there = None, None
    if line.saying is Saying.REPLY:
        answered, there = _said(stage, copies, Way.UP, line.luck)
    names, texts = _words(stage, line, Way.DOWN)
    sent = await _write(stage, line, texts, thread=thread, reply_to=there)
    _note(stage, line, GROUP, zip(names, texts, sent, strict=True), answered)
    return True


async def _write(
    stage: Stage, line: Line, texts: list[str], *, thread: int, reply_to: Id | None
) -> list[Id]:
    """Have an agent write into a topic."""
    say, user = stage.telegram.say, _agent(stage, line)
    match line.saying:
        case Saying.ALBUM:
            album: list[Json] = [{**_PICTURE, "caption": text} for text in texts]
            sent = await say(user, album=album, caption=texts[0], chat=GROUP, thread=thread)
        case Saying.PICTURE:
            media: Json = {**_PICTURE}
            sent = [await say(user, media=media, caption=texts[0], chat=GROUP, thread=thread)]
        case _:
            answered = None if reply_to is None else int(reply_to)
            sent = [await say(user, texts[0], reply_to=answered, chat=GROUP, thread=thread)]
    return [int(each["message_id"]) for each in sent]


async def topic_of(stage: Stage, conversation: int) -> tuple[int, list[Json]] | None:
    """Find the topic in which the customer's messages stand; agents write nowhere else."""
    name = stage.customers[conversation].name
    for topic in reversed(await stage.telegram.topics(GROUP)):
        if topic["name"] != name or topic["deleted"]:
            continue
        messages = await stage.telegram.messages(GROUP, topic["message_thread_id"])
        if any(token_in(each) for each in messages):
            return topic["message_thread_id"], messages
    return None


def _said(
    stage: Stage, there: dict[str | None, Id], way: Way, luck: float
) -> tuple[Said | None, Id | None]:
    """Pick something that came from the other side, and where it stands here."""
    known = stage.ledger.said
    named = [token for token in there if token and token.startswith(way) and token in known]
    if not named:
        return None, None
    token = named[int(luck * len(named))]
    return known[token], there[token]


def _words(stage: Stage, line: Line, way: Way) -> tuple[list[str], list[str]]:
    """Name what is about to be said, and put it into words."""
    many = 2 if line.saying is Saying.ALBUM else 1
    names = [stage.ledger.new_token(way, line.conversation) for _ in range(many)]
    return names, [f"{name} {line.saying}" for name in names]


def _note(
    stage: Stage,
    line: Line,
    chat: Id,
    sent: Iterable[tuple[str, str, Id]],
    answered: Said | None,
) -> None:
    for name, text, message_id in sent:
        stage.ledger.note(
            Said(
                token=name,
                way=Way.DOWN if line.by_agent else Way.UP,
                conversation=line.conversation,
                chat=chat,
                message_id=message_id,
                text=text,
                kind=stage.customers[line.conversation].kind,
                answers=answered.token if answered else None,
            )
        )


async def _customer_edits(stage: Stage, line: Line, customer: Customer) -> bool:
    said = _recent(stage, line, Way.UP)
    if said is None:
        return False
    text = _edited(said)
    await customer.edits(said.message_id, text)
    said.edit(text, time.time())
    return True


async def _agent_edits(stage: Stage, line: Line, user: Json) -> bool:
    said = _recent(stage, line, Way.DOWN)
    if said is None:
        return False
    text = _edited(said)
    try:
        await stage.telegram.edit(user, GROUP, int(said.message_id), text)
    except SandboxRequestError:  # it was deleted with its topic
        said.gone = True
        return False
    said.edit(text, time.time())
    return True


def _recent(stage: Stage, line: Line, way: Way) -> Said | None:
    recent = [said for said in stage.ledger.of(way, line.conversation) if not said.gone][-_RECENT:]
    return recent[int(line.luck * len(recent))] if recent else None


def _edited(said: Said) -> str:
    return f"{said.text.split(' edited')[0]} edited {said.edits + 1}"


def _agent(stage: Stage, line: Line) -> Json:
    return stage.agents[int(line.luck * len(stage.agents))]


def _emoji(line: Line) -> str:
    return _EMOJI[int(line.at * 1000) % len(_EMOJI)]
