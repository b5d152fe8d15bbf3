"""Tests that format entities with WhatsApp's marks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.convert.from_whatsapp import parse_formatting
from bridge.convert.to_whatsapp import format_text, split_formatted_text
from desk.formatting.splitting import utf16_length

URL = "https://x.example/page"


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "entities", "written"),
    [
        ("hello world", [entity("bold", 0, 5)], "*hello* world"),
        ("hello world", [entity("bold", 0, 6)], "*hello* world"),
        ("a\nb c", [entity("bold", 0, 5)], "*a*\n*b c*"),
        ("a\n\n b", [entity("italic", 0, 5)], "_a_\n\n _b_"),
        ("a b", [entity("bold", 0, 3), entity("italic", 2, 1)], "*a _b_*"),
        ("a b", [entity("bold", 0, 3), entity("italic", 0, 3)], "*_a b_*"),
        ("x", [entity("strikethrough", 0, 1)], "~x~"),
        ("x*y", [entity("code", 0, 3)], "`x*y`"),
        ("x\n  y", [entity("pre", 0, 5)], "```x```\n  ```y```"),
        ("a\nb\nc", [entity("blockquote", 0, 3)], "> a\n> b\nc"),
        ("a b", [entity("expandable_blockquote", 0, 3), entity("bold", 0, 1)], "> *a* b"),
        ("see here", [entity("text_link", 4, 4, url=URL)], f"see here ({URL})"),
        (
            "see here now",
            [entity("text_link", 4, 4, url=URL), entity("bold", 4, 4)],
            f"see *here* ({URL}) now",
        ),
        (
            "see here now",
            [entity("text_link", 4, 4, url=URL), entity("bold", 0, 12)],
            f"*see here ({URL}) now*",
        ),
        (URL, [entity("text_link", 0, len(URL), url=URL)], URL),
        ("x.example/page", [entity("text_link", 0, 14, url=URL)], "x.example/page"),
        ("plain", [entity("underline", 0, 5), entity("spoiler", 0, 5)], "plain"),
        ("\U0001f600 b", [entity("custom_emoji", 0, 2), entity("bold", 3, 1)], "\U0001f600 *b*"),
        ("unbelievable", [entity("bold", 2, 3)], "unbelievable"),
        ("ab cd", [entity("bold", 0, 5), entity("code", 3, 2)], "*ab `cd`*"),
        ("ab cd ef", [entity("bold", 0, 5), entity("code", 3, 5)], "ab `cd ef`"),
        ("   ", [entity("bold", 0, 3)], "   "),
        ("a", [entity("bold", 5, 3)], "a"),
    ],
)
def test_entities_become_marks(text: str, entities: list[Any], written: str) -> None:
    assert format_text(text, entities) == written


@given(st.text(max_size=100))
def test_a_text_without_entities_stays(text: str) -> None:
    assert format_text(text, None) == text


WORDS = st.lists(
    st.tuples(
        st.text(st.sampled_from("abé\U0001f600"), min_size=1, max_size=6),
        st.sampled_from([None, "bold", "italic", "strikethrough", "code"]),
    ),
    min_size=1,
    max_size=8,
)


@given(WORDS)
def test_what_is_written_reads_the_same(words: list[tuple[str, str | None]]) -> None:
    text, entities = "", []
    for word, kind in words:
        text += " " if text else ""
        if kind is not None:
            entities.append(entity(kind, utf16_length(text), utf16_length(word)))
        text += word
    assert parse_formatting(format_text(text, entities)) == (text, entities or None)


SPANS = st.lists(
    st.builds(
        entity,
        st.sampled_from(["bold", "italic", "code", "pre", "blockquote", "spoiler"]),
        st.integers(0, 60),
        st.integers(1, 60),
    ),
    max_size=6,
)


@given(st.text(st.sampled_from("ab \n\U0001f600"), min_size=1, max_size=60), SPANS)
def test_any_entities_lose_no_word(text: str, entities: list[Any]) -> None:
    written = format_text(text, entities)
    for mark in "*_`> ":
        written, text = written.replace(mark, ""), text.replace(mark, "")
    assert written == text


@given(
    st.text(st.sampled_from("abc  \n.\U0001f600"), max_size=400),
    SPANS,
    st.integers(12, 80),
    st.one_of(st.none(), st.integers(12, 40)),
)
def test_parts_are_short_enough_and_lose_no_word(
    text: str, entities: list[Any], limit: int, first: int | None
) -> None:
    parts = list(split_formatted_text(text, entities, limit, first))
    for at, part in enumerate(parts):
        assert utf16_length(part) <= (first if first and at == 0 else limit)
    together = "".join(parts)
    for mark in "*_`> \n":
        together, text = together.replace(mark, ""), text.replace(mark, "")
    assert together == text


def test_a_caption_is_shorter_than_what_follows_it() -> None:
    parts = list(
        split_formatted_text(("word " * 1500).strip(), [entity("bold", 0, 7499)], 4096, 1024)
    )
    assert [len(part) <= limit for part, limit in zip(parts, (1024, 4096, 4096), strict=True)]
    assert all(part.startswith("*word") and part.endswith("word*") for part in parts)
    assert " ".join(part.strip("*") for part in parts) == ("word " * 1500).strip()


def test_an_address_longer_than_a_message_is_cut() -> None:
    url = f"https://x.example/{'a' * 200}"
    parts = list(split_formatted_text("here", [entity("text_link", 0, 4, url=url)], 50))
    assert all(len(part) <= 50 for part in parts)
    assert "".join(parts).replace(" ", "") == f"here({url})"


def _mark(kind: str, offset: int, length: int) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length}


@pytest.mark.parametrize(
    ("text", "entities", "written"),
    [
        # A span that crosses another one is split where the other one ends.
        (
            "one two three",
            [_mark("bold", 0, 7), _mark("italic", 4, 9)],
            "*one _two_* _three_",
        ),
        # Touching spans of one kind are one, and do not push out what crosses both.
        (
            "one two three",
            [_mark("bold", 0, 4), _mark("bold", 4, 3), _mark("italic", 4, 9)],
            "*one _two_* _three_",
        ),
        # No mark stands in a URL or right beside it.
        ("see https://a.b/c_d now", [_mark("bold", 0, 23)], "*see https://a.b/c_d now*"),
        ("see https://a.b/c_d", [_mark("bold", 0, 19)], "*see* https://a.b/c_d"),
        ("https://a.b/c_d", [_mark("bold", 0, 15)], "https://a.b/c_d"),
        ("https://a.b/c_d", [_mark("italic", 12, 3)], "https://a.b/c_d"),
        # Where words have no spaces between them, a mark may stand beside any character.
        ("我要红色的鞋", [_mark("bold", 2, 3)], "我要*红色的*鞋"),
        ("word", [_mark("bold", 1, 2)], "word"),
    ],
)
def test_marks_stand_where_whatsapp_reads_them(
    text: str, entities: list[dict[str, object]], written: str
) -> None:
    assert format_text(text, entities) == written
