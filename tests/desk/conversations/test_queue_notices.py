"""Queue notices tell a waiting customer their place, and the opening hours in the desk's time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from db.database import Database
from db.tables import Channel
from desk.channels import Channels, ServedChannel
from desk.conversations.queue_notices import build_queue_notice
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, thread_of

WEEK = {day: [{"opens": "09:00", "closes": "17:00"}] for day in ("monday", "tuesday")}


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database)


async def told(stage: Stage, hours: dict[str, Any] | None, now: str, language: str = "en") -> str:
    """Return the queue notice of a channel with these hours at this UTC time."""
    customer = await stage.customer()
    row = Channel(id=stage.channel_id, kind="telegram", external_id="1", name="Bot")
    row.opening_hours = hours
    channels = Channels([ServedChannel.from_row(row, enrols_members=False, language=language)])
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    async def ask(uow: UnitOfWork) -> str:
        uow.now, uow.channels = moment, channels
        return build_queue_notice(uow, await thread_of(uow, customer), 3).text or ""

    return await stage.run_in_uow(ask)


def hours(zone: str = "Asia/Jakarta", **more: Any) -> dict[str, Any]:
    return {"time_zone": zone, "week": WEEK, "holidays": [], **more}


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-01-05 03:00", "as soon as we can. We are open until 17:00 (WIB)."),
        ("2026-01-05 01:00", "open again today at 09:00 (WIB). You are number 3"),
        ("2026-01-05 10:00", "open again tomorrow at 09:00 (WIB)"),
        ("2026-01-07 10:00", "open again on Monday at 09:00 (WIB)"),
        # It is already Monday in Jakarta.
        ("2026-01-04 18:00", "open again today at 09:00 (WIB)"),
    ],
)
async def test_by_the_clock_of_the_desk(stage: Stage, now: str, words: str) -> None:
    assert words in await told(stage, hours(), now)


async def test_a_far_day_is_a_date(stage: Stage) -> None:
    closed = [{"date": f"2026-01-{day:02}"} for day in range(5, 19)]
    said = await told(stage, hours(holidays=closed), "2026-01-05 03:00")
    assert "open again on 2026-01-19 at 09:00 (WIB)" in said


async def test_a_zone_without_letters_tells_its_offset(stage: Stage) -> None:
    assert "(UTC+03)" in await told(stage, hours("Europe/Istanbul"), "2026-01-05 10:00")


async def test_in_the_customers_language(stage: Stage) -> None:
    said = await told(stage, hours(), "2026-01-07 10:00", "id")
    assert "buka kembali hari Senin pukul 09:00 (WIB). Anda di antrean nomor 3" in said


@pytest.mark.parametrize("week", [None, {"monday": [], "sunday": []}, "always"])
async def test_without_hours_or_without_an_end_only_the_place_is_told(
    stage: Stage, week: Any
) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if week == "always":
        week = {day: [{"opens": "00:00", "closes": "24:00"}] for day in days}
    kept = None if week is None else hours(week=week)
    said = await told(stage, kept, "2026-01-07 10:00")
    assert "number 3 in the queue" in said
    assert ("closed at the moment" in said) == (week == {"monday": [], "sunday": []})
    assert "open until" not in said
    assert "again" not in said
