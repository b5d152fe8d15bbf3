"""The API's problems. Raise one of these classes; `rendering.py` renders it.

Problem
├── BadRequest                     400  the request cannot be parsed
├── Unauthorized                   401  the access token is missing, invalid or expired
│   ├── BadCredentials                  the e-mail address, the password or the code is wrong
│   └── SecondFactorRequired            the password is right, but the code is missing
├── Forbidden                      403  the caller is logged in but lacks the permission
│   ├── SecondFactorSetupRequired       a second factor must be set up before anything else
│   └── TelegramNotLinked               the Telegram account is bound to no agent
├── NotFound                       404  it does not exist, or the caller may not see it
├── MethodNotAllowed               405  the path exists, but not with this method
├── RequestTimeout                 408  the body did not arrive in time
├── Conflict                       409  the current state does not allow it
│   ├── FileTooLargeToFetch             the provider does not serve files of this size
│   └── ReplyWindowClosed               only a template may be sent; the response lists them
├── LengthRequired                 411  an upload needs a Content-Length
├── ContentTooLarge                413  the body is larger than the route accepts
├── UnsupportedMediaType           415  the route does not accept this media type
├── RangeNotSatisfiable            416  the file ends before the range
├── ValidationFailed               422  the values are invalid; each invalid field is named
│   └── IdempotencyKeyReused            the Idempotency-Key was used for another request
├── ProviderUnavailable            424  the provider does not answer; with Retry-After
├── TooManyRequests                429  too many attempts; with Retry-After
├── InternalServerError            500  a bug in the server
├── ProviderRefused                502  the provider refused the request
└── ServiceUnavailable             503  a dependency is down or overloaded; with Retry-After
    └── WrongSecretKey                  encrypted data cannot be decrypted; the operator must act

A `slug` is part of the problem's `type`, which clients compare. Its meaning never changes.
"""

from collections.abc import Iterable
from typing import ClassVar

from api.schemas.base import FieldError, TemplateBrief

PROBLEM_TYPE_PREFIX = "urn:osmodesk:problem:"


class Problem(Exception):  # noqa: N818 it is an answer, and named as RFC 9457 names it
    """An error response; `detail` is for people and contains no secret."""

    status: ClassVar[int]
    slug: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.headers: dict[str, str] = {}
        self.errors: tuple[FieldError, ...] = ()
        self.templates: tuple[TemplateBrief, ...] | None = None

    @classmethod
    def type(cls) -> str:
        return PROBLEM_TYPE_PREFIX + cls.slug


class BadRequest(Problem):
    status, slug, title = 400, "bad-request", "Bad request"


class Unauthorized(Problem):
    status, slug, title = 401, "not-logged-in", "Unauthorized"

    def __init__(self, detail: str | None = None, *, bad_token: bool = False) -> None:
        """Set `bad_token` when a token was sent but is not valid: refresh it, or log in again."""
        super().__init__(detail)
        challenge = 'Bearer error="invalid_token"' if bad_token else "Bearer"
        self.headers["WWW-Authenticate"] = challenge


class BadCredentials(Unauthorized):
    slug, title = "bad-credentials", "Wrong e-mail address, password or code"


class SecondFactorRequired(Unauthorized):
    slug, title = "second-factor-needed", "Second factor code required"


class Forbidden(Problem):
    status, slug, title = 403, "refused", "Forbidden"


class SecondFactorSetupRequired(Forbidden):
    slug, title = "second-factor-first", "Second factor setup required"


class TelegramNotLinked(Forbidden):
    slug, title = "telegram-not-linked", "Telegram account not linked"


class NotFound(Problem):
    status, slug, title = 404, "not-found", "Not found"


class MethodNotAllowed(Problem):
    status, slug, title = 405, "method-not-allowed", "Method not allowed"

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__()
        self.headers["Allow"] = ", ".join(sorted(allowed))


class RequestTimeout(Problem):
    status, slug, title = 408, "too-slow", "Request timeout"


class Conflict(Problem):
    status, slug, title = 409, "conflict", "Conflict"


class FileTooLargeToFetch(Conflict):
    slug, title = "file-out-of-reach", "File too large to fetch"


class ReplyWindowClosed(Conflict):
    slug, title = "window-closed", "Reply window closed"

    def __init__(self, templates: Iterable[TemplateBrief] = ()) -> None:
        """Set `templates` to the templates that may be sent instead."""
        super().__init__("nothing was sent or kept: send a template, or use if_closed=draft")
        self.templates = tuple(templates)


class LengthRequired(Problem):
    status, slug, title = 411, "length-required", "Length required"


class ContentTooLarge(Problem):
    status, slug, title = 413, "too-large", "Content too large"


class UnsupportedMediaType(Problem):
    status, slug, title = 415, "unsupported-media-type", "Unsupported media type"


class RangeNotSatisfiable(Problem):
    status, slug, title = 416, "no-such-range", "Range not satisfiable"

    def __init__(self, size: int) -> None:
        """Set `size` to the size of the whole file, in bytes."""
        super().__init__(f"the file has {size} bytes")
        self.headers["Content-Range"] = f"bytes */{size}"


class ValidationFailed(Problem):
    """Fields are invalid; each is named with a message."""

    status, slug, title = 422, "invalid", "Validation failed"

    def __init__(self, errors: Iterable[FieldError] = (), detail: str | None = None) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)

    @classmethod
    def field(
        cls, name: str, message: str, code: str = "value_error", *, limit: int | None = None
    ) -> "ValidationFailed":
        """Create the problem for one invalid field of the body."""
        error = FieldError(where="body", field=name, code=code, message=message, limit=limit)
        return cls([error])


class IdempotencyKeyReused(ValidationFailed):
    slug, title = "key-used-otherwise", "Idempotency-Key already used"


class _RetryLater(Problem):
    def __init__(self, detail: str | None = None, *, after: float = 1) -> None:
        """Ask the client to try again after this many seconds."""
        super().__init__(detail)
        self.headers["Retry-After"] = str(max(1, -int(-after // 1)))


class ProviderUnavailable(_RetryLater):
    # Not 503: this server works, and the caller may have to check what they named.
    status, slug, title = 424, "provider-away", "Provider unavailable"


class TooManyRequests(_RetryLater):
    status, slug, title = 429, "too-many-requests", "Too many requests"


class InternalServerError(Problem):
    status, slug, title = 500, "broken", "Internal server error"


class ProviderRefused(Problem):
    status, slug, title = 502, "provider-refused", "Provider refused"


class ServiceUnavailable(_RetryLater):
    status, slug, title = 503, "unavailable", "Service unavailable"


class WrongSecretKey(ServiceUnavailable):
    slug, title = "wrong-key", "Wrong SECRET_KEY"
