"""Splitting a long text loses only white space, and splits no grapheme."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.formatting.splitting import Entities, split_text, utf16_length

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
FLAG = "🇮🇩"
WAVE = "👋🏽"
KEYCAP = "1\ufe0f\u20e3"
ACCENT = "e\u0301"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
SEEN_AS_ONE = [FAMILY, FLAG, WAVE, KEYCAP, ACCENT, SCOTLAND]

pieces = st.one_of(
    st.sampled_from(
        [*SEEN_AS_ONE, " ", "\n", "\n\n", ". ", "! ", "? ", "\t", "😀", "word", "عربي"]
    ),
    st.text(max_size=6),
)
texts = st.lists(pieces, max_size=40).map("".join)
# Every sequence above fits into this length.
limits = st.integers(14, 60)


def units(text: str) -> list[bytes]:
    """Return a text's UTF-16 code units, which entities count."""
    encoded = text.encode("utf-16-le")
    return [encoded[at : at + 2] for at in range(0, len(encoded), 2)]


def without_space(text: str) -> str:
    return "".join(text.split())


@given(texts, limits)
@example(text="", limit=14)
@example(text=" " * 100, limit=14)
@example(text="a" * 100, limit=14)
@example(text="😀" * 50, limit=15)
def test_parts_fit_and_keep_everything_but_white_space_at_the_cuts(text: str, limit: int) -> None:
    parts = [part for part, _ in split_text(text, None, limit)]
    assert all(utf16_length(part) <= limit for part in parts)
    assert without_space("".join(parts)) == without_space(text)
    place = 0
    for part in parts:  # each is in the text unchanged, with only white space between them
        found = text.index(part, place)
        assert text[place:found].strip() == ""
        place = found + len(part)
    assert text[place:].strip() == ""
    if utf16_length(text) > limit:
        assert all(part.strip() for part in parts[:-1])


@given(st.lists(st.sampled_from([*SEEN_AS_ONE, "x", "😀"]), min_size=1, max_size=60), limits)
def test_what_a_reader_sees_as_one_stays_whole(signs: list[str], limit: int) -> None:
    ends, end = set(), 0
    for sign in signs:
        end += len(sign)
        ends.add(end)
    place = 0
    for part, _ in split_text("".join(signs), None, limit):
        place += len(part)
        assert place in ends
    assert place == end


def test_a_sequence_longer_than_the_limit_is_cut_all_the_same() -> None:
    parts = [part for part, _ in split_text("e" + "\u0301" * 100, None, 10)]
    assert "".join(parts) == "e" + "\u0301" * 100
    assert max(map(len, parts)) <= 10


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[dict[str, object]]]:
    text = draw(texts)
    length = utf16_length(text)
    spans = st.tuples(st.integers(0, max(length, 1)), st.integers(1, 30))
    marks = draw(st.lists(spans, max_size=6))
    return text, [
        {"type": "bold", "offset": offset, "length": min(more, length - offset), "number": number}
        for number, (offset, more) in enumerate(marks)
        if offset < length
    ]


@given(marked_texts(), limits)
def test_entities_stay_on_their_characters(
    marked: tuple[str, list[dict[str, object]]], limit: int
) -> None:
    text, entities = marked
    expected = {e["number"]: units(text)[e["offset"] : e["offset"] + e["length"]] for e in entities}  # type: ignore[index, operator]
    shown: dict[object, list[bytes]] = {number: [] for number in expected}
    for part, share in split_text(text, entities, limit):
        inside = units(part)
        for entity in share or ():
            assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= len(inside)
            assert entity["type"] == "bold"
            begin = entity["offset"]
            shown[entity["number"]] += inside[begin : begin + entity["length"]]
    for number, wanted in expected.items():
        assert _solid(shown[number]) == _solid(wanted)


def _solid(found: list[bytes]) -> str:
    return without_space(b"".join(found).decode("utf-16-le", "surrogatepass"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One para.\n\nTwo paragraphs are here", ["One para.", "Two paragraphs are", "here"]),
        ("First line\nsecond one is longer", ["First line", "second one is longer"]),
        ("Is it? Then it is the word.", ["Is it? Then it is", "the word."]),
        ("A short one. And more of this", ["A short one.", "And more of this"]),
        ("abcdefghijklmnopqrstuvwxyz", ["abcdefghijklmnopqrst", "uvwxyz"]),
    ],
)
def test_cuts_are_where_a_reader_would_pause(text: str, parts: list[str]) -> None:
    assert [part for part, _ in split_text(text, None, 20)] == parts


def test_a_text_that_fits_is_left_alone() -> None:
    entities: Entities = [{"type": "bold", "offset": 2, "length": 3}]
    assert list(split_text("  spaced  ", entities, 20)) == [("  spaced  ", entities)]


def test_a_long_text_is_cut_in_reasonable_time() -> None:
    text = "😀 word " * 40_000
    assert len(list(split_text(text, None, 4096))) == 79
