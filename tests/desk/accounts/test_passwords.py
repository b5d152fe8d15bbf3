"""Passwords: bcrypt with cost 12, never cut, never a common one."""

import pytest

from desk.accounts.errors import BadPasswordError
from desk.accounts.passwords import check_new_password, hash_password, verify_password_sync

GOOD = "correct 🐴 battery"


async def test_a_password_is_hashed_with_cost_12_and_verified() -> None:
    hashed = await hash_password(GOOD)
    assert hashed.startswith("$2b$12$")
    assert verify_password_sync(GOOD, hashed)
    assert not verify_password_sync(GOOD + "!", hashed)


async def test_a_password_that_bcrypt_would_cut_is_refused() -> None:
    with pytest.raises(BadPasswordError, match="72 bytes"):
        await hash_password("é" * 37)
    hashed = await hash_password("x" * 72)
    assert not verify_password_sync("x" * 73, hashed)


@pytest.mark.parametrize("kept", [None, "!"])
async def test_an_account_without_a_password_refuses_log_ins(kept: str | None) -> None:
    assert not verify_password_sync("!", kept)


@pytest.mark.parametrize("kept", [None, "!"])
async def test_an_unknown_user_takes_a_full_comparison(
    kept: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []

    def checkpw(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        # Even if the dummy hash matched, nobody would be logged in.
        return True

    monkeypatch.setattr("bcrypt.checkpw", checkpw)
    assert not verify_password_sync("whatever", kept)
    assert len(compared) == 1
    assert compared[0].startswith(b"$2b$12$")
    assert len(compared[0]) == 60


@pytest.mark.parametrize(
    "password",
    ["short", "elevenchars", "password1234", "Password1234", "a" * 12, "123123123123", "x" * 73],
)
def test_a_weak_new_password_is_refused(password: str) -> None:
    with pytest.raises(BadPasswordError):
        check_new_password(password)


@pytest.mark.parametrize("password", [GOOD, "qzmwvkrtnbxp", "x1" * 5 + "three words"])
def test_no_rule_asks_for_kinds_of_letters(password: str) -> None:
    check_new_password(password)
