"""Describe the route table as OpenAPI 3.1; nothing in the document is written twice."""

import inspect
import json
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.access.permissions import AccessRule
from api.access.signed_links import LINK_KEY
from api.errors.problems import (
    BadRequest,
    ContentTooLarge,
    Forbidden,
    IdempotencyKeyReused,
    InternalServerError,
    NotFound,
    Problem,
    RequestTimeout,
    SecondFactorSetupRequired,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
    ValidationFailed,
    WrongSecretKey,
)
from api.errors.rendering import MEDIA_TYPE
from api.routing.browser_request import CONSOLE_HEADER, BrowserRequest
from api.routing.idempotency import IDEMPOTENCY_HEADER, KEY_PATTERN, IdempotencyHeader
from api.routing.route import JSON, PREFIX, Route
from api.schemas.base import GROUP_ID_PATTERN, ULID_PATTERN, ProblemDetails
from db.ids import StaffGroup
from desk.accounts.encryption import Encryptor
from desk.accounts.second_factor import SecondFactors

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
# Services that decrypt what SECRET_KEY encrypted.
_DECRYPTING_SERVICES = {Encryptor, SecondFactors}
_Wanted = list[tuple[type[BaseModel], JsonSchemaMode]]


def build_openapi(routes: Sequence[Route]) -> bytes:
    """Return the OpenAPI document of these routes as JSON."""
    wanted: _Wanted = [(ProblemDetails, "serialization")]
    for route in routes:
        signature = route.signature
        wanted += [
            (model, "validation")
            for model in (signature.body, signature.query, route.form)
            if model
        ]
        answers = (signature.returns, route.accepted)
        wanted += [(model, "serialization") for model in answers if model]
    places, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    schemas = definitions["$defs"]
    queries = {route.signature.query for route in routes if route.signature.query}
    paths: dict[str, Json] = {}
    for route in routes:
        operation = _operation(route, places, schemas)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    for query in queries:  # they become parameters, and nothing refers to them
        schemas.pop(places[query, "validation"]["$ref"].rpartition("/")[2], None)
    return json.dumps(_document(paths, schemas), ensure_ascii=False).encode()


def _document(paths: Json, schemas: Json) -> Json:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OsmoDesk",
            "version": version("osmodesk"),
            "description": "The API of the help desk. Errors are RFC 9457 problem details: compare"
            " `type` in programs; find `request_id` in the server's log.",
        },
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                # of a link that /download-links made
                "link_key": {"type": "apiKey", "in": "query", "name": LINK_KEY},
            },
        },
    }


def _security(route: Route) -> list[Json]:
    """Return what opens the route; one of them is enough."""
    if route.access is AccessRule.ANYONE:
        return []
    return [{"access_token": []}, *([{"link_key": []}] if route.has_links else [])]


