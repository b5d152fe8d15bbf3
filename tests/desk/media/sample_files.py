"""Small sample files of every type, made here: only their bytes matter."""

import io
import math
import struct
import wave

from sandbox.telegram.model.sample_files import png

PNG = png()
JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
GIF = (
    b"GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    b"\x2c\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02\x02\x84\x51\x00\x3b"
)
MP3 = b"ID3\x03" + bytes(60)
AMR = b"#!AMR\n" + bytes(60)
WEBM = b"\x1aE\xdf\xa3" + bytes(60)
TGS = b"\x1f\x8b\x08\x00" + bytes(60)
OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)


def box(name: bytes, *within: bytes) -> bytes:
    body = b"".join(within)
    return struct.pack(">I", 8 + len(body)) + name + body


def film(*codecs: bytes, brand: bytes = b"isom", padding: int = 0) -> bytes:
    """Return an MP4 that has a track of each codec, and no frames."""
    tracks = [
        box(
            b"trak",
            box(b"tkhd", bytes(84)),
            box(
                b"mdia",
                box(b"minf", box(b"stbl", box(b"stsd", bytes(8), box(codec, bytes(78))))),
            ),
        )
        for codec in codecs
    ]
    moov = box(b"moov", box(b"mvhd", bytes(100)), *tracks) if codecs else b""
    return box(b"ftyp", brand + bytes(4)) + box(b"mdat", bytes(64 + padding)) + moov


def webp(width: int = 512, height: int = 512, *, moves: bool = False, padding: int = 0) -> bytes:
    """Return the head of a WebP of this size in pixels."""
    flags = bytes((0x02 if moves else 0, 0, 0, 0))
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + flags + canvas + bytes(padding)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def sound(seconds: float = 0.3) -> bytes:
    """Return a WAV with a tone."""
    rate, file = 8000, io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(rate)
        tone = (int(9000 * math.sin(n / 3)) for n in range(int(rate * seconds)))
        made.writeframes(b"".join(struct.pack("<h", each) for each in tone))
    return file.getvalue()
