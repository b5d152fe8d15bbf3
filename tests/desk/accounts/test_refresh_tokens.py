"""How the use of a refresh token is judged, by time and by client."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.accounts.client_info import ClientInfo
from desk.accounts.refresh_tokens import (
    IDLE_LIFETIME,
    REUSE_GRACE,
    RefreshTokens,
    StoredToken,
    TokenUse,
    classify_use,
)

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ME = ClientInfo("192.0.2.1", "console/1").fingerprint
SECOND = timedelta(seconds=1)
FRESH = StoredToken(
    id="1",
    expires_at=NOW + IDLE_LIFETIME,
    used_at=None,
    used_by=None,
    log_in_expires_at=NOW + timedelta(days=30),
    log_in_ended_at=None,
)
USED = replace(FRESH, used_at=NOW, used_by=ME)


@pytest.mark.parametrize(
    ("token", "client", "later", "use"),
    [
        (FRESH, ME, timedelta(0), TokenUse.FIRST),
        (FRESH, "another place: people travel", IDLE_LIFETIME - SECOND, TokenUse.FIRST),
        (FRESH, ME, IDLE_LIFETIME, TokenUse.ENDED),
        (USED, ME, timedelta(0), TokenUse.REPEATED),
        (USED, ME, REUSE_GRACE, TokenUse.REPEATED),
        (USED, ME, REUSE_GRACE + SECOND, TokenUse.STOLEN),
        (USED, "a thief", SECOND, TokenUse.STOLEN),
        (USED, ME, IDLE_LIFETIME + SECOND, TokenUse.STOLEN),
        # Another web process's clock may be behind.
        (USED, ME, -SECOND, TokenUse.REPEATED),
        (replace(FRESH, log_in_ended_at=NOW), ME, SECOND, TokenUse.ENDED),
        (replace(USED, log_in_ended_at=NOW), "a thief", SECOND, TokenUse.ENDED),
        (replace(FRESH, log_in_expires_at=NOW), ME, timedelta(0), TokenUse.ENDED),
        (replace(USED, used_by=None), ME, SECOND, TokenUse.STOLEN),
    ],
)
def test_uses_are_classified(
    token: StoredToken, client: str, later: timedelta, use: TokenUse
) -> None:
    assert classify_use(token, client, NOW + later) is use


def test_a_token_has_one_successor_that_only_we_can_derive() -> None:
    tokens = RefreshTokens("j" * 40)
    first = tokens.generate()
    following = tokens.derive_successor(first)
    assert following == tokens.derive_successor(first) != first
    assert tokens.derive_successor(following) not in {first, following}
    assert following != RefreshTokens("k" * 40).derive_successor(first)
    assert len({tokens.generate() for _ in range(100)}) == 100
    for token in (first, following):
        assert token.startswith("odr_")
        assert len(token) == len("odr_") + 43  # 256 bits


def test_clients_differ_by_address_and_user_agent() -> None:
    fingerprints = {
        ClientInfo(address, name).fingerprint for address in "ab" for name in ("x", "y", "")
    }
    assert len(fingerprints) == 6
