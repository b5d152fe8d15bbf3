"""getFile and the download that follows it."""

from aiohttp import web

from sandbox.common.json_shapes import Json
from sandbox.telegram.model import errors
from sandbox.telegram.state.app_key import WORLD
from sandbox.telegram.state.call import Call

DOWNLOAD_LIMIT = 20 * 1024 * 1024


def get_file(call: Call) -> Json:
    """Return the path to download a file; one of another bot or over 20 MiB is refused."""
    stored = call.world.files.get(call.params["file_id"])
    if stored is None:
        raise errors.invalid_file_id()
    if call.bot.id not in stored.bots:
        raise errors.foreign_file_id()
    if stored.size > DOWNLOAD_LIMIT:
        raise errors.file_too_big()
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


async def download(request: web.Request) -> web.Response:
    """Return a file's bytes by the path that getFile returned."""
    world = request.app[WORLD]
    stored = world.paths.get(request.match_info["path"])
    bot = world.tokens.get(request.match_info["token"])
    if bot is None:
        error = errors.invalid_token()
    elif stored is None or bot.id not in stored.bots:
        error = errors.no_such_file()
    else:
        # Telegram sends no content type here, so clients must not rely on one.
        return web.Response(body=stored.data, content_type="application/octet-stream")
    content = {"ok": False, "error_code": error.code, "description": error.description}
    return web.json_response(content, status=error.code)
