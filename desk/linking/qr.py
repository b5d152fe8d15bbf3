"""QR codes as pictures."""

import io

import segno

# Pixels of a module: a phone reads it from a screen at arm's length.
_SCALE = 8
# What a QR code can hold at the least correction; ours are of some 240 characters.
MAX_LENGTH = 2_000


def draw_qr(text: str) -> bytes:
    """Draw a QR code as a PNG, with the quiet border that scanners need; raises ValueError."""
    if not text or len(text) > MAX_LENGTH:
        raise ValueError(f"a QR code needs 1 to {MAX_LENGTH} characters")
    picture = io.BytesIO()
    segno.make(text, error="l", micro=False).save(picture, kind="png", scale=_SCALE, border=4)
    return picture.getvalue()
