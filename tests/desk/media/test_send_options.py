"""As what files go to WhatsApp and to Telegram: the table, line by line."""

import pytest

from bridge.convert import media_constraints as whatsapp
from db.tables import MessageType as Kind
from desk.media.converter import Form
from desk.media.ports import Takes
from desk.media.probe import Facts
from desk.media.send_options import Way, ways

MB, KB = 1024 * 1024, 1024
GOOD = frozenset({"h264", "aac"})
DOCUMENT = Way(Kind.FILE)


def facts(mime: str, size: int = 1000, **more: object) -> Facts:
    return Facts(mime, size, is_sure=True, **more)  # type: ignore[arg-type] # by name, in each row


def sticker(size: int, side: int = 512, *, moves: bool = False) -> Facts:
    return facts("image/webp", size, width=side, height=side, moves=moves)


FILM = Way(Kind.VIDEO, Form.MP4)
TO_WHATSAPP = [
    # Pictures: jpeg or png of up to 5 MB, else a document.
    (Kind.IMAGE, facts("image/jpeg", 5 * MB), [Way(Kind.IMAGE), DOCUMENT]),
    (Kind.IMAGE, facts("image/png"), [Way(Kind.IMAGE), DOCUMENT]),
    (Kind.IMAGE, facts("image/jpeg", 5 * MB + 1), [DOCUMENT]),
    (Kind.IMAGE, facts("image/webp"), [DOCUMENT]),
    (Kind.IMAGE, facts("image/heic"), [DOCUMENT]),
    # Called a picture, and its bytes say nothing.
    (Kind.IMAGE, Facts("image/jpeg", 1000), [DOCUMENT]),
    # Films: mp4 or 3gp with H.264 and AAC of up to 16 MB; made into one, else a document.
    (Kind.VIDEO, facts("video/mp4", 16 * MB, codecs=GOOD), [Way(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/mp4", codecs={"h264"}), [Way(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/3gpp", codecs=GOOD), [Way(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/mp4", 16 * MB + 1, codecs=GOOD), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/mp4", codecs={"h265", "aac"}), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/mp4"), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/quicktime", codecs=GOOD), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/webm"), [FILM, DOCUMENT]),
    (Kind.VIDEO_NOTE, facts("video/mp4", codecs=GOOD), [Way(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.ANIMATION, facts("video/mp4", codecs={"h264"}), [Way(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.ANIMATION, facts("image/gif"), [FILM, DOCUMENT]),
    # Voices: one type, to the letter.
    (
        Kind.VOICE,
        facts("audio/ogg; codecs=opus", 16 * MB),
        [Way(Kind.VOICE), Way(Kind.VOICE, Form.OPUS), DOCUMENT],
    ),
    (
        Kind.VOICE,
        facts("audio/mp4"),
        [Way(Kind.VOICE, Form.OPUS), Way(Kind.AUDIO), DOCUMENT],
    ),
    # Sounds: aac, amr, mp3, m4a of up to 16 MB.
    *(
        (Kind.AUDIO, facts(mime), [Way(Kind.AUDIO), Way(Kind.AUDIO, Form.M4A), DOCUMENT])
        for mime in ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4")
    ),
    (Kind.AUDIO, facts("audio/mpeg", 16 * MB + 1), [Way(Kind.AUDIO, Form.M4A), DOCUMENT]),
    (
        Kind.AUDIO,
        facts("audio/ogg; codecs=opus"),
        [Way(Kind.VOICE), Way(Kind.AUDIO, Form.M4A), DOCUMENT],
    ),
    (Kind.AUDIO, facts("audio/flac"), [Way(Kind.AUDIO, Form.M4A), DOCUMENT]),
    (Kind.AUDIO, Facts("audio/midi", 1000), [DOCUMENT]),
    # Stickers: 512 pixels, 100 KB, 500 KB where they move; others as pictures or films.
    (
        Kind.STICKER,
        sticker(100 * KB),
        [Way(Kind.STICKER), Way(Kind.IMAGE, Form.PNG), DOCUMENT],
    ),
    (Kind.STICKER, sticker(100 * KB + 1), [Way(Kind.IMAGE, Form.PNG), DOCUMENT]),
    (Kind.STICKER, sticker(1000, side=300), [Way(Kind.IMAGE, Form.PNG), DOCUMENT]),
    (Kind.STICKER, sticker(500 * KB, moves=True), [Way(Kind.STICKER), DOCUMENT]),
    (Kind.STICKER, sticker(500 * KB + 1, moves=True), [DOCUMENT]),
    (Kind.STICKER, facts("video/webm"), [FILM, DOCUMENT]),
    (Kind.STICKER, Facts("application/x-tgsticker", 1000), [DOCUMENT]),
    # Documents: anything of up to 100 MB.
    (Kind.FILE, facts("application/pdf", 100 * MB), [DOCUMENT]),
    (Kind.FILE, facts("image/jpeg"), [DOCUMENT]),
    (Kind.FILE, facts("application/pdf", 100 * MB + 1), []),
    (Kind.OTHER, facts("application/pdf"), [DOCUMENT]),
]


@pytest.mark.parametrize(("kind", "file", "expected"), TO_WHATSAPP)
def test_towards_whatsapp(kind: Kind, file: Facts, expected: list[Way]) -> None:
    assert list(ways(kind, file, whatsapp.takes)) == expected


def test_a_channel_that_takes_everything() -> None:
    def takes(_: Kind) -> Takes:
        return Takes(10)

    for kind in Kind:
        assert list(ways(kind, Facts("text/plain", 11), takes)) == []
        found = list(ways(kind, Facts("text/plain", 10), takes))
        assert found[-1] == DOCUMENT
