"""The lists of an inbox: each list, its number and the events about it agree."""

from collections.abc import Awaitable, Callable
from itertools import product
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import SessionId, new_id
from db.tables import Client, Contact, Conversation, Session, SessionStatus
from tests.api.desk_actions import say
from tests.api.event_stream import EventListener, open_event_stream
from tests.api.history import BEGAN, HistoryBuilder
from tests.api.stage import Answer, ApiStage, Person
from tests.api.test_sessions import ids
from tests.flows.eventually import eventually

Json = dict[str, Any]
LISTS = ("open", "mine", "waiting", "unread")


def matches(session: Json, filters: Json) -> bool:
    """Return whether a session of an event has what the filters of a list ask for."""
    found: dict[str, list[object]] = {
        "channel_id": [session["channel"]["id"]],
        "agent_id": [(session["agent"] or {}).get("id")],
        "tag_id": [each["id"] for each in session["tags"]],
    }
    return all(value in found[name] for name, value in filters.items())


def is_in(name: str, session: Json, person: Person) -> bool:
    """Return whether a session of an event belongs to a list, as docs/api.md defines it."""
    is_open = session["status"] == "ACTIVE"
    holder = (session["agent"] or {}).get("id")
    return bool(
        is_open
        and {
            "open": True,
            "mine": holder == person.agent_id,
            "waiting": session["waiting"],
            "unread": session["unread_count"] > 0,
        }[name]
    )


def follow(ears: EventListener, person: Person, filters: Json) -> dict[str, set[str]]:
    """Return the lists of a page that has seen nothing but these events."""
    known: dict[str, Json] = {}
    for each in ears.heard:
        if each.kind == "session.gone":
            known.pop(each.data["session_id"], None)
        elif session := each.data.get("session"):
            known[session["id"]] = session
    return {
        name: {
            each["conversation_id"]
            for each in known.values()
            if is_in(name, each, person) and matches(each, filters)
        }
        for name in LISTS
    }


async def done(step: Callable[[], Awaitable[Answer | None]]) -> Answer | None:
    """Take a step; a channel that was created a moment ago may not be known yet."""

    async def is_done() -> list[Answer | None] | None:
        answer = await step()
        return None if answer is not None and answer.status == 503 else [answer]

    [answer] = await eventually(is_done, "the channel is known")
    assert answer is None or answer.status < 300, answer.body
    return answer


async def read_lists(person: Person, filters: Json) -> dict[str, set[str]]:
    more = urlencode({"limit": 100, **filters})
    return {
        name: set(await ids(person, f"{name}=true&{more}", path="/conversations")) for name in LISTS
    }


async def open_many(past: HistoryBuilder, count: int, holder: Person) -> None:
    """Write open sessions, each of a client of its own, older than all others."""
    ids = [new_id() for _ in range(count)]

    async def work(tx: AsyncSession) -> None:
        await tx.execute(
            insert(get_table(Client)),
            [{"id": each, "name": "Bob", "created_at": BEGAN} for each in ids],
        )
        contact = {"channel_id": past.channel_id, "created_at": BEGAN}
        await tx.execute(
            insert(get_table(Contact)),
            [{"id": each, "client_id": each, "external_id": each, **contact} for each in ids],
        )
        conversation = {
            "channel_id": past.channel_id,
            "assigned_agent_id": holder.agent_id,
            "session_count": 1,
            "last_message_at": BEGAN,
            "created_at": BEGAN,
        }
        await tx.execute(
            insert(get_table(Conversation)),
            [{"id": each, "contact_id": each, **conversation} for each in ids],
        )
        session = {"status": SessionStatus.ACTIVE, "cs_id": holder.agent_id, "created_at": BEGAN}
        await tx.execute(
            insert(get_table(Session)),
            [
                {"id": each, "conversation_id": each, "client_id": each, "number": 1, **session}
                for each in ids
            ],
        )

    await past.api.database.run(work)


