"""Read the size of a WebP, and whether it is animated, from its first bytes."""

from dataclasses import dataclass

# `read_webp_info` looks at this many bytes.
HEADER_SIZE = 30
_ANIMATION_FLAG = 0x02
_FOURTEEN_BITS = 0x3FFF


@dataclass(frozen=True, slots=True)
class WebpInfo:
    """Size in pixels, and whether there is more than one frame."""

    width: int
    height: int
    is_animated: bool = False


def read_webp_info(head: bytes) -> WebpInfo | None:
    """Return the size of a WebP from its first bytes; None if it is not one, or is broken."""
    if len(head) < HEADER_SIZE or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8X":
            width, height = (
                _read_little_endian(head[24:27]) + 1,
                _read_little_endian(head[27:30]) + 1,
            )
            return WebpInfo(width, height, bool(head[20] & _ANIMATION_FLAG))
        case b"VP8L" if head[20] == 0x2F:  # noqa: PLR2004 its mark
            bits = _read_little_endian(head[21:25])
            return WebpInfo((bits & _FOURTEEN_BITS) + 1, (bits >> 14 & _FOURTEEN_BITS) + 1)
        case b"VP8 " if head[23:26] == b"\x9d\x01\x2a":
            width, height = _read_little_endian(head[26:28]), _read_little_endian(head[28:30])
            return WebpInfo(width & _FOURTEEN_BITS, height & _FOURTEEN_BITS)
    return None


def _read_little_endian(little: bytes) -> int:
    return int.from_bytes(little, "little")
