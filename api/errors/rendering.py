"""Render every error of a route as problem details. Nothing else renders errors."""

from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web
from pydantic import ValidationError

from api.errors.problems import (
    BadRequest,
    Conflict,
    ContentTooLarge,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    Problem,
    ProviderUnavailable,
    ServiceUnavailable,
    TooManyRequests,
    ValidationFailed,
    WrongSecretKey,
)
from api.schemas.base import FieldError, FieldLocation, ProblemDetails
from api.schemas.language import get_language, say
from db.errors import DATABASE_ERRORS, describe_error, is_conflict, is_transient
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
from desk.conversations.tags import InvalidTagError
from desk.setup.errors import (
    InvalidValueError,
    NotFoundError,
    ProviderUnavailableError,
    SetupError,
)
from desk.templates.rendering import MissingValuesError, RenderingError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = 2
# For errors that last until an operator acts.
_LONG_RETRY_SECONDS = 60
# For one request: a body can be wrong in ten thousand places.
_MAX_FIELD_ERRORS, _MAX_COUNTED_ERRORS = 50, 500
# Where pydantic's errors have the limit.
_LIMITS = ("min_length", "max_length", "ge", "le", "gt", "lt")
# The field that is at fault for each account error.
_ACCOUNT_ERROR_FIELDS: dict[type[AccountError], str] = {
    BadNameError: "name",
    BadEmailError: "email",
}


def to_problem(error: Exception) -> Problem:
    """Convert an error to a problem; an unexpected error becomes a logged InternalServerError."""
    match error:
        case Problem():
            return error
        case web.HTTPException():
            return _from_http_error(error)
        case AccountError():
            return _from_account_error(error)
        case SessionActionError() | RenderingError() | InvalidTagError():
            return _from_action_error(error)
        case TooManyAttemptsError() | OverloadedError() | LoginThrottleUnavailableError():
            return _from_log_in_error(error)
        case SetupError() | WrongKeyError():
            return _from_setup_error(error)
        case UnknownChannelError():
            return ServiceUnavailable("the channel is new and not ready yet", after=_RETRY_SECONDS)
        case TimeoutError():
            log.warning("api.transaction_timeout")
            return ServiceUnavailable(after=_RETRY_SECONDS)
    if isinstance(error, DATABASE_ERRORS):
        return _from_database_error(error)
    log.error("api.internal_error", exc_info=error)
    return InternalServerError("find the reason in the server's log by this request_id")


def render_problem(problem: Problem, request_id: str) -> web.Response:
    """Render a problem as RFC 9457 problem details, in the caller's language."""
    details = ProblemDetails(
        type=problem.type(),
        title=say(problem.title),
        status=problem.status,
        detail=problem.detail and say(problem.detail),
        request_id=request_id,
        errors=[each.model_copy(update={"message": say(each.message)}) for each in problem.errors]
        or None,
        templates=None if problem.templates is None else list(problem.templates),
    )
    return web.Response(
        body=details.model_dump_json(exclude_none=True).encode(),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers={**problem.headers, "Content-Language": get_language()},
    )


def to_validation_problem(error: ValidationError, where: FieldLocation) -> Problem:
    """List the invalid fields of a body or a query, without the values that were sent."""
    # an attacker could make the list as long as they like
    if error.error_count() > _MAX_COUNTED_ERRORS:
        many = f"has {error.error_count()} errors"
        return ValidationFailed([FieldError(where=where, field="", code="too_many", message=many)])
    faults = error.errors(include_url=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return BadRequest(faults[0]["msg"])
    return ValidationFailed(
        FieldError(
            where=where,
            field=_field_path(each["loc"]),
            code=each["type"],
            message=each["msg"].removeprefix("Value error, "),
            limit=_find_limit(each.get("ctx", {})),
        )
        for each in faults[:_MAX_FIELD_ERRORS]
    )


def _find_limit(context: Mapping[str, Any]) -> int | float | None:
    """Return the number that a value broke, if there is one."""
    found = (context[name] for name in _LIMITS if name in context)
    return next((each for each in found if isinstance(each, int | float)), None)


def _field_path(place: tuple[int | str, ...]) -> str:
    """Return the path of a field, without pydantic's name of the tried model (`<telegram>`)."""
    return ".".join(str(each) for each in place if not str(each).startswith("<"))


def _from_http_error(error: web.HTTPException) -> Problem:
    match error:
        case web.HTTPMethodNotAllowed():
            return MethodNotAllowed(error.allowed_methods)
        case web.HTTPNotFound():
            return NotFound("no route has this path")
        case web.HTTPRequestEntityTooLarge():
            return ContentTooLarge()
    return BadRequest(error.reason)


def _from_action_error(error: SessionActionError | RenderingError | InvalidTagError) -> Problem:
    """Convert an action error to Conflict, and a template error to ValidationFailed by variable."""
    if isinstance(error, InvalidTagError):
        return ValidationFailed.field("add", str(error), error.fault.name.lower())
    if isinstance(error, SessionActionError):
        return Conflict(str(error))
    if not isinstance(error, MissingValuesError):
        place = f"variables.{error.key}" if error.key else "variables"
        return ValidationFailed.field(place, str(error))
    return ValidationFailed(
        FieldError(where="body", field=f"variables.{key}", code="missing", message="is required")
        for key in error.keys
    )


def _from_account_error(error: AccountError) -> Problem:
    if isinstance(error, BadPasswordError):
        return ValidationFailed.field("password", str(error), error.fault, limit=error.limit)
    for kind, field in _ACCOUNT_ERROR_FIELDS.items():
        if isinstance(error, kind):
            return ValidationFailed.field(field, str(error))
    if isinstance(error, NoSuchAccountError):
        return NotFound()
    return Conflict(str(error))


def _from_log_in_error(
    error: TooManyAttemptsError | OverloadedError | LoginThrottleUnavailableError,
) -> Problem:
    match error:
        case TooManyAttemptsError():
            return TooManyRequests("too many failed attempts", after=error.after)
        case OverloadedError():
            return ServiceUnavailable("too many log-ins at once", after=error.after)
    log.warning(
        "api.login_throttle_unavailable", hint="log-ins fail until Redis is available again"
    )
    return ServiceUnavailable("log-ins are not possible at the moment", after=_RETRY_SECONDS)


def _from_setup_error(error: SetupError | WrongKeyError) -> Problem:
    match error:
        case WrongKeyError():
            log.error("api.wrong_secret_key", hint=str(error))
            return WrongSecretKey(str(error), after=_LONG_RETRY_SECONDS)
        case NotFoundError():
            return NotFound()
        case InvalidValueError():
            return ValidationFailed.field(error.field, str(error))
        case ProviderUnavailableError():
            return ProviderUnavailable(f"nothing was saved: {error}", after=_RETRY_SECONDS)
    return Conflict(str(error))


def _from_database_error(error: Exception) -> Problem:
    if is_transient(error):
        log.warning("api.database_unavailable", error=describe_error(error))
        return ServiceUnavailable("the database is unavailable", after=_RETRY_SECONDS)
    if is_conflict(error):
        log.info("api.conflict", error=describe_error(error))
        return Conflict("this was changed at the same time: load it again")
    log.warning("api.value_rejected", error=describe_error(error))
    return ValidationFailed(detail="a value cannot be stored")
