"""Credentials can be decrypted only with the SECRET_KEY that encrypted them."""

import pytest

from desk.accounts.encryption import Encryptor, WrongKeyError

TOKEN = {"token": "123:secret-of-the-bot"}


def test_credentials_are_decrypted() -> None:
    sealed = Encryptor("k" * 32).encrypt(TOKEN)
    assert "secret-of-the-bot" not in sealed
    assert Encryptor("k" * 32).decrypt(sealed) == TOKEN


def test_another_key_is_refused() -> None:
    sealed = Encryptor("k" * 32).encrypt(TOKEN)
    with pytest.raises(WrongKeyError, match="SECRET_KEY"):
        Encryptor("K" * 32).decrypt(sealed)


@pytest.mark.parametrize("sealed", ["", "plain token", "gAAAAAB" + "x" * 80, "ключ"])
def test_a_text_that_was_never_encrypted_is_refused(sealed: str) -> None:
    with pytest.raises(WrongKeyError):
        Encryptor("k" * 32).decrypt(sealed)


def test_the_error_names_the_secret_and_the_remedy() -> None:
    encryptor = Encryptor("k" * 32, b"purpose", what="a diary", remedy="write another one")
    with pytest.raises(WrongKeyError, match=r"^a diary .* SECRET_KEY: .*, or write another one$"):
        Encryptor("K" * 32, b"purpose", what="a diary", remedy="write another one").decrypt(
            encryptor.encrypt(TOKEN)
        )
