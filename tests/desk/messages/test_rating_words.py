"""Which words of a customer are a rating."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.messages.ratings.words import draw_rating, read_rating, split_rating


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("5", 5),
        (" 1 ", 1),
        ("4.", 4),
        ("3/5", 3),
        ("2️⃣", 2),
        ("⭐⭐⭐", 3),
        ("⭐️ ⭐️", 2),
        ("★★★★★", 5),
    ],
)
def test_a_number_or_stars_are_a_rating(text: str, rating: int) -> None:
    assert read_rating(text) == rating
    assert split_rating(text) == (rating, None)


@pytest.mark.parametrize(
    "text", ["0", "6", "10", "-1", "4 pizzas please", "5 5", "five", "", "⭐" * 6, "1:30", "٣", "²"]
)
def test_anything_else_is_a_message(text: str) -> None:
    assert read_rating(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("4 quick", (4, "quick")),
        ("4, quick\nand kind", (4, "quick\nand kind")),
        ("5! Great", (5, "Great")),
        ("42 minutes", (None, "42 minutes")),
        ("bad", (None, "bad")),
        ("  ", (None, None)),
    ],
)
def test_a_reply_may_have_both(text: str, answer: tuple[int | None, str | None]) -> None:
    assert split_rating(text) == answer


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    rating, comment = split_rating(text)
    assert rating is None or 1 <= rating <= 5
    assert comment is None or comment in text
    assert read_rating(text) in {None, rating}


def test_ratings_are_drawn() -> None:
    assert [draw_rating(each) for each in (1, 5)] == ["★☆☆☆☆", "★★★★★"]
