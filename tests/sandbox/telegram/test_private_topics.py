"""Tests of topics in a private chat: what a bot in topic mode may do, and Telegram's traps."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.common.control_client import SandboxRequestError
from sandbox.common.json_shapes import Json
from tests.sandbox.telegram.stage import Stage, staged

THREAD_GONE = (400, "Bad Request: message thread not found")
INVALID = (400, "Bad Request: TOPIC_ID_INVALID")
NO_FORUM = (400, "Bad Request: the chat is not a forum")
ANN = 1001


@pytest.fixture
async def desk(stage: Stage) -> Stage:
    """Return a stage whose bot is in topic mode; Ann has started it."""
    await stage.telegram.set_threaded_mode(stage.bot)
    return stage


async def open_topic(stage: Stage, name: str = "Mia") -> int:
    made = await stage.ok("createForumTopic", chat_id=ANN, name=name)
    return int(made["message_thread_id"])


async def send(stage: Stage, text: str, **more: Any) -> Json:
    sent: Json = await stage.ok("sendMessage", chat_id=ANN, text=text, **more)
    return sent


async def test_a_topic_is_made_used_renamed_and_deleted(desk: Stage) -> None:
    assert (await desk.ok("getMe"))["has_topics_enabled"] is True
    thread = await open_topic(desk)
    (update,) = await desk.updates()
    root = update["message"]
    assert root["message_id"] == root["message_thread_id"] == thread
    assert root["chat"]["type"] == "private"
    sent = await send(desk, "in it", message_thread_id=thread)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    said = await desk.telegram.say(desk.ann, "an answer", thread=thread)
    beside = await desk.telegram.say(desk.ann, "in all messages")
    heard = [update["message"] for update in await desk.updates()]
    assert [each["message_id"] for each in heard] == [said["message_id"], beside["message_id"]]
    assert heard[0]["is_topic_message"] is True
    assert not {"message_thread_id", "is_topic_message"} & heard[1].keys()
    await desk.ok("editForumTopic", chat_id=ANN, message_thread_id=thread, name="→ Tom")
    (topic,) = await desk.telegram.topics(ANN)
    assert (topic["name"], topic["deleted"]) == ("→ Tom", False)
    await desk.ok("pinChatMessage", chat_id=ANN, message_id=sent["message_id"])
    await desk.ok("unpinAllForumTopicMessages", chat_id=ANN, message_thread_id=thread)
    await desk.ok("deleteForumTopic", chat_id=ANN, message_thread_id=thread)
    assert [each.get("text") for each in await desk.telegram.messages(ANN)] == [
        "/start",
        "in all messages",
    ]


async def test_a_deleted_topic_is_ignored_when_sending_and_refused_otherwise(desk: Stage) -> None:
    thread = await open_topic(desk)
    await desk.telegram.delete_topic(ANN, thread)
    sent = await send(desk, "for the topic", message_thread_id=thread)
    assert not {"message_thread_id", "is_topic_message"} & sent.keys()
    where = {"chat_id": ANN, "message_thread_id": thread}
    assert await desk.refused("editForumTopic", name="x", **where) == INVALID
    assert await desk.refused("deleteForumTopic", **where) == INVALID
    with pytest.raises(SandboxRequestError, match="no such topic"):
        await desk.telegram.delete_topic(ANN, thread)


async def test_a_thread_that_never_was_is_not_found(desk: Stage) -> None:
    for text in ("a thread", "again"):
        asked = {"chat_id": ANN, "message_thread_id": 777, "text": text}
        assert await desk.refused("sendMessage", **asked) == THREAD_GONE
    # The trap on record: a living topic is answered the same.
    thread = await open_topic(desk)
    await desk.telegram.fail(
        "sendMessage", chat_id=ANN, code=400, description="message thread not found"
    )
    where = {"chat_id": ANN, "message_thread_id": thread}
    assert await desk.refused("sendMessage", text="x", **where) == THREAD_GONE
    assert (await send(desk, "x", message_thread_id=thread))["message_thread_id"] == thread


async def test_topics_of_a_person_and_forms_that_only_forums_have(desk: Stage) -> None:
    said = await desk.telegram.say(desk.ann, "what is this", new_topic="what is this")
    assert said["message_thread_id"] != said["message_id"]
    opened, heard = (update["message"] for update in await desk.updates())
    assert opened["forum_topic_created"]["name"] == "what is this"
    assert heard["message_thread_id"] == opened["message_thread_id"]
    where = {"chat_id": ANN, "message_thread_id": said["message_thread_id"]}
    for method in ("closeForumTopic", "reopenForumTopic"):
        assert await desk.refused(method, **where) == NO_FORUM
    assert await desk.refused("closeGeneralForumTopic", chat_id=ANN) == NO_FORUM
    with pytest.raises(SandboxRequestError, match="no topic 999"):
        await desk.telegram.say(desk.ann, "nowhere", thread=999)


async def test_who_has_not_started_or_has_blocked_the_bot_gets_no_topic(desk: Stage) -> None:
    refused = await desk.refused("createForumTopic", chat_id=desk.ben["id"], name="Mia")
    assert refused == (403, "Forbidden: bot can't initiate conversation with a user")
    thread = await open_topic(desk)
    await desk.telegram.block(desk.ann)
    blocked = (403, "Forbidden: bot was blocked by the user")
    assert await desk.refused("createForumTopic", chat_id=ANN, name="Tom") == blocked
    where = {"chat_id": ANN, "message_thread_id": thread}
    assert await desk.refused("editForumTopic", name="Tom", **where) == blocked
    assert await desk.refused("sendMessage", text="x", **where) == blocked


async def test_without_topic_mode_there_are_no_topics(stage: Stage) -> None:
    assert (await stage.ok("getMe"))["has_topics_enabled"] is False
    assert await stage.refused("createForumTopic", chat_id=ANN, name="Mia") == NO_FORUM
    await stage.telegram.set_threaded_mode(stage.bot)
    thread = await open_topic(stage)
    await stage.telegram.set_threaded_mode(stage.bot, enabled=False)
    assert await stage.telegram.topics(ANN) == []
    said = await stage.telegram.say(stage.ann, "plain")
    assert "message_thread_id" not in said
    assert await stage.refused("editForumTopic", chat_id=ANN, message_thread_id=thread) == NO_FORUM


async def test_a_private_chat_takes_one_call_a_second(desk: Stage) -> None:
    thread = await open_topic(desk)
    await desk.telegram.limits(on=True)
    for text in ("one", "two", "three"):
        await send(desk, text, message_thread_id=thread)
    code, words = await desk.refused(
        "editForumTopic", chat_id=ANN, message_thread_id=thread, name="Tom"
    )
    assert (code, words[:31]) == (429, "Too Many Requests: retry after ")


async def test_private_topics_are_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    async with staged(file) as stage:
        await stage.telegram.say(stage.ann, "/start")
        await stage.telegram.set_threaded_mode(stage.bot)
        thread = await open_topic(stage)
        await send(stage, "before", message_thread_id=thread)
    async with staged(file) as stage:
        assert (await stage.ok("getMe"))["has_topics_enabled"] is True
        sent = await send(stage, "after", message_thread_id=thread)
        assert sent["message_thread_id"] == thread
        found = await stage.telegram.messages(ANN, thread=thread)
        assert [each["text"] for each in found[1:]] == ["before", "after"]
