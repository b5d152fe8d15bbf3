"""Conversations and clients in lists: search, pages, and visibility."""

from typing import Any

import pytest

from db.ids import new_id
from db.tables.base import now_utc
from desk.housekeeping import ARCHIVED, list_chores, run_chore
from desk.retention import Retention
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage, Person
from tests.api.test_sessions import ids, many, newest_first, pages

CLOCKS = ("waiting_since", "unanswered_since", "first_answer_at", "first_answer_seconds")


async def conversation_of(past: HistoryBuilder, session: Any) -> str:
    return (await past.of(session))[0]


async def client_of(past: HistoryBuilder, session: Any) -> str:
    return (await past.of(session))[1]


async def test_a_conversation_is_shown_in_brief(own_api: ApiStage) -> None:
    mia, past = await own_api.person("Mia"), await HistoryBuilder.on_a_channel(own_api)
    first = await past.session(mia, ended=True, name="Ann", says=["Hello", "Good day"])
    second = await past.session(mia, again=first, unread=1, says=["It is me again"])
    conversation, client = await past.of(first)
    shown = (await mia.get(f"/conversations/{conversation}")).body
    assert (shown["client"]["id"], shown["channel"]["id"]) == (client, past.channel_id)
    assert shown["session"] == {
        "id": second,
        "number": 2,
        "waiting": False,
        "created_at": "2026-01-05T09:02:00Z",
        "agent": {"id": mia.agent_id, "name": mia.name, "kind": "human"},
        "tags": [],
        "priority": "normal",
        "snoozed_until": None,
        "sla": None,
        **dict.fromkeys(CLOCKS),
    }
    assert (shown["session_count"], shown["unread_count"]) == (2, 1)
    assert shown["last_message"]["message"] == "It is me again"
    assert shown["last_message_at"] == "2026-01-05T09:02:00Z"
    assert (await mia.get("/conversations")).body["items"] == [shown]
    said = (await mia.get(f"/conversations/{conversation}/messages")).body["items"]
    assert [each["message"] for each in said] == ["It is me again", "Good day", "Hello"]
    assert [each["session_id"] for each in said] == [second, first, first]


