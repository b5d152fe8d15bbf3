"""What the use of a refresh token means, at every time and by everybody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.accounts.client_info import Origin
from desk.accounts.refresh_tokens import GRACE, IDLE, KeptToken, RefreshTokens, Use, judge

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ME = Origin("192.0.2.1", "console/1").mark
SECOND = timedelta(seconds=1)
FRESH = KeptToken(
    id="1",
    expires_at=NOW + IDLE,
    used_at=None,
    used_by=None,
    log_in_expires_at=NOW + timedelta(days=30),
    log_in_ended_at=None,
)
USED = replace(FRESH, used_at=NOW, used_by=ME)


@pytest.mark.parametrize(
    ("token", "client", "later", "use"),
    [
        (FRESH, ME, timedelta(0), Use.FIRST),
        (FRESH, "another place: people travel", IDLE - SECOND, Use.FIRST),
        (FRESH, ME, IDLE, Use.ENDED),
        (USED, ME, timedelta(0), Use.AGAIN),
        (USED, ME, GRACE, Use.AGAIN),
        (USED, ME, GRACE + SECOND, Use.STOLEN),
        (USED, "a thief", SECOND, Use.STOLEN),
        (USED, ME, IDLE + SECOND, Use.STOLEN),
        # Another web process' clock may be behind.
        (USED, ME, -SECOND, Use.AGAIN),
        (replace(FRESH, log_in_ended_at=NOW), ME, SECOND, Use.ENDED),
        (replace(USED, log_in_ended_at=NOW), "a thief", SECOND, Use.ENDED),
        (replace(FRESH, log_in_expires_at=NOW), ME, timedelta(0), Use.ENDED),
        (replace(USED, used_by=None), ME, SECOND, Use.STOLEN),
    ],
)
def test_what_a_use_means(token: KeptToken, client: str, later: timedelta, use: Use) -> None:
    assert judge(token, client, NOW + later) is use


def test_a_token_has_one_successor_that_only_we_can_tell() -> None:
    tokens = RefreshTokens("j" * 40)
    first = tokens.first()
    following = tokens.successor(first)
    assert following == tokens.successor(first) != first
    assert tokens.successor(following) not in {first, following}
    assert following != RefreshTokens("k" * 40).successor(first)
    assert len({tokens.first() for _ in range(100)}) == 100
    for token in (first, following):
        assert token.startswith("odr_")
        assert len(token) == len("odr_") + 43  # 256 bits


def test_clients_are_told_apart_by_address_and_name() -> None:
    marks = {Origin(address, name).mark for address in "ab" for name in ("x", "y", "")}
    assert len(marks) == 6
