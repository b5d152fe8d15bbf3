"""Play the API for the console, so that only the page is measured."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from api.pages.console.page import build_console_routes

Json = dict[str, Any]
CONVERSATIONS = 10_000
EVENTS, EVENTS_A_SECOND = 500, 50
_PAGE = 50
_AGENT = "a" * 26
_ANSWER_SECONDS = 0.5
_OPEN_SECONDS = 3600


def _conversation(number: int) -> Json:
    at = f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    return {
        "id": f"{number:026}",
        "client": {"id": f"{number:026}", "name": f"Customer {number}", "is_blocked": False},
        "channel": {"id": "0" * 26, "kind": "telegram", "name": "Shop"},
        "session": None,
        "session_count": 1,
        "unread_count": 0,
        "reply_until": None,
        "unreachable": None,
        "last_message_at": at,
        "last_message": _message(number),
    }


def _session(number: int) -> Json:
    row = _conversation(number)
    agent = {"id": _AGENT, "name": "Mia", "kind": "human"}
    more = {"conversation_id": row["id"], "number": 1, "status": "ACTIVE", "agent": agent}
    open_now = {"waiting": False, "tags": [], "priority": "normal", "snoozed_until": None}
    return {**row, **more, **open_now, "handovers": [], "created_at": row["last_message_at"]}


def _message(number: int, text: str | None = None) -> Json:
    at = f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    return {
        "id": f"{number:026}",
        "conversation_id": f"{0:026}",
        "session_id": f"{0:026}",
        "sender_type": "CLIENT" if text is None else "CS",
        "direction": "inbound" if text is None else "outbound",
        "message_type": "TEXT",
        "message": text or f"A question about order {number}",
        "author_name": None,
        "author_id": None,
        "delivery_state": "received",
        "is_read": True,
        "created_at": at,
        "history": [],
    }


@dataclass(slots=True)
class PlayedApi:
    """A server with the real page and an API of made-up answers."""

    url: str = ""
    # Whether a list comes as one page, or page by page as from the desk.
    is_whole: bool = False
    begin_events: asyncio.Event = field(default_factory=asyncio.Event)
    are_events_sent: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send `ready`, then the events when the measuring begins."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"event: ready\nid: 1\ndata: {}\n\n")
        await self.begin_events.wait()
        with suppress(ConnectionError):  # of a page that was closed
            await self._send_events(response)
        return response

    async def _send_events(self, response: web.StreamResponse) -> None:
        for number in range(EVENTS):
            session = {**_session(number * 7 % CONVERSATIONS), "status": "ENDED", "agent": None}
            event = {"type": "message.new", "at": session["last_message_at"], "session": session}
            await response.write(b"event: message.new\ndata: %s\n\n" % json.dumps(event).encode())
            await asyncio.sleep(1 / EVENTS_A_SECOND)
        self.are_events_sent.set()
        await asyncio.sleep(_OPEN_SECONDS)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer each call of the page."""
        path = request.path.removeprefix("/api/v1")
        if request.method == "POST" and path.endswith("/messages"):
            text = (await request.json())["text"]
            await asyncio.sleep(_ANSWER_SECONDS)
            return web.json_response(_message(CONVERSATIONS, text))
        if path == "/conversations":
            return web.json_response(self._list(request))
        if path.startswith("/sessions/"):
            return web.json_response(_session(0))
        if path.endswith("/messages"):
            thread = [_message(number) for number in range(_PAGE)]
            return web.json_response({"items": thread, "next": None})
        me = {"id": _AGENT, "agent_id": _AGENT, "name": "Mia", "email": "", "status": "online"}
        answers: Json = {
            "/auth/browser/refresh": {"access_token": "t", "expires_in": 900},
            "/auth/me": {**me, "role": "CS"},
            "/conversations/counts": {"mine": 0, "waiting": 0, "unread": 0},
        }
        return web.json_response(answers.get(path, {"items": [], "next": None}))

    def _list(self, request: web.Request) -> Json:
        if set(request.query) & {"mine", "waiting", "unread"}:
            return {"items": [], "next": None}
        first = int(request.query.get("cursor", 0))
        last = CONVERSATIONS if self.is_whole else min(first + _PAGE, CONVERSATIONS)
        items = [_conversation(CONVERSATIONS - 1 - each) for each in range(first, last)]
        return {"items": items, "next": None if last == CONVERSATIONS else str(last)}


@asynccontextmanager
async def serve_played_api() -> AsyncIterator[PlayedApi]:
    """Serve the page and the played API until the end of the block."""
    played, app = PlayedApi(), web.Application()
    app.add_routes([*build_console_routes(), web.get("/api/v1/events", played.stream)])
    app.add_routes([web.route("*", "/api/v1/{path:.+}", played.answer)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield played
    await runner.cleanup()
