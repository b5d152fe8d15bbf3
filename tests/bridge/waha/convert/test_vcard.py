"""Tests of contact cards as phones write them, and of malformed ones."""

import pytest

from bridge.waha.convert.vcard import ContactCard, format_card, parse_card

CARD = """BEGIN:VCARD
VERSION:3.0
N:Doe;Jane;;;
FN:Jane Doe
item1.TEL;waid=4915550001:+49 155 50001
item1.X-ABLabel:Mobile
END:VCARD"""


def test_name_and_number_are_read() -> None:
    assert parse_card(CARD) == ContactCard("Jane Doe", "+49 155 50001")


def test_a_card_with_a_structured_name_alone_is_read_as_people_say_it() -> None:
    assert parse_card("N:Doe;Jane\nTEL:1").name == "Jane Doe"


def test_folded_and_escaped_lines_are_read() -> None:
    assert parse_card("FN:Doe\\, Jane\r\n  and\r\n  son\r\nTEL:+1").name == "Doe, Jane and son"


@pytest.mark.parametrize(
    "written", ["", "nonsense", "FN", ":::", "TEL;:\0", "\n\n", "FN:" + "x" * 5000]
)
def test_an_invalid_card_has_no_name_and_no_number(written: str) -> None:
    read = parse_card(written)
    assert len(read.name) <= 190
    assert len(read.phone) <= 32


def test_what_is_written_is_read_again() -> None:
    card = ContactCard("Doe; Jane, jun. \\", "+4915550001")
    assert parse_card(format_card(card)) == card


def test_a_name_cannot_add_lines_to_a_card() -> None:
    written = format_card(ContactCard("Jane\nTEL:+666", "+1\nX:2"))
    assert written.count("\nTEL") == 1
    assert len(written.splitlines()) == 6


def test_further_numbers_and_addresses_are_read_and_written() -> None:
    card = parse_card("FN:Jo Poe\nTEL:+62 811\nTEL:+62 822\nEMAIL:j@p.id\nORG:Poe;Sales")
    assert card == ContactCard("Jo Poe", "+62 811", ("+62 822", "j@p.id", "Poe, Sales"))
    written = format_card(card)
    assert written.count("TEL;") == 2
    assert "EMAIL:j@p.id" in written
    assert "N:Poe;Jo;;;" in written
    assert parse_card(written).more == ("+62822", "j@p.id")


def test_quoted_printable_is_decoded() -> None:
    card = parse_card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCl=\r\nler;Eve\nTEL:1")
    assert card.name == "Eve Müller"
