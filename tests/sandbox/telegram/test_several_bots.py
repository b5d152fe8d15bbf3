"""Tests of several bots at once: each has its own chats, topics, updates, files and limits."""

from typing import Any

from sandbox.common.json_shapes import Json
from tests.sandbox.telegram.stage import Stage

STAFF_TOKEN = "4343:second-bot"
ANN = 1001


async def call(stage: Stage, method: str, /, **params: object) -> Json:
    """Call a method as the second bot."""
    url = f"{stage.url}/bot{STAFF_TOKEN}/{method}"
    async with stage.http.post(url, json=params) as response:
        reply: Json = await response.json()
        return reply


async def add_second(stage: Stage) -> Any:
    return await stage.telegram.add_bot(STAFF_TOKEN, "osmo_staff_bot", "Osmo staff")


async def test_each_bot_has_chats_topics_and_updates_of_its_own(stage: Stage) -> None:
    second = await add_second(stage)
    await stage.telegram.set_threaded_mode(second)
    refused = await call(stage, "sendMessage", chat_id=ANN, text="hello")
    assert refused["description"] == "Forbidden: bot can't initiate conversation with a user"
    await stage.telegram.say(stage.ann, "to the second", bot=second["id"])
    (update,) = (await call(stage, "getUpdates"))["result"]
    assert update["message"]["text"] == "to the second"
    assert await stage.updates() == []
    made = (await call(stage, "createForumTopic", chat_id=ANN, name="Mia"))["result"]
    assert await stage.telegram.topics(ANN, bot=stage.bot) == []
    (topic,) = await stage.telegram.topics(ANN, bot=second)
    assert topic["message_thread_id"] == made["message_thread_id"]
    refused = await call(stage, "copyMessage", chat_id=ANN, from_chat_id=-1, message_id=1)
    assert refused["description"] == "Bad Request: chat not found"
    await stage.telegram.block(stage.ann, bot=second)
    assert (await call(stage, "sendMessage", chat_id=ANN, text="x"))["error_code"] == 403
    await stage.ok("sendMessage", chat_id=ANN, text="the first one still can")


async def test_a_file_id_belongs_to_one_bot(stage: Stage) -> None:
    second = await add_second(stage)
    await stage.telegram.say(stage.ann, "/start", bot=second["id"])
    said = await stage.telegram.say(stage.ann, media={"kind": "document"}, bot=stage.bot["id"])
    file_id = said["document"]["file_id"]
    path = (await stage.ok("getFile", file_id=file_id))["file_path"]
    refused = await call(stage, "getFile", file_id=file_id)
    wrong = "Bad Request: wrong file_id or the file is temporarily unavailable"
    assert refused["description"] == wrong
    refused = await call(stage, "sendDocument", chat_id=ANN, document=file_id)
    assert refused["description"] == "Bad Request: wrong file identifier/HTTP URL specified"
    async with stage.http.get(f"{stage.url}/file/bot{STAFF_TOKEN}/{path}") as response:
        assert response.status == 404
    await stage.ok("sendDocument", chat_id=ANN, document=file_id)


async def test_a_file_in_a_group_is_known_to_every_bot_there(stage: Stage) -> None:
    second, group = await add_second(stage), stage.group["id"]
    await stage.telegram.member(group, second, "administrator")
    said = await stage.telegram.say(stage.ben, chat=group, media={"kind": "photo"})
    file_id = said["photo"][-1]["file_id"]
    assert (await call(stage, "getFile", file_id=file_id))["ok"] is True
    await stage.ok("getFile", file_id=file_id)


async def test_each_bot_has_limits_of_its_own_for_the_same_chat(stage: Stage) -> None:
    second = await add_second(stage)
    await stage.telegram.say(stage.ann, "/start", bot=second["id"])
    await stage.telegram.limits(on=True)
    for number in range(3):
        await stage.ok("sendMessage", chat_id=ANN, text=str(number))
        assert (await call(stage, "sendMessage", chat_id=ANN, text=str(number)))["ok"] is True
    assert (await call(stage, "sendMessage", chat_id=ANN, text="x"))["error_code"] == 429
    calls = await stage.telegram.calls("sendMessage", bot=second)
    assert {each["bot_id"] for each in calls} == {second["id"]}
    assert [each["ok"] for each in calls] == [True, True, True, False]
