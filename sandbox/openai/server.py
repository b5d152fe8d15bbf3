"""Serves the API itself: chat completions, embeddings and models."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.common.faults import DROP_AFTER, DROP_BEFORE, ERROR, HANG, LATE
from sandbox.common.json_shapes import Json, encode
from sandbox.common.responses import drop_connection, sleep_until_closing
from sandbox.openai import faults
from sandbox.openai.completions import DONE, Completion
from sandbox.openai.embeddings import embed
from sandbox.openai.errors import ApiError, bad_request
from sandbox.openai.faults import OpenAIFault
from sandbox.openai.prompt_reading import read_prompt
from sandbox.openai.request_checks import check_chat, check_key, check_model
from sandbox.openai.speaking import speak
from sandbox.openai.tuning import Tuning
from sandbox.openai.world import OPENAI, World

PREFIX = "/openai/v1"
_JSON = {"Content-Type": "application/json"}
_DEFAULT_MODELS = ("gpt-4.1-nano", "gpt-4.1-mini", "gpt-4.1", "text-embedding-3-small")
# Kinds of faults that replace the answer instead of changing it.
_REPLACING = frozenset({ERROR, faults.HTML, DROP_BEFORE, HANG})


def add_api(app: web.Application) -> None:
    """Serve the API below /openai/v1/."""
    app.router.add_post(f"{PREFIX}/chat/completions", complete_chat)
    app.router.add_post(f"{PREFIX}/embeddings", create_embeddings)
    app.router.add_get(f"{PREFIX}/models", list_models)


async def complete_chat(request: web.Request) -> web.StreamResponse:
    """Answer one chat completion."""
    world = request.app[OPENAI]
    entry: Json = {"call": faults.CHAT, "at": time.time(), "form": None, "answer": None}
    async with _counted(world):
        try:
            body = await _read_body(request, world.tuning, entry)
            form = entry["form"] = check_chat(world.tuning, body)
            prompt = read_prompt(body["messages"])
            entry["text"] = prompt.last
        except ApiError as error:
            return _log(world, entry, _refuse(error))
        fault = world.faults.take(faults.CHAT, prompt.last)
        entry["fault"] = fault.kind if fault else None
        if fault is not None and fault.kind in _REPLACING:
            return _log(world, entry, await _replace(request, world, fault))
        await _wait(world, fault)
        said = speak(world, body, prompt, form, fault)
        entry |= {"answer": said.refusal or said.text, "finish_reason": said.finish_reason}
        if body.get("stream"):
            return await _stream(request, world, entry, said, fault)
        content = encode(said.to_json(usage=world.tuning.usage)).encode()
        return _log(world, entry, await _send(request, content, fault))


async def create_embeddings(request: web.Request) -> web.StreamResponse:
    """Answer one request for embeddings."""
    world = request.app[OPENAI]
    entry: Json = {"call": faults.EMBEDDINGS, "at": time.time()}
    async with _counted(world):
        try:
            body = await _read_body(request, world.tuning, entry)
            fault = world.faults.take(faults.EMBEDDINGS, str(body.get("input")))
            if fault is not None and fault.kind in _REPLACING:
                return _log(world, entry, await _replace(request, world, fault))
            await _wait(world, fault)
            content = encode(embed(body)).encode()
        except ApiError as error:
            return _log(world, entry, _refuse(error))
        return _log(world, entry, await _send(request, content, fault))


async def list_models(request: web.Request) -> web.StreamResponse:
    """List the models."""
    world = request.app[OPENAI]
    entry: Json = {"call": faults.MODELS, "at": time.time()}
    try:
        check_key(world.tuning, request.headers.get("Authorization", ""))
    except ApiError as error:
        return _log(world, entry, _refuse(error))
    fault = world.faults.take(faults.MODELS, "")
    if fault is not None and fault.kind in _REPLACING:
        return _log(world, entry, await _replace(request, world, fault))
    names = [each.strip() for each in world.tuning.models.split(",") if each.strip()]
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "sandbox"}
        for name in names or _DEFAULT_MODELS
    ]
    answer = web.json_response({"object": "list", "data": data}, dumps=encode)
    return _log(world, entry, answer)


@asynccontextmanager
async def _counted(world: World) -> AsyncIterator[None]:
    """Count a call as open while it is answered."""
    world.open_calls += 1
    world.most_open_calls = max(world.most_open_calls, world.open_calls)
    try:
        yield
    finally:
        world.open_calls -= 1


async def _read_body(request: web.Request, tuning: Tuning, entry: Json) -> Json:
    check_key(tuning, request.headers.get("Authorization", ""))
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise bad_request("We could not parse the JSON body of your request.") from None
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object.")
    entry["body"], entry["model"] = body, body.get("model")
    check_model(tuning, body)
    return body


async def _wait(world: World, fault: OpenAIFault | None) -> None:
    """Wait as long as the model thinks."""
    late = float(fault.order.get("seconds", 0.2)) if fault and fault.kind == LATE else 0.0
    tuning = world.tuning
    own = tuning.seconds * (1 + tuning.spread * world.chance.uniform(-1, 1))
    if seconds := own + late:
        await sleep_until_closing(world.closing, seconds)


def _refuse(error: ApiError) -> web.Response:
    response = web.Response(status=error.status, body=encode(error.body()).encode(), headers=_JSON)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def _replace(request: web.Request, world: World, fault: OpenAIFault) -> web.Response:
    """Answer with a fault instead of an answer."""
    if fault.kind == ERROR:
        return _refuse(fault.error())
    if fault.kind == faults.HTML:
        status = int(fault.order.get("status", 502))
        return web.Response(text=faults.HTML_PAGE, content_type="text/html", status=status)
    if fault.kind == HANG:
        await sleep_until_closing(world.closing, float(fault.order.get("seconds", 3600)))
    return drop_connection(request)


async def _send(
    request: web.Request, content: bytes, fault: OpenAIFault | None
) -> web.StreamResponse:
    """Send a whole answer, or only its first half, or none of it."""
    if fault is not None and fault.kind == DROP_AFTER:
        return drop_connection(request)
    if fault is None or fault.kind != faults.CUT:
        return web.Response(body=content, headers=_JSON)
    response = web.StreamResponse(headers={**_JSON, "Content-Length": str(len(content))})
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    await _flush()
    drop_connection(request)
    return response


async def _stream(
    request: web.Request, world: World, entry: Json, said: Completion, fault: OpenAIFault | None
) -> web.StreamResponse:
    """Stream an answer, or the first half of it."""
    options = entry["body"].get("stream_options") or {}
    chunks = list(said.to_chunks(usage=bool(options.get("include_usage"))))
    is_cut = fault is not None and fault.kind in {faults.CUT, DROP_AFTER}
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for chunk in chunks[: len(chunks) // 2] if is_cut else [*chunks, DONE]:
        await response.write(chunk)
        if world.tuning.chunk_seconds:
            await sleep_until_closing(world.closing, world.tuning.chunk_seconds)
    if is_cut:
        await _flush()
        drop_connection(request)
    return _log(world, entry, response)


async def _flush() -> None:
    """Give the transport a moment to send what was written before it is closed."""
    await asyncio.sleep(0.01)


def _log(world: World, entry: Json, response: web.StreamResponse) -> web.StreamResponse:
    """Record the call as it was answered."""
    world.calls.add({**entry, "status": response.status, "ended": time.time()})
    return response
