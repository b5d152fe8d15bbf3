"""The Bot API's schema as data: every method and type with its fields."""

import json
from functools import cache
from pathlib import Path

from sandbox.common.json_shapes import Json

SCHEMA_FILE = Path(__file__).with_name("bot-api-10.3.json")


@cache
def schema() -> Json:
    """Return the schema, read once."""
    content: Json = json.loads(SCHEMA_FILE.read_text())
    return content


def fields_of_method(method: str) -> Json:
    """Return a method's parameters by name, each with `types` and `required`."""
    fields: Json = schema()["methods"][method]["fields"]
    return fields


def alternatives(written: str) -> tuple[bool, list[str]]:
    """Split a written type into (is it an array, the names of the types it may be)."""
    is_array = written.startswith("Array of ")
    names = written.removeprefix("Array of ")
    if names.startswith("Array of "):
        return True, [names]
    parts = names.replace(" and ", " or ").replace(", ", " or ")
    return is_array, parts.split(" or ")


def concrete(name: str) -> list[str]:
    """Return the types that a name stands for: its subtypes, or itself."""
    kind = schema()["types"].get(name)
    if kind is None or not kind["subtypes"]:
        return [name]
    return [leaf for subtype in kind["subtypes"] for leaf in concrete(subtype)]
