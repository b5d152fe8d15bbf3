"""WAHA's published schema as data, and a check of values against it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.common.json_shapes import Json

SCHEMA_FILE = Path(__file__).with_name("waha-2026.7.json")
_PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}


@cache
def schema() -> Json:
    """Return the schema, read once."""
    content: Json = json.loads(SCHEMA_FILE.read_text())
    return content


def operation(verb: str, path: str) -> Json:
    """Return what the schema says of one call."""
    found: Json = schema()["paths"][path][verb.lower()]
    return found


def body_shape(verb: str, path: str) -> Json | None:
    """Return the shape of a call's JSON body; None if it takes none."""
    asked = operation(verb, path).get("requestBody")
    if asked is None:
        return None
    shape: Json = asked["content"]["application/json"]["schema"]
    return shape


def success_status(verb: str, path: str) -> int:
    """Return the status with which a call succeeds."""
    return min(int(status) for status in operation(verb, path)["responses"])


def schema_reference(name: str) -> Json:
    """Return the reference to a type of the schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def find_schema_errors(
    shape: Json, value: Any, path: str = "body", *, strict: bool = False, asked: bool = True
) -> list[str]:
    """Return what is wrong with a value; nothing if it conforms.

    `strict` refuses unknown fields too. `asked` is for requests, where null means the same as a
    missing field; in answers the schema's examples have null only for values that do not exist.
    """
    shape = _resolve(shape)
    if "oneOf" in shape:
        tries = [
            find_schema_errors(one, value, path, strict=strict, asked=asked)
            for one in shape["oneOf"]
        ]
        return min(tries, key=len)
    if value is None and shape.get("nullable"):
        return []
    if "enum" in shape:
        return [] if value in shape["enum"] else [f"{path} is none of {shape['enum']}"]
    if shape.get("type") == "array":
        return _list_errors(shape, value, path, strict=strict, asked=asked)
    if "properties" in shape:
        return _object_errors(shape, value, path, strict=strict, asked=asked)
    return _plain_errors(shape, value, path)


def _resolve(shape: Json) -> Json:
    """Follow references; the schema wraps them in an `allOf` of one."""
    while "$ref" in shape or "allOf" in shape:
        if "allOf" in shape:
            shape = shape["allOf"][0]
        else:
            shape = schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return shape


def _plain_errors(shape: Json, value: Any, path: str) -> list[str]:
    kind = shape.get("type", "object")
    # The generator writes "object" for unknown types; a default shows the real type.
    if kind == "object":
        kind = "string" if isinstance(shape.get("default"), str) else "any"
    right = kind == "any" or (
        isinstance(value, _PLAIN[kind]) and isinstance(value, bool) == (kind == "boolean")
    )
    return [] if right else [f"{path} is no {kind}"]


def _list_errors(shape: Json, value: Any, path: str, *, strict: bool, asked: bool) -> list[str]:
    if not isinstance(value, list):
        return [f"{path} is no array"]
    found = [
        find_schema_errors(shape["items"], one, f"{path}.{at}", strict=strict, asked=asked)
        for at, one in enumerate(value)
    ]
    return [one for several in found for one in several]


def _object_errors(shape: Json, value: Any, path: str, *, strict: bool, asked: bool) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is no object"]
    fields, required = shape["properties"], shape.get("required", [])
    found = [f"{path}.{name} is unknown" for name in value if strict and name not in fields]
    for name, facts in fields.items():
        given = value.get(name)
        missing = name in required and (name not in value or (asked and given is None))
        # `session` has a default on every call, though the schema requires it.
        if missing and not (asked and name == "session"):
            found.append(f"{path}.{name} should not be empty")
        elif given is not None:
            found += find_schema_errors(facts, given, f"{path}.{name}", strict=strict, asked=asked)
    return found
