"""Checks a value against the schema: no unknown or missing field, all types right."""

from typing import Any

from sandbox.telegram.schema.schema import alternatives, concrete, schema

_PLAIN: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (float, int),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
}


def find_schema_errors(written: str, value: Any, path: str = "result") -> list[str]:
    """Return what is wrong with a value of the written type; nothing if it conforms."""
    is_array, names = alternatives(written)
    if is_array:
        if not isinstance(value, list):
            return [f"{path}: no array"]
        item = names[0] if len(names) == 1 else " or ".join(names)
        found = [find_schema_errors(item, one, f"{path}[{at}]") for at, one in enumerate(value)]
        return [one for several in found for one in several]
    tries = [_leaf(leaf, value, path) for name in names for leaf in concrete(name)]
    return min(tries, key=len)


def find_result_errors(method: str, value: Any) -> list[str]:
    """Return what is wrong with a method's result."""
    returns = schema()["methods"][method]["returns"]
    return min((find_schema_errors(written, value) for written in returns), key=len)


def _leaf(name: str, value: Any, path: str) -> list[str]:
    if name in _PLAIN:
        right = isinstance(value, _PLAIN[name]) and (
            isinstance(value, bool) == (name in {"Boolean", "True"})
        )
        if name == "True" and value is not True:
            return [f"{path}: {value!r} is not True"]
        return [] if right else [f"{path}: {value!r} is no {name}"]
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no {name}"]
    fields = schema()["types"][name]["fields"]
    found = [f"{path}.{key}: unknown field of {name}" for key in value if key not in fields]
    for key, facts in fields.items():
        if key in value:
            found += find_schema_errors(facts["types"][0], value[key], f"{path}.{key}")
        elif facts["required"]:
            found.append(f"{path}.{key}: required in {name}")
    return found
