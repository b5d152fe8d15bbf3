"""Issue and verify access tokens: short-lived, signed with JWT_SECRET, and not stored."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt

from db.ids import LogInId, UserId

LIFETIME = timedelta(minutes=15)
# The clocks of machines differ a little.
LEEWAY = timedelta(seconds=30)
_ALGORITHM = "HS256"
_AUDIENCE = "osmodesk-api"
_TYPE = "access"
_EXPIRED_MESSAGE = "the access token has expired"
# The cache keeps the valid tokens that were used last; an invalid token is never cached.
_CACHE_SIZE = 1000
_REQUIRED_CLAIMS = ["exp", "iat", "aud", "sub", "sid", "ver", "typ"]


class BadTokenError(Exception):
    """The token is not ours, is damaged, is of another kind, or has expired."""


class _WrongSignatureError(BadTokenError):
    """The token was signed with another secret."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of a valid token; only the database knows whether it still holds."""

    user_id: UserId
    log_in: LogInId
    # The user's token version when the token was issued; raising the version voids the token.
    version: int
    # When the token expires; None while it is being issued.
    expires_at: datetime | None = None


class AccessTokens:
    """Issues access tokens with one secret; verifies also those of the secret before it."""

    def __init__(self, secret: str, old_secret: str | None = None) -> None:
        self._secret = secret
        self._old_secret = old_secret
        # Clients send the same token again and again, so it is not verified each time.
        self._verify_cached = lru_cache(_CACHE_SIZE)(self._verify)

    def issue(self, claims: Claims, now: datetime) -> str:
        """Return a new token that is valid for LIFETIME."""
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
        """Return the claims of a token; raise BadTokenError if it is not valid.

        The error says only whether the token has expired.
        """
        claims = self._verify_cached(token)
        if claims.expires_at is not None and claims.expires_at + LEEWAY <= datetime.now(UTC):
            raise BadTokenError(_EXPIRED_MESSAGE)
        return claims

    def _verify(self, token: str) -> Claims:
        try:
            return self._verify_with(self._secret, token)
        except _WrongSignatureError:
            if self._old_secret is None:
                raise
            return self._verify_with(self._old_secret, token)

    def _verify_with(self, secret: str, token: str) -> Claims:
        try:
            found: dict[str, Any] = jwt.decode(
                token,
                secret,
                # Only one algorithm is allowed: the token's own header must not choose it.
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                leeway=LEEWAY,
                options={"require": _REQUIRED_CLAIMS},
            )
        except jwt.ExpiredSignatureError:
            raise BadTokenError(_EXPIRED_MESSAGE) from None
        except jwt.InvalidSignatureError:
            raise _WrongSignatureError("the access token is not valid") from None
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise BadTokenError("the access token is not valid") from None
        version = found["ver"]
        if found["typ"] != _TYPE or not isinstance(version, int):
            raise BadTokenError("the access token is not valid")
        until = datetime.fromtimestamp(int(found["exp"]), UTC)
        return Claims(UserId(str(found["sub"])), LogInId(str(found["sid"])), version, until)
