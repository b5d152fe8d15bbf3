"""Tests of message ids: every form has one stored form, and ours lead back to their row."""

import pytest

from bridge.waha.identifiers import message_ids
from bridge.waha.identifiers.message_ids import MalformedIdError
from db.ids import ChannelId

CHANNEL, OTHER = ChannelId("01KAPQ4M6Q9Y0JX7T0ZV3F9B2D"), ChannelId("01KAPQ4M6Q9Y0JX7T0ZV3F9B2E")


@pytest.mark.parametrize(
    "written",
    [
        "false_491511234567@c.us_3EB0AAA",
        "false_99887766@lid_3EB0AAA",
        "false_123-456@g.us_3EB0AAA_491511234567@c.us",
        "false_3EB0AAA",
        "3EB0AAA",
    ],
)
def test_every_form_of_an_id_is_kept_as_one(written: str) -> None:
    assert message_ids.parse_message_id(written).stored_id == "false_3EB0AAA"


def test_the_writer_is_taken_from_the_id_and_else_from_the_event() -> None:
    assert message_ids.parse_message_id("true_1@c.us_AAA", from_us=False).stored_id == "true_AAA"
    assert message_ids.parse_message_id("AAA", from_us=True).stored_id == "true_AAA"
    assert message_ids.has_author("true_1@c.us_AAA")
    assert not message_ids.has_author("AAA")


def test_a_stored_id_and_its_chat_give_wahas_id() -> None:
    assert message_ids.parse_message_id("false_AAA").to_waha_id("1@lid") == "false_1@lid_AAA"
    assert message_ids.parse_message_id("true_1@c.us_AAA").to_waha_id("1@c.us") == "true_1@c.us_AAA"


@pytest.mark.parametrize(
    "written", ["", "true_", "true_1@c.us_", "a b", "ü", "x" * 121, "false_1@c.us_a/b", "a\0"]
)
def test_what_is_no_id_is_refused(written: str) -> None:
    with pytest.raises(MalformedIdError):
        message_ids.parse_message_id(written)


def test_a_message_that_we_named_leads_back_to_its_row() -> None:
    tail = message_ids.build_own_tail(CHANNEL, 4711)
    assert message_ids.find_row_id(CHANNEL, tail) == 4711
    assert message_ids.parse_message_id(f"true_1@c.us_{tail}").tail == tail
    assert len(tail) == 22


def test_no_other_message_leads_to_a_row() -> None:
    tail = message_ids.build_own_tail(CHANNEL, 4711)
    assert message_ids.find_row_id(OTHER, tail) is None
    assert message_ids.find_row_id(CHANNEL, "3EB0" + "0" * 18) is None
    assert message_ids.find_row_id(CHANNEL, tail[:-1]) is None
    assert message_ids.build_own_tail(OTHER, 4711) != tail
