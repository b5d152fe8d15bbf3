"""Lists of sessions and messages: filters, visibility, pages."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import insert

from db.dialect import get_table
from db.ids import SessionId, new_id
from db.tables import Session, SessionStatus
from tests.api.history import BEGAN, MINUTE, HistoryBuilder
from tests.api.stage import ApiStage, Person


async def ids(person: Person, query: str = "", *, path: str = "/sessions") -> list[str]:
    """Return the ids of all items, page after page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = (await person.get(f"{path}?{query}{cursor}")).body
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


async def pages(person: Person, path: str) -> list[Any]:
    """Read a list forwards, page after page."""
    found, cursor = [], ""
    while True:
        found.append((await person.get(f"{path}{cursor}")).body)
        if found[-1]["next"] is None:
            return found
        cursor = f"&cursor={found[-1]['next']}"


def newest_first(*sessions: SessionId) -> Sequence[str]:
    return list(reversed(sessions))


async def test_a_session_is_shown_with_all_that_one_asks_about(own_api: ApiStage) -> None:
    mia, past = await own_api.person("Mia"), await HistoryBuilder.on_a_channel(own_api)
    long = "Where is my order? " * 20
    session = await past.session(
        mia, name="Ann Lee", username="annlee", phone="+62811", unread=1, says=["Hi", "Yes?", long]
    )
    conversation, client = await past.of(session)
    [row] = (await mia.get("/sessions")).body["items"]
    [message] = await own_api.rows("SELECT id FROM messages WHERE message LIKE 'Where%'")
    expected = {
        "id": session,
        "conversation_id": conversation,
        "number": 1,
        "status": "ACTIVE",
        "waiting": False,
        "created_at": "2026-01-05T09:01:00Z",
        "ended_at": None,
        "unread_count": 1,
        # A Telegram bot has no reply window.
        "reply_until": None,
        "client": {
            "id": client,
            "name": "Ann Lee",
            "username": "annlee",
            "phone": "+62811",
            "language": None,
            "is_blocked": False,
        },
        "channel": {"id": past.channel_id, "kind": "telegram", "name": "Bot"},
        "agent": {"id": mia.agent_id, "name": mia.name, "kind": "human"},
        "tags": [],
        "priority": "normal",
        "snoozed_until": None,
        "sla": None,
        "waiting_since": None,
        "unanswered_since": None,
        "first_answer_at": None,
        "first_answer_seconds": None,
        "last_message": {
            "id": message["id"],
            "sender_type": "CLIENT",
            "direction": "inbound",
            "message_type": "TEXT",
            "message": long[:200],
            "author_name": None,
            "created_at": "2026-01-05T09:01:02Z",
        },
    }
    assert row == expected
    shown = (await mia.get(f"/sessions/{session}")).body
    assert shown == {**expected, "handovers": [], "topic_url": None}


async def test_a_session_in_which_nothing_was_said(own_api: ApiStage) -> None:
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    session = await past.session()
    shown = (await ada.get(f"/sessions/{session}")).body
    assert (shown["waiting"], shown["agent"], shown["last_message"]) == (True, None, None)


