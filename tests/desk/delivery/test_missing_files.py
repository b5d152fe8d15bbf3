"""Deliveries with files of another provider: in order, and both sides are told about failures."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from db.database import Database
from db.ids import ConversationId
from db.queues.outbox import OutboxRow
from db.tables import DeliveryState, MessageType
from desk.content import Content
from desk.delivery.executor import StepExecutor
from desk.delivery.file_transfer import FileTransfer
from desk.delivery.ports import Delivery
from desk.errors import DeliveryError, FileRefused, Unavailable
from tests.desk.stage import Stage, open_stage, text

FILE = Path("/somewhere/file")


@dataclass
class FakeFileTransfer:
    """Fetches every file, unless the test makes it fail."""

    faults: dict[str, list[DeliveryError]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def is_needed(self, row: OutboxRow, delivery: Delivery) -> bool:
        return delivery.content.file is not None and delivery.file is None

    async def fetch(self, row: OutboxRow, delivery: Delivery) -> Delivery:
        name = delivery.content.text or ""
        self.fetched.append(name)
        faults = self.faults.get(name)
        if faults:
            return replace(delivery, file_error=faults.pop(0))
        return replace(delivery, file=FILE)


@dataclass
class Scene:
    stage: Stage
    transfer: FakeFileTransfer
    ana: ConversationId

    async def turn(self) -> int:
        works = []
        for work in await self.stage.claim():
            lacks = self.stage.executor.needs_files(work)
            works.append(await self.stage.executor.fetch_files(work) if lacks else work)
        outcomes = [await self.stage.executor.execute(work) for work in works]
        await self.stage.settle(*outcomes)
        return len(outcomes)

    async def deliver(self) -> None:
        for _ in range(30):
            if not await self.turn():
                return
        raise AssertionError("deliveries never come to an end")

    def sent_to(self, chat: str) -> list[str]:
        """List the texts sent to a chat; "+" marks those with a file."""
        return [
            ("+" if each.file else "") + (each.content.text or "")
            for each in self.stage.sender.deliveries
            if each.destination.chat == chat
        ]


@pytest.fixture
async def scene(database: Database) -> Scene:
    stage, transfer = await open_stage(database), FakeFileTransfer()
    stage.executor = StepExecutor(
        stage.channels, {stage.channel_id: stage.sender}, stage.draw, cast("FileTransfer", transfer)
    )
    return Scene(stage, transfer, await stage.customer())


def picture(words: str, **more: Any) -> Content:
    return Content(MessageType.IMAGE, text=words, file={"id": words}, **more)


async def test_files_are_fetched_in_order_and_each_in_its_own_turn(scene: Scene) -> None:
    for content in (text("1"), picture("2"), text("3"), picture("4"), picture("5"), text("6")):
        await scene.stage.answer(scene.ana, content)
    await scene.deliver()
    assert scene.sent_to("42") == ["1", "+2", "3", "+4", "+5", "6"]
    assert scene.transfer.fetched == ["2", "4", "5"]
    assert all("done" in each for each in await scene.stage.states())


async def test_texts_before_a_file_do_not_wait_for_it(scene: Scene) -> None:
    for content in (text("1"), text("2"), picture("3")):
        await scene.stage.copy(scene.ana, content)
    while "2" not in scene.sent_to("-1001"):
        await scene.turn()
        assert scene.transfer.fetched == []
    await scene.deliver()
    assert scene.sent_to("-1001") == ["1", "2", "+3"]


async def test_both_sides_are_told_about_a_customers_missing_file(scene: Scene) -> None:
    scene.transfer.faults["plan"] = [FileRefused("the file has 80 MB")]
    await scene.stage.change("clients", language="id")
    await scene.stage.copy(scene.ana, picture("plan"))
    await scene.stage.copy(scene.ana, text("did you get it?"))
    await scene.deliver()
    staff, customer = scene.sent_to("-1001"), scene.sent_to("42")
    assert "IMAGE" in staff[0]
    assert "the file has 80 MB" in staff[0]
    assert staff[0].endswith("plan")
    assert staff[1] == "did you get it?"
    assert len(customer) == 1
    assert customer[0].startswith("Maaf, file")


async def test_one_apology_is_enough_for_the_files_of_ten_minutes(scene: Scene) -> None:
    # Wherever the clock stands, also just before the end of one of its ten minutes.
    for minutes, apologies in ((0, 1), (3, 1), (3, 1), (3, 1), (2, 2)):
        scene.stage.later(60 * minutes)
        name = f"plan of {scene.stage.now}"
        scene.transfer.faults[name] = [FileRefused("the file has 80 MB")]
        await scene.stage.copy(scene.ana, picture(name))
        await scene.deliver()
        assert len(scene.sent_to("42")) == apologies
    assert len(scene.sent_to("-1001")) == 5


async def test_staff_alone_is_told_about_an_agents_missing_file(scene: Scene) -> None:
    scene.transfer.faults["price list"] = [FileRefused("up to 20 MB")]
    message_id = await scene.stage.answer(scene.ana, picture("price list"))
    await scene.deliver()
    message = await scene.stage.message(message_id)
    assert (message.delivery_state, message.delivery_error) == (DeliveryState.FAILED, "up to 20 MB")
    assert scene.sent_to("42") == []
    assert "up to 20 MB" in scene.sent_to("-1001")[0]


async def test_a_provider_that_is_away_delays_the_conversation_in_order(scene: Scene) -> None:
    scene.transfer.faults["1"] = [Unavailable("its server answered 503")]
    for content in (picture("1"), text("2")):
        await scene.stage.answer(scene.ana, content)
    await scene.deliver()
    assert scene.sent_to("42") == []
    scene.stage.later(10)
    await scene.deliver()
    assert scene.sent_to("42") == ["+1", "2"]


async def test_an_album_leaves_out_only_its_missing_files(scene: Scene) -> None:
    scene.transfer.faults["2"] = [FileRefused("it is gone")]
    sent = [
        await scene.stage.answer(scene.ana, picture(str(number), album="a")) for number in (1, 2, 3)
    ]
    scene.stage.later(2)
    await scene.deliver()
    assert scene.sent_to("42") == ["+1", "+3"]
    states = [(await scene.stage.message(each)).delivery_state for each in sent]
    assert states == [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SENT]


async def test_an_album_with_fetched_files_is_sent_one_by_one(scene: Scene) -> None:
    """It is not sent as an album, because the provider does not have the files."""
    for number in (1, 2):
        await scene.stage.answer(scene.ana, picture(str(number), album="a"))
    scene.stage.later(2)
    await scene.deliver()
    assert scene.sent_to("42") == ["+1", "+2"]
    assert "album" not in scene.stage.sender.methods()
