"""Reports in the API: rows that lead to their sessions, files, and queries that make no sense."""

import csv
from datetime import date, timedelta

from db.queries.reports.groups import Group
from db.tables import ConversationMetrics
from db.tables.base import now_utc
from desk.metrics.recount import load_hours_of_channels, recount_sessions
from desk.reports.names import ReportName
from tests.api.permissions import NOBODY
from tests.api.stage import ApiStage


async def test_each_row_leads_to_its_sessions(own_api: ApiStage) -> None:
    ada = await own_api.admin("Ada")
    sessions = [await own_api.session(holder) for holder in (ada, ada, None)]
    for each in sessions:
        await own_api.message(each)
    async with own_api.database.transaction() as tx:
        await recount_sessions(tx, sessions, await load_hours_of_channels(tx))
    answer = await ada.get("/reports?report=workload&by=agent")
    assert (answer.status, answer.body["time_zone"]) == (200, "UTC")
    rows = {row["cells"][answer.body["columns"].index("agent")]: row for row in answer.body["rows"]}
    counted = answer.body["columns"].index("sessions")
    assert {name: row["cells"][counted] for name, row in rows.items()} == {ada.name: 2, None: 1}
    for name, row in rows.items():
        listed = await ada.get(row["sessions"].removeprefix("/api/v1"))
        expected = sessions[:2] if name else sessions[2:]
        assert {each["session_id"] for each in listed.body["items"]} == set(expected)
        messages = await ada.get(listed.body["items"][0]["messages"].removeprefix("/api/v1"))
        assert len(messages.body["items"]) == 1
        names = {(each["client_name"], each["agent_name"]) for each in listed.body["items"]}
        assert {agent for _, agent in names} == {name}
        assert all(client for client, _ in names)
    first = await ada.get("/reports/sessions?figure=first_answer&selection=missing&limit=2")
    assert len(first.body["items"]) == 2
    rest = await ada.get(
        "/reports/sessions?figure=first_answer&selection=missing&limit=2"
        f"&cursor={first.body['next']}"
    )
    assert len(rest.body["items"]) == 1


async def test_the_row_of_every_report_is_a_valid_query(own_api: ApiStage) -> None:
    ada = await own_api.admin("Ada")
    session = await own_api.session(ada)
    await own_api.message(session)
    async with own_api.database.transaction() as tx:
        await recount_sessions(tx, [session], await load_hours_of_channels(tx))
        figures = await tx.get(ConversationMetrics, session)
        assert figures is not None
        figures.rating, figures.rating_comment, figures.rated_at = 4, "<b>good</b>", now_utc()
    for name in ReportName:
        for by in Group if name in {ReportName.WORKLOAD, ReportName.WAITING} else [Group.ALL]:
            report = await ada.get(f"/reports?report={name}&by={by}")
            assert report.body["rows"], name
            for row in report.body["rows"][:12]:
                listed = await ada.get(row["sessions"].removeprefix("/api/v1"))
                assert listed.status == 200, (name, by, listed.body)
                if name in {ReportName.COMMENTS, ReportName.WORKLOAD}:
                    assert [each["session_id"] for each in listed.body["items"]] == [session]


async def test_last_week_is_compared_with_the_week_before(own_api: ApiStage) -> None:
    ada = await own_api.admin("Ada")
    answer = await ada.get("/reports?report=comparison&period=last_week")
    first, last, before, _ = (
        date.fromisoformat(answer.body[name])
        for name in ("first_day", "last_day", "before_first_day", "before_last_day")
    )
    assert (first.weekday(), last - first) == (0, timedelta(days=6))
    assert (first - before, answer.body["before_last_day"]) == (
        timedelta(days=7),
        str(first - timedelta(days=1)),
    )


async def test_reports_as_files(own_api: ApiStage) -> None:
    ada = await own_api.admin("Ada")
    answer = await ada.get("/reports/csv?report=volume&first_day=2026-03-01&last_day=2026-03-31")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "volume-2026-03-01-2026-03-31.csv" in answer.headers["Content-Disposition"]
    lines = list(csv.reader(answer.raw.decode().splitlines()))
    assert (lines[0], len(lines)) == (["weekday", "hour", "sessions", "messages"], 1 + 168)
    picture = await ada.get("/reports/picture?report=volume")
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.raw.startswith(b"\x89PNG")


async def test_a_signed_link_downloads_without_an_access_token(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin("Ada"), await own_api.person("Mia")
    for path, begin in (
        ("/reports/csv?report=volume&first_day=2026-03-01&last_day=2026-03-31", b"weekday"),
        (f"/clients/{NOBODY}/export", b""),
    ):
        made = await ada.post("/download-links", {"path": path})
        link = made.body["url"].removeprefix("/api/v1")
        opened = await own_api.ask("GET", link)
        assert opened.status == (200 if begin else 404)
        if begin:
            assert opened.raw.startswith(begin)
            assert opened.headers["Access-Control-Allow-Origin"] == "https://web.telegram.org"
            for changed in (
                link.replace("=volume", "=ai"),
                link.replace("/csv", "/picture"),
                link.replace("key=", "key=x"),
                link + "&by=agent",
            ):
                assert (await own_api.ask("GET", changed)).status == 401, changed
    link = (await ada.post("/download-links", {"path": path})).body["url"].removeprefix("/api/v1")
    assert (await mia.post("/download-links", {"path": path})).problem == "refused"
    for wrong in ("/reports?report=ai", "/users", "/clients/x/export", "/reports/csv?a b", "//x"):
        assert (await ada.post("/download-links", {"path": wrong})).status == 422, wrong
    # A key opens no route that has no links, and no link outlives its log-in.
    other = link.replace(f"/clients/{NOBODY}/export", "/users")
    assert (await own_api.ask("GET", other)).status == 401
    await ada.post("/auth/logout")
    assert (await own_api.ask("GET", link)).status == 401


async def test_queries_that_make_no_sense(own_api: ApiStage) -> None:
    ada = await own_api.admin("Ada")
    backwards = "first_day=2026-02-02&last_day=2026-02-01"
    for path in ("/reports?report=ai&", "/reports/csv?report=ai&", "/reports/sessions?"):
        assert (await ada.get(path + backwards)).status == 400
    both = await ada.get("/reports?report=ai&period=today&last_day=2026-02-02")
    assert (both.status, both.body["detail"]) == (400, "give a period or its days, not both")
    too_long = await ada.get("/reports?report=ai&first_day=2000-01-01&last_day=2099-01-01")
    assert too_long.status == 400
    for query in (
        "",
        "report=nothing",
        "report=ai&first_day=1999-12-31",
        "report=ai&last_day=2026-02-30",
        "report=ai&by=moon",
        "report=ai&period=next_week",
        "report=ai&channel_id=x",
    ):
        assert (await ada.get(f"/reports?{query}")).status == 422, query
    for query in ("hour_of_week=168", "rating=6", "figure=x", "cursor=x"):
        assert (await ada.get(f"/reports/sessions?{query}")).status == 422, query
