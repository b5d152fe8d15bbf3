"""Calls about files: upload, a URL that is valid for five minutes, download, deletion."""

import secrets

from aiohttp import web

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import invalid, missing_parameter, no_such_object
from sandbox.graph.model.records import VALID, Media, Number
from sandbox.graph.sending.attachments import MB, UPLOADABLE, UPLOADED_DAYS, base_type, store_file
from sandbox.graph.state.app_key import GRAPH
from sandbox.graph.state.call import Call
from sandbox.graph.state.world import World

URL_SECONDS = 300.0
LINKS_KEPT = 20_000
LARGEST = 100 * MB


def upload_media(call: Call, number: Number) -> Json:
    """Store a file of one of Meta's types and return its id, which is valid for 30 days."""
    if call.body.get("messaging_product") != "whatsapp":
        raise missing_parameter("messaging_product")
    if call.upload is None:
        raise missing_parameter("file")
    mime = str(call.body.get("type") or call.upload.mime)
    if base_type(mime) not in UPLOADABLE and not call.world.settings.any_document:
        names = ", ".join(sorted(UPLOADABLE))
        raise invalid(
            f"Param file must be a file with one of the following types: {names}."
            f" Received file of type '{base_type(mime)}'."
        )
    if len(call.upload.data) > LARGEST:
        raise invalid(f"Param file must be at most {LARGEST} bytes.")
    if not call.upload.data:
        raise invalid("Param file must not be empty.")
    media = store_file(
        call.world,
        mime,
        call.upload.data,
        days=UPLOADED_DAYS,
        number=number,
        filename=call.upload.name,
    )
    return {"id": media.id}


def show_media(call: Call, media: Media) -> Json:
    """Return the URL of a file, which is valid for five minutes."""
    world = call.world
    _check_owner(call, media)
    secret = secrets.token_urlsafe(24)
    world.links[secret] = (media.id, world.clock.now() + URL_SECONDS)
    if len(world.links) > LINKS_KEPT:
        world.links.popitem(last=False)
    expires = int(world.clock.now() + URL_SECONDS)
    origin = world.settings.media_origin or call.origin
    return {
        "messaging_product": "whatsapp",
        "url": f"{origin}/graph/attachments/?mid={media.id}&ext={expires}&hash={secret}",
        "mime_type": media.mime,
        "sha256": media.sha256,
        "file_size": len(media.data),
        "id": media.id,
    }


def delete_media(call: Call, media: Media) -> Json:
    """Delete a file."""
    _check_owner(call, media)
    del call.world.media[media.id]
    return {"success": True}


def _check_owner(call: Call, media: Media) -> None:
    asked = call.query.get("phone_number_id")
    if asked and asked != media.number_id:
        raise no_such_object(call.verb, media.id)


def find_file(world: World, request: web.Request) -> Media | None:
    """Return the file of a URL, if the URL has not expired and the file exists."""
    media_id, expires = world.links.get(request.query.get("hash", ""), ("", 0.0))
    if media_id != request.query.get("mid") or expires <= world.clock.now():
        return None
    return world.media.get(media_id)


def is_bearer(world: World, request: web.Request, media: Media) -> bool:
    """Check whether the request has a token with access to the file's account."""
    text = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    token = world.tokens.get(text)
    number = world.numbers.get(media.number_id)
    if token is None or token.state != VALID or number is None:
        return False
    return number.account.id in token.accounts


async def download(request: web.Request) -> web.Response:
    """Return a file's bytes: 404 once the URL has expired, 401 without the right token."""
    world = request.app[GRAPH]
    media = find_file(world, request)
    if media is None:
        return web.Response(status=404, text="Not Found")
    if not is_bearer(world, request, media):
        return web.Response(status=401, text="Unauthorized")
    headers = {"Content-Type": media.mime, "X-Content-Type-Options": "nosniff"}
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return web.Response(body=media.data, headers=headers)
