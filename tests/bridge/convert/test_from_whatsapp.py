"""Tests that parse WhatsApp's marks to entities."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.convert.from_whatsapp import parse_formatting
from desk.formatting.splitting import utf16_length


def entity(kind: str, offset: int, length: int) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length}


@pytest.mark.parametrize(
    ("written", "text", "entities"),
    [
        ("*a*", "a", [entity("bold", 0, 1)]),
        ("_a b_!", "a b!", [entity("italic", 0, 3)]),
        ("so ~a~", "so a", [entity("strikethrough", 3, 1)]),
        ("`a*b*`", "a*b*", [entity("code", 0, 4)]),
        ("```a\nb```", "a\nb", [entity("pre", 0, 3)]),
        ("*a _b_*", "a b", [entity("bold", 0, 3), entity("italic", 2, 1)]),
        ("> a\n> *b*\nc", "a\nb\nc", [entity("blockquote", 0, 3), entity("bold", 2, 1)]),
        ("\U0001f600 *\U0001f600*", "\U0001f600 \U0001f600", [entity("bold", 3, 2)]),
        ("*http://x.example/_a_*", "http://x.example/_a_", [entity("bold", 0, 20)]),
        ("**a**", "*a*", [entity("bold", 1, 1)]),
        ("*a_b*", "a_b", [entity("bold", 0, 3)]),
    ],
)
def test_marks_become_entities(written: str, text: str, entities: list[object]) -> None:
    assert parse_formatting(written) == (text, entities)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2*3*4 and snake_case_name",
        "* an item\n* another",
        "*a\nb*",
        "* a*",
        "*a *",
        "a*b*c",
        "~~",
        "``",
        "``````",
        "` `",
        "http://x.example/*a*/_b_/c",
        "5 > 3",
        ">",
        "_ _ _",
    ],
)
def test_what_is_no_pair_of_marks_stays(written: str) -> None:
    assert parse_formatting(written) == (written, None)


@given(st.text(st.sampled_from("ab *_~`>\n\U0001f600é"), max_size=60))
@example("_`> `_")
def test_entities_lie_within_the_text_and_hold_words(written: str) -> None:
    text, entities = parse_formatting(written)
    units = text.encode("utf-16-le")
    code = [each for each in entities or () if each["type"] in {"code", "pre"}]
    code_starts = {each["offset"] for each in code}
    code_ends = {each["offset"] + each["length"] for each in code}
    for each in entities or ():
        begin, length = each["offset"] * 2, each["length"] * 2
        held = units[begin : begin + length].decode("utf-16-le")
        assert utf16_length(held) == each["length"] > 0
        if each["type"] in {"bold", "italic", "strikethrough"}:
            # A space at an edge is one that code begins or ends with.
            assert held == held.lstrip() or each["offset"] in code_starts
            assert held == held.rstrip() or each["offset"] + each["length"] in code_ends
            assert "\n" not in held


@given(st.text(max_size=200))
def test_nothing_but_marks_is_lost(written: str) -> None:
    text, _ = parse_formatting(written)
    for mark in "*_~`> ":
        written, text = written.replace(mark, ""), text.replace(mark, "")
    assert text == written


@pytest.mark.parametrize("of", ["*", "_a *b ", "```", "`", "> ", "http://", "~a", "`a\n", "```a\n"])
def test_a_long_text_of_marks_takes_no_time(of: str) -> None:
    begun = time.process_time()
    parse_formatting(of * 20_000)
    assert time.process_time() - begun < 5
