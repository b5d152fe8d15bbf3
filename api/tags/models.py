"""Schemas of tags."""

from typing import Annotated

from pydantic import Field

from api.schemas.base import Line, RequestBody, ResponseModel, Ulid
from db.tables import MAX_TAG_LENGTH


class TagOut(ResponseModel):
    """A tag of the desk."""

    id: Ulid
    name: str
    sessions: int = Field(description="how many sessions have it")


class TagRename(RequestBody):
    """The new name of a tag."""

    name: Annotated[Line, Field(max_length=MAX_TAG_LENGTH)]
