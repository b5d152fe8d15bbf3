"""Schemas of uploads."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from api.schemas.base import RequestBody, ResponseModel, Text, Ulid
from api.sending.formatting import Entities
from api.sending.reply_window import IfClosed
from db.tables import MessageType
from desk.formatting.captions import CAPTION_LIMIT
from desk.formatting.splitting import utf16_length


def _check_caption_length(text: str) -> str:
    if utf16_length(text) > CAPTION_LIMIT:
        raise ValueError(f"must not be longer than {CAPTION_LIMIT} UTF-16 code units")
    return text


def _parse_json(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        raise ValueError("must be JSON") from None


Caption = Annotated[Text, Field(max_length=CAPTION_LIMIT), AfterValidator(_check_caption_length)]


class FileFields(RequestBody):
    """The fields of an upload, besides the file."""

    caption: Caption | None = None
    entities: Annotated[
        Entities | None,
        BeforeValidator(_parse_json),
        WithJsonSchema({"type": "string", "contentMediaType": "application/json"}),
    ] = Field(default=None, description="formatting of the caption: JSON, as in a message's")
    reply_to: Ulid | None = Field(
        default=None, description="the message of this conversation to reply to"
    )
    as_document: bool = Field(
        default=False,
        strict=False,
        description="true: send it as a document, not as a picture, video or audio",
    )
    internal: bool = Field(
        default=False, strict=False, description="true: a note that the customer never sees"
    )
    if_closed: IfClosed = "refuse"


class ReplyFileOut(ResponseModel):
    """A file that auto-reply rules and AI agents send."""

    id: Ulid
    message_type: MessageType = Field(description="how it is sent: as a picture, a document …")
    name: str | None
    mime: str
    size: int = Field(description="in bytes")
    sha256: str
    created_at: datetime


class FileForm(FileFields):
    """A file as a form, with one part for each field."""

    file: Annotated[str, Field(max_length=50 * 1024 * 1024, json_schema_extra={"format": "binary"})]
