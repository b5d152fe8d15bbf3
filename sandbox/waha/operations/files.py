"""Operations on files: sends them from an address or the request, and serves downloads."""

import base64
import binascii
import mimetypes

import aiohttp
from yarl import URL

from sandbox.common.json_shapes import Json
from sandbox.waha.model.errors import crash, refusal
from sandbox.waha.model.records import WORKING, StoredFile
from sandbox.waha.operations.call import Call
from sandbox.waha.operations.sending import send_message
from sandbox.waha.state.world import WahaWorld

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FETCH_SECONDS = 20.0


async def send_image(call: Call) -> Json:
    """Send a picture."""
    return await _send(call, "image")


async def send_document(call: Call) -> Json:
    """Send any file."""
    return await _send(call, "file")


async def send_video(call: Call) -> Json:
    """Send a video."""
    return await _send(call, "video")


async def send_voice(call: Call) -> Json:
    """Send a voice message; it has no caption."""
    return await _send(call, "voice")


async def _send(call: Call, kind: str) -> Json:
    call.in_status(WORKING)
    call.person()
    facts = call.body["file"]
    data = await _bytes(facts)
    mimetype, name = str(facts["mimetype"]), facts.get("filename")
    file = store_file(call.world, call.session_name, mimetype, str(name) if name else None, data)
    caption = "" if kind == "voice" else str(call.body.get("caption") or "")
    return send_message(call, kind, body=caption, file=file.id)


def store_file(
    world: WahaWorld, session: str, mimetype: str, filename: str | None, data: bytes
) -> StoredFile:
    """Store a file under an address that ends with its type's extension."""
    plain = mimetype.partition(";")[0].strip()
    suffix = ".oga" if plain == "audio/ogg" else mimetypes.guess_extension(plain) or ".bin"
    return world.store(session, mimetype, filename, data, suffix)


async def _bytes(facts: Json) -> bytes:
    if facts.get("data") is not None:
        try:
            return base64.b64decode(str(facts["data"]), validate=True)
        except binascii.Error:
            raise refusal(400, ["file.data must be base64 encoded"]) from None
    return await _fetch(str(facts["url"]))


async def _fetch(written: str) -> bytes:
    """Fetch a file; only addresses of the own machine are allowed."""
    try:
        url = URL(written)
    except ValueError:
        raise refusal(400, ["file.url must be a URL address"]) from None
    if url.scheme not in {"http", "https"} or url.host not in LOOPBACK:
        raise crash(f"The sandbox fetches files from this machine only, not from {written!r}")
    timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as client,
            client.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:  # noqa: PLR2004 - what a file is answered with
                raise crash(f"Request failed with status code {response.status}")
            return await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise crash(f"Could not fetch {written!r}: {type(error).__name__}") from None


def download(call: Call) -> StoredFile:
    """Return a message's file."""
    file = call.world.files.get(call.path["file"])
    if file is None or file.session != call.path["session"]:
        raise refusal(404, "File not found")
    return file
