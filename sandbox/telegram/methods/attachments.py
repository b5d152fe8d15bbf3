"""Finds the file of a parameter: an upload, or a file that was sent before."""

from sandbox.common.json_shapes import Json
from sandbox.common.upload import Upload
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.rooms.media import file_fields, media_content
from sandbox.telegram.state.call import Call

ATTACH = "attach://"
PHOTO_LIMIT = 10 * 1024 * 1024
IMAGES = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF", b"BM")
# A file sent before may be sent again as any of these kinds; other files keep their kind.
RESENDABLE = {"document": {"document", "animation"}, "animation": {"animation"}}


def file_content(call: Call, kind: str, value: object, facts: Json) -> Json:
    """Return the message fields for a file parameter of this kind; `facts` come from the sender."""
    if not isinstance(value, str) or not value:
        raise errors.wrong_file()
    if value.startswith(ATTACH):
        upload = call.files.get(value.removeprefix(ATTACH))
        if upload is None:
            raise bad_request(f"there is no {kind} in the request")
        return media_content(
            call.world, kind, check_upload(kind, upload), bots=[call.bot.id], facts=facts
        )
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = call.world.files.get(value)
    if stored is None or call.bot.id not in stored.bots:
        raise errors.wrong_file()
    if stored.kind not in RESENDABLE.get(kind, {kind}):
        raise errors.wrong_file_type()
    return file_fields(stored)


def check_upload(kind: str, upload: Upload) -> Upload:
    """Return the upload if it may be sent as this kind."""
    if not upload.data:
        raise errors.file_empty()
    if kind == "photo":
        if len(upload.data) > PHOTO_LIMIT:
            raise errors.file_too_big()
        if not upload.data.startswith(IMAGES):
            raise bad_request("IMAGE_PROCESS_FAILED")
    return upload
