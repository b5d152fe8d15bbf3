"""Parked updates in the API: shown without secrets, retried in order, dropped."""

import asyncio
import json
from collections.abc import Sequence
from functools import partial

import pytest

from db.ids import ChannelId
from db.queues import inbox
from db.queues.inbox import InboundEvent, InboxRow
from db.tables import ChannelKind
from desk.channels import Channels, ServedChannel
from desk.cluster.wake import Signal
from desk.receiving.ports import RowHandler
from desk.receiving.worker import Worker
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from tests.api.stage import ApiStage, Json

TOKEN = "123456789:AAsecretsecretsecretsecretsecret"


async def test_parked_updates_are_listed_both_ways(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    numbers = [await own_api.parked_update(channel_id=channel) for _ in range(5)]
    other = await own_api.parked_update()
    await own_api.change("UPDATE inbox SET state = 'done' WHERE id = :id", id=numbers[1])
    pages, path = [], f"/parked-updates?limit=2&channel_id={channel}"
    cursor: str | None = ""
    while cursor is not None:
        page = (await ada.get(path + cursor)).body
        pages.append(page)
        cursor = page["next"] and f"&cursor={page['next']}"
    found = [each["id"] for page in pages for each in page["items"]]
    assert found == [numbers[4], numbers[3], numbers[2], numbers[0]]
    back = (await ada.get(f"{path}&cursor={pages[1]['previous']}")).body
    assert back["items"] == pages[0]["items"]
    everything = (await ada.get("/parked-updates")).body["items"]
    assert everything[0]["id"] == other
    one = everything[0]
    assert (one["error"], one["attempts"]) == ("Broken: so", 5)
    assert one["received_at"] <= one["parked_at"]


@pytest.mark.parametrize("cursor", ["a" + "0" * 16 + "7" + "Z" * 25, "b" + "9" * 16 + "0" * 26])
async def test_a_cursor_from_nowhere_does_no_harm(own_api: ApiStage, cursor: str) -> None:
    ada = await own_api.admin()
    await own_api.parked_update()
    answer = await ada.get(f"/parked-updates?cursor={cursor}")
    assert answer.status in {200, 422}


async def test_secrets_are_hidden_and_what_is_long_is_cut(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    payload = json.dumps(
        {
            "text": f"token {TOKEN} /link ABCD-1234 redis://:hunter2@host/0 \N{PILE OF POO}",
            "start": "/start link_WXYZ",
            "long": "x" * 10_000,
            "late": TOKEN,
        },
        ensure_ascii=False,
    )
    number = await own_api.parked_update(payload, error=f"Broken: {TOKEN} " + "y" * 10_000)
    [listed] = (await ada.get("/parked-updates")).body["items"]
    shown = (await ada.get(f"/parked-updates/{number}")).body
    assert (len(listed["payload"]), len(shown["payload"])) == (300, 4000)
    assert (len(listed["error"]), len(shown["error"])) == (300, 4000)
    for each in (listed, shown):
        text = json.dumps(each)
        for secret in ("AAsecret", "ABCD-1234", "WXYZ", "hunter2"):
            assert secret not in text
    assert "/link <code>" in shown["payload"]


async def test_a_secret_at_the_cut_is_hidden_whole(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    number = await own_api.parked_update("x" * 3990 + TOKEN)
    shown = (await ada.get(f"/parked-updates/{number}")).body
    assert "AAsec" not in shown["payload"]
    assert "123456789" not in shown["payload"]


class Listener:
    """Handles everything and records the order."""

    def __init__(self) -> None:
        self.handled: list[str] = []

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        return [partial(self._handle, row) for row in rows]

    async def _handle(self, row: InboxRow) -> None:
        self.handled.append(row.payload)


async def handled(api: ApiStage, channel: ChannelId) -> list[str]:
    """Let a worker handle all due updates; return them in order."""
    served = ServedChannel(
        id=channel,
        kind=ChannelKind.TELEGRAM,
        external_id="1",
        name="Bot",
        language="en",
        staff_groups=(),
        staff_channel_id=channel,
        offline_policy=None,  # type: ignore[arg-type] # nobody asks for it
    )
    listener = Listener()
    receivers = {ChannelKind.TELEGRAM: listener}
    worker = Worker(
        api.database, UnitOfWorkFactory(Channels([served]), []), receivers, outbox_notifier=Signal()
    )
    for _ in range(10):
        await worker._turn()
    return listener.handled


async def test_what_is_retried_is_handled_before_what_came_later(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    numbers = [
        await own_api.parked_update(f"parked {n}", channel_id=channel, lane="lane")
        for n in range(3)
    ]
    later = [InboundEvent(channel, f"later {n}", "lane", f"later {n}") for n in range(2)]
    await own_api.database.run(lambda tx: inbox.put(tx, later))
    for number in (numbers[2], numbers[0]):
        assert (await ada.post(f"/parked-updates/{number}/retry")).status == 204
    assert await handled(own_api, channel) == ["parked 0", "parked 2", "later 0", "later 1"]
    [left] = (await ada.get("/parked-updates")).body["items"]
    assert left["id"] == numbers[1]
    gone = await ada.post(f"/parked-updates/{numbers[0]}/retry")
    assert (gone.status, gone.problem) == (404, "not-found")
    entries = await own_api.audit("parked.retried")
    assert {each["user_id"] for each in entries} == {ada.user_id}
    assert len(entries) == 2


async def test_a_lane_that_rested_wakes_for_what_is_retried(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    number = await own_api.parked_update("alone", channel_id=channel, lane="lane")
    assert await handled(own_api, channel) == []
    await ada.post(f"/parked-updates/{number}/retry")
    assert await handled(own_api, channel) == ["alone"]


async def test_what_is_dropped_stays_as_settled_with_who_dropped_it(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    number = await own_api.parked_update("bad", channel_id=channel, error=f"Broken: {TOKEN}")
    assert (await ada.post(f"/parked-updates/{number}/drop")).status == 204
    assert await handled(own_api, channel) == []
    [row] = await own_api.rows("SELECT * FROM inbox WHERE id = :id", id=number)
    assert row["state"] == "done"
    assert row["error"].startswith(f"dropped by {ada.name}: Broken")
    [entry] = await own_api.audit("parked.dropped")
    details: Json = json.loads(entry["details"])
    assert (entry["user_id"], entry["subject"]) == (ada.user_id, f"parked_update:{number}")
    assert details["channel_id"] == channel
    assert "AAsecret" not in entry["details"]
    for verb in ("drop", "retry"):
        again = await ada.post(f"/parked-updates/{number}/{verb}")
        assert (again.status, again.problem) == (404, "not-found")


async def test_of_several_who_decide_at_once_one_does(own_api: ApiStage) -> None:
    ada, zoe = await own_api.admin(), await own_api.admin()
    number = await own_api.parked_update()
    path = f"/parked-updates/{number}"
    answers = await asyncio.gather(
        *(who.post(f"{path}/{verb}") for who in (ada, zoe) for verb in ("drop", "retry"))
    )
    assert sorted(each.status for each in answers) == [204, 404, 404, 404]
    counts = [len(await own_api.audit(f"parked.{verb}")) for verb in ("dropped", "retried")]
    assert sum(counts) == 1