async def test_of_a_conversation_one_sees_ones_own_part(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    first = await past.session(mia, ended=True, says=["Hello", "Good day"])
    await past.session(tom, again=first, unread=1, says=["A secret"])
    conversation, client = await past.of(first)
    path = f"/conversations/{conversation}"
    mias = (await mia.get(path)).body
    assert (mias["session"], mias["unread_count"]) == (None, 0)
    assert mias["last_message"]["message"] == "Good day"
    for listing in (path, "/conversations", f"{path}/messages", f"/clients/{client}/sessions"):
        assert b"A secret" not in (await mia.get(listing)).raw
        assert b"A secret" in (await tom.get(listing)).raw
    assert await ids(mia, path=f"/clients/{client}/sessions") == [first]
    assert (await mia.get(f"/conversations?agent_id={tom.agent_id}")).body["items"] == []
    assert (await mia.get("/conversations?unread=true")).body["items"] == []
    assert await ids(tom, "unread=true", path="/conversations") == [conversation]
    assert (await ada.get(path)).body["last_message"]["message"] == "A secret"
    # Mia cannot mark Tom's messages as read.
    assert (await mia.post(f"{path}/read")).problem == "not-found"
    assert (await tom.post(f"{path}/read")).status == 204
    assert (await tom.get(path)).body["unread_count"] == 0
    nobody = await own_api.person()
    for hidden in (path, f"{path}/messages", f"/clients/{client}", f"/clients/{client}/sessions"):
        assert (await nobody.get(hidden)).problem == "not-found"
    for change in ("block", "unblock"):
        assert (await nobody.post(f"/clients/{client}/{change}")).problem == "not-found"
    assert (await nobody.patch(f"/clients/{client}", {"name": "x"})).problem == "not-found"
    assert (await nobody.get("/clients")).body["items"] == []


async def test_conversations_are_found_by_what_they_are(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    other = await HistoryBuilder.on_a_channel(own_api, "Another bot")
    other.minutes = 100
    a = await past.session(mia, name="Ann Lee", username="annlee", unread=1, says=["hi"])
    b = await past.session(tom, name="Bob 100%", phone="+62 811 234")
    c = await past.session(name="Cid")
    d = await other.session(mia, ended=True, name="Ann Two")
    made = {each: await conversation_of(past, each) for each in (a, b, c, d)}

    async def found(query: str, person: Person = ada) -> list[str]:
        listed = await ids(person, query, path="/conversations")
        return [session for each in listed for session in made if made[session] == each]

    assert await found("") == newest_first(a, b, c, d)
    assert await found("", mia) == newest_first(a, c, d)
    assert await found("q=ann") == newest_first(a, d)
    assert await found("q=ANNLEE") == [a]
    assert await found("q=811%20234") == [b]
    assert await found("q=100%25") == [b]
    assert await found("q=%25") == [b]
    assert await found("q=bob", mia) == []
    assert await found(f"channel_id={other.channel_id}") == [d]
    assert await found(f"channel_id={other.channel_id}&q=ann", tom) == []
    assert await found(f"agent_id={mia.agent_id}") == [a]
    assert await found(f"agent_id={mia.agent_id}", mia) == [a]
    assert await found("unread=true") == [a]
    assert await found(f"unread=true&channel_id={other.channel_id}") == []
    assert await found(f"channel_id={new_id()}") == []


@pytest.mark.parametrize("query", ["", "q=n", "unread=true"])
async def test_pages_of_conversations_lead_both_ways(own_api: ApiStage, query: str) -> None:
    mia, past = await own_api.person(), await HistoryBuilder.on_a_channel(own_api)
    made = [
        await conversation_of(past, await past.session(mia, unread=1, says=["hi"]))
        for _ in range(7)
    ]
    await own_api.change("UPDATE conversations SET last_message_at = '2026-01-05 09:00:00.000000'")
    wanted = sorted(made, reverse=True)
    for person in (mia, await own_api.admin()):
        forth = await pages(person, f"/conversations?{query}&limit=3")
        assert [each["id"] for page in forth for each in page["items"]] == wanted
        previous = forth[2]["previous"]
        back = (await person.get(f"/conversations?{query}&limit=3&cursor={previous}")).body
        assert back["items"] == forth[1]["items"]


async def test_messages_of_a_conversation_come_in_pages(own_api: ApiStage) -> None:
    mia, past = await own_api.person(), await HistoryBuilder.on_a_channel(own_api)
    first = await past.session(mia, ended=True, says=["1", "2", "3"])
    await past.session(mia, again=first, says=["4", "5"])
    conversation = await conversation_of(past, first)
    for person in (mia, await own_api.admin()):
        path = f"/conversations/{conversation}/messages?limit=2"
        forth = await pages(person, path)
        texts = [[each["message"] for each in page["items"]] for page in forth]
        assert texts == [["5", "4"], ["3", "2"], ["1"]]
        back = (await person.get(f"{path}&cursor={forth[2]['previous']}")).body
        assert back["items"] == forth[1]["items"]


async def test_clients_are_listed_and_found(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    a = await client_of(past, await past.session(mia, name="Ann", username="annlee"))
    b = await client_of(past, await past.session(tom, name="Bob", phone="+62 811"))
    c = await client_of(past, await past.session(name="Cid"))
    everybody = sorted((a, b, c), reverse=True)
    assert await ids(ada, path="/clients") == everybody
    assert await ids(ada, "limit=1", path="/clients") == everybody
    assert await ids(mia, path="/clients") == [each for each in everybody if each != b]
    for words in ("aNN", "annl"):
        assert await ids(ada, f"q={words}", path="/clients") == [a]
    assert await ids(ada, "q=811", path="/clients") == [b]
    assert await ids(mia, "q=811", path="/clients") == []
    forth = await pages(ada, "/clients?limit=2")
    back = (await ada.get(f"/clients?limit=2&cursor={forth[1]['previous']}")).body
    assert back["items"] == forth[0]["items"]
    shown = (await mia.get(f"/clients/{a}")).body
    conversation = (await mia.get("/conversations?q=ann")).body["items"][0]["id"]
    assert (shown["name"], shown["username"], shown["telegram_id"]) == ("Ann", "annlee", None)
    assert (shown["joins"], shown["same_phone"]) == ([], [])
    assert shown["contacts"] == [
        {
            "channel_id": past.channel_id,
            "external_id": a,
            "alias": None,
            "unreachable": None,
            "conversation_id": conversation,
            "own_client_id": None,
            "marketing_stopped_at": None,
            "created_at": "2026-01-05T09:01:00Z",
        }
    ]


async def test_an_agent_who_has_seen_much_finds_theirs_among_all(own_api: ApiStage) -> None:
    """Above a thousand sessions, an agent's lists use another query with the same result."""
    mia, past = await own_api.person("Mia"), await HistoryBuilder.on_a_channel(own_api)
    session = await past.session(mia, name="Zoe", unread=1, says=["hi"])
    await past.session(await own_api.person("Tom"), name="Bob")
    await many(past, 1001)
    await own_api.change("UPDATE sessions SET cs_id = :id WHERE status = 'ENDED'", id=mia.agent_id)
    conversation, client = await past.of(session)
    for query in ("q=zoe", "unread=true", f"agent_id={mia.agent_id}", "q=zoe&unread=true"):
        assert await ids(mia, query, path="/conversations") == [conversation]
    assert conversation in await ids(mia, path="/conversations")
    assert len(await ids(mia, path="/conversations")) == 2
    assert await ids(mia, "q=zoe", path="/clients") == [client]
    assert len(await ids(mia, path="/clients")) == 2


async def test_archived_conversations_are_listed_only_if_asked(own_api: ApiStage) -> None:
    mia, past = await own_api.person("Mia"), await HistoryBuilder.on_a_channel(own_api)
    ada = await own_api.admin()
    old = await past.session(mia, ended=True, name="Ann Old", says=["Hello"])
    young = await past.session(mia, name="Ann Young", says=["Hello"])
    archived, listed = [await conversation_of(past, each) for each in (old, young)]
    archive = list_chores(Retention())[ARCHIVED]
    # Everything was said long ago; the open session keeps its conversation.
    assert await run_chore(own_api.database, archive, now_utc()) == 1

    async def list_ids(person: Person, query: str) -> list[str]:
        items = (await person.get(f"/conversations{query}")).body["items"]
        return sorted(each["id"] for each in items)

    for person in (mia, ada):
        for query in ("?", "?q=Ann&", f"?channel_id={past.channel_id}&"):
            assert await list_ids(person, query) == [listed]
            both = await list_ids(person, f"{query}archived=true")
            assert both == sorted([archived, listed])
    shown = (await mia.get(f"/conversations/{archived}")).body
    assert (shown["is_active"], shown["last_message"]["message"]) == (False, "Hello")
    ended = "status=ENDED"
    for query in ("", ended, "q=Hello", "mine=true", f"channel_id={past.channel_id}"):
        assert old not in await ids(mia, query)
        assert old in await ids(mia, f"{query}&archived=true")
    for more, found in (("", []), ("&archived=true", [old])):
        hits = (await mia.get(f"/search?q=Hello&status=ENDED{more}")).body["items"]
        assert [each["session"]["id"] for each in hits] == found
    _, client = await past.of(old)
    for query in (ended, "q=Hello"):
        assert await ids(mia, query, path=f"/clients/{client}/sessions") == [old]
        assert await ids(ada, f"client_id={client}&{query}") == [old]
