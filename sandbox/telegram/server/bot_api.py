"""Serves the Bot API over HTTP: authorisation, decoding, faults, limits, call, answer."""

import inspect

from aiohttp import web

from sandbox.common.faults import DROP_AFTER, DROP_BEFORE, ERROR, HANG, LATE
from sandbox.common.json_shapes import Json, encode
from sandbox.common.responses import drop_connection, sleep_until_closing
from sandbox.common.upload import Upload
from sandbox.telegram.faults.faults import BotApiFault
from sandbox.telegram.methods.files import download
from sandbox.telegram.methods.table import BULK_METHODS, BY_LOWER, RATE_LIMITED, Handler
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import ApiError
from sandbox.telegram.model.shapes import Encoded
from sandbox.telegram.schema.parameters import decode
from sandbox.telegram.schema.schema import fields_of_method
from sandbox.telegram.server.request_parsing import read_parameters
from sandbox.telegram.state.app_key import WORLD
from sandbox.telegram.state.call import Call
from sandbox.telegram.state.call_log import record_call

_JSON = {"Content-Type": "application/json"}


def add_bot_api(app: web.Application) -> None:
    """Serve the Bot API below /bot<token>/."""
    app.router.add_get(r"/file/bot{token:[^/]+}/{path:.+}", download)
    app.router.add_route("*", r"/bot{token:[^/]+}/{method:\w+}", handle)


async def handle(request: web.Request) -> web.Response:
    """Answer one call of a method."""
    world = request.app[WORLD]
    try:
        bot = world.tokens.get(request.match_info["token"])
        if bot is None:
            raise errors.invalid_token()
        found = BY_LOWER.get(request.match_info["method"].lower())
        if found is None:
            raise errors.unknown_method()
        raw, files = await read_parameters(request)
    except web.HTTPRequestEntityTooLarge:
        return _error_response(errors.body_too_large())
    except ApiError as error:
        return _error_response(error)
    name, handler = found
    fault = world.faults.take(name.lower(), raw.get("chat_id"))
    if fault is None:
        return await _answer(Call(world, bot, raw, files), name, handler)
    call = Call(world, bot, raw, files, fault=fault.kind)
    return await _answer_faulty(request, call, name, handler, fault)


async def _answer(call: Call, name: str, handler: Handler) -> web.Response:
    """Make the call and return its answer; `call.params` is not decoded yet."""
    result, error = None, None
    try:
        call.params = decode(name, _with_files(name, call.params, call.files))
        _spend_limit(call, name)
        result = handler(call)
        if inspect.isawaitable(result):
            result = await result
    except ApiError as refusal:
        result, error = None, refusal  # the awaitable that raised is not the result
    shown = None if isinstance(result, Encoded) else result
    record_call(call, name, shown, error)
    if error is not None:
        return _error_response(error)
    text = result if isinstance(result, Encoded) else encode(result)
    return web.Response(body=f'{{"ok":true,"result":{text}}}'.encode(), headers=_JSON)


def _with_files(method: str, params: Json, files: dict[str, Upload]) -> Json:
    """Add uploaded files whose field is a parameter; other files are named by attach:// already."""
    if not files:
        return params
    own = fields_of_method(method).keys() & files.keys()
    return {**params, **{name: f"attach://{name}" for name in own}}


def _spend_limit(call: Call, name: str) -> None:
    limits = call.world.limits
    if not limits.on or name not in RATE_LIMITED:
        return
    chat_id = call.params.get("chat_id")
    if not isinstance(chat_id, int):
        return
    cost = len(call.params[BULK_METHODS[name]]) if name in BULK_METHODS else 1
    wait = limits.spend(call.bot.id, chat_id, call.world.clock(), cost)
    if wait:
        raise errors.flood_wait(wait)


def _error_response(error: ApiError) -> web.Response:
    reply: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        reply["parameters"] = error.parameters
    return web.Response(status=error.code, body=encode(reply).encode(), headers=_JSON)


async def _answer_faulty(
    request: web.Request, call: Call, name: str, handler: Handler, fault: BotApiFault
) -> web.Response:
    world = call.world
    if fault.kind in {ERROR, DROP_BEFORE, HANG}:
        error = fault.error() if fault.kind == ERROR else ApiError(0, fault.kind)
        record_call(call, name, None, error)
        if fault.kind == ERROR:
            return _fault_error(fault, error)
        if fault.kind == HANG:
            await world.closing.wait()
        return drop_connection(request)
    response = await _answer(call, name, handler)
    if fault.kind == LATE:
        await sleep_until_closing(world.closing, float(fault.order.get("seconds", 1.0)))
    return drop_connection(request) if fault.kind == DROP_AFTER else response


def _fault_error(fault: BotApiFault, error: ApiError) -> web.Response:
    if "body" in fault.order:
        return web.Response(status=error.code, text=fault.order["body"], content_type="text/html")
    return _error_response(error)
