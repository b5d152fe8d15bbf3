"""Checks a call's parameters against the schema and turns form text into values."""

import json
from collections.abc import Callable
from functools import cache
from math import isfinite
from typing import Any, NoReturn

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.schema.schema import alternatives, concrete, fields_of_method, schema

Converter = Callable[[Any], Any]


class MismatchError(Exception):
    """A value that does not have the type that the schema requires."""


def decode(method: str, raw: Json) -> Json:
    """Return the parameters of a call, typed; an unknown, mistyped or missing one is a 400."""
    converters, required = _table(method)
    params: Json = {}
    for name, value in raw.items():
        converter = converters.get(name)
        if converter is None:
            raise bad_request(f'unknown parameter "{name}"')
        if value is None:
            continue
        try:
            params[name] = converter(value)
        except MismatchError as error:
            raise bad_request(f'can\'t parse parameter "{name}": {error}') from None
    for name in required:
        if name not in params:
            raise _missing(name)
    return params


def _missing(name: str) -> Exception:
    if name == "chat_id":
        return bad_request("chat_id is empty")
    if name == "text":
        return bad_request("message text is empty")
    if name == "message_id":
        return bad_request("message identifier is not specified")
    return bad_request(f'parameter "{name}" is required')


def check_object(name: str, value: Json) -> Json:
    """Return the value if it is an object of this type; otherwise raise MismatchError."""
    checked: Json = _converter(name)(value)
    return checked


@cache
def _table(method: str) -> tuple[dict[str, Converter], tuple[str, ...]]:
    fields = fields_of_method(method)
    converters = {name: _top_level(field["types"][0]) for name, field in fields.items()}
    required = tuple(name for name, field in fields.items() if field["required"])
    return converters, required


def _top_level(written: str) -> Converter:
    """Return the converter of a parameter, which may come as JSON text in a form."""
    inner = _converter(written)
    if written in PLAIN:
        return inner

    def convert(value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise MismatchError("can't parse it as JSON") from None
        return inner(value)

    return convert


@cache
def _converter(written: str) -> Converter:
    plain = PLAIN.get(written)
    if plain is not None:
        return plain
    is_array, names = alternatives(written)
    item = _converter(names[0]) if len(names) == 1 and is_array else _one_of(names)
    return _array(item) if is_array else item


def _array(item: Converter) -> Converter:
    def convert(value: Any) -> Any:
        if not isinstance(value, list):
            raise MismatchError("expected an Array")
        return [item(entry) for entry in value]

    return convert


def _one_of(names: list[str]) -> Converter:
    leaves = [leaf for name in names for leaf in concrete(name)]

    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            raise MismatchError("expected an Object")
        reason = MismatchError("no type fits")
        for leaf in leaves:
            try:
                return _object(leaf, value)
            except MismatchError as error:
                reason = error
        raise reason

    return convert


def _object(name: str, value: Json) -> Json:
    fields = schema()["types"][name]["fields"]
    converted: Json = {}
    for field, content in value.items():
        if field not in fields:
            raise MismatchError(f'unknown field "{field}" of {name}')
        if content is not None:
            converted[field] = _converter(fields[field]["types"][0])(content)
    for field, facts in fields.items():
        if facts["required"] and field not in converted:
            raise MismatchError(f'field "{field}" of {name} is required')
    return converted


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(value) if isinstance(value, str) else _reject("an Integer")
    except ValueError:
        return _reject("an Integer")


def _float(value: Any) -> float:
    if isinstance(value, bool):
        return _reject("a Float")
    try:
        number = float(value)
        return number if isfinite(number) else _reject("a Float")
    except (TypeError, ValueError):
        return _reject("a Float")


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in {"true", "1", "yes"}:
        return True
    return False if text in {"false", "0", "no", ""} else _reject("a Boolean")


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _reject("a String")


def _chat(value: Any) -> int | str:
    if isinstance(value, str) and value.startswith("@"):
        return value
    try:
        return _integer(value)
    except MismatchError:
        return _string(value)


def _file(value: Any) -> Any:
    return value


def _reject(expected: str) -> NoReturn:
    raise MismatchError(f"expected {expected}")


PLAIN: dict[str, Converter] = {
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "True": _boolean,
    "String": _string,
    "Integer or String": _chat,
    "InputFile": _file,
    "InputFile or String": _file,
}
