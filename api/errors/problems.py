"""What the API answers when it does not do as asked. Raise one of these; `problems.py` renders it.

Problem
├── BadRequest             400  what came cannot be read at all
├── NotLoggedIn            401  no access token, or one that is not good (any more)
│   ├── BadCredentials          what should prove who somebody is does not
│   └── SecondFactorNeeded      the password is right, and a code is missing
├── Refused                403  logged in, and not allowed this
│   └── SecondFactorFirst       an administrator wants a second factor set up before anything else
├── NotFound               404  not there, or not theirs: the answer is the same
├── MethodNotAllowed       405  the address is right, the method is not
├── TooSlow                408  the body did not come in time
├── Conflict               409  not possible as things stand now
│   ├── FileOutOfReach          the provider does not hand out files so large
│   └── WindowClosed            only a template may be sent; the answer lists those that there are
├── LengthRequired         411  uploads say how long they are
├── TooLarge               413  more than this route takes
├── UnsupportedMediaType   415  not a type that this route takes
├── NoSuchRange            416  the file ends before that
├── Invalid                422  readable, but wrong: each wrong field is named
│   └── KeyUsedOtherwise        the Idempotency-Key came with another request before
├── TooManyRequests        429  later, and when
├── Broken                 500  a fault of our own
├── ProviderRefused        502  the provider does not give what it should
└── Unavailable            503  what we need is away, or there is too much to do: later, and when
    └── WrongKey                what is kept sealed does not open: the operator must act

A `slug` is part of the problem's `type`, which clients compare: it never changes its meaning.
"""

from collections.abc import Iterable
from typing import ClassVar

from api.schemas.base import FieldError, TemplateBrief

PROBLEM_TYPE_PREFIX = "urn:osmodesk:problem:"


class Problem(Exception):  # noqa: N818 it is an answer, and named as RFC 9457 names it
    """An answer other than success; `detail` is for people, and holds no secret."""

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
    status, slug, title = 400, "bad-request", "The request cannot be read"


class Unauthorized(Problem):
    status, slug, title = 401, "not-logged-in", "Log in first"

    def __init__(self, detail: str | None = None, *, bad_token: bool = False) -> None:
        """`bad_token`: there was one, and it is of no use: refresh it, or log in again."""
        super().__init__(detail)
        challenge = 'Bearer error="invalid_token"' if bad_token else "Bearer"
        self.headers["WWW-Authenticate"] = challenge


class BadCredentials(Unauthorized):
    slug, title = "bad-credentials", "The address, the password or the code is wrong"


class SecondFactorRequired(Unauthorized):
    slug, title = "second-factor-needed", "The code of the second factor is missing"


class Forbidden(Problem):
    status, slug, title = 403, "refused", "Not allowed"


class SecondFactorSetupRequired(Forbidden):
    slug, title = "second-factor-first", "Set up the second factor first"


class NotFound(Problem):
    status, slug, title = 404, "not-found", "There is no such thing"


class MethodNotAllowed(Problem):
    status, slug, title = 405, "method-not-allowed", "Not with this method"

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__()
        self.headers["Allow"] = ", ".join(sorted(allowed))


class RequestTimeout(Problem):
    status, slug, title = 408, "too-slow", "The body did not come in time"


class Conflict(Problem):
    status, slug, title = 409, "conflict", "Not possible as things stand"


class FileTooLargeToFetch(Conflict):
    slug, title = "file-out-of-reach", "The provider does not hand out files so large"


class ReplyWindowClosed(Conflict):
    slug, title = "window-closed", "Only a template may be sent to this customer now"

    def __init__(self, templates: Iterable[TemplateBrief] = ()) -> None:
        """`templates`: those that may be sent instead."""
        super().__init__("nothing was sent or kept: send a template, or have it kept as a draft")
        self.templates = tuple(templates)


class LengthRequired(Problem):
    status, slug, title = 411, "length-required", "Say how long the body is"


class ContentTooLarge(Problem):
    status, slug, title = 413, "too-large", "The body is too large"


class UnsupportedMediaType(Problem):
    status, slug, title = 415, "unsupported-media-type", "Not in this form"


class RangeNotSatisfiable(Problem):
    status, slug, title = 416, "no-such-range", "The file ends before that"

    def __init__(self, size: int) -> None:
        """`size`: of the whole file, in bytes."""
        super().__init__(f"it has {size} bytes")
        self.headers["Content-Range"] = f"bytes */{size}"


class ValidationFailed(Problem):
    """Fields are wrong; each is named, with what is wrong about it."""

    status, slug, title = 422, "invalid", "Something in it is not right"

    def __init__(self, errors: Iterable[FieldError] = (), detail: str | None = None) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)

    @classmethod
    def field(cls, name: str, message: str, code: str = "value_error") -> "ValidationFailed":
        """One field of the body is wrong."""
        return cls([FieldError(where="body", field=name, code=code, message=message)])


class IdempotencyKeyReused(ValidationFailed):
    slug, title = "key-used-otherwise", "This Idempotency-Key was used for something else"


class _RetryLater(Problem):
    def __init__(self, detail: str | None = None, *, after: float = 1) -> None:
        """Ask to come again after so many seconds."""
        super().__init__(detail)
        self.headers["Retry-After"] = str(max(1, -int(-after // 1)))


class ProviderUnavailable(_RetryLater):
    # Not 503: we are there, and who asks may have to look at what they named.
    status, slug, title = 424, "provider-away", "The provider does not answer"


class TooManyRequests(_RetryLater):
    status, slug, title = 429, "too-many-requests", "Too many tries"


class InternalServerError(Problem):
    status, slug, title = 500, "broken", "A fault of the server"


class ProviderRefused(Problem):
    status, slug, title = 502, "provider-refused", "The provider does not give it"


class ServiceUnavailable(_RetryLater):
    status, slug, title = 503, "unavailable", "Not possible just now"


class WrongSecretKey(ServiceUnavailable):
    slug, title = "wrong-key", "What is kept sealed does not open with this SECRET_KEY"