async def test_lists_numbers_and_events_agree(own_api: ApiStage) -> None:
    mia, tom, ada = await own_api.person("Mia"), await own_api.person("Tom"), await own_api.admin()
    people = [mia, tom, ada]
    first, second, third = [await own_api.session() for _ in range(3)]

    async def write(session: SessionId) -> None:
        await own_api.change(
            "UPDATE conversations SET unread_count = unread_count + 1 WHERE id ="
            " (SELECT conversation_id FROM sessions WHERE id = :id)",
            id=session,
        )
        await say(own_api, session, "hello")

    def transfer(to: Person) -> Json:
        return {"agent_id": to.agent_id, "reason": "Speaks Javanese"}

    vip = (await mia.patch(f"/sessions/{first}/tags", {"add": ["vip"]})).body["tags"][0]["id"]
    [channel, *_] = {each["channel"]["id"] for each in (await ada.get("/sessions")).body["items"]}
    wanted: list[Json] = [
        {},
        {"tag_id": vip},
        {"channel_id": channel, "agent_id": mia.agent_id},
        {"channel_id": channel, "tag_id": vip},
        {"channel_id": mia.agent_id},
    ]
    steps: list[Callable[[], Awaitable[Answer | None]]] = [
        lambda: write(third),
        lambda: mia.post(f"/sessions/{first}/claim"),
        lambda: write(first),
        lambda: mia.patch(f"/sessions/{third}/tags", {"add": ["vip"]}),
        lambda: mia.post(f"/sessions/{first}/read"),
        lambda: ada.post(f"/sessions/{second}/claim"),
        lambda: ada.post(f"/sessions/{second}/transfer", transfer(mia)),
        lambda: mia.post(f"/sessions/{first}/transfer", transfer(tom)),
        lambda: tom.patch(f"/sessions/{first}/tags", {"remove": ["vip"]}),
        lambda: mia.post(f"/sessions/{second}/end"),
        lambda: tom.post(f"/sessions/{third}/claim"),
        lambda: mia.post(f"/sessions/{second}/reopen"),
        lambda: tom.post(f"/sessions/{first}/end"),
    ]
    async with (
        open_event_stream(own_api, mia.token) as mias,
        open_event_stream(own_api, tom.token) as toms,
        open_event_stream(own_api, ada.token) as adas,
    ):
        streams = [mias, toms, adas]
        await write(first)
        await write(second)
        for number, step in enumerate(steps):
            await done(step)
            for (person, ears), filters in product(zip(people, streams, strict=True), wanted):
                lists = await read_lists(person, filters)
                counts = await person.get(f"/conversations/counts?{urlencode(filters)}")
                assert counts.body == {name: len(each) for name, each in lists.items()}, number
                if "agent_id" not in filters:
                    queue = await person.get(f"/queue?{urlencode(filters)}")
                    waiting = {each["conversation_id"] for each in queue.body["items"]}
                    assert waiting == lists["waiting"], number

                async def agrees(
                    ears: EventListener = ears,
                    person: Person = person,
                    filters: Json = filters,
                    lists: dict[str, set[str]] = lists,
                ) -> bool:
                    return follow(ears, person, filters) == lists

                await eventually(agrees, f"{person.name}'s {filters} after step {number}")


async def test_a_list_of_open_conversations_is_found_among_many(own_api: ApiStage) -> None:
    """Above a thousand open sessions the lists use other queries with the same result."""
    mia, past = await own_api.person("Mia"), await HistoryBuilder.on_a_channel(own_api)
    ada, other = await own_api.admin(), await own_api.person("Tom")
    waiting = await past.session(unread=1, says=["hi"])
    held = await past.session(mia)
    await open_many(past, 1001, other)
    wanted = {each: (await past.of(each))[0] for each in (waiting, held)}
    for person in (mia, ada):
        assert await ids(person, "waiting=true", path="/conversations") == [wanted[waiting]]
        assert await ids(person, "unread=true", path="/conversations") == [wanted[waiting]]
    assert await ids(mia, "mine=true", path="/conversations") == [wanted[held]]
    assert await ids(mia, "open=true", path="/conversations") == [wanted[held], wanted[waiting]]
    wanted_counts = {"open": 2, "mine": 1, "waiting": 1, "unread": 1}
    assert (await mia.get("/conversations/counts")).body == wanted_counts
    assert (await ada.get("/conversations/counts")).body["open"] == 1003


