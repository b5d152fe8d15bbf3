"""Serves WAHA's API over HTTP: key, reading, faults, call, answer."""

import inspect
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.common.faults import DROP_AFTER, DROP_BEFORE, ERROR, HANG, LATE
from sandbox.common.json_shapes import Json, encode
from sandbox.common.responses import drop_connection, sleep_until_closing
from sandbox.waha.faults.faults import (
    HTML,
    HTML_AFTER,
    PAGE,
    WahaFault,
)
from sandbox.waha.model.errors import WahaError, refusal, unauthorized
from sandbox.waha.model.records import StoredFile
from sandbox.waha.operations.call import Call, Handler
from sandbox.waha.operations.files import download
from sandbox.waha.operations.table import FILES, TABLE
from sandbox.waha.schema.schema import body_shape, find_schema_errors, success_status
from sandbox.waha.state.app_key import WAHA

PREFIX = "/waha"
OPEN = frozenset({"ping"})


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table, with its shape and status from the schema."""

    name: str
    handler: Handler
    shape: Json | None
    status: int

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        world = request.app[WAHA]
        world.base_url = f"{request.url.origin()}{PREFIX}"
        call = Call(world, {}, request.match_info, request.query, request.headers.get("Accept", ""))
        try:
            if self.name not in OPEN and request.headers.get("X-Api-Key") != world.tuning.api_key:
                raise unauthorized()
            call.body = await _body(request, self.shape)
        except WahaError as error:
            return self._log_call(call, _error_response(error), None, error)
        fault = world.faults.take(self.name, call.session_name)
        return await self._apply_fault(request, call, fault) if fault else await self._answer(call)

    async def _answer(self, call: Call) -> web.Response:
        result, error = None, None
        try:
            result = self.handler(call)
            if inspect.isawaitable(result):
                result = await result
        except WahaError as refused:
            return self._log_call(call, _error_response(refused), None, refused)
        return self._log_call(call, _success_response(result, self.status), result, error)

    async def _apply_fault(
        self, request: web.Request, call: Call, fault: WahaFault
    ) -> web.Response:
        world = call.world
        if fault.kind in {ERROR, DROP_BEFORE, HANG, HTML}:
            error = fault.error() if fault.kind == ERROR else WahaError(0, {"error": fault.kind})
            answer = _fault_response(fault, error)
            self._log_call(call, answer, None, error)
            if fault.kind == HANG:
                await world.closing.wait()
            return drop_connection(request) if fault.kind in {DROP_BEFORE, HANG} else answer
        answer = await self._answer(call)
        if fault.kind == LATE:
            await sleep_until_closing(world.closing, float(fault.order.get("seconds", 1.0)))
        if fault.kind == HTML_AFTER:
            return _proxy_page()
        return drop_connection(request) if fault.kind == DROP_AFTER else answer

    def _log_call(
        self, call: Call, answer: web.Response, result: object, error: WahaError | None
    ) -> web.Response:
        shown = result if isinstance(result, dict | list) else None
        call.world.calls.add(
            {
                "at": call.world.clock(),
                "operation": self.name,
                "session": call.session_name,
                "path": dict(call.path),
                "query": dict(call.query),
                "params": _shorten_params(call.body),
                "ok": error is None,
                "status": answer.status if error is None else error.status,
                "error": error.body if error else None,
                "result": shown,
            }
        )
        return answer


def add_api(app: web.Application) -> None:
    """Serve the API below /waha."""
    for verb, path, name, handler in TABLE:
        route = Route(name, handler, body_shape(verb, path), success_status(verb, path))
        app.router.add_route(verb, PREFIX + path, route.handle)
    files = Route(FILES, download, None, 200)
    app.router.add_get(f"{PREFIX}/api/files/{{session}}/{{file}}", files.handle)


async def _body(request: web.Request, shape: Json | None) -> Json:
    """Return the JSON body, if the call takes one and it has the schema's shape."""
    if shape is None:
        return {}
    try:
        content: Any = json.loads(await request.read() or b"{}")
    except ValueError as error:
        raise refusal(400, str(error)) from None
    except web.HTTPRequestEntityTooLarge:
        raise refusal(413, "request entity too large") from None
    if not isinstance(content, dict):
        raise refusal(400, ["expected a JSON object"])
    wrong = find_schema_errors(shape, content)
    if wrong:
        raise refusal(400, [one.removeprefix("body.") for one in wrong])
    return content


def _success_response(result: object, status: int) -> web.Response:
    if isinstance(result, bytes):
        return web.Response(body=result, content_type="image/png")
    if isinstance(result, StoredFile):
        headers = {"Content-Type": result.mimetype, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=result.data, headers=headers)
    if result is None:
        return web.Response(status=status)
    return web.json_response(result, status=status, dumps=encode)


def _error_response(error: WahaError) -> web.Response:
    return web.json_response(error.body, status=error.status, dumps=encode)


def _fault_response(fault: WahaFault, error: WahaError) -> web.Response:
    if fault.kind == HTML:
        return _proxy_page()
    if fault.kind == ERROR and "body" in fault.order:
        text = str(fault.order["body"])
        return web.Response(status=error.status, text=text, content_type="text/html")
    if fault.kind != ERROR:
        return web.Response()
    answer = _error_response(error)
    if "retry_after" in fault.order:
        answer.headers["Retry-After"] = str(int(fault.order["retry_after"]))
    return answer


def _proxy_page() -> web.Response:
    """Return the page of a proxy that cannot reach WAHA."""
    return web.Response(text=PAGE, content_type="text/html")


def _shorten_params(params: Json) -> Json:
    """Return a request's body with its file's data shortened."""
    file = params.get("file")
    if not isinstance(file, dict) or not isinstance(file.get("data"), str):
        return params
    return {**params, "file": {**file, "data": f"<{len(file['data'])} characters of base64>"}}
