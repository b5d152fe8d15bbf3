"""The OpenAPI document matches the route table, and all its references resolve."""

import json
from typing import Any

import jsonschema_rs
import pytest

from api.access.permissions import AccessRule
from api.routes import ROUTES
from api.routing.openapi import list_problems
from tests.api.stage import ApiStage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def description(api: ApiStage) -> Any:
    answer = await api.ask("GET", "/openapi.json")
    assert answer.status == 200
    return answer.body


def operations(document: Any) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def test_every_route_is_described_and_nothing_else(api: ApiStage) -> None:
    document = await description(api)
    assert document["openapi"] == "3.1.0"
    assert set(operations(document)) == {route.name for route in ROUTES}


async def test_names_of_operations_are_unique(api: ApiStage) -> None:
    names = [each["operationId"] for each in operations(await description(api)).values()]
    assert len(set(names)) == len(names)


async def test_whatever_is_referred_to_is_there_and_is_a_schema(api: ApiStage) -> None:
    document = await description(api)
    schemas = document["components"]["schemas"]
    for name in {part for part in json.dumps(document).split('"') if part.startswith("#/")}:
        assert name.removeprefix("#/components/schemas/") in schemas
    for schema in schemas.values():
        jsonschema_rs.meta.validate(
            {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"}
        )


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
async def test_each_operation_says_who_may_and_what_may_go_wrong(api: ApiStage, route: Any) -> None:
    operation = operations(await description(api))[route.name]
    assert operation["summary"]
    assert route.access.value in operation["description"]
    needed: list[dict[str, list[str]]] = (
        [] if route.access is AccessRule.ANYONE else [{"access_token": []}]
    )
    assert operation["security"] == needed + ([{"link_key": []}] if route.has_links else [])
    problems = {str(kind.status) for kind in list_problems(route)}
    successes = {str(each) for each in (route.status, *route.other_statuses)}
    if route.accepted is not None:
        successes.add("202")
        assert "application/json" in operation["responses"]["202"]["content"]
    assert set(operation["responses"]) == {*successes, *problems}
    for status in problems:
        assert "application/problem+json" in operation["responses"][status]["content"]
    in_path = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
    assert in_path == set(route.signature.path)


async def test_every_model_says_what_its_fields_may_be(api: ApiStage) -> None:
    """Every input field has a limit."""
    schemas = (await description(api))["components"]["schemas"]
    bodies = {
        variant
        for route in ROUTES
        if route.signature.body
        for variant in variants(schemas, route.signature.body.__name__)
    }
    loose = [
        f"{body}.{name}"
        for body in bodies
        for name, schema in schemas[body]["properties"].items()
        for each in schema.get("anyOf", [schema])
        if not is_bounded(each)
    ]
    assert loose == []


def variants(schemas: Any, name: str) -> list[str]:
    """Return the models that a body may be: itself, or the members of its union."""
    chosen = [each["$ref"].rpartition("/")[2] for each in schemas[name].get("oneOf", ())]
    return chosen or [name]


def is_bounded(schema: Any) -> bool:
    match schema.get("type"):
        case "string":
            return not {"maxLength", "pattern", "format", "enum", "const"}.isdisjoint(schema)
        case "integer" | "number":
            return "maximum" in schema or "exclusiveMaximum" in schema
        case "array":
            return "maxItems" in schema and is_bounded(schema["items"])
        case "object":
            values = schema.get("additionalProperties")
            return values is False or ("maxProperties" in schema and is_bounded(values))
    return True  # a reference, a boolean, null
