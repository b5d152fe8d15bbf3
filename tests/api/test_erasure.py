"""Clients are deleted step by step, with all data that only their address identifies."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage, run_api


@pytest.fixture
async def own_api(migrated_url: str) -> AsyncIterator[ApiStage]:
    """A running API on a database of the test's own, with a worker that runs jobs."""
    async with run_api(migrated_url, is_worker=True) as stage:
        yield stage


async def test_years_of_messages_go_in_pieces(own_api: ApiStage) -> None:
    mia, ada = await own_api.person("Mia"), await own_api.admin()
    past = await HistoryBuilder.on_a_channel(own_api)
    first = await past.session(mia, ended=True, says=[f"message {n}" for n in range(450)])
    await past.session(mia, again=first, says=["one more"])
    other = await past.session(mia, name="Bob", says=["Not of Ann", "Indeed"])
    conversation, client = await past.of(first)
    await own_api.change(
        "INSERT INTO message_links (message_id, channel_id, side, chat, provider_id)"
        " SELECT id, :channel, 'customer', '7', '8' FROM messages",
        channel=past.channel_id,
    )
    answers = await asyncio.gather(*(own_api.erase(ada, client) for _ in range(2)))
    assert {each.status for each in answers} <= {204, 404}
    assert 204 in {each.status for each in answers}
    for table, left in {
        "clients": 1,
        "contacts": 1,
        "conversations": 1,
        "sessions": 1,
        "messages": 2,
        "message_links": 2,
    }.items():
        [row] = await own_api.rows(f"SELECT COUNT(*) AS n FROM {table}")  # noqa: S608 our own names
        assert (table, row["n"]) == (table, left)
    [entry] = await own_api.audit("client.delete")
    assert entry["subject"] == client
    assert json.loads(entry["details"]) == {"sessions": 2}
    assert (await mia.get(f"/conversations/{conversation}")).problem == "not-found"
    assert (await mia.get(f"/sessions/{other}/messages")).body["items"][0]["message"] == "Indeed"


async def test_what_is_named_by_their_address_goes_too(own_api: ApiStage) -> None:
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    session = await past.session(says=["hi"])
    _, client = await past.of(session)
    theirs, others = f"person:{past.channel_id}:{client}", f"person:{past.channel_id}:8"
    for gate in (theirs, others):
        await own_api.change(
            "INSERT INTO rate_limit_backoffs (rate_limit_key, until) VALUES (:gate, :until)",
            gate=gate,
            until="2999-01-01 00:00:00.000000",
        )
    await own_api.change(
        "INSERT INTO rate_limit_usage (owner, calls) VALUES (:owner, :calls)",
        owner=past.channel_id,
        calls=json.dumps({theirs: [1.0], others: [2.0]}),
    )
    assert (await own_api.erase(ada, client)).status == 204
    assert [
        row["rate_limit_key"]
        for row in await own_api.rows("SELECT rate_limit_key FROM rate_limit_backoffs")
    ] == [others]
    [budget] = await own_api.rows("SELECT calls FROM rate_limit_usage")
    assert json.loads(budget["calls"]) == {others: [2.0]}
