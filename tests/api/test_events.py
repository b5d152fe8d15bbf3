"""The event stream: each subscriber gets the events that they may see, also after a break."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from db.ids import new_id
from db.tables.base import now_utc
from desk.accounts.access_tokens import LIFETIME, Claims
from desk.live.cursor import EventCursor
from tests.api.desk_actions import end, give, say
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage, Person
from tests.flows.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def marked(api: ApiStage, *people: Person) -> None:
    """Cause an event that everyone receives: all earlier events have been sent then."""
    await people[0].patch("/auth/me", {"status": "away"})
    await people[0].patch("/auth/me", {"status": "online"})


async def test_it_begins_with_what_a_client_needs_to_come_back(api: ApiStage) -> None:
    mia = await api.person()
    async with open_event_stream(api, mia.token) as ears:
        assert ears.reply.headers["Content-Type"] == "text/event-stream"
        assert "no-store" in ears.reply.headers["Cache-Control"]
        assert ears.reply.headers["X-Accel-Buffering"] == "no"
        assert "Content-Length" not in ears.reply.headers
        assert ears.retry == 2000
        assert [each.kind for each in ears.heard] == ["ready"]
        assert str(EventCursor.parse(ears.last_id)) == ears.last_id


async def test_a_message_is_told_to_whoever_sees_its_session(api: ApiStage) -> None:
    mia, ben, ada = await api.person("Mia"), await api.person("Ben"), await api.admin()
    session = await api.session(mia)
    async with (
        open_event_stream(api, mia.token) as mias,
        open_event_stream(api, ben.token) as bens,
        open_event_stream(api, ada.token) as adas,
    ):
        [message] = await say(api, session, "hello")
        heard = await mias.wait_for_event("message.new", session=session)
        assert heard.text == "hello"
        assert heard.data["message"]["id"] == message
        assert heard.data["session"]["agent"] == {
            "id": mia.agent_id,
            "name": mia.name,
            "kind": "human",
        }
        assert (await adas.wait_for_event("message.new", session=session)).data == heard.data
        await marked(api, ben)
        await bens.wait_for_event(
            "agent.status", agent={"id": ben.agent_id, "name": ben.name, "status": "away"}
        )
        assert not [each for each in bens.heard if each.session == session]


async def test_what_waits_is_told_to_all_until_somebody_holds_it(api: ApiStage) -> None:
    mia, ben = await api.person("Mia"), await api.person("Ben")
    session = await api.session()
    async with open_event_stream(api, mia.token) as mias, open_event_stream(api, ben.token) as bens:
        await say(api, session, "is anybody there?")
        await mias.wait_for_event("message.new", session=session)
        await bens.wait_for_event("message.new", session=session)
        await give(api, session, mia.agent_id, None)
        await mias.wait_for_event("session.assigned", session=session)
        gone = await bens.wait_for_event("session.gone", session_id=session)
        assert set(gone.data) == {"type", "at", "session_id"}
        await say(api, session, "good that you are there")
        await mias.wait_for_event("message.new", text="good that you are there")
        await give(api, session, ben.agent_id, mia.agent_id)
        moved = await bens.wait_for_event("session.transferred", session=session)
        assert moved.data["from_agent_id"] == mia.agent_id
        assert moved.data["session"]["agent"]["id"] == ben.agent_id
        await mias.wait_for_event("session.gone", session_id=session)
        await end(api, session)
        await bens.wait_for_event("session.ended", session=session)
        await marked(api, mia)
        assert "good that you are there" not in bens.texts()
        assert not [each for each in mias.of("session.ended") if each.session == session]


async def test_one_that_ends_untaken_is_gone_for_all(api: ApiStage) -> None:
    mia, ada, session = await api.person(), await api.admin(), await api.session()
    async with open_event_stream(api, mia.token) as mias, open_event_stream(api, ada.token) as adas:
        await end(api, session)
        await mias.wait_for_event("session.gone", session_id=session)
        ended = await adas.wait_for_event("session.ended", session=session)
        assert ended.data["session"]["status"] == "ENDED"


@pytest.mark.parametrize("way", ["header", "query", "both"])
async def test_who_comes_back_is_told_what_was_missed_once_and_in_order(
    api: ApiStage, way: str
) -> None:
    mia = await api.person()
    session = await api.session(mia)
    async with open_event_stream(api, mia.token) as ears:
        await say(api, session, "one")
        await ears.wait_for_event("message.new", text="one")
    last_id = ears.last_id if way != "query" else None
    # The first address of a page keeps its `after` for ever; the header is newer.
    after = {"header": {}, "query": {"after": ears.last_id}, "both": {"after": "0"}}[way]
    await say(api, session, "two")
    await say(api, session, "three", "four")
    async with open_event_stream(
        api, mia.token, session=session, last_id=last_id, **after
    ) as again:
        assert again.texts() == ["two", "three", "four"]
        assert again.heard[-1].kind == "ready"
        await say(api, session, "and on")
        await again.wait_for_event("message.new", text="and on")
    async with open_event_stream(
        api, mia.token, session=session, last_id=again.last_id
    ) as nothing_new:
        assert nothing_new.texts() == []


async def test_who_lost_it_in_the_middle_of_a_transaction_is_told_the_rest(api: ApiStage) -> None:
    mia = await api.person()
    session = await api.session(mia)
    async with open_event_stream(api, mia.token) as ears:
        await say(api, session, "a", "b", "c")
        middle = await ears.wait_for_event("message.new", text="b")
        await ears.wait_for_event("message.new", text="c")
    async with open_event_stream(api, mia.token, last_id=middle.id) as again:
        assert [text for text in again.texts() if text in {"a", "b", "c"}] == ["c"]


async def test_what_was_missed_is_told_by_what_one_may_see_now(api: ApiStage) -> None:
    mia, ben = await api.person("Mia"), await api.person("Ben")
    session = await api.session(mia)
    async with open_event_stream(api, mia.token) as ears:
        last = ears.last_id
    await say(api, session, "for mia's eyes")
    await give(api, session, ben.agent_id, mia.agent_id)
    async with open_event_stream(api, mia.token, last_id=last) as again:
        assert "for mia's eyes" not in again.texts()
        await again.wait_for_event("session.gone", session_id=session)
    async with open_event_stream(api, ben.token, last_id=last) as bens:
        await bens.wait_for_event("message.new", text="for mia's eyes")


async def test_one_session_or_one_channel_alone(api: ApiStage) -> None:
    mia = await api.person()
    session, other = await api.session(mia), await api.session(mia)
    [channel] = await api.rows("SELECT id FROM channels LIMIT 1")
    async with (
        open_event_stream(api, mia.token, session=session) as one,
        open_event_stream(api, mia.token, channel=channel["id"]) as its,
        open_event_stream(api, mia.token, channel=new_id()) as nobodys,
        open_event_stream(api, mia.token) as every,
    ):
        await marked(api, mia)
        await say(api, other, "in the other")
        await say(api, session, "in the one")
        await every.wait_for_event("message.new", text="in the one")
        await one.wait_for_event("message.new", text="in the one")
        await its.wait_for_event("message.new", text="in the one")
        assert "in the other" in its.texts()
        assert every.of("agent.status")
        assert [each.kind for each in one.heard] == ["ready", "message.new"]
        assert [each.kind for each in nobodys.heard] == ["ready"]
        assert {each.kind for each in its.heard} == {"ready", "message.new"}


async def test_a_session_of_somebody_else_is_not_there(api: ApiStage) -> None:
    mia, ben, ada = await api.person("Mia"), await api.person("Ben"), await api.admin()
    session = await api.session(mia)
    assert (await ben.get("/events", params={"session": session})).problem == "not-found"
    assert (await ada.get("/events", params={"session": new_id()})).problem == "not-found"
    assert (await mia.get("/events", params={"session": session})).status == 200


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": "-1"}, {"session": "1"}, {"channel": ""}, {"since": "1"}]
)
async def test_what_is_no_filter_is_refused(api: ApiStage, query: dict[str, str]) -> None:
    answer = await (await api.person()).get("/events", params=query)
    assert answer.problem == "invalid"
    assert set(answer.faults) == set(query)


@pytest.mark.parametrize("last_id", ["x", "9" * 40, "1-2-x", "1" + "-1" * 101, "-"])
async def test_what_is_no_id_of_an_event_is_refused(api: ApiStage, last_id: str) -> None:
    answer = await (await api.person()).get("/events", headers={"Last-Event-ID": last_id})
    assert answer.problem == "bad-request"


async def test_it_ends_with_the_access_token(api: ApiStage) -> None:
    mia = await api.person()
    began = now_utc() - LIFETIME + timedelta(seconds=2)
    token = api.tokens.issue(Claims(mia.user_id, mia.log_in, 0), began)
    async with open_event_stream(api, token) as ears:
        assert await ears.wait_for_end() == "expired"
        assert now_utc() - began >= LIFETIME - timedelta(seconds=1)  # a token has whole seconds


_ENDINGS = [
    "UPDATE log_ins SET ended_at = '2026-01-01 00:00:00.000000' WHERE user_id = :id",
    "UPDATE users SET is_active = 0 WHERE id = :id",
    "UPDATE users SET role = 'ADMIN' WHERE id = :id",
    "UPDATE users SET token_version = 7 WHERE id = :id",
    "INSERT INTO second_factors (user_id, is_required) VALUES (:id, 1)",
]


async def test_it_ends_soon_after_the_log_in(api: ApiStage) -> None:
    people = [await api.person(f"P{number}") for number in range(len(_ENDINGS))]
    ben = await api.person("Ben")
    async with AsyncExitStack() as streams:
        others = await streams.enter_async_context(open_event_stream(api, ben.token))
        ears = [
            await streams.enter_async_context(open_event_stream(api, each.token)) for each in people
        ]
        for each, change in zip(people, _ENDINGS, strict=True):
            await api.change(change, id=each.user_id)
        assert [await each.wait_for_end() for each in ears] == ["ended"] * len(people)
        assert not others.ended


async def test_logging_out_ends_it(api: ApiStage) -> None:
    mia = await api.person()
    async with open_event_stream(api, mia.token) as ears:
        assert (await mia.post("/auth/logout")).status == 204
        assert await ears.wait_for_end() == "ended"


async def test_there_is_an_end_to_how_many_one_may_open(api: ApiStage) -> None:
    mia, ben = await api.person("Mia"), await api.person("Ben")
    open_ones = [open_event_stream(api, mia.token) for _ in range(20)]
    for each in open_ones:
        await each.__aenter__()
    try:
        refused = await mia.get("/events")
        assert refused.problem == "too-many-requests"
        assert (await ben.get("/events")).status == 200
    finally:
        for each in open_ones:
            await each.__aexit__(None, None, None)

    async def again() -> bool:
        """The server notices only by writing that a reader is gone."""
        await marked(api, ben)
        return (await mia.get("/events")).status == 200

    await eventually(again, "those that are closed count no more")


async def test_a_quiet_stream_is_kept_alive(api: ApiStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.events.streaming._HEARTBEAT_SECONDS", 0.05)
    async with open_event_stream(api, (await api.person()).token) as ears:

        async def alive() -> bool:
            return ears.comments > 2

        await eventually(alive, "comments come")
        assert [each.kind for each in ears.heard] == ["ready"]


async def test_who_comes_while_log_ins_are_looked_at_is_not_shut_out(
    api: ApiStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.events.hub._LOG_IN_CHECK_SECONDS", 0.0)
    people = [await api.person() for _ in range(40)]

    async def listens(person: Person) -> None:
        async with open_event_stream(api, person.token) as ears:
            await marked(api, person)
            await ears.wait_for_event("agent.status")
            assert not ears.of("end")

    await asyncio.gather(*(listens(each) for each in people))
