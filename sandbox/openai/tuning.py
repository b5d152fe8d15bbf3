"""What the stand-in's server can do, as tests set it."""

from dataclasses import dataclass, fields

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json

JSON_SCHEMA, JSON_OBJECT, TEXT = "json_schema", "json_object", "text"


@dataclass(slots=True)
class Tuning:
    """The server's abilities, its speed and its key."""

    # The status of the error for a form of answers; 0: the form is supported.
    json_schema_error: int = 0
    json_object_error: int = 0
    # False: the server refuses these, as some models do.
    temperature: bool = True
    max_tokens: bool = True
    images: bool = True
    # Each answer takes up to this part of `seconds` more or less, by chance.
    spread: float = 0.0
    # Seconds until an answer, and between the chunks of a stream.
    seconds: float = 0.0
    chunk_seconds: float = 0.0
    # False: the answers do not say how many tokens they took.
    usage: bool = True
    # Every other key is refused; empty: any key is accepted.
    api_key: str = ""
    # Names separated by commas; empty: every model exists.
    models: str = ""
    # Text before and after the answer, as reasoning models and chatty ones add it.
    before: str = ""
    after: str = ""


def change_tuning(tuning: Tuning, body: Json) -> None:
    """Change the named settings."""
    known = {field.name for field in fields(Tuning)}
    for name in body:
        if name not in known:
            raise ControlRequestError(f"no setting {name}: there are {', '.join(sorted(known))}")
    for name, value in body.items():
        kind = type(getattr(Tuning(), name))
        if kind is bool and not isinstance(value, bool):
            raise ControlRequestError(f"{name} is true or false")
        setattr(tuning, name, kind(value))
