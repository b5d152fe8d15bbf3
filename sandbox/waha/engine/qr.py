"""Renders a QR code."""

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=16)
def render_qr_png(value: str) -> bytes:
    """Return a PNG that a phone can scan."""
    file = io.BytesIO()
    segno.make_qr(value, error="l").save(file, kind="png", scale=6, border=4)
    return file.getvalue()
