"""Asks for the credentials of a channel: the fields of its kind, in the words of the API."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from api.channels.credentials import KINDS
from api.channels.models import NewChannel
from scripts.upkeep.errors import UpkeepError


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One value of the credentials."""

    name: str
    about: str
    is_secret: bool
    is_required: bool


def list_fields(kind: str) -> list[CredentialField]:
    """List the fields of a kind's credentials; raise UpkeepError for an unknown kind."""
    model = next((model for model, each in KINDS.items() if each == kind), None)
    if model is None:
        raise UpkeepError(f"{kind} is not a kind of channel: use {', '.join(KINDS.values())}")
    return [_read_field(model, name) for name in model.model_fields]


def read_assignments(lines: Iterable[str]) -> dict[str, str]:
    """Read lines of the form NAME=VALUE; raise UpkeepError, which never repeats a value."""
    given: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        name, equals, value = line.strip().partition("=")
        if not equals:
            if name:
                raise UpkeepError(f"value {number} of the credentials is not NAME=VALUE")
            continue
        given[name.strip()] = value.strip()
    return given


def complete_credentials(
    fields: list[CredentialField], given: dict[str, str], ask: Callable[[CredentialField], str]
) -> dict[str, str]:
    """Return the credentials, after asking for each required field that was not given."""
    known = [each.name for each in fields]
    if unknown := [name for name in given if name not in known]:
        raise UpkeepError(f"{unknown[0]} is not one of: {', '.join(known)}")
    missing = [each for each in fields if each.is_required and each.name not in given]
    return given | {each.name: ask(each).strip() for each in missing}


def read_standard_input() -> dict[str, str]:
    """Read the credentials from standard input; empty if a person sits in front of it."""
    return {} if sys.stdin.isatty() else read_assignments(sys.stdin)


def build_channel(values: dict[str, Any]) -> NewChannel:
    """Check the values as the API does; raise UpkeepError with one line for each wrong field."""
    try:
        return NewChannel.model_validate(values)
    except ValidationError as error:
        wrong = [f"{_join(each['loc'])}: {each['msg']}" for each in error.errors()]
        raise UpkeepError("; ".join(dict.fromkeys(wrong))) from None


def _join(location: tuple[int | str, ...]) -> str:
    # A tag of a union, such as <telegram>, is no field.
    return ".".join(str(each) for each in location if not str(each).startswith("<"))


def _read_field(model: type[BaseModel], name: str) -> CredentialField:
    field = model.model_fields[name]
    extra = field.json_schema_extra
    is_secret = isinstance(extra, dict) and bool(extra.get("writeOnly"))
    return CredentialField(name, field.description or "", is_secret, field.is_required())