async def test_sessions_are_listed_by_activity(own_api: ApiStage) -> None:
    mia, tom, ada = await own_api.person("Mia"), await own_api.person("Tom"), await own_api.admin()
    past = await HistoryBuilder.on_a_channel(own_api)
    a, b = await past.session(mia, unread=1, says=["a"]), await past.session(mia)
    c, d = await past.session(), await past.session(tom)
    await past.session(mia, ended=True)
    # Something was said in the oldest.
    await own_api.change(
        "UPDATE conversations SET last_message_at = '2026-01-06 09:00:00.000000'"
        " WHERE id = (SELECT conversation_id FROM sessions WHERE id = :id)",
        id=a,
    )

    async def found(person: Person, query: str = "") -> list[str]:
        return await ids(person, f"order=activity&{query}", path="/sessions")

    assert await found(ada) == [a, d, c, b]
    assert await found(mia) == [a, c, b]
    assert await found(mia, "mine=true") == [a, b]
    assert await found(mia, "waiting=true") == [c]
    assert await found(mia, "unread=true&status=ACTIVE") == [a]
    tag = (await mia.patch(f"/sessions/{c}/tags", {"add": ["vip"]})).body["tags"][0]["id"]
    assert await found(mia, f"tag_id={tag}") == [c]
    assert await found(mia, f"tag_id={tag}&mine=true") == []
    assert await found(mia, f"agent_id={tom.agent_id}&mine=true") == []
    first = (await ada.get("/sessions?order=activity&limit=2")).body
    second = (await ada.get(f"/sessions?order=activity&limit=2&cursor={first['next']}")).body
    assert [each["id"] for each in first["items"] + second["items"]] == [a, d, c, b]
    assert second["next"] is None
    assert first["items"][0].items() <= (await ada.get(f"/sessions/{a}")).body.items()
    for query in ("q=a", "status=ENDED", "oldest_first=true", "priority=high"):
        answer = await mia.get(f"/sessions?order=activity&{query}")
        assert answer.faults == {query.partition("=")[0]: "unsuitable"}


async def test_filters_that_contradict_each_other_find_nothing(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    past = await HistoryBuilder.on_a_channel(own_api)
    session = await past.session(mia)
    conversation, _ = await past.of(session)
    path = "/conversations"
    assert await ids(mia, f"mine=true&agent_id={mia.agent_id}", path=path) == [conversation]
    assert await ids(mia, f"mine=true&agent_id={tom.agent_id}", path=path) == []
    assert await ids(mia, "mine=true&waiting=true", path=path) == []
    assert await ids(mia, f"open=true&channel_id={past.channel_id}", path=path) == [conversation]
    for query in ("open=maybe", "waiting=2", "mine="):
        assert (await mia.get(f"{path}?{query}")).status == 422


async def test_a_waiting_session_says_since_when_and_an_answered_one_how_soon(
    own_api: ApiStage,
) -> None:
    mia, session = await own_api.person("Mia"), await own_api.session()
    shown = (await mia.get(f"/sessions/{session}")).body
    assert shown["waiting_since"] is not None
    clocks = ("unanswered_since", "first_answer_at", "first_answer_seconds")
    assert [shown[each] for each in clocks] == [None] * 3
    await own_api.change(
        "INSERT INTO conversation_metrics (session_id, conversation_id, channel_id, opened_at,"
        " unanswered_since, first_answer_at, first_answer_seconds, next_answer_count,"
        " next_answer_seconds_sum, next_answer_business_sum, inbound_count, human_count, ai_count,"
        " rule_count, handover_count, reopen_count, updated_at) SELECT s.id, s.conversation_id,"
        " c.channel_id, s.created_at, '2026-01-05 09:05:00.000000', '2026-01-05 09:02:00.000000',"
        " 120.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, s.created_at FROM sessions s JOIN conversations c"
        " ON c.id = s.conversation_id WHERE s.id = :id",
        id=session,
    )
    wanted = ["2026-01-05T09:05:00Z", "2026-01-05T09:02:00Z", 120.5]
    answer = await done(lambda: mia.post(f"/sessions/{session}/claim"))
    assert answer is not None
    claimed = answer.body
    assert (claimed["waiting_since"], [claimed[each] for each in clocks]) == (None, wanted)
    listed = (await mia.get("/conversations?mine=true")).body["items"][0]["session"]
    assert (listed["waiting_since"], [listed[each] for each in clocks]) == (None, wanted)
    more = (listed["priority"], listed["snoozed_until"], listed["sla"])
    assert more == ("normal", None, None)
