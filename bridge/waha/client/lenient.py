"""Validate JSON without the parts that cannot be read: one bad part does not hide the others."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


def parse_leniently(model: type[M], data: object) -> M:
    """Validate an object; leave out the fields that cannot be read.

    Raises ValidationError if it is no object, or without a field that the model requires.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        bad = {each["loc"][0] for each in error.errors(include_url=False) if each["loc"]}
        if not bad or not isinstance(data, dict):
            raise
        return model.model_validate({name: each for name, each in data.items() if name not in bad})
