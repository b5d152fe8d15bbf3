"""What is said about a number's link."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import RequestBody, ResponseModel
from db.tables import LinkStatus


class LinkOut(ResponseModel):
    """How the link of a number to its phone stands."""

    status: LinkStatus
    phone: str | None = Field(description="the number that is linked")
    name: str | None = Field(description="what its phone calls itself")
    error: str | None = Field(description="what is wrong, in words")
    has_code: bool = Field(description="there is a code to be scanned: GET …/link/qr")
    stopped_by_admin: bool = Field(description="nobody starts it until an admin does")
    since: datetime | None = Field(description="when the status became so; null: not asked yet")


class QrCodeOut(ResponseModel):
    """What the QR code of now says."""

    value: str
    since: datetime


class PairingPhone(RequestBody):
    """The phone that is to be linked, by its number."""

    phone: Annotated[
        str,
        Field(pattern=r"^\+?[0-9]{5,20}$", max_length=21, examples=["+4915550000001"]),
    ]


class PairingCode(ResponseModel):
    """A code to be typed on the phone: WhatsApp, Linked devices, Link with phone number."""

    code: str
