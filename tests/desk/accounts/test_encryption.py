"""Credentials can be decrypted only with the SECRET_KEY that encrypted them."""

import pytest

from db.tables import SecretKind
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
    sealed = Encryptor("k" * 32, kind=SecretKind.WEBHOOK_SECRET).encrypt(TOKEN)
    with pytest.raises(WrongKeyError, match=r"^a webhook's .* SECRET_KEY: .*, or renew the "):
        Encryptor("K" * 32, kind=SecretKind.WEBHOOK_SECRET).decrypt(sealed)


def test_each_kind_has_a_key_of_its_own() -> None:
    sealed = Encryptor("k" * 32, kind=SecretKind.SECOND_FACTOR).encrypt(TOKEN)
    for kind in SecretKind:
        if kind is not SecretKind.SECOND_FACTOR:
            with pytest.raises(WrongKeyError):
                Encryptor("k" * 32, kind=kind).decrypt(sealed)


def test_two_keys_are_accepted_and_one_is_used() -> None:
    both = Encryptor("n" * 32, "k" * 32)
    of_old = Encryptor("k" * 32).encrypt(TOKEN)
    assert both.decrypt(of_old) == TOKEN
    of_new = both.encrypt(TOKEN)
    assert Encryptor("n" * 32).decrypt(of_new) == TOKEN
    assert both.reencrypt(of_new) == of_new
    anew = both.reencrypt(of_old)
    assert Encryptor("n" * 32).decrypt(anew) == TOKEN
    with pytest.raises(WrongKeyError):
        Encryptor("n" * 32, "x" * 32).reencrypt(of_old)
