"""Validate an upload: its headers, each part, and the received file."""

from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from pydantic import ValidationError

from api.errors.problems import (
    ContentTooLarge,
    LengthRequired,
    UnsupportedMediaType,
    ValidationFailed,
)
from api.errors.rendering import to_validation_problem
from api.files.models import FileFields
from desk.media.file_names import clean_name
from desk.media.limits import MAX_UPLOAD_BYTES
from desk.media.mime_types import TypeMismatchError, resolve_type
from desk.media.upload_store import ReceivedFile

FORM_TYPE = "multipart/form-data"
MEGABYTE = 1024 * 1024
# The form around the file.
_FORM_OVERHEAD_BYTES = 64 * 1024
_MAX_FIELD_NAME = 100
# Encodings that leave the bytes as they are.
_PLAIN_ENCODINGS = {"", "binary", "8bit", "7bit"}


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """An upload with its fields."""

    incoming: ReceivedFile
    name: str | None
    mime: str
    fields: FileFields


def check_request(request: web.Request) -> None:
    """Reject what can be rejected before reading the body; raises problems."""
    if request.content_type != FORM_TYPE or "Content-Encoding" in request.headers:
        raise UnsupportedMediaType(f"the body must be {FORM_TYPE}, not compressed")
    if request.content_length is None:
        raise LengthRequired("an upload needs the header Content-Length")
    if request.content_length > MAX_UPLOAD_BYTES + _FORM_OVERHEAD_BYTES:
        raise ContentTooLarge(f"the limit for a file is {MAX_UPLOAD_BYTES // MEGABYTE} MB")


def read_part_name(part: BodyPartReader, taken: set[str]) -> str:
    """Return the field name of a part; raises ValidationFailed for an unknown or repeated field."""
    name = part.name or ""
    if name != "file" and name not in FileFields.model_fields:
        raise ValidationFailed.field(
            name[:_MAX_FIELD_NAME], "is not a field of this form", "extra_forbidden"
        )
    if name in taken:
        raise ValidationFailed.field(name, "must be given only once", "given_twice")
    if part.headers.get("Content-Transfer-Encoding", "").strip().lower() not in _PLAIN_ENCODINGS:
        raise UnsupportedMediaType("parts must be sent without a Content-Transfer-Encoding")
    return name


def validate_upload(
    incoming: ReceivedFile, part: BodyPartReader, given: dict[str, str]
) -> UploadedFile:
    """Validate a file and its fields; raises ValidationFailed."""
    try:
        fields = FileFields.model_validate(given)
    except ValidationError as error:
        raise to_validation_problem(error, "body") from None
    if incoming.size == 0:
        raise ValidationFailed.field("file", "must not be empty", "empty")
    try:
        mime = resolve_type(incoming.head, part.headers.get("Content-Type"))
    except TypeMismatchError as error:
        raise ValidationFailed.field("file", str(error), "bytes_disagree") from None
    return UploadedFile(incoming, clean_name(part.filename), mime, fields)
