"""A linked device takes larger pictures and videos than the Cloud API, and video notes as such."""

from bridge.convert import media_constraints as cloud
from bridge.waha.sending.media_constraints import get_media_constraints
from db.tables import MessageType
from desk.media.probe import MediaInfo
from desk.media.send_options import SendOption, iter_send_options

CODECS = frozenset({"h264", "aac"})


def video(megabytes: int) -> MediaInfo:
    return MediaInfo("video/mp4", megabytes * 1024 * 1024, is_sure=True, codecs=CODECS)


def test_a_video_note_stays_one_where_the_channel_has_them() -> None:
    note = MessageType.VIDEO_NOTE
    waha = [*iter_send_options(note, video(1), get_media_constraints)]
    assert waha[0] == SendOption(MessageType.VIDEO_NOTE)
    at_meta = [*iter_send_options(note, video(1), cloud.get_media_constraints)]
    assert at_meta[0] == SendOption(MessageType.VIDEO)


def test_a_linked_device_takes_larger_videos() -> None:
    waha = [*iter_send_options(MessageType.VIDEO, video(40), get_media_constraints)]
    at_meta = [*iter_send_options(MessageType.VIDEO, video(40), cloud.get_media_constraints)]
    assert waha[0].kind is MessageType.VIDEO
    assert at_meta[-1].kind is MessageType.FILE
    assert SendOption(MessageType.VIDEO) not in at_meta


def test_waha_sends_no_stickers() -> None:
    assert get_media_constraints(MessageType.STICKER) is None
