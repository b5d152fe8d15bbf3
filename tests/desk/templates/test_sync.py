"""Stored templates follow the provider's, and keep their ids."""

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from db.database import Database
from db.tables import TemplateStatus, WhatsAppMessageTemplate
from desk.errors import ChannelStopped
from desk.templates.ports import ProviderTemplate
from desk.templates.sync import (
    NoTemplatesError,
    TemplateFetcher,
    save_templates,
    sync_forever,
    to_status,
    update_status,
)
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage
from tests.patience import PATIENCE


@dataclass
class FakeTemplateProvider:
    """A provider with templates; `faults` are raised first, in order."""

    templates: list[ProviderTemplate] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    asked: int = 0
    asked_three_times: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch_templates(self) -> list[ProviderTemplate]:
        self.asked += 1
        if self.asked == 3:
            self.asked_three_times.set()
        if self.faults:
            raise self.faults.pop(0)
        return self.templates


def one(name: str = "hello", language: str = "en", **more: object) -> ProviderTemplate:
    values = {"provider_id": "1", "status": "APPROVED", "category": "UTILITY", **more}
    return ProviderTemplate(name=name, language=language, **values)  # type: ignore[arg-type] # by their names


async def kept(database: Database) -> dict[tuple[str, str], WhatsAppMessageTemplate]:
    async with database.transaction() as tx:
        rows = (await tx.scalars(select(WhatsAppMessageTemplate))).all()
    return {(row.name, row.language): row for row in rows}


async def sync(stage: Stage, *fetched: ProviderTemplate) -> tuple[int, int]:
    found = await stage.database.run(
        lambda tx: save_templates(tx, stage.channel_id, fetched, stage.now)
    )
    return found.found, found.gone


async def test_a_changed_template_keeps_its_id(stage: Stage) -> None:
    assert await sync(stage, one(), one("order", "id", is_named=True)) == (2, 0)
    before = await kept(stage.database)
    stage.later(60)
    body = [{"type": "BODY", "text": "New"}]
    fetched = one(status="REJECTED", reason="INVALID_FORMAT", components=body)
    assert await sync(stage, fetched, one("order", "id", is_named=True)) == (2, 0)
    after = await kept(stage.database)
    assert {key: row.id for key, row in before.items()} == {
        key: row.id for key, row in after.items()
    }
    changed = after["hello", "en"]
    assert (changed.status, changed.reason) == (TemplateStatus.REJECTED, "INVALID_FORMAT")
    assert changed.components == body
    assert changed.created_at < changed.synced_at == stage.now


async def test_a_missing_template_is_marked_as_gone_and_may_come_back(stage: Stage) -> None:
    await sync(stage, one(), one("order"))
    stage.later(60)
    assert await sync(stage, one()) == (1, 1)
    assert (await kept(stage.database))["order", "en"].status is TemplateStatus.GONE
    stage.later(60)
    assert await sync(stage, one()) == (1, 0)
    stage.later(60)
    assert await sync(stage, one("order")) == (1, 1)
    assert (await kept(stage.database))["order", "en"].status is TemplateStatus.APPROVED


async def test_unknown_values_are_stored_and_long_ones_cut(stage: Stage) -> None:
    assert await sync(stage, one("n" * 500, "x" * 50, category="c" * 99, reason="r" * 999)) == (
        1,
        0,
    )
    [row] = (await kept(stage.database)).values()
    assert (len(row.name), len(row.language), len(row.category)) == (190, 16, 32)
    assert len(row.reason or "") == 500
    assert await sync(stage) == (0, 0)  # at the same moment: neither is known to be older


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("approved", TemplateStatus.APPROVED),
        ("PAUSED", TemplateStatus.PAUSED),
        ("IN_APPEAL", TemplateStatus.PENDING),
        ("PENDING_DELETION", TemplateStatus.GONE),
        ("FLAGGED", TemplateStatus.APPROVED),
        ("SOMETHING_NEW", TemplateStatus.OTHER),
        ("", TemplateStatus.OTHER),
    ],
)
def test_provider_statuses_are_mapped(word: str, status: TemplateStatus) -> None:
    assert to_status(word) is status


async def test_a_providers_decision_is_stored_if_the_template_is_known(stage: Stage) -> None:
    await sync(stage, one())

    async def tell(uow: UnitOfWork, name: str) -> bool:
        channel = uow.channels[stage.channel_id]
        return await update_status(uow, channel, name, "en", status="PAUSED", reason="QUALITY")

    assert await stage.run_in_uow(lambda uow: tell(uow, "hello"))
    assert not await stage.run_in_uow(lambda uow: tell(uow, "unknown"))
    [row] = (await kept(stage.database)).values()
    assert (row.status, row.reason) == (TemplateStatus.PAUSED, "QUALITY")


async def test_a_channel_without_templates_says_why(stage: Stage) -> None:
    with pytest.raises(NoTemplatesError, match="not served"):
        await TemplateFetcher({}).fetch(stage.channel_id)
    with pytest.raises(NoTemplatesError, match="of this kind"):
        await TemplateFetcher({stage.channel_id: stage.sender}).fetch(stage.channel_id)


async def test_templates_are_fetched_at_once_and_again_after_a_while(stage: Stage) -> None:
    keeper = FakeTemplateProvider([one()])
    templates = TemplateFetcher({stage.channel_id: keeper})
    channel = stage.channels[stage.channel_id]
    async with asyncio.timeout(PATIENCE):
        job = asyncio.create_task(sync_forever(stage.database, templates, channel, every=0.01))
        await keeper.asked_three_times.wait()
        job.cancel()
    assert list(await kept(stage.database)) == [("hello", "en")]


async def test_a_failed_fetch_is_repeated_and_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.templates.sync._RETRY_AFTER", 0.01)
    await sync(stage, one("old"))
    keeper = FakeTemplateProvider([one()], faults=[ChannelStopped("the token is bad")])
    templates = TemplateFetcher({stage.channel_id: keeper})
    channel = stage.channels[stage.channel_id]
    async with asyncio.timeout(PATIENCE):
        job = asyncio.create_task(sync_forever(stage.database, templates, channel))
        while ("hello", "en") not in await kept(stage.database):
            assert (await kept(stage.database))["old", "en"].status in {
                TemplateStatus.APPROVED,
                TemplateStatus.GONE,
            }
            await asyncio.sleep(0.005)
        job.cancel()
    assert keeper.asked == 2
