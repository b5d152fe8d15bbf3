"""Read the parts of a request: its body, its query, the ids in its path."""

import re
from collections.abc import Collection, Mapping
from typing import Any, get_origin

from aiohttp import web
from pydantic import BaseModel, ValidationError

from api.errors.problems import (
    BadRequest,
    ContentTooLarge,
    NotFound,
    RequestTimeout,
    UnsupportedMediaType,
    ValidationFailed,
)
from api.errors.rendering import to_validation_problem
from api.routing.route import JSON
from api.schemas.base import GROUP_ID_PATTERN, ULID_PATTERN, FieldError
from db.ids import StaffGroup
from desk.limits.body_reader import (
    BodyAbortedError,
    BodyReader,
    BodyTooLargeError,
    BodyTooSlowError,
)

_ULID = re.compile(ULID_PATTERN)
_GROUP = re.compile(GROUP_ID_PATTERN, re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


async def read_body(request: web.Request, bodies: BodyReader, *, max_bytes: int) -> bytes:
    """Read the bytes of a JSON body.

    Raises ContentTooLarge, RequestTimeout, UnsupportedMediaType or BadRequest.
    """
    _check_content_type(request)
    pieces = request.content.iter_any()
    try:
        return await bodies.read(pieces, request.content_length, max_bytes=max_bytes)
    except BodyTooLargeError as error:
        raise ContentTooLarge(str(error)) from None
    except BodyTooSlowError as error:
        raise RequestTimeout(str(error)) from None
    except BodyAbortedError as error:
        raise BadRequest(str(error)) from error


def parse_body(model: type[BaseModel], raw: bytes) -> BaseModel:
    """Parse a model from JSON; raises BadRequest or ValidationFailed."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise to_validation_problem(error, "body") from None


def parse_query(
    model: type[BaseModel], request: web.Request, *, without: Collection[str] = ()
) -> BaseModel:
    """Parse a model from the query string, without these names; raises ValidationFailed."""
    found: dict[str, Any] = {}
    for name in request.query:
        if name in without:
            continue
        values = request.query.getall(name)
        if _is_list_field(model, name):
            found[name] = values
        elif len(values) > 1:
            raise ValidationFailed([_query_error(name, "given_twice", "must be given only once")])
        else:
            found[name] = values[0]
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise to_validation_problem(error, "query") from None


def parse_path(wanted: Mapping[str, Any], request: web.Request) -> dict[str, Any]:
    """Parse the ids in the path; raises NotFound for a text that cannot be one of our ids."""
    return {name: _parse_id(kind, request.match_info[name]) for name, kind in wanted.items()}


def _parse_id(kind: Any, text: str) -> Any:
    if kind is int:
        if _NUMBER.fullmatch(text):
            return int(text)
    elif (_GROUP if kind is StaffGroup else _ULID).fullmatch(text):
        return text
    raise NotFound


def _check_content_type(request: web.Request) -> None:
    if request.content_type != JSON or (request.charset or "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType(f"the body must be {JSON} in UTF-8")
    if "Content-Encoding" in request.headers:
        raise UnsupportedMediaType("the body must not be compressed")


def _is_list_field(model: type[BaseModel], name: str) -> bool:
    field = model.model_fields.get(name)
    return field is not None and get_origin(field.annotation) in {list, tuple, set, frozenset}


def _query_error(name: str, code: str, message: str) -> FieldError:
    return FieldError(where="query", field=name, code=code, message=message)
