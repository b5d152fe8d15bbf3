"""Several texts as one message: only line breaks are added between them."""

from hypothesis import given
from hypothesis import strategies as st

from desk.content import Content
from desk.formatting.merging import merge_texts
from desk.formatting.splitting import utf16_length

texts = st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=8)


@given(texts, st.integers(min_value=1, max_value=200))
def test_what_is_taken_fits_and_stands_line_by_line(said: list[str], limit: int) -> None:
    merged, taken = merge_texts((Content(text=text) for text in said), limit)
    assert merged.text == "\n".join(said[:taken])
    assert taken == 1 or utf16_length(merged.text or "") <= limit
    if taken < len(said):
        assert utf16_length("\n".join(said[: taken + 1])) > limit


@given(texts)
def test_entities_stay_on_their_words(said: list[str]) -> None:
    marked = [
        Content(text=text, entities=[{"type": "bold", "offset": 0, "length": utf16_length(text)}])
        for text in said
    ]
    merged, _ = merge_texts(marked, 10_000)
    units = (merged.text or "").encode("utf-16-le", "surrogatepass")
    for text, entity in zip(said, merged.entities or [], strict=True):
        start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        assert units[start:end].decode("utf-16-le", "surrogatepass") == text
