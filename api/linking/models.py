"""Schemas of a number's link."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import RequestBody, ResponseModel
from db.tables import LinkStatus


class LinkOut(ResponseModel):
    """The link of a number to its phone."""

    status: LinkStatus
    phone: str | None = Field(description="the linked number")
    name: str | None = Field(description="the name of the phone's WhatsApp account")
    error: str | None = Field(description="error message for people")
    has_code: bool = Field(description="true: there is a QR code to scan at GET …/link/qr")
    stopped_by_admin: bool = Field(
        description="true: it stays stopped until an administrator starts it"
    )
    since: datetime | None = Field(
        description="time of the last change of status; null: not known yet"
    )


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
