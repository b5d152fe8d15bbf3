"""The Graph API's JSON shapes are plain dictionaries; webhooks write them as PHP does."""

import json
from typing import Any

Json = dict[str, Any]

encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def encode_escaped(content: Json) -> bytes:
    r"""Return the bytes that are signed and posted: ASCII only, with \u00e4 and \/, as Meta's."""
    return encode(content).replace("/", "\\/").encode("ascii")


def without_none(fields: Json) -> Json:
    """Return `fields` without those that are None, which the Graph API leaves out."""
    return {name: value for name, value in fields.items() if value is not None}


def digits(text: object) -> str:
    """Return the digits of a phone number, however it was written."""
    return "".join(sign for sign in str(text) if sign.isascii() and sign.isdigit())
