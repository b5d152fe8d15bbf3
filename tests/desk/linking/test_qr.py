"""QR codes as pictures."""

import struct

import pytest

from desk.linking.qr import MAX_LENGTH, draw_qr

# As long as WhatsApp's texts: four parts with commas.
CODE = "2@" + "A" * 236


def test_a_code_is_a_square_picture_that_a_phone_can_read() -> None:
    drawn = draw_qr(CODE)
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", drawn[16:24])
    assert width == height
    assert 300 < width < 1000
    assert len(drawn) < 20_000
    assert draw_qr(CODE) == drawn != draw_qr(CODE + "B")


@pytest.mark.parametrize("text", ["", "x" * (MAX_LENGTH + 1)])
def test_an_invalid_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="QR code"):
        draw_qr(text)
