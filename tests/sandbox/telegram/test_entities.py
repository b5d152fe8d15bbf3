"""Tests that markup becomes entities, and that mistakes are refused in Telegram's words."""

import pytest

from sandbox.telegram.model.errors import ApiError
from sandbox.telegram.state.world import World
from sandbox.telegram.text.auto_entities import find_entities
from sandbox.telegram.text.formatting import text_content
from sandbox.telegram.text.html_entities import parse_html
from sandbox.telegram.text.markdown_entities import parse_markdown

RESERVED = "Character '.' is reserved and must be escaped with the preceding '\\' at byte offset 1"


def entity(kind: str, offset: int, length: int, **more: object) -> dict[str, object]:
    return {"offset": offset, "length": length, "type": kind, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &#33;&#x21; &nope;", "a <b> & !! &nope;", []),
        ("<b>👋 x</b>y", "👋 xy", [entity("bold", 0, 4)]),
        (
            "<b>a<i>b</i></b><u>c</u><s>d</s>",
            "abcd",
            [
                entity("bold", 0, 2),
                entity("italic", 1, 1),
                entity("underline", 2, 1),
                entity("strikethrough", 3, 1),
            ],
        ),
        (
            '<a href="https://x.org/?a=1&amp;b=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://x.org/?a=1&b=2")],
        ),
        (
            '<pre><code class="language-python">x = 1</code></pre>',
            "x = 1",
            [entity("pre", 0, 5, language="python")],
        ),
        (
            "<blockquote expandable>q</blockquote><tg-spoiler>s</tg-spoiler>",
            "qs",
            [entity("expandable_blockquote", 0, 1), entity("spoiler", 1, 1)],
        ),
        ("<b></b>x", "x", []),
    ],
)
def test_html(source: str, text: str, entities: list[dict[str, object]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ä<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_mistakes_in_html(source: str, mistake: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {mistake}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ __u__ ~s~ \\.", "b i u s .", ["bold", "italic", "underline", "strikethrough"]),
        ("||s|| `a.b`", "s a.b", ["spoiler", "code"]),
        ("[x](https://x.org/\\)a)", "x", ["text_link"]),
        ("```\nx = 1\n```", "\nx = 1\n", ["pre"]),
    ],
)
def test_markdown(source: str, text: str, entities: list[str]) -> None:
    parsed, found = parse_markdown(source, legacy=False)
    assert parsed == text
    assert [one["type"] for one in found] == entities


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        (
            "a.b",
            RESERVED,
        ),
        ("a *b", "Can't find end of Bold entity at byte offset 2"),
    ],
)
def test_mistakes_in_markdown(source: str, mistake: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_markdown(source, legacy=False)
    assert caught.value.description == f"Bad Request: can't parse entities: {mistake}"


def test_telegram_finds_entities_by_itself() -> None:
    text = (
        "/start@osmo_bot 👋 @ann https://x.org/a?b=1. see example.com #tag a@b.org +49 30 1234567"
    )
    units = text.encode("utf-16-le")
    found = [
        (
            one["type"],
            units[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le"),
        )
        for one in find_entities(text)
    ]
    assert found == [
        ("bot_command", "/start@osmo_bot"),
        ("mention", "@ann"),
        ("url", "https://x.org/a?b=1"),
        ("url", "example.com"),
        ("hashtag", "#tag"),
        ("email", "a@b.org"),
        ("phone_number", "+49 30 1234567"),
    ]
    assert find_entities("1/2 and a/b, 50% e.g. this") == []


def test_trimming_moves_entities() -> None:
    content = text_content(World(), "\n  <b> x </b>y \n", "HTML", None)
    assert content == {"text": "x y", "entities": [entity("bold", 0, 2)]}
