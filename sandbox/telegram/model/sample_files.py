"""Small generated files of every kind, for messages that are sent without a file."""

import struct
import zlib

_SIDE = 64


def _chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


def png(red: int = 64, green: int = 140, blue: int = 214, side: int = _SIDE) -> bytes:
    """Return a square PNG whose colour fades towards its lower edge."""
    rows = b"".join(
        b"\x00" + bytes((red, green, (blue + 2 * row) % 256)) * side for row in range(side)
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def _track(codec: bytes) -> bytes:
    described = _box(b"stsd", bytes(4) + struct.pack(">I", 1) + _box(codec, bytes(78)))
    return _box(b"trak", _box(b"mdia", _box(b"minf", _box(b"stbl", described))))


def mp4() -> bytes:
    """Return an MP4 file that names its codecs, H.264 and AAC, and has no frames."""
    brand = _box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2mp41")
    tracks = _box(b"moov", _track(b"avc1") + _track(b"mp4a"))
    return brand + _box(b"free", b"") + _box(b"mdat", b"\x00" * 64) + tracks


def ogg() -> bytes:
    """Return one Ogg page that announces an Opus stream."""
    body = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 312, 48000, 0, 0)
    return b"OggS" + bytes((0, 2)) + bytes(20) + bytes((1, len(body))) + body


def mp3() -> bytes:
    """Return a tag and a few silent MPEG frames."""
    return b"ID3\x03\x00\x00\x00\x00\x00\x00" + (b"\xff\xfb\x10\xc4" + bytes(100)) * 3


def webp(side: int = 512) -> bytes:
    """Return a lossless WebP of one colour, as large as stickers are."""
    shape = struct.pack("<I", side - 1 | side - 1 << 14 | 1 << 28)
    pixels = b"\x2f" + shape + bytes.fromhex("071011118888fe07")
    body = b"WEBPVP8L" + struct.pack("<I", len(pixels)) + pixels + b"\x00"
    return b"RIFF" + struct.pack("<I", len(body)) + body


# kind: (file name, content type, bytes)
SAMPLES: dict[str, tuple[str, str, bytes]] = {
    "photo": ("photo.png", "image/png", png()),
    "document": ("document.txt", "text/plain", b"A small document from the sandbox.\n"),
    "video": ("video.mp4", "video/mp4", mp4()),
    "audio": ("audio.mp3", "audio/mpeg", mp3()),
    "voice": ("voice.oga", "audio/ogg", ogg()),
    "sticker": ("sticker.webp", "image/webp", webp()),
    "animation": ("animation.mp4", "video/mp4", mp4()),
    "video_note": ("video_note.mp4", "video/mp4", mp4()),
}
