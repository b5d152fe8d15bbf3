"""Tests of getUpdates: order, confirmation, waiting, conflicts, and which bot sees what."""

import asyncio
import time

import pytest

from sandbox.telegram.model.update_queue import UpdateQueue
from tests.flows.eventually import eventually
from tests.sandbox.telegram.stage import Stage

TWO_POLLERS = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)
WEBHOOK_IS_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete"
    " the webhook first"
)


async def test_an_offset_confirms_what_is_below_it(stage: Stage) -> None:
    for text in "abc":
        await stage.telegram.say(stage.ann, text)
    found = await stage.ok("getUpdates", limit=2)
    assert [update["message"]["text"] for update in found] == ["a", "b"]
    assert await stage.ok("getUpdates", limit=2) == found
    numbers = [update["update_id"] for update in await stage.ok("getUpdates")]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    rest = await stage.ok("getUpdates", offset=numbers[1])
    assert [update["message"]["text"] for update in rest] == ["b", "c"]
    last = await stage.ok("getUpdates", offset=-1)
    assert [update["message"]["text"] for update in last] == ["c"]
    assert await stage.ok("getUpdates", offset=numbers[2] + 1) == []
    assert await stage.ok("getUpdates", offset=numbers[0]) == []


async def polling(stage: Stage) -> None:
    """Wait until a long poll waits for the bot's updates."""

    async def waits() -> bool:
        return stage.waits_for_update()

    await eventually(waits, "a poll waits")


async def test_a_long_poll_ends_with_the_first_update(stage: Stage) -> None:
    poll = asyncio.create_task(stage.ok("getUpdates", timeout=50))
    await polling(stage)
    assert not poll.done()
    await stage.telegram.say(stage.ann, "now")
    assert [update["message"]["text"] for update in await poll] == ["now"]


async def test_the_older_of_two_long_polls_gets_a_conflict(stage: Stage) -> None:
    older = asyncio.create_task(stage.refused("getUpdates", timeout=50))
    await polling(stage)
    newer = asyncio.create_task(stage.ok("getUpdates", timeout=50))
    assert await older == (409, TWO_POLLERS)
    await stage.telegram.say(stage.ann, "now")
    assert len(await newer) == 1


async def test_reactions_and_members_come_only_when_asked_for(stage: Stage) -> None:
    thread = await stage.topic()
    group = stage.group["id"]
    await stage.updates()

    async def react_and_change_members() -> list[str]:
        await stage.telegram.react(stage.ben, group, thread, "👍")
        await stage.telegram.react(stage.ben, group, thread, "")
        await stage.telegram.member(group, stage.ann, "left")
        await stage.telegram.member(group, stage.ann, "member")
        return [next(k for k in one if k != "update_id") for one in await stage.updates()]

    assert await react_and_change_members() == ["message", "message"]
    wanted = ["message", "message_reaction", "chat_member"]
    await stage.ok("getUpdates", allowed_updates=wanted)
    both = ["message_reaction"] * 2 + ["chat_member", "message"] * 2
    assert await react_and_change_members() == both
    await stage.ok("getUpdates")
    assert await react_and_change_members() == both
    await stage.telegram.member(group, stage.bot, "member")
    assert "message_reaction" not in await react_and_change_members()
    await stage.ok("getUpdates", allowed_updates=[])
    assert await react_and_change_members() == ["message", "message"]


async def test_a_bot_gets_no_updates_of_its_own_messages_or_of_deletions(stage: Stage) -> None:
    sent = await stage.ok("sendMessage", chat_id=stage.group["id"], text="x")
    said = await stage.telegram.say(stage.ann, "y")
    await stage.updates()
    await stage.ok(
        "editMessageText", chat_id=stage.group["id"], message_id=sent["message_id"], text="z"
    )
    await stage.telegram.delete(stage.ann, said["message_id"])
    assert await stage.updates() == []


async def test_privacy_mode_hides_what_is_not_for_a_bot_that_is_no_admin(stage: Stage) -> None:
    group = stage.group["id"]
    own = await stage.ok("sendMessage", chat_id=group, text="question")
    await stage.telegram.member(group, stage.bot, "member")
    await stage.updates()
    await stage.telegram.say(stage.ben, "chatter", chat=group)
    await stage.telegram.say(stage.ben, "/help", chat=group)
    await stage.telegram.say(stage.ben, "hey @osmo_bot", chat=group)
    await stage.telegram.say(stage.ben, "answer", chat=group, reply_to=own["message_id"])
    texts = [update["message"]["text"] for update in await stage.updates()]
    assert texts == ["/help", "hey @osmo_bot", "answer"]


async def test_anonymous_admins_speak_as_the_group(stage: Stage) -> None:
    said = await stage.telegram.say(stage.ben, "x", chat=stage.group, anonymous=True)
    assert said["from"]["id"] == 1087968824
    assert said["from"]["username"] == "GroupAnonymousBot"
    assert said["sender_chat"]["id"] == said["chat"]["id"] == stage.group["id"]
    assert [update["message"] for update in await stage.updates()] == [said]


async def test_polling_with_a_webhook_set_is_a_conflict(stage: Stage) -> None:
    poll = asyncio.create_task(stage.refused("getUpdates", timeout=50))
    await polling(stage)
    await stage.ok("setWebhook", url="http://127.0.0.1:9/hook")
    assert await poll == (409, "Conflict: terminated by setWebhook request")
    assert await stage.refused("getUpdates") == (409, WEBHOOK_IS_ACTIVE)
    await stage.telegram.say(stage.ann, "waits")
    await stage.ok("deleteWebhook", drop_pending_updates=True)
    assert await stage.ok("getUpdates") == []


async def test_raw_updates_can_be_injected(stage: Stage) -> None:
    await stage.telegram.inject({"message": {"nonsense": True}})
    made = await stage.telegram.inject({"update_id": 7, "unknown_kind": {}})
    assert made == {"update_id": 7}
    first, second = await stage.ok("getUpdates")
    assert first["message"] == {"nonsense": True}
    assert second == {"update_id": 7, "unknown_kind": {}}


@pytest.mark.parametrize(("kind", "kept"), [("message", 86_400), ("callback_query", 150)])
def test_updates_expire(kind: str, kept: float) -> None:
    queue, now = UpdateQueue(next_id=1), time.time()
    queue.put("my_chat_member", "1", "{}", now + kept)
    queue.put(kind, "1", "{}", now)
    assert len(queue.batch(100, now + kept - 1)) == 2
    assert queue.batch(100, now + kept + 1) == ['{"update_id":1,"my_chat_member":{}}']
