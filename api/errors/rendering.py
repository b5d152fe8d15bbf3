"""Turns whatever a route raised into problem details: the only place that renders errors."""

import structlog
from aiohttp import web
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from api.errors.problems import (
    BadRequest,
    Broken,
    Conflict,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Problem,
    ProviderAway,
    TooLarge,
    TooManyRequests,
    Unavailable,
    WrongKey,
)
from api.schemas.base import FieldError, ProblemDetails, Where
from db.errors import DATABASE_ERRORS, describe_error, is_transient
from desk.accounts.encryption import WrongKeyError
from desk.accounts.errors import (
    AccountError,
    BadEmailError,
    BadNameError,
    BadPasswordError,
    NoSuchAccountError,
)
from desk.accounts.hashing import OverloadedError
from desk.accounts.login_throttle import LoginThrottleUnavailableError, TooManyAttemptsError
from desk.channels import UnknownChannelError
from desk.conversations.actions import SessionActionError
from desk.setup.errors import (
    InvalidValueError,
    NotFoundError,
    ProviderUnavailableError,
    SetupError,
)
from desk.templates.rendering import MissingValuesError, RenderingError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_SECONDS_AWAY = 2
# Until somebody has done something about it.
_SECONDS_AWAY_FOR_LONG = 60
# Of one request: a body may be wrong in ten thousand places.
_MOST_FAULTS, _MOST_LISTED = 50, 500
# What the desk refuses → what the API answers; a field's name where one is to blame.
_FIELDS: dict[type[AccountError], str] = {
    BadNameError: "name",
    BadEmailError: "email",
    BadPasswordError: "password",
}


def problem_of(error: Exception) -> Problem:
    """Tell which problem an error is; what nobody foresaw is Broken, and logged in full."""
    match error:
        case Problem():
            return error
        case web.HTTPException():
            return _of_aiohttp(error)
        case AccountError():
            return _of_account(error)
        case SessionActionError() | RenderingError():
            return _of_work(error)
        case TooManyAttemptsError() | OverloadedError() | LoginThrottleUnavailableError():
            return _of_log_in(error)
        case SetupError() | WrongKeyError():
            return _of_set_up(error)
        case UnknownChannelError():
            return Unavailable("the channel was made a moment ago", after=_SECONDS_AWAY)
        case TimeoutError():
            log.warning("api.out_of_time")
            return Unavailable(after=_SECONDS_AWAY)
    if isinstance(error, DATABASE_ERRORS):
        return _of_database(error)
    log.error("api.broken", exc_info=error)
    return Broken("the server's log has the reason under this request_id")


def render(problem: Problem, request_id: str) -> web.Response:
    """Write a problem as RFC 9457 has it."""
    details = ProblemDetails(
        type=problem.type(),
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        request_id=request_id,
        errors=list(problem.errors) or None,
        templates=None if problem.templates is None else list(problem.templates),
    )
    return web.Response(
        body=details.model_dump_json(exclude_none=True).encode(),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def invalid(error: ValidationError, where: Where) -> Problem:
    """Name each wrong field of a body or a query, without the values that came."""
    if error.error_count() > _MOST_LISTED:  # listing them takes as long as an attacker likes
        many = f"is wrong in {error.error_count()} places"
        return Invalid([FieldError(where=where, field="", code="too_many", message=many)])
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    if faults[0]["type"] == "json_invalid":
        return BadRequest(faults[0]["msg"])
    return Invalid(
        FieldError(
            where=where,
            field=_named(each["loc"]),
            code=each["type"],
            message=each["msg"].removeprefix("Value error, "),
        )
        for each in faults[:_MOST_FAULTS]
    )


def _named(place: tuple[int | str, ...]) -> str:
    """Name a field; which of several models was tried (`<telegram>`) is none."""
    return ".".join(str(each) for each in place if not str(each).startswith("<"))


def _of_aiohttp(error: web.HTTPException) -> Problem:
    match error:
        case web.HTTPMethodNotAllowed():
            return MethodNotAllowed(error.allowed_methods)
        case web.HTTPNotFound():
            return NotFound("there is no such address")
        case web.HTTPRequestEntityTooLarge():
            return TooLarge()
    return BadRequest(error.reason)


def _of_work(error: SessionActionError | RenderingError) -> Problem:
    """Tell what is not possible; of a template, the variables that are missing or wrong."""
    if isinstance(error, SessionActionError):
        return Conflict(str(error))
    if not isinstance(error, MissingValuesError):
        place = f"variables.{error.key}" if error.key else "variables"
        return Invalid.field(place, str(error))
    return Invalid(
        FieldError(where="body", field=f"variables.{key}", code="missing", message="is missing")
        for key in error.keys
    )


def _of_account(error: AccountError) -> Problem:
    for kind, field in _FIELDS.items():
        if isinstance(error, kind):
            return Invalid.field(field, str(error))
    if isinstance(error, NoSuchAccountError):
        return NotFound()
    return Conflict(str(error))


def _of_log_in(
    error: TooManyAttemptsError | OverloadedError | LoginThrottleUnavailableError,
) -> Problem:
    match error:
        case TooManyAttemptsError():
            return TooManyRequests("too many failures", after=error.after)
        case OverloadedError():
            return Unavailable("too many log-ins at once", after=error.after)
    log.warning("api.guesses_away", hint="nobody can log in until Redis answers")
    return Unavailable("log-ins are not possible just now", after=_SECONDS_AWAY)


def _of_set_up(error: SetupError | WrongKeyError) -> Problem:
    match error:
        case WrongKeyError():
            log.error("api.wrong_key", hint=str(error))
            return WrongKey(str(error), after=_SECONDS_AWAY_FOR_LONG)
        case NotFoundError():
            return NotFound()
        case InvalidValueError():
            return Invalid.field(error.field, str(error))
        case ProviderUnavailableError():
            return ProviderAway(f"nothing was kept: {error}", after=_SECONDS_AWAY)
    return Conflict(str(error))


def _of_database(error: Exception) -> Problem:
    if is_transient(error):
        log.warning("api.database_away", error=describe_error(error))
        return Unavailable("the database is away", after=_SECONDS_AWAY)
    if isinstance(error, IntegrityError):
        log.info("api.conflict", error=describe_error(error))
        return Conflict("somebody changed this meanwhile: read it again")
    log.warning("api.value_refused", error=describe_error(error))
    return Invalid(detail="a value cannot be kept")
