"""Read the codecs that an MP4 file names in its boxes, without a media library.

Our own code, because it is one walk through nested boxes, of a file that anybody may have made.
"""

from typing import BinaryIO

# Name in a track's description → our name.
_CODEC_NAMES = {
    b"avc1": "h264",
    b"avc3": "h264",
    b"hev1": "h265",
    b"hvc1": "h265",
    b"av01": "av1",
    b"vp09": "vp9",
    b"mp4v": "mpeg4",
    b"s263": "h263",
    b"mp4a": "aac",
    b"samr": "amr",
    b"Opus": "opus",
    b".mp3": "mp3",
    b"ac-3": "ac3",
}
_CONTAINER_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
# A video of some minutes has a few dozen boxes; its descriptions are short.
_MAX_BOXES = 1000
_HEADER, _LARGE_HEADER = 8, 16
_MAX_DESCRIPTIONS = 8


def read_codecs(file: BinaryIO) -> frozenset[str] | None:
    """Return the codecs of an MP4 file's tracks; None if they cannot be read.

    An unknown codec keeps the four letters that the file has for it.
    """
    size, found = file.seek(0, 2), set[str]()
    left, spans = _MAX_BOXES, [(0, size)]
    while spans:
        start, end = spans.pop()
        while start + _HEADER <= end:
            left -= 1
            box = _read_box(file, start, end)
            if box is None or left < 0:
                return None
            name, body, after = box
            if name in _CONTAINER_BOXES:
                spans.append((body, after))
            elif name == b"stsd":
                found |= _read_descriptions(file, body, after)
            start = after
    return frozenset(found) or None


def _read_box(file: BinaryIO, start: int, end: int) -> tuple[bytes, int, int] | None:
    """Read a box's header: its name, and where its body begins and ends."""
    file.seek(start)
    header = file.read(_LARGE_HEADER)
    size, body = int.from_bytes(header[:4]), start + _HEADER
    if size == 1 and len(header) == _LARGE_HEADER:
        size, body = int.from_bytes(header[8:]), start + _LARGE_HEADER
    elif size == 0:
        size = end - start
    if start + size < body or start + size > end:
        return None
    return header[4:8], body, start + size


def _read_descriptions(file: BinaryIO, body: int, end: int) -> set[str]:
    """Return the first codecs of a track; it normally has one."""
    found, start = set[str](), body + 8
    for _ in range(_MAX_DESCRIPTIONS):
        box = _read_box(file, start, end) if start + _HEADER <= end else None
        if box is None:
            break
        name, _, start = box
        found.add(_CODEC_NAMES.get(name) or name.decode("latin-1"))
    return found
