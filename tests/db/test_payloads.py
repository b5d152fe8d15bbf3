"""Outbox payloads: stored and read again, each is what it was."""

import json
from dataclasses import MISSING, fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.content import Content
from db.ids import ChannelId, MessageId
from db.queues.payloads import (
    AnswerPayload,
    CopyPayload,
    EditPayload,
    OutboxPayload,
    StaffNoticePayload,
    UnreadablePayload,
    decode,
    encode,
)
from db.tables import MessageType, OutboxKind

CLASSES: tuple[Any, ...] = get_args(OutboxPayload)
WORDS = st.text(max_size=9)
JSON_OBJECTS = st.dictionaries(
    WORDS, st.none() | st.integers() | WORDS | st.lists(WORDS), max_size=3
)
CONTENTS = st.builds(
    Content,
    type=st.sampled_from(MessageType),
    text=st.none() | WORDS,
    entities=st.none() | st.lists(JSON_OBJECTS, max_size=2),
    file=st.none() | JSON_OBJECTS,
    attributes=st.none() | JSON_OBJECTS,
    album=st.none() | WORDS,
    source=st.none() | st.tuples(WORDS, WORDS),
)
for simple in (MessageId, ChannelId):
    st.register_type_strategy(simple, WORDS)
st.register_type_strategy(Content, CONTENTS)
PAYLOADS = st.one_of([st.from_type(each) for each in CLASSES])


def test_every_kind_has_one_class() -> None:
    assert sorted(each.kind for each in CLASSES) == sorted(OutboxKind)


@given(PAYLOADS)
def test_a_stored_payload_is_read_as_it_was(payload: OutboxPayload) -> None:
    stored = json.loads(json.dumps(encode(payload)))
    assert decode(payload.kind, stored) == payload


@given(PAYLOADS)
def test_what_is_stored_beside_a_payload_does_not_change_it(payload: OutboxPayload) -> None:
    assert decode(payload.kind, {**encode(payload), "waited_for": True}) == payload


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        (
            AnswerPayload(Content(text="Hi"), MessageId("1"), is_part=True),
            {"content": {"type": "TEXT", "text": "Hi"}, "reply_to": "1", "is_part": True},
        ),
        (CopyPayload(Content(text="Hi")), {"content": {"type": "TEXT", "text": "Hi"}}),
        (
            StaffNoticePayload(Content(text="?"), buttons=[[{"text": "Yes", "data": "y"}]]),
            {
                "content": {"type": "TEXT", "text": "?"},
                "buttons": [[{"text": "Yes", "data": "y"}]],
                "reply_to": None,
            },
        ),
        (
            EditPayload(Content(text="Hi"), MessageId("1"), by="Ann"),
            {"message": "1", "content": {"type": "TEXT", "text": "Hi"}, "by": "Ann"},
        ),
    ],
)
def test_rows_that_wait_during_an_update_are_read(
    payload: OutboxPayload, stored: dict[str, Any]
) -> None:
    assert decode(payload.kind, stored) == payload


def test_defaults_are_not_stored() -> None:
    assert encode(AnswerPayload(Content(text="Hi"))) == {"content": {"type": "TEXT", "text": "Hi"}}


def _damage(stored: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return what is left of a stored payload by an accident."""
    junk = st.none() | st.integers() | WORDS | st.lists(WORDS) | JSON_OBJECTS
    if not stored:
        return junk
    name = st.sampled_from(sorted(stored))
    without = name.map(lambda key: {k: v for k, v in stored.items() if k != key})
    return junk | without | st.tuples(name, junk).map(lambda pair: {**stored, pair[0]: pair[1]})


@given(st.data(), PAYLOADS)
def test_a_damaged_payload_never_stops_the_reading(
    data: st.DataObject, payload: OutboxPayload
) -> None:
    damaged = data.draw(_damage(json.loads(json.dumps(encode(payload)))))
    read = decode(payload.kind, damaged)
    assert read.kind is payload.kind
    if isinstance(read, UnreadablePayload):
        assert read.reason
        assert read.refers_to is None


@pytest.mark.parametrize("kind", OutboxKind)
def test_a_payload_without_its_required_parts_is_unreadable(kind: OutboxKind) -> None:
    [payload_class] = [each for each in CLASSES if each.kind is kind]
    required = [each for each in fields(payload_class) if each.default is MISSING]
    required = [each for each in required if each.default_factory is MISSING]
    assert isinstance(decode(kind, {}), UnreadablePayload) is bool(required)
