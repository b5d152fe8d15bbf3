"""Customers and agents: each says what the plan gives them, in order."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from sandbox.telegram.client import SandboxRefusalError
from scripts.chaos.ledger import Json, Said, Way, token_in
from scripts.chaos.plan import Line, Saying
from scripts.chaos.stage import GROUP, Stage

_PICTURE = {"kind": "photo"}
# Whoever edits does so soon: what is longer ago is left alone.
_RECENT = 6


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
        except SandboxRefusalError:  # the topic, or what was to be answered, is gone
            return False


async def _by_customer(stage: Stage, line: Line) -> bool:
    user, chat = stage.customers[line.conversation], stage.customers[line.conversation]["id"]
    if line.saying is Saying.EDIT:
        return await _edit(stage, line, Way.UP, user)
    answered = None
    if line.saying is Saying.REPLY:
        answered = _one_of(await _chat(stage, chat), Way.DOWN, line.luck)
    await _say(stage, line, Way.UP, user, chat=chat, answered=answered)
    return True


async def _chat(stage: Stage, chat: int) -> list[Json]:
    try:
        return await stage.telegram.messages(chat)
    except SandboxRefusalError:  # nobody wrote yet
        return []


async def _by_agent(stage: Stage, line: Line) -> bool:
    user = stage.agents[int(line.luck * len(stage.agents))]
    if line.saying is Saying.EDIT:
        return await _edit(stage, line, Way.DOWN, user)
    found = await topic_of(stage, line.conversation)
    if found is None:
        return False
    thread, messages = found
    answered = _one_of(messages, Way.UP, line.luck) if line.saying is Saying.REPLY else None
    await _say(stage, line, Way.DOWN, user, chat=GROUP, answered=answered, thread=thread)
    return True


async def topic_of(stage: Stage, conversation: int) -> tuple[int, list[Json]] | None:
    """Find the topic in which the customer's messages stand; agents write nowhere else."""
    name = stage.customers[conversation]["first_name"]
    for topic in reversed(await stage.telegram.topics(GROUP)):
        if topic["name"] != name or topic["deleted"]:
            continue
        messages = await stage.telegram.messages(GROUP, topic["message_thread_id"])
        if any(token_in(each) for each in messages):
            return topic["message_thread_id"], messages
    return None


def _one_of(messages: list[Json], way: Way, luck: float) -> Json | None:
    """Pick a message that came from the other side."""
    named = [each for each in messages if (token_in(each) or "").startswith(way)]
    return named[int(luck * len(named))] if named else None


async def _say(
    stage: Stage,
    line: Line,
    way: Way,
    user: Json,
    *,
    chat: int,
    answered: Json | None,
    thread: int | None = None,
) -> None:
    ledger, many = stage.ledger, 2 if line.saying is Saying.ALBUM else 1
    names = [ledger.new_token(way, line.conversation) for _ in range(many)]
    texts = [f"{name} {line.saying}" for name in names]
    reply_to = answered["message_id"] if answered else None
    say = stage.telegram.say
    match line.saying:
        case Saying.ALBUM:
            album: list[Json] = [{**_PICTURE, "caption": text} for text in texts]
            sent = await say(user, album=album, caption=texts[0], chat=chat, thread=thread)
        case Saying.PICTURE:
            media: Json = {**_PICTURE}
            one = await say(user, media=media, caption=texts[0], chat=chat, thread=thread)
            sent = [one]
        case _:
            sent = [await say(user, texts[0], reply_to=reply_to, chat=chat, thread=thread)]
    for name, text, message in zip(names, texts, sent, strict=True):
        ledger.note(
            Said(
                token=name,
                way=way,
                conversation=line.conversation,
                chat=chat,
                message_id=message["message_id"],
                text=text,
                is_text="text" in message,
                answers=token_in(answered) if answered else None,
            )
        )


async def _edit(stage: Stage, line: Line, way: Way, user: Json) -> bool:
    recent = [said for said in stage.ledger.of(way, line.conversation) if not said.gone][-_RECENT:]
    if not recent:
        return False
    said = recent[int(line.luck * len(recent))]
    text = f"{said.text.split(' edited')[0]} edited {said.edits + 1}"
    try:
        await stage.telegram.edit(user, said.chat, said.message_id, text)
    except SandboxRefusalError:  # it was deleted with its topic
        said.gone = True
        return False
    said.text, said.edits = text, said.edits + 1
    return True
