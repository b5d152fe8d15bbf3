"""Names: what can be seen of them is kept, what acts on the text around them is not."""

import pytest

from desk.content import Person
from desk.conversations.threads import choose_name
from desk.formatting.names import clean_name, is_visible


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Ana\n Bí ", "Ana Bí"),
        ("\u202eیوسف\u202eabc", "یوسفabc"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001 joined as in Persian
        ("👨\u200d👩\u200d👧 Budi", "👨\u200d👩\u200d👧 Budi"),
        ("a" * 300, "a" * 190),
        ("\u2800\u200e", None),
        ("\u3164", None),
        ("\u0301\u200d", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_keeps_what_can_be_seen(given: str | None, kept: str | None) -> None:
    assert clean_name(given, 190) == kept


def test_marks_and_signs_can_be_seen() -> None:
    assert is_visible("★")
    assert not is_visible("\u200e\u2060 \u115f")


@pytest.mark.parametrize(
    ("person", "name"),
    [
        (Person("4242", "\u2800", username="ana"), "ana"),
        (Person("4242", "\u2800"), "4242"),
        (Person("628111@c.us", phone="+628111"), "+628111"),
        (Person("2675@lid"), "2675"),
        (Person("4242", "Ana", username="ana"), "Ana"),
    ],
)
def test_a_name_that_shows_nothing_is_replaced(person: Person, name: str) -> None:
    assert choose_name(person) == name