async def test_one_sees_what_is_ones_own_and_what_waits(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    mias, toms, waits = await past.session(mia), await past.session(tom), await past.session()
    mias_old, gave_up = await past.session(mia, ended=True), await past.session(ended=True)
    assert await ids(mia) == newest_first(mias, waits, mias_old)
    assert await ids(tom) == newest_first(toms, waits)
    assert await ids(ada) == newest_first(mias, toms, waits, mias_old, gave_up)
    assert await ids(tom, f"agent_id={mia.agent_id}") == []
    for hidden in (mias, mias_old, gave_up, new_id()):
        for path in (f"/sessions/{hidden}", f"/sessions/{hidden}/messages"):
            assert (await tom.get(path)).problem == "not-found"


async def test_sessions_are_found_by_what_they_are(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    other = await HistoryBuilder.on_a_channel(own_api, "Another bot")
    other.minutes = 100
    a = await past.session(mia, unread=1, says=["My invoice 100% is wrong", "Oh", "really"])
    b = await past.session(tom, says=["Hello", "Good day"])
    c = await past.session()
    d = await past.session(mia, ended=True, name="Bob Invoice")
    e = await past.session(ended=True)
    f = await other.session(mia, username="zed_99")
    _, client = await past.of(a)

    async def found(query: str) -> list[str]:
        return await ids(ada, query)

    assert await found("status=ACTIVE") == newest_first(a, b, c, f)
    assert await found("status=ENDED") == newest_first(d, e)
    assert await found("waiting=true") == [c]
    assert await found("waiting=true&status=ENDED") == []
    assert await found("waiting=true&mine=true") == []
    assert await found(f"agent_id={mia.agent_id}") == newest_first(a, d, f)
    assert await found(f"agent_id={mia.agent_id}&status=ENDED") == [d]
    assert await found("mine=true") == []
    assert await ids(mia, "mine=true") == newest_first(a, d, f)
    assert await ids(mia, f"mine=true&agent_id={tom.agent_id}") == []
    assert await found(f"channel_id={other.channel_id}") == [f]
    assert await found(f"channel_id={new_id()}") == []
    assert await found(f"client_id={client}") == [a]
    assert await ids(tom, f"client_id={client}") == []
    assert await found("unread=true") == [a]
    assert await ids(tom, "unread=true") == []
    assert await found("q=invoice") == newest_first(a, d)
    assert await ids(mia, "q=INVOICE&status=ENDED") == [d]
    assert await ids(tom, "q=invoice") == []
    assert await found("q=zed_99") == [f]
    assert await found("q=zed%2599") == []
    assert await found("q=100%25") == [a]
    assert await found(f"q={quote('wrong / not')}") == []
    since, until = (quote((BEGAN + n * MINUTE).isoformat()) for n in (2, 4))
    assert await found(f"since={since}&until={until}") == newest_first(b, c)
    assert await found("oldest_first=true") == [a, b, c, d, e, f]
    assert await ids(mia, "oldest_first=true&limit=1") == [a, c, d, f]


@pytest.mark.parametrize(
    "query",
    [
        "status=active",
        "waiting=perhaps",
        "agent_id=mia",
        "q=",
        "q=%00",
        "since=2026-01-05",
        "since=2026-01-05T09:00:00",
        "since=0001-01-01T00:00:00Z",
        "until=9999-12-31T23:59:59-14:00",
        "limit=0",
        "limit=101",
        "cursor=abc",
        "order=newest",
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_makes_no_sense_is_refused(api: ApiStage, query: str) -> None:
    answer = await (await api.person()).get(f"/sessions?{query}")
    assert answer.problem == "invalid"
    assert set(answer.faults) == {query.partition("=")[0]}


@pytest.mark.parametrize("filters", ["", "oldest_first=true&", "q=ann&", "status=ENDED&q=n&"])
async def test_pages_lead_both_ways(own_api: ApiStage, filters: str) -> None:
    mia, past = await own_api.person(), await HistoryBuilder.on_a_channel(own_api)
    sessions = [await past.session(mia, ended=True) for _ in range(5)]
    sessions += [await past.session(None) for _ in range(2)]
    if "ENDED" not in filters:
        sessions += [await past.session(mia) for _ in range(4)]
    # With equal times, the ids decide the order.
    await own_api.change("UPDATE sessions SET created_at = '2026-01-05 09:00:00.000000'")
    wanted = sorted(sessions[:5] if "ENDED" in filters else sessions)
    if "oldest" not in filters:
        wanted.reverse()
    path = f"/sessions?{filters}limit=3"
    forth = await pages(mia, path)
    assert [each["id"] for page in forth for each in page["items"]] == wanted
    assert forth[0]["previous"] is None
    for before, page in pairwise(forth):
        back = (await mia.get(f"{path}&cursor={page['previous']}")).body
        assert back["items"] == before["items"]
        assert back["next"] is not None
        again = (await mia.get(f"{path}&cursor={back['next']}")).body
        assert again["items"] == page["items"]


async def test_words_are_looked_for_so_far_in_one_go_and_the_list_goes_on(
    own_api: ApiStage,
) -> None:
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    oldest = await past.session(says=["the needle"])
    await many(past, 450)
    newest = await past.session(says=["another needle"])
    found = await pages(ada, "/sessions?q=needle&limit=5")
    assert [each["id"] for page in found for each in page["items"]] == [newest, oldest]
    assert [len(page["items"]) for page in found] == [1, 0, 1]
    page, seen = found[2], []
    while page["previous"] is not None:
        page = (await ada.get(f"/sessions?q=needle&limit=5&cursor={page['previous']}")).body
        seen.append([each["id"] for each in page["items"]])
    assert seen == [[], [], [newest]]


async def many(past: HistoryBuilder, count: int) -> None:
    """Write many ended sessions of one conversation at once, each a minute younger."""
    first = await past.session(ended=True)
    conversation, client = await past.of(first)

    async def work(tx: Any) -> None:
        rows = []
        for number in range(2, count + 1):
            past.minutes += 1
            rows.append(
                {
                    "id": new_id(),
                    "conversation_id": conversation,
                    "client_id": client,
                    "number": number,
                    "status": SessionStatus.ENDED,
                    "created_at": past.now,
                }
            )
        await tx.execute(insert(get_table(Session)), rows)

    await past.api.database.run(work)


async def test_messages_come_newest_first_and_both_ways(own_api: ApiStage) -> None:
    mia, past = await own_api.person(), await HistoryBuilder.on_a_channel(own_api)
    await past.session(mia, says=["of another session"])
    session = await past.session(mia, says=[f"message {n}" for n in range(7)], unread=1)
    path = f"/sessions/{session}/messages?limit=3"
    forth = await pages(mia, path)
    texts = [[each["message"] for each in page["items"]] for page in forth]
    assert texts == [
        ["message 6", "message 5", "message 4"],
        ["message 3", "message 2", "message 1"],
        ["message 0"],
    ]
    back = (await mia.get(f"{path}&cursor={forth[2]['previous']}")).body
    assert back["items"] == forth[1]["items"]
    newest = forth[0]["items"][0]
    assert (newest["sender_type"], newest["direction"], newest["is_read"]) == (
        "CLIENT",
        "inbound",
        False,
    )
    assert forth[0]["items"][2]["is_read"] is True


async def test_a_message_is_shown_without_its_place_at_the_provider(own_api: ApiStage) -> None:
    mia, past = await own_api.person(), await HistoryBuilder.on_a_channel(own_api)
    session = await past.session(mia, says=["see here"])
    file = (
        '{"id": "AgACAg", "unique": "AQAD", "size": 7, "name": "a.pdf", "mime": "application/pdf"}'
    )
    history = (
        '[{"message": "se here", "entities": null, "file": {"id": "OLD"},'
        ' "until": "2026-01-05T09:02:00+00:00"}]'
    )
    await own_api.change(
        "UPDATE messages SET file = :file, history = :history", file=file, history=history
    )
    answer = await mia.get(f"/sessions/{session}/messages")
    [message] = answer.body["items"]
    assert message["file"] == {
        "url": f"/api/v1/messages/{message['id']}/file",
        "name": "a.pdf",
        "mime_type": "application/pdf",
        "size": 7,
    }
    assert message["history"] == [{"message": "se here", "until": "2026-01-05T09:02:00Z"}]
    for secret in (b"AgACAg", b"AQAD", b"OLD"):
        assert secret not in answer.raw
