"""How files are sent to WhatsApp and to Telegram: the table, line by line."""

import pytest

from bridge.convert import media_constraints as whatsapp
from db.tables import MessageType as Kind
from desk.media.converter import OutputFormat
from desk.media.ports import MediaConstraints
from desk.media.probe import MediaInfo
from desk.media.send_options import SendOption, iter_send_options

MB, KB = 1024 * 1024, 1024
GOOD = frozenset({"h264", "aac"})
DOCUMENT = SendOption(Kind.FILE)


def facts(mime: str, size: int = 1000, **more: object) -> MediaInfo:
    return MediaInfo(mime, size, is_sure=True, **more)  # type: ignore[arg-type] # by name, in each row


def sticker(size: int, side: int = 512, *, moves: bool = False) -> MediaInfo:
    return facts("image/webp", size, width=side, height=side, is_animated=moves)


FILM = SendOption(Kind.VIDEO, OutputFormat.MP4)
TO_WHATSAPP = [
    # Pictures: jpeg or png of up to 5 MB, else a document.
    (Kind.IMAGE, facts("image/jpeg", 5 * MB), [SendOption(Kind.IMAGE), DOCUMENT]),
    (Kind.IMAGE, facts("image/png"), [SendOption(Kind.IMAGE), DOCUMENT]),
    (Kind.IMAGE, facts("image/jpeg", 5 * MB + 1), [DOCUMENT]),
    (Kind.IMAGE, facts("image/webp"), [DOCUMENT]),
    (Kind.IMAGE, facts("image/heic"), [DOCUMENT]),
    # Declared as a picture, but its bytes are unknown.
    (Kind.IMAGE, MediaInfo("image/jpeg", 1000), [DOCUMENT]),
    # Videos: mp4 or 3gp with H.264 and AAC of up to 16 MB; otherwise converted, or a document.
    (
        Kind.VIDEO,
        facts("video/mp4", 16 * MB, codecs=GOOD),
        [SendOption(Kind.VIDEO), FILM, DOCUMENT],
    ),
    (Kind.VIDEO, facts("video/mp4", codecs={"h264"}), [SendOption(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/3gpp", codecs=GOOD), [SendOption(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/mp4", 16 * MB + 1, codecs=GOOD), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/mp4", codecs={"h265", "aac"}), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/mp4"), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/quicktime", codecs=GOOD), [FILM, DOCUMENT]),
    (Kind.VIDEO, facts("video/webm"), [FILM, DOCUMENT]),
    (Kind.VIDEO_NOTE, facts("video/mp4", codecs=GOOD), [SendOption(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.ANIMATION, facts("video/mp4", codecs={"h264"}), [SendOption(Kind.VIDEO), FILM, DOCUMENT]),
    (Kind.ANIMATION, facts("image/gif"), [FILM, DOCUMENT]),
    # Voice messages: exactly one type.
    (
        Kind.VOICE,
        facts("audio/ogg; codecs=opus", 16 * MB),
        [SendOption(Kind.VOICE), SendOption(Kind.VOICE, OutputFormat.OPUS), DOCUMENT],
    ),
    (
        Kind.VOICE,
        facts("audio/mp4"),
        [SendOption(Kind.VOICE, OutputFormat.OPUS), SendOption(Kind.AUDIO), DOCUMENT],
    ),
    # Sounds: aac, amr, mp3, m4a of up to 16 MB.
    *(
        (
            Kind.AUDIO,
            facts(mime),
            [SendOption(Kind.AUDIO), SendOption(Kind.AUDIO, OutputFormat.M4A), DOCUMENT],
        )
        for mime in ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4")
    ),
    (
        Kind.AUDIO,
        facts("audio/mpeg", 16 * MB + 1),
        [SendOption(Kind.AUDIO, OutputFormat.M4A), DOCUMENT],
    ),
    (
        Kind.AUDIO,
        facts("audio/ogg; codecs=opus"),
        [SendOption(Kind.VOICE), SendOption(Kind.AUDIO, OutputFormat.M4A), DOCUMENT],
    ),
    (Kind.AUDIO, facts("audio/flac"), [SendOption(Kind.AUDIO, OutputFormat.M4A), DOCUMENT]),
    (Kind.AUDIO, MediaInfo("audio/midi", 1000), [DOCUMENT]),
    # Stickers: 512 pixels, 100 KB, or 500 KB if animated; others as pictures or videos.
    (
        Kind.STICKER,
        sticker(100 * KB),
        [SendOption(Kind.STICKER), SendOption(Kind.IMAGE, OutputFormat.PNG), DOCUMENT],
    ),
    (Kind.STICKER, sticker(100 * KB + 1), [SendOption(Kind.IMAGE, OutputFormat.PNG), DOCUMENT]),
    (Kind.STICKER, sticker(1000, side=300), [SendOption(Kind.IMAGE, OutputFormat.PNG), DOCUMENT]),
    (Kind.STICKER, sticker(500 * KB, moves=True), [SendOption(Kind.STICKER), DOCUMENT]),
    (Kind.STICKER, sticker(500 * KB + 1, moves=True), [DOCUMENT]),
    # Moving ones are converted or refused: nobody can open them as a document.
    (Kind.STICKER, facts("video/webm"), [FILM]),
    (Kind.STICKER, MediaInfo("application/x-tgsticker", 1000), []),
    (Kind.FILE, MediaInfo("application/x-tgsticker", 1000), [DOCUMENT]),
    # Documents: anything of up to 100 MB.
    (Kind.FILE, facts("application/pdf", 100 * MB), [DOCUMENT]),
    (Kind.FILE, facts("image/jpeg"), [DOCUMENT]),
    (Kind.FILE, facts("application/pdf", 100 * MB + 1), []),
    (Kind.OTHER, facts("application/pdf"), [DOCUMENT]),
]


@pytest.mark.parametrize(("kind", "file", "expected"), TO_WHATSAPP)
def test_towards_whatsapp(kind: Kind, file: MediaInfo, expected: list[SendOption]) -> None:
    assert list(iter_send_options(kind, file, whatsapp.get_media_constraints)) == expected


def test_a_channel_that_takes_everything() -> None:
    def get_constraints(_: Kind) -> MediaConstraints:
        return MediaConstraints(10)

    for kind in Kind:
        assert list(iter_send_options(kind, MediaInfo("text/plain", 11), get_constraints)) == []
        found = list(iter_send_options(kind, MediaInfo("text/plain", 10), get_constraints))
        assert found[-1] == DOCUMENT
