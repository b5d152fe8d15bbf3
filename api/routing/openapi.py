"""Describes the route table as OpenAPI 3.1; nothing in it is written by hand twice."""

import inspect
import json
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.access.permissions import Rule
from api.errors.problems import (
    BadRequest,
    Broken,
    Invalid,
    KeyUsedOtherwise,
    NotFound,
    NotLoggedIn,
    Problem,
    Refused,
    SecondFactorFirst,
    TooLarge,
    TooSlow,
    Unavailable,
    UnsupportedMediaType,
    WrongKey,
)
from api.errors.rendering import MEDIA_TYPE
from api.routing.idempotency import HEADER, KEY, SendKey
from api.routing.route import JSON, Route
from api.schemas.base import GROUP, ULID, ProblemDetails
from db.ids import StaffGroup
from desk.accounts.encryption import Encryptor
from desk.accounts.second_factor import SecondFactors

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
# Services that open what is sealed with SECRET_KEY.
_OPENS_SEALS = {Encryptor, SecondFactors}
_Wanted = list[tuple[type[BaseModel], JsonSchemaMode]]


def described(routes: Sequence[Route]) -> bytes:
    """Give the description of these routes as JSON."""
    wanted: _Wanted = [(ProblemDetails, "serialization")]
    for route in routes:
        takes = route.takes
        wanted += [
            (model, "validation") for model in (takes.body, takes.query, route.form) if model
        ]
        wanted += [(takes.gives, "serialization")] if takes.gives else []
    places, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    schemas = definitions["$defs"]
    queries = {route.takes.query for route in routes if route.takes.query}
    paths: dict[str, Json] = {}
    for route in routes:
        operation = _operation(route, places, schemas)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    for query in queries:  # shown as parameters, which refer to nothing
        schemas.pop(places[query, "validation"]["$ref"].rpartition("/")[2], None)
    return json.dumps(_document(paths, schemas), ensure_ascii=False).encode()


def _document(paths: Json, schemas: Json) -> Json:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OsmoDesk",
            "version": version("osmodesk"),
            "description": "Log in, see, answer, run the desk. Errors are RFC 9457 problem"
            " details: `type` is for programs, `request_id` is in the server's log too.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _operation(route: Route, places: Any, schemas: Json) -> Json:
    takes = route.takes
    operation: Json = {
        "operationId": _operation_id(route),
        "tags": [route.tag],
        "summary": route.summary,
        "description": _about(route),
        "security": [] if route.may is Rule.ANYONE else [{"access_token": []}],
        "parameters": [*_of_path(route), *_of_query(takes.query, places, schemas), *_of_key(route)],
        "responses": {**_successes(route, places), **_problems(route)},
    }
    if takes.body or route.form:
        model = takes.body or route.form
        content = {route.consumes: {"schema": places[model, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _operation_id(route: Route) -> str:
    module = route.handler.__module__.removeprefix("api.").replace(".", "_")
    return f"{module}_{route.handler.__name__}"


def _about(route: Route) -> str:
    promise = inspect.getdoc(route.handler) or route.summary
    return f"{promise}\n\nWho may: {route.may.value}."


def _of_path(route: Route) -> list[Json]:
    ulid = {"type": "string", "pattern": ULID}
    others: dict[Any, Json] = {
        int: {"type": "integer", "minimum": 1},
        StaffGroup: {"type": "string", "pattern": GROUP},
    }
    return [
        {"name": name, "in": "path", "required": True, "schema": others.get(kind, ulid)}
        for name, kind in route.takes.path.items()
    ]


def _of_query(model: type[BaseModel] | None, places: Any, schemas: Json) -> list[Json]:
    if model is None:
        return []
    schema = schemas[places[model, "validation"]["$ref"].rpartition("/")[2]]
    needed = schema.get("required", ())
    return [_parameter(name, each, name in needed) for name, each in schema["properties"].items()]


def _of_key(route: Route) -> list[Json]:
    if SendKey not in route.takes.given.values():
        return []
    about = "of your own making: the same one answers the first reply again, for a day"
    schema = {"type": "string", "pattern": KEY}
    return [{"name": HEADER, "in": "header", "schema": schema, "description": about}]


def _parameter(name: str, schema: Json, is_needed: bool) -> Json:
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(kinds) == 1:  # left out is how a query says null
        schema = {**{k: v for k, v in schema.items() if k not in {"anyOf", "default"}}, **kinds[0]}
    about = schema.get("description")
    return {
        "name": name,
        "in": "query",
        "required": is_needed,
        "schema": {k: v for k, v in schema.items() if k not in {"title", "description"}},
        **({"description": about} if about else {}),
    }


def _successes(route: Route, places: Any) -> Json:
    return {
        str(route.status): _success(route, places),
        **{str(each): {"description": HTTPStatus(each).phrase} for each in route.also},
    }


def _success(route: Route, places: Any) -> Json:
    if route.streams:
        content: Json = {kind: {"schema": {}} for kind in route.streams}
    elif route.takes.gives:
        content = {JSON: {"schema": places[route.takes.gives, "serialization"]}}
    else:
        return {"description": "Done"}
    return {"description": "As asked", "content": content}


def _problems(route: Route) -> Json:
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in dict.fromkeys(problems_of(route)):
        by_status.setdefault(kind.status, []).append(kind)
    schema = {"schema": {"$ref": _REF.format(model="ProblemDetails")}}
    return {
        str(status): {
            "description": "; ".join(f"{kind.title} (`{kind.type()}`)" for kind in kinds),
            "content": {MEDIA_TYPE: schema},
        }
        for status, kinds in sorted(by_status.items())
    }


def problems_of(route: Route) -> Iterable[type[Problem]]:
    """List the problems that a route may answer: those that follow from what it takes, its own."""
    takes = route.takes
    if route.may is not Rule.ANYONE:
        yield NotLoggedIn
    if route.may in {Rule.LOGGED_IN, Rule.ADMIN}:
        yield SecondFactorFirst
    if route.may is Rule.ADMIN:
        yield Refused
    if takes.path:
        yield NotFound
    if takes.body or route.form:
        yield from (BadRequest, TooSlow, TooLarge, UnsupportedMediaType)
    if takes.body or takes.query or route.form:
        yield Invalid
    if SendKey in takes.given.values():
        yield from (Invalid, KeyUsedOtherwise)
    yield from route.raises
    yield from (Broken, Unavailable)
    if _OPENS_SEALS & set(takes.given.values()):
        yield WrongKey
