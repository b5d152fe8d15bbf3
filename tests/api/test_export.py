"""Administrators export all data of a client, and the audit log records who did."""

import json

import pytest

from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage


async def test_everything_is_in_it_and_nothing_of_others(own_api: ApiStage) -> None:
    mia, ada = await own_api.person("Mia"), await own_api.admin()
    past, other = (
        await HistoryBuilder.on_a_channel(own_api),
        await HistoryBuilder.on_a_channel(own_api, "Another"),
    )
    first = await past.session(mia, ended=True, name="Ann", says=["Hello", "Good day"])
    second = await past.session(again=first, says=['An apostrophe\' and "quotes" \N{PILE OF POO}'])
    await past.session(mia, name="Bob", says=["Not of Ann"])
    conversation, client = await past.of(first)
    # The same person on another channel.
    third = await other.session(name="Ann", says=["On another channel"])
    theirs, alias = await other.of(third)
    for table in ("contacts", "sessions"):
        await own_api.change(
            f"UPDATE {table} SET client_id = :new WHERE client_id = :old",  # noqa: S608 our own names
            new=client,
            old=alias,
        )
    reason = {"agent_id": mia.agent_id, "reason": "Speaks Dutch"}
    await own_api.change(
        "INSERT INTO conversation_handovers"
        " (id, conversation_id, session_id, to_agent_id, by_agent_id, by_name, reason, created_at)"
        " VALUES (:id, :conversation, :session, :agent, :agent, 'Mia', :reason, :at)",
        id=second,
        conversation=conversation,
        session=second,
        agent=reason["agent_id"],
        reason=reason["reason"],
        at="2026-01-05 09:00:00.000000",
    )
    answer = await ada.get(f"/clients/{client}/export")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="client-{client}.json"'
    given = json.loads(answer.raw)
    assert given["client"]["name"] == "Ann"
    assert [each["id"] for each in given["conversations"]] == sorted([conversation, theirs])
    assert {each["external_id"] for each in given["conversations"]} == {client, alias}
    assert [each["id"] for each in given["sessions"]] == [first, second, third]
    assert given["sessions"][0]["agent_name"] == mia.name
    assert [each["reason"] for each in given["handovers"]] == ["Speaks Dutch"]
    assert [each["message"] for each in given["messages"]] == [
        "Hello",
        "Good day",
        'An apostrophe\' and "quotes" \N{PILE OF POO}',
        "On another channel",
    ]
    [entry] = await own_api.audit("client.export")
    assert (entry["user_id"], entry["subject"]) == (ada.user_id, client)
    assert (await mia.get(f"/clients/{client}/export")).problem == "refused"
    assert len(await own_api.audit("client.export")) == 1


@pytest.mark.parametrize("many", [0, 200, 401])
async def test_however_many_messages_there_are(own_api: ApiStage, many: int) -> None:
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    texts = [f"message {n}" for n in range(many)]
    session = await past.session(says=texts)
    _, client = await past.of(session)
    given = json.loads((await ada.get(f"/clients/{client}/export")).raw)
    assert [each["message"] for each in given["messages"]] == texts
