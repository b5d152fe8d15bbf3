"""Webhook bodies of linked numbers, as the field reports them, lead to what is right.

All of them are posted, signed, to one running desk; then each case looks at its own customer.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from tests.bridge.waha.all_cases import CASES
from tests.bridge.waha.body_cases import Case
from tests.flows.eventually import eventually
from tests.flows.linked_number import LinkedNumber, run_linked_number
from tests.flows.staff import Topic

Json = dict[str, object]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Outcome:
    """What the desk made of all bodies, by the customer's address."""

    messages: dict[str, list[Json]] = field(default_factory=dict)
    contacts: dict[str, Json] = field(default_factory=dict)
    open_sessions: dict[str, int] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    topics: dict[str, list[str]] = field(default_factory=dict)
    parked: list[Json] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcome(shared_url: str) -> AsyncIterator[Outcome]:
    async with run_linked_number(shared_url) as on:
        await on.stage.change("UPDATE agents SET status = 'offline'")
        for case in CASES:
            for event in case.events:
                await on.waha.inject(on.session, body=json.dumps(event))
        await eventually(lambda: _is_settled(on), "all bodies are handled")
        yield await _collect(on)


async def _is_settled(on: LinkedNumber) -> bool:
    posted = await on.waha.deliveries()
    events = sum(len(case.events) for case in CASES)
    if sum(each["event"] == "message" for each in posted) < events:
        return False
    assert {each["outcome"] for each in posted} == {200}
    waiting = await on.stage.rows(
        # Timers wait in the inbox, too.
        "SELECT id FROM inbox WHERE state = 'pending' AND payload LIKE '%SESSION%'"
        " UNION SELECT id FROM outbox WHERE state IN ('pending', 'sending')"
    )
    return not waiting


async def _collect(on: LinkedNumber) -> Outcome:
    found = Outcome()
    rows = await on.stage.rows(
        "SELECT c.external_id, c.alias, k.name, k.phone, p.topic, v.id,"
        " (SELECT COUNT(*) FROM sessions s WHERE s.conversation_id = v.id"
        "  AND s.status = 'ACTIVE') AS open_sessions,"
        " (SELECT COUNT(*) FROM outbox o WHERE o.conversation_id = v.id"
        "  AND o.kind = 'notice' AND o.payload LIKE '%Thank you%') AS notices,"
        " (SELECT COUNT(*) FROM outbox o WHERE o.conversation_id = v.id"
        "  AND o.kind = 'notice' AND o.payload LIKE '%send it again%') AS apologies"
        " FROM contacts c JOIN conversations v ON v.contact_id = c.id"
        " JOIN clients k ON k.id = c.client_id"
        " LEFT JOIN staff_places p ON p.group_conversation_id = v.id"
    )
    found.parked = await on.stage.rows("SELECT error, payload FROM inbox WHERE state = 'parked'")
    for row in rows:
        address = str(row["external_id"])
        found.contacts[address] = row
        found.open_sessions[address] = row["open_sessions"]
        found.notices[address] = row["notices"]
        found.messages[address] = await on.stage.rows(
            "SELECT * FROM messages WHERE conversation_id = :id ORDER BY id", id=row["id"]
        )
        if row["topic"] is not None:
            topic = Topic(on.stage.telegram, on.stage.group, int(row["topic"]))
            found.topics[address] = await topic.texts()
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_body_leads_to_what_is_right(outcome: Outcome, case: Case) -> None:
    address = f"{case.phone}@c.us"
    stored = outcome.messages.get(address, [])
    assert [(each["direction"], each["message_type"]) for each in stored] == [
        (direction, kind) for direction, kind, _ in case.messages
    ]
    for each, (_, _, text) in zip(stored, case.messages, strict=True):
        assert text in (each["message"] or "")
    assert outcome.open_sessions.get(address, 0) == int(case.is_answered)
    assert outcome.notices.get(address, 0) == int(case.is_answered)
    topic = "\n".join(outcome.topics.get(address, []))
    for text in case.shows:
        assert text in topic
    for text in (*case.hides, "{", "[unknown]", "Message]"):
        assert text not in topic
    places = [_find_place(outcome.topics[address], text) for text in case.in_order]
    assert places == sorted(places)
    if case.apologies is not None:
        assert outcome.contacts[address]["apologies"] == case.apologies
    if case.customer_name is not None:
        assert outcome.contacts[address]["name"] == case.customer_name
    if case.alias is not None:
        assert outcome.contacts[address]["alias"] == case.alias


def _find_place(texts: list[str], text: str) -> int:
    """Return where a text stands last in a topic."""
    return max(place for place, each in enumerate(texts) if text in each)


async def test_nothing_is_parked(outcome: Outcome) -> None:
    assert outcome.parked == []


async def test_nobody_else_becomes_a_customer(outcome: Outcome) -> None:
    expected = {f"{case.phone}@c.us" for case in CASES if case.messages}
    assert set(outcome.contacts) == expected
