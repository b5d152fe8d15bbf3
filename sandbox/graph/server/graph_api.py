"""Serves the Graph API over HTTP: reading, authorisation, faults, call, answer, record."""

import inspect

from aiohttp import web

from sandbox.common.faults import DROP_AFTER, DROP_BEFORE, ERROR, HANG, LATE
from sandbox.common.json_shapes import Json, encode
from sandbox.common.responses import drop_connection, sleep_until_closing
from sandbox.common.upload import Upload
from sandbox.graph.faults.faults import (
    FAIL_LATER,
    HTML,
    HTML_PAGE,
    GraphFault,
)
from sandbox.graph.model.errors import GraphError, no_such_object, unauthorized
from sandbox.graph.model.records import VALID, Token
from sandbox.graph.nodes.media import download
from sandbox.graph.sending.recipients import read_recipient
from sandbox.graph.server.call_table import ResolvedCall, resolve_call
from sandbox.graph.server.request_parsing import read_body
from sandbox.graph.state.app_key import GRAPH
from sandbox.graph.state.call import Call
from sandbox.graph.state.world import World

PREFIX = "/graph"
OK = 200
_JSON = {"Content-Type": "application/json", "facebook-api-version": "v23.0"}


def add_api(app: web.Application) -> None:
    """Serve the Graph API below /graph/vNN.N/, and the downloads of its files."""
    app.router.add_get(f"{PREFIX}/attachments/", attachment)
    path = PREFIX + r"/{version:v\d+\.\d+}/{node:[^/]+}"
    app.router.add_route("*", path, handle)
    app.router.add_route("*", path + "/{edge:[^/]+}", handle)
    app.router.add_route("*", PREFIX + "/{rest:.*}", unknown_path)


async def unknown_path(request: web.Request) -> web.Response:
    """Answer a path that the Graph API does not have."""
    text = f"Unknown path components: /{request.match_info['rest']}"
    return error_response(GraphError(2500, message=text, status=400))


async def handle(request: web.Request) -> web.Response:
    """Answer one call."""
    world = request.app[GRAPH]
    call = _call(request, world)
    try:
        call.body, call.upload = await read_body(request)
        call.token = _token(world, request)
        known = resolve_call(call)
        if known is None:
            raise no_such_object(call.verb, call.node)
        call.name = "read" if "status" in call.body and call.edge == "messages" else known[0]
    except GraphError as error:
        return _log_call(call, error_response(error), error)
    fault = world.faults.take(call.name, read_recipient(call.body))
    if fault is None:
        return await _answer(call, known)
    return await _apply_fault(request, call, known, fault)


def _call(request: web.Request, world: World) -> Call:
    place = request.match_info
    return Call(
        world,
        request.method,
        request.path.removeprefix(f"{PREFIX}/{place['version']}"),
        place["node"],
        place.get("edge", ""),
        f"{request.scheme}://{request.host}",
        dict(request.query),
        {},
    )


def _token(world: World, request: web.Request) -> Token:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    text = text.strip() if kind.lower() == "bearer" else request.query.get("access_token", "")
    token = world.tokens.get(text)
    if token is None:
        raise unauthorized("unknown")
    if token.state != VALID:
        raise unauthorized(token.state)
    return token


async def _answer(call: Call, known: ResolvedCall, late: GraphError | None = None) -> web.Response:
    _, handler, about = known
    try:
        more = {"late": late} if late is not None else {}
        result = handler(call, *about, **more)
        if inspect.isawaitable(result):
            result = await result
    except GraphError as error:
        return _log_call(call, error_response(error), error)
    return _log_call(call, web.Response(body=encode(result).encode(), headers=_JSON), None, result)


def error_response(error: GraphError) -> web.Response:
    """Return the answer to a call that is refused."""
    return web.Response(status=error.status, body=encode(error.reply()).encode(), headers=_JSON)


def _log_call(
    call: Call, response: web.Response, error: GraphError | None, result: Json | None = None
) -> web.Response:
    """Record the call as it was answered."""
    entry: Json = {"at": call.world.clock.now(), "call": call.name, "verb": call.verb}
    entry |= {"path": call.path, "query": call.query, "to": read_recipient(call.body)}
    entry |= {"body": {**call.body, **_describe_upload(call.upload)}, "status": response.status}
    call.world.calls.add({**entry, "code": error.code if error else None, "result": result})
    return response


def _describe_upload(upload: Upload | None) -> Json:
    if upload is None:
        return {}
    return {"file": {"name": upload.name, "mime": upload.mime, "size": len(upload.data)}}


async def _apply_fault(
    request: web.Request, call: Call, known: ResolvedCall, fault: GraphFault
) -> web.Response:
    """Apply an ordered fault."""
    if fault.kind in _REPLACING_FAULTS:
        error = fault.error() if fault.kind == ERROR else None
        return _log_call(call, await _replace_response(request, call.world, fault), error)
    can_fail = fault.kind == FAIL_LATER and call.name == "messages"
    response = await _answer(call, known, fault.error() if can_fail else None)
    return await _spoil_response(request, call.world, fault, response)


# Kinds of faults that replace the call instead of changing its answer.
_REPLACING_FAULTS = frozenset({ERROR, HTML, DROP_BEFORE, HANG})


async def _replace_response(request: web.Request, world: World, fault: GraphFault) -> web.Response:
    order = fault.order
    if fault.kind == ERROR:
        response = error_response(fault.error())
        if "retry_after" in order:
            response.headers["Retry-After"] = str(order["retry_after"])
        return response
    if fault.kind == HTML:
        page, status = str(order.get("body", HTML_PAGE)), int(order.get("status", OK))
        return web.Response(text=page, content_type="text/html", status=status)
    if fault.kind == HANG:
        await world.closing.wait()
    return drop_connection(request)


async def _spoil_response(
    request: web.Request, world: World, fault: GraphFault, response: web.Response
) -> web.Response:
    if fault.kind == LATE:
        await sleep_until_closing(world.closing, float(fault.order.get("seconds", 0.2)))
    return drop_connection(request) if fault.kind == DROP_AFTER else response


async def attachment(request: web.Request) -> web.Response:
    """Return a file, or apply a fault of "download"; an error without a code has no body."""
    world = request.app[GRAPH]
    fault = world.faults.take("download", "")
    if fault is None:
        response = await download(request)
    elif fault.kind == ERROR and "code" not in fault.order:
        response = web.Response(status=int(fault.order.get("status", 404)))
    elif fault.kind in _REPLACING_FAULTS:
        response = await _replace_response(request, world, fault)
    else:
        response = await _spoil_response(request, world, fault, await download(request))
    entry: Json = {"at": world.clock.now(), "call": "download", "verb": "GET", "body": {}}
    entry |= {"path": request.path, "query": dict(request.query), "to": ""}
    world.calls.add({**entry, "status": response.status, "code": None, "result": None})
    return response
