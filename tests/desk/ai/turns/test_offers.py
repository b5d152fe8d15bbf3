"""What customers mean who answer an offer: a number, a title, or nothing of it; pure."""

import pytest

from db.ids import AiTurnId
from desk.ai.turns.offers import Choice, Chose, WantsPerson, read_choice
from desk.content import Content

TURN = AiTurnId("T1")
OFFERS = [{"passage": "p1", "title": "Opening hours"}, {"passage": "p2", "title": "Prices"}]
HOURS, PRICES = Chose("p1", "Opening hours"), Chose("p2", "Prices")


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("2", PRICES),
        (" 1. ", HOURS),
        ("2)", PRICES),
        ("2️⃣", PRICES),
        ("#2", PRICES),
        ("Number 2 please", PRICES),
        ("yang no. 2 ya", PRICES),
        ("nomor 1 aja kak", HOURS),
        ("no2", PRICES),
        ("prices", PRICES),
        ("3", WantsPerson()),
        ("4", None),
        ("0", None),
        ("12", None),
        ("2 weeks", None),
        ("no", None),
        ("I have 2 dogs", None),
        ("²", None),
        ("", None),
    ],
)
def test_a_number_or_a_title_chooses(text: str, choice: Choice | None) -> None:
    assert read_choice(Content(text=text), TURN, OFFERS) == choice


def test_a_button_counts_more_than_its_words_and_only_below_its_offer() -> None:
    def press(data: str, text: str) -> Choice | None:
        return read_choice(Content(text=text, attributes={"choice": data}), TURN, OFFERS)

    assert press("ask:T1:1", "2") == HOURS
    assert press("ask:T1:person", "A person") == WantsPerson()
    assert press("ask:T0:1", "Opening hours of another offer") is None
    assert press("ask:T1:9", "x") is None
