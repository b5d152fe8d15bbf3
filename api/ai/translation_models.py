"""Schemas of translations."""

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import RequestBody, ResponseModel, Ulid


class TranslateBody(RequestBody):
    """The language to translate a message into."""

    language: Language | None = Field(default=None, description="null: the language of staff")


class TranslationOut(ResponseModel):
    """A message in another language."""

    message_id: Ulid
    language: str
    text: str
