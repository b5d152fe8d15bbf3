"""Schemas of a number's link."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import RequestBody, ResponseModel
from db.tables import LinkStatus


class LinkOut(ResponseModel):
    """The link of a number to its phone."""

    status: LinkStatus
    phone: str | None = Field(description="the number that is linked")
    name: str | None = Field(description="what its phone calls itself")
    error: str | None = Field(description="what is wrong, in words")
    has_code: bool = Field(description="there is a code to be scanned: GET …/link/qr")
    stopped_by_admin: bool = Field(description="nobody starts it until an admin does")
    since: datetime | None = Field(description="when the status became so; null: not asked yet")


class QrCodeOut(ResponseModel):
    """The current QR code."""

    value: str
    since: datetime


class PairingPhone(RequestBody):
    """The number of the phone to link."""

    phone: Annotated[
        str,
        Field(pattern=r"^\+?[0-9]{5,20}$", max_length=21, examples=["+4915550000001"]),
    ]


class PairingCode(ResponseModel):
    """A code to type on the phone: WhatsApp, Linked devices, Link with phone number."""

    code: str
