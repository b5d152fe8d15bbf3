"""Phone digits, and JSON as Meta's webhooks write it."""

from sandbox.common.json_shapes import Json, encode


def encode_escaped(content: Json) -> bytes:
    r"""Return the bytes that are signed and posted: ASCII only, with \u00e4 and \/, as Meta's."""
    return encode(content).replace("/", "\\/").encode("ascii")


def digits(text: object) -> str:
    """Return the digits of a phone number, however it was written."""
    return "".join(sign for sign in str(text) if sign.isascii() and sign.isdigit())
