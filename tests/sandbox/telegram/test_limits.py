"""Tests of the flood limits: the pure functions of time, and the answers to the bot."""

import pytest

from sandbox.telegram.faults.flood_limits import Limits
from tests.sandbox.telegram.stage import Stage

GROUP, ANN, BOT = -100, 1, 42


def test_a_group_takes_twenty_a_minute_in_a_sliding_window() -> None:
    limits = Limits(on=True)
    assert [limits.spend(BOT, GROUP, second) for second in range(20)] == [0] * 20
    assert limits.spend(BOT, GROUP, 20) == 40
    assert limits.spend(BOT, -200, 20) == 0
    assert [limits.spend(BOT, GROUP, 61) for _ in range(3)] == [0, 0, 1]
    assert limits.spend(BOT, GROUP, 63) == 0


def test_a_call_during_a_penalty_lengthens_it() -> None:
    limits = Limits(on=True, group_per_minute=1, lengthen=5)
    assert limits.spend(BOT, GROUP, 0) == 0
    assert limits.spend(BOT, GROUP, 10) == 50
    assert [limits.spend(BOT, GROUP, 20) for _ in range(3)] == [45, 50, 55]
    assert limits.spend(BOT, GROUP, 74) == 6
    assert limits.spend(BOT, GROUP, 80) == 0


def test_a_private_chat_takes_a_burst_and_then_one_a_second() -> None:
    limits = Limits(on=True)
    assert [limits.spend(BOT, ANN, 0) for _ in range(3)] == [0, 0, 0]
    assert limits.spend(BOT, ANN, 0.5) == 3
    calm = Limits(on=True)
    assert [calm.spend(BOT, ANN, second) for second in range(100)] == [0] * 100


def test_all_chats_together_take_thirty_a_second() -> None:
    limits = Limits(on=True)
    waits = [limits.spend(BOT, -chat, 0) for chat in range(1, 32)]
    assert waits == [0] * 30 + [1]
    assert limits.spend(43, -1, 0) == 0


def test_an_album_counts_once_per_message() -> None:
    limits = Limits(on=True, group_per_minute=10)
    assert limits.spend(BOT, GROUP, 0, cost=10) == 0
    assert limits.spend(BOT, GROUP, 1) == 59


async def test_visible_calls_share_the_limit_and_answers_are_not_counted(stage: Stage) -> None:
    group = stage.group["id"]
    await stage.telegram.limits(True, group_per_minute=3)
    thread = await stage.topic()
    there = {"chat_id": group, "message_thread_id": thread}
    sent = await stage.ok("sendMessage", text="x", **there)
    await stage.ok("editMessageText", chat_id=group, message_id=sent["message_id"], text="y")
    reply = await stage.call("sendChatAction", action="typing", **there)
    wait = reply["parameters"]["retry_after"]
    assert reply["error_code"] == 429
    assert reply["description"] == f"Too Many Requests: retry after {wait}"
    assert 55 <= wait <= 60
    assert (await stage.refused("answerCallbackQuery", callback_query_id="1"))[0] == 400
    await stage.ok("getChat", chat_id=group)
    await stage.ok("sendMessage", chat_id=stage.ann["id"], text="other chat")
    await stage.telegram.limits(False)
    await stage.ok("sendMessage", text="x", **there)


@pytest.mark.parametrize("number", [-1, "many", True])
async def test_limits_are_numbers(stage: Stage, number: object) -> None:
    body = {"on": True, "group_per_minute": number}
    async with stage.http.post(f"{stage.url}/control/limits", json=body) as response:
        assert response.status == 400
