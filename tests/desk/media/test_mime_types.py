"""The bytes of a file decide its type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.tables import MessageType
from desk.media.mime_types import (
    UNKNOWN_TYPE,
    TypeMismatchError,
    choose_display_type,
    choose_message_type,
    resolve_type,
    sniff_type,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
HEADS = {
    "image/jpeg": b"\xff\xd8\xff\xe0" + bytes(20),
    "image/png": PNG,
    "image/gif": b"GIF89a" + bytes(20),
    "image/webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "video/mp4": b"\x00\x00\x00\x20ftypisom" + bytes(20),
    "video/quicktime": b"\x00\x00\x00\x14ftypqt  " + bytes(20),
    "image/heic": b"\x00\x00\x00\x18ftypheic" + bytes(20),
    "audio/mp4": b"\x00\x00\x00\x20ftypM4A " + bytes(20),
    "audio/mpeg": b"\xff\xfb\x90\x64" + bytes(20),
    "audio/ogg": b"OggS" + bytes(24) + b"OpusHead",
    "video/webm": b"\x1aE\xdf\xa3" + bytes(20),
    "application/pdf": b"%PDF-1.7\n",
    "application/zip": b"PK\x03\x04" + bytes(20),
    "video/3gpp": b"\x00\x00\x00\x18ftyp3gp4" + bytes(20),
    "audio/aac": b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(20),
    "audio/amr": b"#!AMR\n" + bytes(20),
    "audio/wav": b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(20),
    "audio/flac": b"fLaC" + bytes(20),
}
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize("mime", HEADS)
def test_types_are_known_by_their_first_bytes(mime: str) -> None:
    assert sniff_type(HEADS[mime]) == mime
    assert resolve_type(HEADS[mime], None) == mime
    assert resolve_type(HEADS[mime], UNKNOWN_TYPE) == mime


@pytest.mark.parametrize(
    "claim", ["image/png", "image/jpeg", "video/mp4", "audio/ogg", "IMAGE/PNG"]
)
@pytest.mark.parametrize("head", [HTML, SVG, b"", b"MZ\x90\x00", b"\x89PN", HEADS["image/gif"]])
def test_a_wrong_declared_type_is_refused(claim: str, head: bytes) -> None:
    with pytest.raises(TypeMismatchError):
        resolve_type(head, claim)


@pytest.mark.parametrize(
    ("claim", "kept"),
    [
        ("text/html; charset=utf-8", "text/html"),
        ("image/svg+xml", "image/svg+xml"),
        ("Text/Plain", "text/plain"),
        ("application/x-made-up", "application/x-made-up"),
        ("no type", UNKNOWN_TYPE),
        ("text/html\r\nX-Evil: 1", UNKNOWN_TYPE),
        ("a/" + "b" * 500, UNKNOWN_TYPE),
        ("", UNKNOWN_TYPE),
    ],
)
def test_other_claims_are_kept_where_they_are_types(claim: str, kept: str) -> None:
    assert resolve_type(HTML, claim) == kept
    assert choose_message_type(kept, HTML) is MessageType.FILE


def test_message_types_of_media_types() -> None:
    sent = {mime: choose_message_type(mime, head) for mime, head in HEADS.items()}
    assert sent == {
        "image/jpeg": MessageType.IMAGE,
        "image/png": MessageType.IMAGE,
        "image/gif": MessageType.ANIMATION,
        "image/webp": MessageType.IMAGE,
        "video/mp4": MessageType.VIDEO,
        "video/quicktime": MessageType.FILE,
        "image/heic": MessageType.FILE,
        "audio/mp4": MessageType.AUDIO,
        "audio/mpeg": MessageType.AUDIO,
        "audio/ogg": MessageType.VOICE,
        "video/webm": MessageType.FILE,
        "application/pdf": MessageType.FILE,
        "application/zip": MessageType.FILE,
        "video/3gpp": MessageType.FILE,
        "audio/aac": MessageType.FILE,
        "audio/amr": MessageType.FILE,
        "audio/wav": MessageType.FILE,
        "audio/flac": MessageType.FILE,
    }


@pytest.mark.parametrize(
    ("head", "kept", "shown"),
    [
        (PNG, "image/png", ("image/png", True)),
        (PNG, "text/html", ("image/png", True)),
        (HTML, "image/png", (UNKNOWN_TYPE, False)),
        (HTML, "text/html", (UNKNOWN_TYPE, False)),
        (SVG, "image/svg+xml", (UNKNOWN_TYPE, False)),
        (HTML, "application/xhtml+xml", (UNKNOWN_TYPE, False)),
        (b"x", "text/javascript", (UNKNOWN_TYPE, False)),
        (b"x", "message/rfc822", (UNKNOWN_TYPE, False)),
        (b"CWS\x09", "application/x-shockwave-flash", (UNKNOWN_TYPE, False)),
        (b"GIF89a/*<script>", "text/html", ("image/gif", True)),
        (b"x", "text/plain\r\nSet-Cookie: a=b", (UNKNOWN_TYPE, False)),
        (b"x", None, (UNKNOWN_TYPE, False)),
        (HEADS["application/pdf"], "application/pdf", ("application/pdf", False)),
        (b"x", "text/csv", ("text/csv", False)),
    ],
)
def test_display_types_for_browsers(head: bytes, kept: str | None, shown: tuple[str, bool]) -> None:
    assert choose_display_type(head, kept) == shown


@given(st.binary(max_size=80), st.text(max_size=40) | st.sampled_from(sorted(HEADS)))
def test_no_bytes_and_no_claim_break_it(head: bytes, claim: str) -> None:
    kind, may_show = choose_display_type(head, claim)
    assert kind.isascii()
    assert "\n" not in kind
    assert not may_show or sniff_type(head) == kind
    try:
        kept = resolve_type(head, claim)
    except TypeMismatchError:
        return
    assert choose_message_type(kept, head) in MessageType
