"""Canned replies: filled in once, the best one for a customer, and suggestions after typos."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.ids import CannedReplyId, ChannelId
from desk.canned.rendering import (
    EXAMPLE_VALUES,
    CannedText,
    choose_replies,
    find_similar,
    find_unknown_variables,
    slot_key,
)
from desk.formatting.variables import render

SHOP, BANK = ChannelId("shop"), ChannelId("bank")


def reply(
    text: str, shortcut: str = "hi", language: str = "", channel: str | None = None
) -> CannedText:
    channel_id = None if channel is None else ChannelId(channel)
    return CannedText(CannedReplyId(text), shortcut, "Title", text, language, channel_id)


def test_variables_are_filled_in_whatever_the_spaces() -> None:
    assert render("{{name}}, {{ name }}: {{agent}}!", {"name": "Ann", "agent": "Mia"}) == (
        "Ann, Ann: Mia!"
    )


def test_what_has_no_value_is_left_out() -> None:
    assert render("Hello {{username}}.", {}) == "Hello ."


@pytest.mark.parametrize("text", ["{name}", "{{name", "name}}", "{{ na me }}", "{{}", "{% name %}"])
def test_what_is_no_variable_stays(text: str) -> None:
    assert render(text, {"name": "Ann"}) == text
    assert find_unknown_variables(text) == []


@given(st.text(), st.dictionaries(st.sampled_from(sorted(EXAMPLE_VALUES)), st.text()))
def test_what_is_filled_in_is_never_looked_through_for_more(
    around: str, values: dict[str, str]
) -> None:
    around = around.replace("{", "").replace("}", "")
    assert render(f"{around}{{{{name}}}}{around}", {"name": "{{agent}}", **values}) == (
        f"{around}{values.get('name', '{{agent}}')}{around}"
    )


@given(st.text())
def test_any_text_can_be_looked_through(text: str) -> None:
    find_unknown_variables(text)
    render(text, EXAMPLE_VALUES)


def test_unknown_variables_are_named_once_and_in_order() -> None:
    assert find_unknown_variables("{{who}} {{name}} {{ what }} {{who}} {{}}") == ["who", "what", ""]


def test_the_customers_language_comes_first_then_the_channels_own() -> None:
    replies = [
        reply("everybody"),
        reply("shop", channel="shop"),
        reply("id", language="id"),
        reply("id at the shop", language="id", channel="shop"),
        reply("en", language="en"),
        reply("bank", language="id", channel="bank"),
    ]

    def chosen(*languages: str, channel: ChannelId = SHOP) -> str:
        [found] = choose_replies(replies, channel_id=channel, languages=languages)
        return found.text

    assert chosen("id", "en") == "id at the shop"
    assert chosen("en", "id") == "en"
    assert chosen("fr", "en") == "en"
    assert chosen("fr") == "shop"
    assert chosen("id", channel=BANK) == "bank"
    assert chosen(channel=ChannelId("other")) == "everybody"


def test_a_reply_of_another_language_is_better_than_none() -> None:
    [found] = choose_replies([reply("halo", language="id")], channel_id=SHOP, languages=["en"])
    assert found.text == "halo"
    assert choose_replies([reply("b", channel="bank")], channel_id=SHOP, languages=["en"]) == []


def test_of_each_shortcut_there_is_one_and_they_are_in_order() -> None:
    replies = [reply("1", "b"), reply("2", "a"), reply("3", "b", language="en"), reply("4", "c")]
    found = choose_replies(replies, channel_id=SHOP, languages=["en"])
    assert [(each.shortcut, each.text) for each in found] == [("a", "2"), ("b", "3"), ("c", "4")]


def test_a_place_is_one_for_each_channel_language_and_shortcut() -> None:
    slots = {
        slot_key(channel, language, shortcut)
        for channel in (None, SHOP, BANK)
        for language in ("", "en")
        for shortcut in ("a", "b")
    }
    assert len(slots) == 12


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("helo", ["hello"]),
        ("HEL", ["hello", "help-me"]),
        ("refunds", ["refund"]),
        ("xyzzy", []),
        ("\N{PILE OF POO}", []),
    ],
)
def test_who_mistypes_is_told_what_is_near(wanted: str, found: list[str]) -> None:
    assert find_similar(wanted, ["hello", "help-me", "refund", "bye"])[: len(found)] == found
    assert bool(find_similar(wanted, ["hello", "help-me", "refund", "bye"])) == bool(found)
