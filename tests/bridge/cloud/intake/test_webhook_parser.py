"""Tests that split a webhook's body: nothing is lost, and a repeated item keeps its id."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bridge.cloud.intake.webhook_parser import parse_items, to_inbound_events
from db.ids import ChannelId
from db.queues.inbox import InboundEvent
from tests.bridge.cloud.webhook_bodies import (
    CONTACT,
    PHONE,
    USER_ID,
    build_body,
    build_message,
    build_status,
    build_value,
    encode_body,
)

CHANNEL = ChannelId("C")


def arrivals(content: object) -> list[InboundEvent]:
    given_bytes = content if isinstance(content, bytes) else encode_body(content)
    return to_inbound_events(parse_items(given_bytes), lambda *_: CHANNEL, given_bytes)


def kept(arrival: InboundEvent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(arrival.payload)
    return found


def test_every_entry_change_and_item_is_an_arrival_of_its_own() -> None:
    one = build_value(
        contacts=[CONTACT],
        messages=[build_message("text", id="m1"), build_message("text", id="m2")],
        statuses=[build_status("sent"), build_status("delivered")],
        errors=[{"code": 1}],
    )
    two = {
        "entry": [
            *build_body(one, one)["entry"],
            *build_body(build_value(messages=[build_message("x")]))["entry"],
        ]
    }
    found = arrivals(two)
    assert [kept(each)["kind"] for each in found] == [
        *["message", "message", "status", "status"] * 2,
        "message",
    ]
    # Without the customer's number, which must not remain after an erasure.
    whose = hashlib.sha256(PHONE.encode()).hexdigest()[:16]
    assert [each.provider_id for each in found[:4]] == [
        "m1",
        "m2",
        f"wamid.ours:sent:{whose}",
        f"wamid.ours:delivered:{whose}",
    ]
    # The second change repeats the first, and has the same id.
    assert [each.provider_id for each in found[:4]] == [each.provider_id for each in found[4:8]]


def test_each_item_has_what_it_takes_to_be_understood_alone() -> None:
    other = {"wa_id": "1", "profile": {"name": "Bo"}}
    [first, second, third] = arrivals(
        build_body(
            build_value(
                contacts=[other, CONTACT],
                messages=[
                    build_message("text", id="1"),
                    {**build_message("text", id="2"), "from": "nobody"},
                    {"id": "3", "from_user_id": USER_ID},
                ],
            )
        )
    )
    assert kept(first)["contact"] == kept(third)["contact"] == CONTACT
    assert kept(second)["contact"] is None
    assert kept(first)["metadata"]["phone_number_id"] == "106540352242922"
    assert kept(first)["field"] == "messages"


def test_a_customers_messages_and_statuses_share_a_lane() -> None:
    echo = {"id": "e", "to": PHONE, "type": "text"}
    found = arrivals(
        build_body(
            build_value(
                messages=[build_message("text")],
                statuses=[build_status("sent")],
                message_echoes=[echo],
            )
        )
    )
    assert {each.lane for each in found} == {f"wa:C:{PHONE}"}
    [odd] = arrivals(build_body(build_value(messages=[{"id": "1", "from": "x" * 500 + "ü"}])))
    assert odd.lane.isascii()
    assert len(odd.lane) <= 191


def test_what_is_no_list_of_items_is_kept_too() -> None:
    news = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    assert [kept(each)["item"] for each in arrivals(build_body(news, field="account_update"))] == [
        news
    ]
    [only, rest] = arrivals(
        build_body(build_value(messages=[build_message("text")], calls=[{"id": "c"}]))
    )
    assert kept(only)["kind"] == "message"
    assert kept(rest)["item"] == {"calls": [{"id": "c"}]}
    for strange in (build_value(), build_value(messages="x"), {"metadata": None}):
        assert len(arrivals(build_body(strange))) == 1
    assert len(arrivals({"entry": [{"changes": "x"}, "y", {"changes": [1, {"value": 2}]}]})) == 4


def test_what_is_no_json_is_kept_as_it_came_and_bounded() -> None:
    for junk in (
        b"",
        b"{",
        b"\xff\xfe",
        b"nothing",
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ):
        [found] = arrivals(junk)
        assert kept(found)["kind"] == "unreadable"
        assert len(found.payload) < 200_000
        assert arrivals(junk)[0].provider_id == found.provider_id
    assert arrivals(b"{a")[0].provider_id != arrivals(b"{b")[0].provider_id
    # Parsed, but too deep to be encoded again.
    deep = b'{"entry": [{"changes": [{"value": {"x": ' + b"[" * 900 + b"]" * 900 + b"}}]}]}"
    assert len(arrivals(deep)) == 1


def test_ids_that_no_column_takes_become_digests() -> None:
    for odd in ("x" * 500, "wamid.ü", "a\nb", "\ud800"):
        [found] = arrivals(build_body(build_value(messages=[build_message("text", id=odd)])))
        assert found.provider_id.startswith("no-id:")
    [first] = arrivals(build_body(build_value(messages=[build_message("text", id=None)])))
    [other] = arrivals(
        build_body(build_value(messages=[build_message("text", id=None, text={"body": "else"})]))
    )
    assert first.provider_id != other.provider_id


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["entry", "changes", "value", "field", "messages", "statuses", "id", "contacts"]
            ),
            each,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_any_json_is_kept_in_a_way_that_every_column_takes(content: object) -> None:
    found = arrivals(content)
    assert found
    for each in found:
        assert each.provider_id.isascii()
        assert 0 < len(each.provider_id) <= 191
        assert len(each.lane) <= 191
        each.payload.encode()
        json.loads(each.payload)
