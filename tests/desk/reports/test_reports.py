"""Reports against plain loops over raw rows, over a change of the clocks, on both engines."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from db.database import Database
from db.queries.reports.groups import Group
from db.queries.reports.measures import Figure
from db.queries.reports.sessions import (
    AnsweredBy,
    Selection,
    SessionChoice,
    list_sessions_of_figure,
)
from desk.business_hours import WEEKDAYS
from desk.metrics.check import find_differences
from desk.reports.drawing import Artist
from desk.reports.names import ReportName
from desk.reports.periods import Period, build_scope
from desk.reports.pictures import describe_picture
from desk.reports.reports import REPORTS, Question
from desk.reports.tables import ReportTable, to_csv
from tests.desk.reports.raw_rows import (
    MINUTE,
    Raw,
    RawSession,
    count_open_minutes,
    percentile,
    write_raw_rows,
)

BERLIN = ZoneInfo("Europe/Berlin")
# The clocks change on the 29th; it does not cover all sessions.
PERIOD = Period(date(2026, 3, 25), date(2026, 4, 4), BERLIN)
TAGS: tuple[str | None, ...] = ("late", "refund")
Wait = tuple[datetime, datetime] | None


@pytest.fixture
async def raw(database: Database) -> Raw:
    return await write_raw_rows(database)


async def make(database: Database, name: ReportName, by: Group = Group.ALL) -> list[dict[str, Any]]:
    table = await make_table(database, name, by)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


async def make_table(database: Database, name: ReportName, by: Group = Group.ALL) -> ReportTable:
    async with database.transaction() as tx:
        return await REPORTS[name](tx, Question(PERIOD, by))


def covered(raw: Raw) -> list[RawSession]:
    return [each for each in raw.sessions if PERIOD.first <= local_day(each) <= PERIOD.last]


WAITS: dict[Figure, Callable[[RawSession], Wait]] = {
    Figure.FIRST_ANSWER: lambda each: each.first("human", "ai"),
    Figure.FIRST_HUMAN: lambda each: each.first("human"),
    Figure.FIRST_AI: lambda each: each.first("ai"),
    Figure.RESOLUTION: lambda each: (each.opened, each.ended) if each.ended else None,
    Figure.WAITING: lambda each: (
        (each.opened, each.held or each.ended) if each.held or each.ended else None  # type: ignore[return-value]
    ),
}


def expect_times(sessions: Sequence[RawSession], figure: Figure) -> dict[str, float | None]:
    waits = [(each, WAITS[figure](each)) for each in sessions]
    wall = [(wait[1] - wait[0]).total_seconds() for _, wait in waits if wait]
    business = [
        60 * count_open_minutes(*wait) if each.channel.opening_hours else 60 * minutes(wait)
        for each, wait in waits
        if wait
    ]
    if figure is Figure.FIRST_AI:  # it answers at any time
        business = wall
    found: dict[str, float | None] = {"sessions": len(sessions), "measured": len(wall)}
    for values, name in ((wall, "seconds"), (business, "business_seconds")):
        found[f"mean_{name}"] = sum(values) / len(values) if values else None
        found[f"p50_{name}"] = percentile(values, 50) if values else None
        found[f"p90_{name}"] = percentile(values, 90) if values else None
        found[f"max_{name}"] = max(values, default=None)
    return found


def local_day(session: RawSession) -> date:
    return session.opened.astimezone(BERLIN).date()


def find_monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def minutes(wait: tuple[datetime, datetime]) -> float:
    return (wait[1] - wait[0]) / MINUTE


async def test_times_are_those_of_a_plain_loop(database: Database, raw: Raw) -> None:
    assert [each async for batch in find_differences(database) for each in batch] == []
    sessions = covered(raw)
    assert len(sessions) < len(raw.sessions)
    for figure in WAITS:
        [row] = await make(database, ReportName(figure.value))
        assert row == row | {
            name: pytest.approx(value) for name, value in expect_times(sessions, figure).items()
        }
    [row] = await make(database, ReportName.FIRST_ANSWER)
    assert row["missing"] == sum(
        each.asked is not None and not each.first("human", "ai") for each in sessions
    )
    assert row["breached"] == sum(each.breached is True for each in sessions)
    [row] = await make(database, ReportName.RESOLUTION)
    assert row["missing"] == sum(each.ended is None for each in sessions)
    [row] = await make(database, ReportName.WAITING)
    assert row["missing"] == sum(each.held is None for each in sessions)


async def test_later_answers_are_those_of_a_plain_loop(database: Database, raw: Raw) -> None:
    slowest = [
        max(map(minutes, each.waits()[1:])) * 60 for each in covered(raw) if each.waits()[1:]
    ]
    [row] = await make(database, ReportName.NEXT_ANSWER)
    assert (row["measured"], row["max_seconds"]) == (len(slowest), max(slowest))
    assert row["p90_seconds"] == percentile(slowest, 90)
    assert row["mean_seconds"] == pytest.approx(sum(slowest) / len(slowest))


async def test_groups_are_those_of_a_plain_loop(database: Database, raw: Raw) -> None:
    keys: dict[Group, tuple[str, Callable[[RawSession], Any]]] = {
        Group.AGENT: ("agent_id", lambda each: each.agent and each.agent.id),
        Group.CHANNEL: ("channel_id", lambda each: each.channel.id),
        Group.DAY: ("day", lambda each: local_day(each).isoformat()),
        Group.WEEK: ("week", lambda each: find_monday(local_day(each)).isoformat()),
    }
    for by, (column, key) in keys.items():
        groups: dict[Any, list[RawSession]] = defaultdict(list)
        for each in covered(raw):
            groups[key(each)].append(each)
        rows = await make(database, ReportName.FIRST_ANSWER, by)
        assert {row[column] for row in rows} == set(groups)
        for row in rows:
            expected = expect_times(groups[row[column]], Figure.FIRST_ANSWER)
            assert row == row | {name: pytest.approx(it) for name, it in expected.items()}
    tagged = {name: [each for each in covered(raw) if name in each.tags] for name in TAGS}
    tagged[None] = [each for each in covered(raw) if not each.tags]
    rows = await make(database, ReportName.RESOLUTION, Group.TAG)
    assert {row["tag"] for row in rows} == set(tagged)
    for row in rows:
        expected = expect_times(tagged[row["tag"]], Figure.RESOLUTION)
        assert row == row | {name: pytest.approx(it) for name, it in expected.items()}
    work = await make(database, ReportName.WORKLOAD, Group.TAG)
    assert {row["tag"]: row["handovers"] for row in work} == {
        name: sum(each.handovers for each in sessions) for name, sessions in tagged.items()
    }
    by_agent = await make(database, ReportName.WORKLOAD, Group.AGENT)
    assert {row["agent"] for row in by_agent} == {"Mia", "Tom", None}


async def test_workload_volume_and_ratings_are_those_of_a_plain_loop(
    database: Database, raw: Raw
) -> None:
    sessions = covered(raw)
    [work] = await make(database, ReportName.WORKLOAD)
    for column, who in (("inbound", "customer"), ("human", "human"), ("ai", "ai")):
        assert work[column] == sum(len(each.times(who)) for each in sessions)
    assert work["handovers"] == sum(each.handovers for each in sessions)
    assert work["reopenings"] == sum(each.reopenings for each in sessions)
    rated = [each.rating for each in sessions if each.rating]
    assert work["rating"] == pytest.approx(sum(rated) / len(rated))
    opened: Counter[tuple[str, int]] = Counter()
    written: Counter[tuple[str, int]] = Counter()
    for each in sessions:
        local = each.opened.astimezone(BERLIN)
        opened[WEEKDAYS[local.weekday()], local.hour] += 1
    # Messages count at their own hour, also in sessions that were opened before.
    moments = [at.astimezone(BERLIN) for each in raw.sessions for at in each.times("customer")]
    for at in moments:
        if PERIOD.first <= at.date() <= PERIOD.last:
            written[WEEKDAYS[at.weekday()], at.hour] += 1
    assert sum(written.values()) < len(moments)
    rows = await make(database, ReportName.VOLUME)
    assert len(rows) == 7 * 24
    for row in rows:
        place = row["weekday"], row["hour"]
        assert (row["sessions"], row["messages"]) == (opened[place], written[place])
    [channel, _] = raw.channels
    narrowed = Question(PERIOD, channel_id=channel.id)
    async with database.transaction() as tx:
        table = await REPORTS[ReportName.VOLUME](tx, narrowed)
    begin, end = PERIOD.begin, PERIOD.end
    assert sum(int(str(row[3])) for row in table.rows) == sum(
        begin <= at < end
        for each in raw.sessions
        if each.channel is channel
        for at in each.times("customer")
    )
    ratings = await make(database, ReportName.RATINGS)
    assert [row["count"] for row in ratings] == [rated.count(each) for each in range(1, 6)]


async def test_who_answered_and_the_period_before(database: Database, raw: Raw) -> None:
    sessions = [each for each in covered(raw) if each.asked]
    rows = {row["what"]: row["count"] for row in await make(database, ReportName.AI)}
    alone = [each for each in sessions if each.first("ai") and not each.first("human")]
    assert rows["answered by AI alone"] == len(alone)
    nobody = [each for each in sessions if not each.first("ai", "human")]
    assert rows["answered by nobody"] == len(nobody)
    compared = {row["figure"]: row for row in await make(database, ReportName.COMPARISON)}
    first = date(2026, 3, 14)
    before = [each for each in raw.sessions if first <= local_day(each) <= date(2026, 3, 24)]
    assert compared["sessions"]["value"] == len(covered(raw))
    assert compared["sessions"]["before"] == len(before) > 0
    assert compared["unanswered"]["value"] == len(nobody)
    assert compared["ai_alone"]["value"] == len(alone)


async def test_every_figure_opens_down_to_its_sessions(database: Database, raw: Raw) -> None:
    sessions = covered(raw)

    async def choose(**chosen: Any) -> set[str]:
        async with database.transaction() as tx:
            found = await list_sessions_of_figure(
                tx, build_scope(PERIOD), SessionChoice(**chosen), start=None, limit=500
            )
        assert [each.opened_at for each in found] == sorted(
            (each.opened_at for each in found), reverse=True
        )
        return {each.session_id for each in found}

    def ids(is_chosen: Callable[[RawSession], object]) -> set[str]:
        return {each.id for each in sessions if is_chosen(each)}

    assert await choose() == ids(lambda _: True)
    figure = Figure.FIRST_ANSWER
    assert await choose(figure=figure) == ids(lambda each: each.first("human", "ai"))
    missing = await choose(figure=figure, selection=Selection.MISSING)
    assert missing == ids(lambda each: each.asked and not each.first("human", "ai"))
    assert await choose(answered_by=AnsweredBy.NOBODY) == missing
    breached = await choose(figure=figure, selection=Selection.BREACHED)
    assert breached == ids(lambda each: each.breached)
    assert await choose(rating=5) == ids(lambda each: each.rating == 5)
    [some, *_] = sessions
    assert await choose(session_id=some.id) == {some.id}
    assert await choose(is_unheld=True) == ids(lambda each: each.agent is None)
    assert await choose(is_ai_wrong=True) == set()
    assert await choose(is_untagged=True) == ids(lambda each: not each.tags)
    by_tag = await make_table(database, ReportName.WORKLOAD, Group.TAG)
    for values, chosen in zip(by_tag.rows, by_tag.chosen, strict=True):
        name, tag_id = values[1], chosen.get("tag_id")
        assert bool(tag_id) is (name in TAGS) is not chosen.get("untagged", False)
        if tag_id is None:
            continue
        with_tag = Question(PERIOD, Group.TAG, tag_id=tag_id)
        async with database.transaction() as tx:
            narrowed = await REPORTS[ReportName.WORKLOAD](tx, with_tag)
            listed = await list_sessions_of_figure(
                tx, with_tag.scope, SessionChoice(), start=None, limit=500
            )
        assert list(narrowed.rows) == [values]
        assert {each.session_id for each in listed} == ids(lambda each, tag=name: tag in each.tags)
    by_week = await make_table(database, ReportName.WORKLOAD, Group.WEEK)
    assert [(each["first_day"], each["last_day"]) for each in by_week.chosen] == [
        (PERIOD.first, date(2026, 3, 29)),
        (date(2026, 3, 30), PERIOD.last),
    ]
    for row, chosen in zip(
        await make(database, ReportName.VOLUME),
        (await make_table(database, ReportName.VOLUME)).chosen,
        strict=True,
    ):
        if row["sessions"]:
            assert len(await choose(**chosen)) == row["sessions"]


async def test_reports_as_csv_and_pictures(database: Database) -> None:
    """An empty desk has reports too."""
    for name in ReportName:
        table = await make_table(database, name)
        assert to_csv(table).splitlines()[0] == ",".join(table.columns)
    for name in (ReportName.VOLUME, ReportName.COMMENTS, ReportName.COMPARISON):
        picture = await Artist().draw(describe_picture(await make_table(database, name)))
        assert picture.startswith(b"\x89PNG")


def test_the_heat_map_shows_what_customers_wrote() -> None:
    rows = [("monday", hour, 100 + hour, hour) for hour in range(7 * 24)]
    table = ReportTable("volume", PERIOD, ("weekday", "hour", "sessions", "messages"), rows, [])
    picture = describe_picture(table)
    assert [each for day in picture.cells for each in day] == list(range(7 * 24))
    assert picture.unit.startswith("messages from customers")


def test_no_cell_starts_a_formula() -> None:
    table = ReportTable("comments", PERIOD, ("comment",), [("=1+1",), ("fine",)], [{}, {}])
    assert to_csv(table).split("\r\n")[1:3] == ["'=1+1", "fine"]
