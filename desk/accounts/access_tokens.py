"""Access tokens: short-lived proof of a log-in, signed with JWT_SECRET and kept nowhere."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt

from db.ids import LogInId, UserId

LIFETIME = timedelta(minutes=15)
# Clocks of machines differ a little.
LEEWAY = timedelta(seconds=30)
_ALGORITHM = "HS256"
_AUDIENCE = "osmodesk-api"
_TYPE = "access"
_EXPIRED_MESSAGE = "the access token has expired"
# Good tokens, the latest used; a bad one is never remembered.
_CACHE_SIZE = 1000
_REQUIRED_CLAIMS = ["exp", "iat", "aud", "sub", "sid", "ver", "typ"]


class BadTokenError(Exception):
    """A token that is not ours, not whole, not of this kind, or too old."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says; whether it is still so, the database knows."""

    user_id: UserId
    log_in: LogInId
    # Of the user, when it was issued: a raised one voids it.
    version: int
    # Of the token that says so; empty while it is issued.
    expires_at: datetime | None = None


class AccessTokens:
    """Issues and reads access tokens with one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        # Whoever calls does so again and again: the same text need not be verified each time.
        self._verify_cached = lru_cache(_CACHE_SIZE)(self._verify)

    def issue(self, claims: Claims, now: datetime) -> str:
        """Make a token that is good for LIFETIME."""
        content = {
            "typ": _TYPE,
            "aud": _AUDIENCE,
            "sub": claims.user_id,
            "sid": claims.log_in,
            "ver": claims.version,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jwt.encode(content, self._secret, algorithm=_ALGORITHM)

    def read(self, token: str) -> Claims:
        """Read a token; raises BadTokenError, which tells only whether it is too old."""
        claims = self._verify_cached(token)
        if claims.expires_at is not None and claims.expires_at + LEEWAY <= datetime.now(UTC):
            raise BadTokenError(_EXPIRED_MESSAGE)
        return claims

    def _verify(self, token: str) -> Claims:
        try:
            found: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                # One: a token's own word about its algorithm counts for nothing.
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                leeway=LEEWAY,
                options={"require": _REQUIRED_CLAIMS},
            )
        except jwt.ExpiredSignatureError:
            raise BadTokenError(_EXPIRED_MESSAGE) from None
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise BadTokenError("the access token is not valid") from None
        version = found["ver"]
        if found["typ"] != _TYPE or not isinstance(version, int):
            raise BadTokenError("the access token is not valid")
        until = datetime.fromtimestamp(int(found["exp"]), UTC)
        return Claims(UserId(str(found["sub"])), LogInId(str(found["sid"])), version, until)
