"""Variables in texts with markup: what was formatted stays formatted, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from desk.formatting.splitting import utf16_length
from desk.formatting.variables import render, render_formatted

VALUES = {"name": "Ann 😀 Smith", "place": "2", "nothing": ""}
PIECES = st.lists(
    st.tuples(
        st.sampled_from(["Hi ", "😀", "{{name}}", "{{ place }}", "{{nothing}}", "x"]), st.booleans()
    ),
    max_size=8,
)


@given(PIECES)
def test_formatting_moves_with_its_words(pieces: list[tuple[str, bool]]) -> None:
    text, entities, wanted = "", [], []
    for words, is_bold in pieces:
        if is_bold:
            place = {"offset": utf16_length(text), "length": utf16_length(words)}
            entities.append({"type": "bold", **place})
            wanted.append(render(words, VALUES))
        text += words
    shown, moved = render_formatted(text, entities, VALUES)
    assert shown == render(text, VALUES)
    encoded = shown.encode("utf-16-le")
    assert [
        encoded[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")
        for each in moved or ()
    ] == [words for words in wanted if words]


def test_formatting_that_begins_inside_a_variable_covers_its_value() -> None:
    half = [{"type": "italic", "offset": 5, "length": 4}]
    assert render_formatted("a {{name}} b", half, VALUES) == (
        "a Ann 😀 Smith b",
        [{"type": "italic", "offset": 2, "length": 12}],
    )
