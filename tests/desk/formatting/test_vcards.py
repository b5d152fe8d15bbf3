"""Contact cards say everything that is on them, in every version, and nothing breaks the reader."""

from hypothesis import given
from hypothesis import strategies as st

from desk.formatting.vcards import VCard, parse_vcard

WHOLE = """BEGIN:VCARD
VERSION:3.0
N:Lestari;Dewi;;;
FN:Dewi Lestari
ORG:Toko Maju;Gudang;
item1.TEL;type=CELL;waid=628111:+62 811-1
TEL;type=HOME:+62 811-2
TEL;waid=628113:
EMAIL;type=WORK:dewi@
 example.com
END:VCARD"""


def test_everything_on_a_card_is_read() -> None:
    assert parse_vcard(WHOLE) == VCard(
        name="Dewi Lestari",
        first_name="Dewi",
        last_name="Lestari",
        phones=("+62 811-1", "+62 811-2", "+628113"),
        emails=("dewi@example.com",),
        company="Toko Maju, Gudang",
    )


def test_an_old_card_in_quoted_printable() -> None:
    card = "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89v=\ne\nEND"
    assert parse_vcard(card).name == "Éve"
    unknown = "FN;CHARSET=nothing;ENCODING=QUOTED-PRINTABLE:=C3=89ve"
    assert parse_vcard(unknown).name == "Éve"


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    parse_vcard(text)
    parse_vcard(f"N;ENCODING=QUOTED-PRINTABLE:{text}\nTEL;waid=1:{text}")


def test_an_escaped_separator_belongs_to_the_name_and_an_empty_line_says_nothing() -> None:
    card = parse_vcard("N:Doe\\; Sons;Jane;;;\nFN:\nFN:Jane at Doe")
    assert (card.last_name, card.first_name, card.name) == ("Doe; Sons", "Jane", "Jane at Doe")