def _operation(route: Route, places: Any, schemas: Json) -> Json:
    signature = route.signature
    operation: Json = {
        "operationId": _operation_id(route),
        "tags": [route.tag],
        "summary": route.summary,
        "description": _describe(route),
        "security": _security(route),
        "parameters": [
            *_path_parameters(route),
            *_query_parameters(signature.query, places, schemas),
            *_idempotency_parameters(route),
            *_browser_parameters(route),
        ],
        "responses": {**_success_responses(route, places), **_problem_responses(route)},
    }
    if signature.body or route.form:
        model = signature.body or route.form
        content = {route.consumes: {"schema": places[model, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _operation_id(route: Route) -> str:
    module = route.handler.__module__.removeprefix("api.").replace(".", "_")
    return f"{module}_{route.handler.__name__}"


def _describe(route: Route) -> str:
    promise = inspect.getdoc(route.handler) or route.summary
    return f"{promise}\n\nAccess: {route.access.value}."


def _path_parameters(route: Route) -> list[Json]:
    ulid = {"type": "string", "pattern": ULID_PATTERN}
    others: dict[Any, Json] = {
        int: {"type": "integer", "minimum": 1},
        StaffGroup: {"type": "string", "pattern": GROUP_ID_PATTERN},
    }
    return [
        {"name": name, "in": "path", "required": True, "schema": others.get(kind, ulid)}
        for name, kind in route.signature.path.items()
    ]


def _query_parameters(model: type[BaseModel] | None, places: Any, schemas: Json) -> list[Json]:
    if model is None:
        return []
    schema = schemas[places[model, "validation"]["$ref"].rpartition("/")[2]]
    needed = schema.get("required", ())
    return [_parameter(name, each, name in needed) for name, each in schema["properties"].items()]


def _idempotency_parameters(route: Route) -> list[Json]:
    if IdempotencyHeader not in route.signature.dependencies:
        return []
    about = "a key that you choose; the same key returns the first response again for 24 hours"
    schema = {"type": "string", "pattern": KEY_PATTERN}
    return [{"name": IDEMPOTENCY_HEADER, "in": "header", "schema": schema, "description": about}]


def _browser_parameters(route: Route) -> list[Json]:
    if BrowserRequest not in route.signature.dependencies:
        return []
    about = "required; browsers add `Sec-Fetch-Site` or `Origin`, which must name this server"
    schema = {"type": "string", "const": "1"}
    where = {"name": CONSOLE_HEADER, "in": "header", "required": True}
    return [{**where, "schema": schema, "description": about}]


def _parameter(name: str, schema: Json, is_needed: bool) -> Json:
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(kinds) == 1:  # a query omits a parameter instead of sending null
        schema = {**{k: v for k, v in schema.items() if k not in {"anyOf", "default"}}, **kinds[0]}
    about = schema.get("description")
    return {
        "name": name,
        "in": "query",
        "required": is_needed,
        "schema": {k: v for k, v in schema.items() if k not in {"title", "description"}},
        **({"description": about} if about else {}),
    }


def _success_responses(route: Route, places: Any) -> Json:
    return {
        str(route.status): _success_response(route, places),
        **_accepted_response(route, places),
        **{str(each): {"description": HTTPStatus(each).phrase} for each in route.other_statuses},
    }


def _accepted_response(route: Route, places: Any) -> Json:
    if route.accepted is None:
        return {}
    about = "the path where the state of what was asked for is shown"
    location = {"description": about, "required": True, "schema": {"type": "string"}}
    return {
        "202": {
            "description": "Accepted: it is not finished yet, and goes on",
            "headers": {"Location": location},
            "content": {JSON: {"schema": places[route.accepted, "serialization"]}},
        }
    }


def _success_response(route: Route, places: Any) -> Json:
    if route.stream_types:
        content: Json = {kind: {"schema": {}} for kind in route.stream_types}
    elif route.signature.returns:
        content = {JSON: {"schema": places[route.signature.returns, "serialization"]}}
    else:
        return {"description": "Success, without content"}
    return {"description": "Success", "content": content}


def _problem_responses(route: Route) -> Json:
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in dict.fromkeys(list_problems(route)):
        by_status.setdefault(kind.status, []).append(kind)
    schema = {"schema": {"$ref": _REF.format(model="ProblemDetails")}}
    return {
        str(status): {
            "description": "; ".join(f"{kind.title} (`{kind.type()}`)" for kind in kinds),
            "content": {MEDIA_TYPE: schema},
        }
        for status, kinds in sorted(by_status.items())
    }


def list_problems(route: Route) -> Iterable[type[Problem]]:
    """List the problems that a route may answer: those that its signature implies, then its own."""
    signature = route.signature
    if route.access is not AccessRule.ANYONE:
        yield Unauthorized
    if route.access in {AccessRule.LOGGED_IN, AccessRule.ADMIN}:
        yield SecondFactorSetupRequired
    if route.access is AccessRule.ADMIN:
        yield Forbidden
    if signature.path:
        yield NotFound
    if signature.body or route.form:
        yield from (BadRequest, RequestTimeout, ContentTooLarge, UnsupportedMediaType)
    if signature.body or signature.query or route.form:
        yield ValidationFailed
    if IdempotencyHeader in signature.dependencies:
        yield from (ValidationFailed, IdempotencyKeyReused)
    if BrowserRequest in signature.dependencies:
        yield Forbidden
    yield from route.raises
    yield from (InternalServerError, ServiceUnavailable)
    if _DECRYPTING_SERVICES & signature.dependencies:
        yield WrongSecretKey
