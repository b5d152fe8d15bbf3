"""Draw QR codes as pictures."""

# ruff: noqa: PLC0415 most desks never draw one, and segno takes memory

import io

# Pixels per module: a phone can read the code from a screen at arm's length.
_SCALE = 8
# The capacity of a QR code at the lowest error correction; our texts have about 240 characters.
MAX_LENGTH = 2_000


def draw_qr(text: str) -> bytes:
    """Draw a QR code as a PNG, with the quiet border that scanners need; raise ValueError."""
    if not text or len(text) > MAX_LENGTH:
        raise ValueError(f"a QR code needs 1 to {MAX_LENGTH} characters")
    import segno

    picture = io.BytesIO()
    segno.make(text, error="l", micro=False).save(picture, kind="png", scale=_SCALE, border=4)
    return picture.getvalue()


def draw_qr_as_text(text: str) -> str:
    """Draw a QR code of half blocks, for a terminal of 60 columns; raise ValueError."""
    if not text or len(text) > MAX_LENGTH:
        raise ValueError(f"a QR code needs 1 to {MAX_LENGTH} characters")
    import segno

    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(drawn, border=2, compact=True)
    return drawn.getvalue()
