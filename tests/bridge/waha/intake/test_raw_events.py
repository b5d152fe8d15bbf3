"""Tests of stored events: a repeated event has one id, and a customer has one lane."""

import json
from typing import Any

import pytest

from bridge.waha.intake.raw_events import RawEvent, build_provider_id, to_inbound_event
from db.ids import ChannelId

CHANNEL = ChannelId("01KAPQ4M6Q9Y0JX7T0ZV3F9B2D")


def raw(event: str, payload: Any, **more: Any) -> RawEvent:
    return RawEvent.parse(json.dumps({"event": event, "payload": payload, **more}).encode())


def message(**fields: Any) -> dict[str, Any]:
    return {"id": "false_1@c.us_AAA", "from": "1@c.us", "fromMe": False, **fields}


def test_one_message_has_one_name_in_each_event_about_it() -> None:
    one, again = raw("message", message(), id="evt_1"), raw("message.any", message(), id="evt_2")
    by_lid = raw("message", message(id="false_9@lid_AAA"), id="evt_3")
    assert (
        build_provider_id(one)
        == build_provider_id(again)
        == build_provider_id(by_lid)
        == "message:false_AAA"
    )


def test_each_delivery_status_is_one_event() -> None:
    names = {
        build_provider_id(raw("message.ack", {"id": "true_1@c.us_A", "ack": n})) for n in (1, 2, 3)
    }
    assert len(names) == 3
    same = raw("message.ack", {"id": "true_1@c.us_A", "ack": 3, "ackName": "READ"}, id="evt_9")
    assert build_provider_id(same) in names


def test_a_reaction_and_that_it_was_taken_back_are_two_events() -> None:
    about = {"text": "👍", "messageId": "true_1@c.us_A"}
    on = raw("message.reaction", message(id="false_1@c.us_R1", reaction=about))
    off = raw("message.reaction", message(id="false_1@c.us_R2", reaction={**about, "text": ""}))
    assert build_provider_id(on) != build_provider_id(off)


def test_a_call_is_one_event_however_often_it_is_sent() -> None:
    call = {"id": "C1", "from": "1@c.us"}
    first, again = raw("call.received", call, id="evt_1"), raw("call.received", call, id="evt_2")
    other = raw("call.received", {**call, "id": "C2"}, id="evt_3")
    assert build_provider_id(first) == build_provider_id(again) == "call.received:C1"
    assert build_provider_id(other) != build_provider_id(first)


def test_a_status_is_told_apart_by_its_event() -> None:
    first = raw("session.status", {"status": "WORKING"}, id="evt_1")
    assert build_provider_id(first) == "session.status:evt_1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b'{"event": 7}',
        b'{"event": "message"}',
        b'{"event": "message", "payload": []}',
        b'{"event": "message", "payload": {"id": {"a": 1}}}',
        b'{"event": "message", "payload": {"id": "\xc3\xbc"}}',
        b'{"event": "' + b"x" * 500 + b'", "id": "y", "payload": {}}',
        b"[" * 100_000,
        b'{"event": "message.revoked", "payload": {"after": 7, "before": []}}',
    ],
)
def test_whatever_comes_is_kept(body: bytes) -> None:
    row = to_inbound_event(CHANNEL, RawEvent.parse(body), None)
    assert row.provider_id == build_provider_id(RawEvent.parse(body))
    assert 0 < len(row.provider_id) <= 191
    assert row.provider_id.isascii()
    assert len(row.lane) <= 191
    row.payload.encode()


def test_what_a_customer_does_is_in_one_lane_by_whichever_id() -> None:
    hidden = raw("message", message(id="false_9@lid_B", **{"from": "9@lid"}))
    ticked = raw("message.ack", {"id": "true_1@c.us_A", "from": "7@c.us", "to": "1@c.us"} | ME)
    gone = raw("message.revoked", {"revokedMessageId": "A", "after": message(id="false_1@c.us_X")})
    lanes = {
        to_inbound_event(CHANNEL, raw("message", message()), None).lane,
        to_inbound_event(CHANNEL, hidden, "1@c.us").lane,
        to_inbound_event(CHANNEL, ticked, None).lane,
        to_inbound_event(CHANNEL, gone, None).lane,
    }
    assert len(lanes) == 1


ME = {"fromMe": True}


def test_an_event_without_a_person_waits_for_no_other() -> None:
    lanes = {
        to_inbound_event(CHANNEL, RawEvent.parse(body), None).lane for body in (b"a", b"b", b"c")
    }
    assert len(lanes) == 3


def test_half_a_character_can_be_kept() -> None:
    row = to_inbound_event(CHANNEL, raw("message", message(body="\ud800")), None)
    assert "\ud800" not in row.payload
    assert json.loads(row.payload)["payload"]["id"] == "false_1@c.us_AAA"
