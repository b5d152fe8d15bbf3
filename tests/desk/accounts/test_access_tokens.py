import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db.ids import LogInId, UserId, new_id
from desk.accounts.access_tokens import LEEWAY, LIFETIME, AccessTokens, BadTokenError, Claims
from tests.patience import PATIENCE

CLAIMS = Claims(UserId(new_id()), LogInId(new_id()), 3)


def test_a_token_has_the_claims_it_was_issued_with() -> None:
    tokens = AccessTokens("j" * 40)
    token = tokens.issue(CLAIMS, datetime.now(UTC))
    for _ in range(3):
        read = tokens.read(token)
        assert (read.user_id, read.log_in, read.version) == (CLAIMS.user_id, CLAIMS.log_in, 3)


async def test_an_expired_token_is_refused() -> None:
    tokens = AccessTokens("j" * 40)
    # Tokens count whole seconds, so it stays valid for one or two seconds more.
    token = tokens.issue(CLAIMS, datetime.now(UTC) - LIFETIME - LEEWAY + timedelta(seconds=2))
    assert tokens.read(token).user_id == CLAIMS.user_id

    async def until_refused() -> None:
        while True:
            tokens.read(token)
            await asyncio.sleep(0.05)

    with pytest.raises(BadTokenError, match="expired"):
        await asyncio.wait_for(until_refused(), PATIENCE)


def test_an_invalid_token_stays_invalid() -> None:
    tokens = AccessTokens("j" * 40)
    foreign = AccessTokens("k" * 40).issue(CLAIMS, datetime.now(UTC))
    for _ in range(2):
        with pytest.raises(BadTokenError, match="not valid"):
            tokens.read(foreign)


def test_a_token_of_the_secret_before_is_accepted_while_that_is_named() -> None:
    token = AccessTokens("j" * 40).issue(CLAIMS, datetime.now(UTC))
    assert AccessTokens("k" * 40, "j" * 40).read(token).user_id == CLAIMS.user_id
    for tokens in (AccessTokens("k" * 40), AccessTokens("k" * 40, "l" * 40)):
        with pytest.raises(BadTokenError):
            tokens.read(token)
    fresh = AccessTokens("k" * 40, "j" * 40).issue(CLAIMS, datetime.now(UTC))
    assert AccessTokens("k" * 40).read(fresh).user_id == CLAIMS.user_id
