"""Validate JSON without the parts that cannot be read: one bad part does not hide the others."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


def parse_leniently(model: type[M], data: Mapping[str, Any]) -> M:
    """Validate an object; leave out the fields that are null or cannot be read.

    Raises ValidationError if a field that the model requires is among them.
    """
    given = {name: value for name, value in data.items() if value is not None}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        bad = {each["loc"][0] for each in error.errors(include_url=False) if each["loc"]}
        return model.model_validate({name: each for name, each in given.items() if name not in bad})
