"""Tests that any JSON object becomes a row that both database engines accept."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.intake.raw_updates import to_inbound_event
from db.database import Database
from db.ids import ChannelId, new_id
from db.queues import inbox
from db.tables import Channel, ChannelKind

CHANNEL = ChannelId(new_id())
KEY_LENGTH = 191

# JSON's \ud83d is half a surrogate pair: Python parses it, but no database can store it.
strings = st.text(st.characters(), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | strings
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3)
)
ids = st.integers() | st.integers(2**62, 2**70) | st.booleans() | json_values
chats = st.fixed_dictionaries({"id": ids}) | json_values
messages = (
    st.fixed_dictionaries(
        {"chat": chats},
        optional={"message_thread_id": ids, "is_topic_message": st.booleans() | scalars},
    )
    | json_values
)
kinds = st.sampled_from(["message", "edited_message", "message_reaction", "callback_query", "🙂"])
events = messages | st.fixed_dictionaries({"message": messages})
updates = st.builds(
    lambda update_id, parts: {**update_id, **parts},
    st.fixed_dictionaries({}, optional={"update_id": ids}),
    st.dictionaries(kinds | strings, events, max_size=3),
)


@given(updates)
@example({"update_id": True})
@example({"update_id": 10**4000})
@example({"update_id": 1, "message": {"chat": {"id": 10**4000}}})
@example({"update_id": 1, "message": {"chat": {"id": 5}, "text": "\ud83d"}})
@example({"\udc00": {"chat": {"id": float("nan")}}})
def test_any_object_becomes_a_row_that_fits(update: dict[str, Any]) -> None:
    row = to_inbound_event(CHANNEL, update)
    for key in (row.lane, row.provider_id):
        assert key.isascii()
        assert 0 < len(key) <= KEY_LENGTH
    assert row.lane.startswith(f"tg:{CHANNEL}:")
    assert isinstance(json.loads(row.payload.encode()), dict)


@given(updates)
def test_the_same_update_is_always_the_same_row(update: dict[str, Any]) -> None:
    assert to_inbound_event(CHANNEL, update) == to_inbound_event(CHANNEL, update)


@given(updates)
def test_what_can_be_kept_is_kept_as_it_is(update: dict[str, Any]) -> None:
    try:
        text = json.dumps(update, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except UnicodeEncodeError:
        return
    assert to_inbound_event(CHANNEL, update).payload == text


def lane(**event: Any) -> str:
    return to_inbound_event(CHANNEL, {"update_id": 1, **event}).lane.removeprefix(f"tg:{CHANNEL}:")


GROUP = {"id": -1001, "type": "supergroup"}


@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_a_private_chat_and_each_topic_are_lanes_of_their_own(kind: str) -> None:
    assert lane(**{kind: {"chat": {"id": 7, "type": "private"}}}) == "7"
    topic = {"chat": GROUP, "message_thread_id": 5, "is_topic_message": True}
    assert lane(**{kind: topic}) == "-1001:5"
    # A reply thread outside a forum has a thread id too, so only `is_topic_message` is reliable.
    assert lane(**{kind: {"chat": GROUP, "message_thread_id": 5}}) == "-1001"


def test_a_button_belongs_to_the_lane_of_its_message() -> None:
    message = {"chat": GROUP, "message_thread_id": 5, "is_topic_message": True}
    assert lane(callback_query={"id": "1", "message": message}) == "-1001:5"
    assert lane(callback_query={"id": "1", "inline_message_id": "x"}) == "other"


def test_what_names_no_chat_shares_a_lane() -> None:
    assert lane(poll={"id": "1"}) == "other"
    assert lane() == "other"


def test_an_update_without_a_number_is_known_again_by_its_content() -> None:
    first, second = ({"message": {"text": each}} for each in "ab")
    assert (
        to_inbound_event(CHANNEL, first).provider_id
        == to_inbound_event(CHANNEL, dict(first)).provider_id
    )
    assert (
        to_inbound_event(CHANNEL, first).provider_id
        != to_inbound_event(CHANNEL, second).provider_id
    )


async def test_half_a_surrogate_pair_can_be_kept_on_both_engines(database: Database) -> None:
    texts = ["\ud83d", "\ude00\ud83d", "😀", "nul \x00", "￿", "\U0010ffff"]
    sent = [{"update_id": place, "message": {"text": text}} for place, text in enumerate(texts)]
    async with database.transaction() as tx:
        tx.add(Channel(id=CHANNEL, kind=ChannelKind.TELEGRAM, external_id="1", name="Bot"))
        await tx.flush()
        await inbox.put(
            tx, [to_inbound_event(CHANNEL, json.loads(json.dumps(each))) for each in sent]
        )
    async with database.transaction() as tx:
        found = await inbox.read_oldest(tx, [f"tg:{CHANNEL}:other"], 10)
    kept = [json.loads(row.payload)["message"]["text"] for each in found.values() for row in each]
    assert kept == ["\ufffd", "\ufffd\ufffd", "😀", "nul \x00", "￿", "\U0010ffff"]
