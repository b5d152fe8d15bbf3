"""Tests of statuses, automatic and by hand, and of failures that come later."""

import asyncio

import pytest

from sandbox.graph.events.statuses import mark_read, send_automatic_statuses
from sandbox.graph.model.records import Account, App, Chat, Customer, Message, Number
from sandbox.graph.model.settings import Settings
from sandbox.graph.state.world import World
from tests.sandbox.graph.stage import PHONE, SECRET, Stage

DAY = 86_400


async def test_a_message_gets_its_statuses_and_is_read(stage: Stage) -> None:
    sent = await stage.text()
    assert await stage.status_of(sent) == [("sent", None), ("delivered", None)]
    assert await stage.graph.reads(stage.ann) == [sent]
    assert await stage.graph.reads(stage.ann) == []
    await stage.graph.wait_until_settled()
    assert stage.hook.told() == [(sent, "sent"), (sent, "delivered"), (sent, "read")]
    first, second, third = (value["statuses"][0] for value in stage.hook.values())
    assert first["conversation"]["expiration_timestamp"].isdigit()
    assert "expiration_timestamp" not in second["conversation"]
    assert first["conversation"]["id"] == second["conversation"]["id"]
    assert first["pricing"] == {
        "billable": False,
        "pricing_model": "PMP",
        "category": "service",
        "type": "free_customer_service",
    }
    assert "pricing" not in third


async def test_reading_up_to_a_message(stage: Stage) -> None:
    sent = [await stage.text(text) for text in "abc"]
    await stage.graph.wait_until_settled()
    assert await stage.graph.reads(stage.ann, up_to=sent[1]) == sent[:2]
    assert await stage.graph.reads(stage.ann) == sent[2:]


async def test_statuses_may_be_left_out_or_sent_by_hand(stage: Stage) -> None:
    await stage.graph.settings(ladder=["sent", "read"])
    sent = await stage.text()
    assert await stage.status_of(sent) == [("sent", None), ("read", None)]
    await stage.graph.settings(ladder=[])
    sent = await stage.text()
    assert await stage.status_of(sent) == []
    for status in ("delivered", "sent", "played"):
        await stage.graph.status(sent, status)
    await stage.graph.status(sent, "failed", code=131026, details="Off")
    await stage.graph.status(sent, "read")
    await stage.graph.wait_until_settled()
    rungs = ["delivered", "sent", "played", "failed", "read"]
    assert stage.hook.told()[-5:] == [(sent, rung) for rung in rungs]


async def test_statuses_may_come_in_any_order(stage: Stage) -> None:
    await stage.graph.settings(ladder=["read", "sent", "delivered"])
    sent = await stage.text()
    assert [rung for rung, _ in await stage.status_of(sent)] == ["read", "sent", "delivered"]
    assert (await stage.graph.messages(stage.ann))[-1]["status"] == "read"
    await stage.graph.status(sent, "failed", code=131026)
    assert (await stage.graph.messages(stage.ann))[-1]["status"] == "read"


async def test_a_read_message_is_not_delivered_afterwards() -> None:
    account = Account("1", "OsmoDesk", App("2", "OsmoDesk", SECRET))
    chat = Chat(Number("3", account, "15550783881", "OsmoDesk"), Customer("c1", "Ann", PHONE, ""))
    message = Message("wamid.x", outgoing=True, kind="text", content={"body": "x"}, at=0.0)
    world = World()
    world.settings = Settings(delay=0)
    world.keep(chat, message)
    climbing = asyncio.ensure_future(send_automatic_statuses(world, chat, message))
    await asyncio.sleep(0)
    assert message.status == "sent"
    assert mark_read(world, chat, None) == ["wamid.x"]
    await climbing
    assert [step["status"] for step in message.steps] == ["sent", "read"]


async def test_a_phone_that_is_off_gets_it_later(stage: Stage) -> None:
    await stage.graph.change_customer(stage.ann, online=False)
    sent = await stage.text()
    assert await stage.status_of(sent) == [("sent", None)]
    await stage.graph.change_customer(PHONE, online=True)
    assert await stage.status_of(sent) == [("sent", None), ("delivered", None)]


async def test_a_customer_who_blocked_the_number_gets_nothing(stage: Stage) -> None:
    await stage.graph.change_customer(stage.ann, blocked=True)
    assert await stage.status_of(await stage.text()) == [("sent", None)]
    await stage.graph.change_customer(stage.ann, blocked=False)
    assert len(await stage.status_of(await stage.text())) == 2


async def test_a_status_may_come_before_the_answer(stage: Stage) -> None:
    await stage.graph.settings(early=True)
    sent = await stage.text()
    assert stage.hook.told() == [(sent, "sent"), (sent, "delivered")]
    await stage.graph.settings(early=False)
    await stage.graph.fail(kind="late", seconds=0.1)
    again = await stage.text()
    assert stage.hook.told()[2:] == [(again, "sent"), (again, "delivered")]


async def test_the_window_closes_after_a_day_and_a_message_opens_it(stage: Stage) -> None:
    await stage.graph.advance(DAY - 60)
    assert (await stage.status_of(await stage.text()))[-1] == ("delivered", None)
    await stage.graph.advance(120)
    late = await stage.text()
    assert await stage.status_of(late) == [("failed", 131047)]
    value = stage.hook.values()[-1]
    assert "contacts" not in value
    error = value["statuses"][0]["errors"][0]
    assert error["title"] == error["message"] == "Re-engagement message"
    assert "24 hours" in error["error_data"]["details"]
    await stage.graph.settings(window="at_once")
    assert (await stage.refused(type="text", text={"body": "x"}))[:2] == (400, 131047)
    await stage.graph.settings(window="off")
    await stage.text()
    await stage.graph.settings(window="at_once")
    await stage.graph.says(stage.ann, "Hello again")
    await stage.text()


@pytest.mark.parametrize("nobody", ["4915112345678", None])
async def test_unreachable_customers(stage: Stage, nobody: str | None) -> None:
    if nobody is None:
        await stage.graph.change_customer(stage.ann, reachable=False)
    to = nobody or PHONE
    await stage.text(to=to)
    await stage.hook.until(1)
    status = stage.hook.values()[0]["statuses"][0]
    assert (status["status"], status["recipient_id"]) == ("failed", to)
    assert status["errors"][0]["code"] == 131026
    await stage.graph.settings(undeliverable="at_once")
    assert (await stage.refused(to=to, type="text", text={"body": "x"}))[:2] == (400, 131026)


async def test_an_ordered_failure_comes_late(stage: Stage) -> None:
    await stage.graph.fail(kind="failed", code=131049, to=PHONE, details="Not now")
    sent = await stage.text(biz_opaque_callback_data="7")
    assert await stage.status_of(sent) == [("failed", 131049)]
    status = stage.hook.values()[0]["statuses"][0]
    assert status["biz_opaque_callback_data"] == "7"
    assert len(await stage.status_of(await stage.text())) == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"ladder": ["sent", "eaten"]}, "no status eaten"),
        ({"leave_out": ["everything"]}, "no part everything"),
        ({"window": "sometimes"}, "window must be one of"),
        ({"wind": "off"}, "no setting wind"),
    ],
)
async def test_invalid_settings_are_refused(
    stage: Stage, body: dict[str, object], words: str
) -> None:
    url = f"{stage.url}/control/graph/settings"
    async with stage.http.post(url, json=body) as response:
        assert response.status == 400
        assert words in (await response.json())["error"]
