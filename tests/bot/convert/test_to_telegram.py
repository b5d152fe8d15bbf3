"""Tests that convert the desk's content to Telegram objects."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.convert import to_telegram
from desk.delivery.ports import Card
from desk.formatting.splitting import utf16_length


@pytest.mark.parametrize(
    "kept",
    [
        [{"type": "bold", "offset": 0, "length": 4}],
        [{"type": "pre", "offset": 0, "length": 4, "language": "python"}],
        [{"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/"}],
        [{"type": "a_kind_of_tomorrow", "offset": 0, "length": 4}],
    ],
)
def test_entities_go_out_as_they_came(kept: list[dict[str, Any]]) -> None:
    made = to_telegram.to_entities(kept)
    assert made is not None
    assert [each.model_dump(exclude_none=True) for each in made] == kept


def test_no_entities_are_none() -> None:
    assert to_telegram.to_entities(None) is None
    assert to_telegram.to_entities([]) is None


def test_buttons_keep_their_rows_and_their_data() -> None:
    buttons = [[{"text": "Claim", "data": "claim:1"}, {"text": "End", "data": "end:1"}], []]
    made = to_telegram.to_keyboard(buttons)
    assert made is not None
    assert [[(b.text, b.callback_data) for b in row] for row in made.inline_keyboard] == [
        [("Claim", "claim:1"), ("End", "end:1")],
        [],
    ]
    assert to_telegram.to_keyboard([]) is None


def test_a_reply_to_a_deleted_message_is_sent() -> None:
    made = to_telegram.to_reply_parameters("12")
    assert made is not None
    assert (made.message_id, made.allow_sending_without_reply) == (12, True)
    assert to_telegram.to_reply_parameters(None) is None


def test_general_has_no_number() -> None:
    assert to_telegram.to_thread_id(None) is None
    assert to_telegram.to_thread_id("5") == 5


@given(st.text())
def test_a_topics_name_is_never_empty_nor_too_long(title: str) -> None:
    name = to_telegram.to_topic_name(title)
    assert name.strip()
    assert 1 <= len(name) <= 128


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_in_a_customers_name_is_markup(name: str, username: str) -> None:
    card = Card(name, (("Customer", name), ("Username", username)))
    text, entities = to_telegram.render_card(card)
    assert text == f"Customer: {name}\nUsername: {username}"
    encoded = text.encode("utf-16-le")
    bold = [encoded[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in entities]
    assert bold == ["Customer", "Username"]
    assert all(e.offset + e.length <= utf16_length(text) for e in entities)
