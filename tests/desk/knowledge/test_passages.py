from hypothesis import given, settings
from hypothesis import strategies as st

from db.ids import PassageId
from desk.knowledge.limits import MAX_PASSAGE
from desk.knowledge.passages import KeptPassage, match_former, split_passages


def test_a_blank_line_separates_passages() -> None:
    assert split_passages("a\nb\r\n \r\n\n c \n\n") == ["a\nb", "c"]
    assert split_passages(" \n\n") == []


def test_a_long_paragraph_is_cut_at_sentences() -> None:
    parts = split_passages("This is a sentence. " * 200)
    assert all(len(each) <= MAX_PASSAGE and each.endswith(".") for each in parts)
    assert len(split_passages("x" * (MAX_PASSAGE + 1))) == 2


@settings(deadline=None)
@given(st.text(max_size=5_000))
def test_no_passage_is_empty_or_too_long(text: str) -> None:
    assert all(each.strip() and len(each) <= MAX_PASSAGE for each in split_passages(text))


def test_former_passages_are_found_by_text_and_then_by_order() -> None:
    one, two, three = PassageId("1"), PassageId("2"), PassageId("3")
    former = [(one, "a"), (two, "b"), (three, "c")]
    assert match_former(former, ["c", "x", "a"]) == [
        KeptPassage("c", three),
        KeptPassage("x", two),
        KeptPassage("a", one),
    ]
    assert match_former(former, ["a", "a"]) == [KeptPassage("a", one), KeptPassage("a", two)]
    assert match_former([], ["a"]) == [KeptPassage("a", None)]
