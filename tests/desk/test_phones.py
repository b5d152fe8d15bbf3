import pytest

from desk.phones import is_international, parse_international, parse_typed


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("0812-3456-7890", "ID", "+6281234567890"),
        ("(020) 7946 0018", "GB", "+442079460018"),
        ("+62 812 3456 7890", "GB", "+6281234567890"),
        ("0062 812 3456 7890", None, "+6281234567890"),
        ("0812-3456-7890", None, "081234567890"),
        ("ask at the desk", "ID", ""),
        ("112", "ID", "112"),
    ],
)
def test_a_typed_number_is_read_as_one_of_the_region(
    typed: str, region: str | None, stored: str
) -> None:
    assert parse_typed(typed, region) == stored
    assert is_international(stored) is stored.startswith("+")


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("6281234567890", "+6281234567890"),
        ("+1 (213) 213-2130", "+12132132130"),
        ("081234567890", None),
        ("1234567890123456", None),
        ("lid", None),
    ],
)
def test_a_providers_number_has_its_country_code(given: str, stored: str | None) -> None:
    assert parse_international(given) == stored
