"""Credentials open with the SECRET_KEY that sealed them, and with no other."""

import pytest

from desk.accounts.encryption import Encryptor, WrongKeyError

TOKEN = {"token": "123:secret-of-the-bot"}


def test_credentials_come_back() -> None:
    sealed = Encryptor("k" * 32).encrypt(TOKEN)
    assert "secret-of-the-bot" not in sealed
    assert Encryptor("k" * 32).decrypt(sealed) == TOKEN


def test_another_key_is_told_so() -> None:
    sealed = Encryptor("k" * 32).encrypt(TOKEN)
    with pytest.raises(WrongKeyError, match="SECRET_KEY"):
        Encryptor("K" * 32).decrypt(sealed)


@pytest.mark.parametrize("sealed", ["", "plain token", "gAAAAAB" + "x" * 80, "ключ"])
def test_what_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(WrongKeyError):
        Encryptor("k" * 32).decrypt(sealed)


def test_an_operator_reads_what_it_is_and_how_to_go_on() -> None:
    encryptor = Encryptor("k" * 32, b"purpose", what="a diary", remedy="write another one")
    with pytest.raises(WrongKeyError, match=r"^a diary .* SECRET_KEY: .*, or write another one$"):
        Encryptor("K" * 32, b"purpose", what="a diary", remedy="write another one").decrypt(
            encryptor.encrypt(TOKEN)
        )
