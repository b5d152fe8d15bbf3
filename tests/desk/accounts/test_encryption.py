"""Credentials open with the SECRET_KEY that sealed them, and with no other."""

import pytest

from desk.accounts.encryption import Seal, WrongKeyError

TOKEN = {"token": "123:secret-of-the-bot"}


def test_credentials_come_back() -> None:
    sealed = Seal("k" * 32).seal(TOKEN)
    assert "secret-of-the-bot" not in sealed
    assert Seal("k" * 32).unseal(sealed) == TOKEN


def test_another_key_is_told_so() -> None:
    sealed = Seal("k" * 32).seal(TOKEN)
    with pytest.raises(WrongKeyError, match="SECRET_KEY"):
        Seal("K" * 32).unseal(sealed)


@pytest.mark.parametrize("sealed", ["", "plain token", "gAAAAAB" + "x" * 80, "ключ"])
def test_what_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(WrongKeyError):
        Seal("k" * 32).unseal(sealed)


def test_an_operator_reads_what_it_is_and_how_to_go_on() -> None:
    seal = Seal("k" * 32, b"purpose", what="a diary", or_else="write another one")
    with pytest.raises(WrongKeyError, match=r"^a diary .* SECRET_KEY: .*, or write another one$"):
        Seal("K" * 32, b"purpose", what="a diary", or_else="write another one").unseal(
            seal.seal(TOKEN)
        )
