"""Base classes of all bodies, queries and responses, and the shared field types."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

# Telegram's ids of groups are negative.
GROUP_ID_PATTERN = r"^-[1-9][0-9]{0,19}$"
ULID_PATTERN = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
FieldLocation = Literal["body", "query", "header"]
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class RequestBody(BaseModel):
    """A JSON request body: unknown fields are rejected, and types are not converted."""

    model_config = ConfigDict(
        defer_build=True, extra="forbid", strict=True, allow_inf_nan=False, frozen=True
    )


class QueryModel(BaseModel):
    """The query parameters: they are text, so numbers and booleans are parsed from it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", allow_inf_nan=False, frozen=True)


class ResponseModel(BaseModel):
    """A response. Fields may be added later, so clients must ignore unknown fields."""

    model_config = ConfigDict(defer_build=True, from_attributes=True, frozen=True)


def _replace_surrogates(text: object) -> object:
    """Replace lone surrogates, which UTF-8 cannot encode: they come from undecodable bytes."""
    return text.encode(errors="replace").decode() if isinstance(text, str) else text


SafeText = Annotated[str, BeforeValidator(_replace_surrogates)]


class FieldError(ResponseModel):
    """What is wrong with one field."""

    where: FieldLocation
    field: SafeText = Field(
        description="name of the field; `a.0.b` for a nested field; empty: the whole body"
    )
    code: str = Field(description="stable code for programs")
    message: SafeText = Field(description="message for people")
    limit: int | float | None = Field(
        default=None, description="the number that the value broke, such as the shortest length"
    )


class TemplateBrief(ResponseModel):
    """A template that may be sent, in brief."""

    id: str
    name: str
    language: str
    text: str = Field(description="text with its variables")
    variables: list[str] = Field(description="keys of its variables")


class ProblemDetails(ResponseModel):
    """Problem details, as RFC 9457 defines them."""

    type: str = Field(description="kind of problem; never changes its meaning")
    title: str
    status: int
    detail: SafeText | None = None
    request_id: str = Field(description="also in the server's log and in X-Request-Id")
    errors: list[FieldError] | None = None
    templates: list[TemplateBrief] | None = Field(
        default=None, description="only with window-closed: the templates that may be sent instead"
    )


def _reject_control_characters(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("must not contain control characters")
    return text


def _require_rfc3339(moment: object) -> object:
    """Accept only RFC 3339 times: a number could mean seconds or milliseconds."""
    if not isinstance(moment, str) or not _RFC3339.fullmatch(moment):
        raise ValueError("must be a time with a UTC offset, such as 2026-01-05T09:00:00Z")
    return moment


# Field types. `Text` may have several lines. `SearchText` rejects control characters too: SQLite
# ends a text at a NUL, so such a search would match everything.
Ulid = Annotated[str, Field(pattern=ULID_PATTERN, examples=["01KAPQ4M6Q9Y0JX7T0ZV3F9B2D"])]
Line = Annotated[
    str, Field(min_length=1, max_length=190), AfterValidator(_reject_control_characters)
]
Text = Annotated[
    str, Field(min_length=1, max_length=16_000), AfterValidator(_reject_control_characters)
]
OptionalText = Annotated[str, AfterValidator(_reject_control_characters)]
SearchText = Annotated[
    str, Field(min_length=1, max_length=100), AfterValidator(_reject_control_characters)
]
# The address of a picture that others serve: it is shown, and never fetched by us.
PictureUrl = Annotated[
    str,
    Field(
        pattern=r"^https?://[!#-;=?-\[\]_a-z~%]+$",
        max_length=500,
        examples=["https://example.com/mia.png"],
    ),
]
Phone = Annotated[
    str, Field(pattern=r"^\+?[0-9][0-9 ()./-]{2,30}$", max_length=32, examples=["+62 811 234 567"])
]
EmailAddress = Annotated[
    Line, Field(pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$", examples=["andi@example.com"])
]
# A time that is valid in every time zone and in every database.
Timestamp = Annotated[
    AwareDatetime,
    BeforeValidator(_require_rfc3339),
    # Not strict: behind a validator of ours, JSON's text counts as Python's.
    Field(strict=False, ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]

# A number would be read as seconds since 1970, so such days are refused.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
