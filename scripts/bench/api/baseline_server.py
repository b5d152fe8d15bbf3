"""The baseline: bare aiohttp with the same statements by hand; no rights, models or pages."""

import asyncio
import json
import sys
from typing import Any

import aiomysql
from aiohttp import web
from sqlalchemy.engine import make_url

_SESSIONS = """
SELECT s.id, s.conversation_id, s.number, s.status, s.created_at, s.ended_at, c.unread_count,
    k.id, k.name, k.username, k.phone, k.language, k.is_blocked, h.id, h.kind, h.name,
    a.id, a.name, a.kind, m.id, m.sender_type, m.direction, m.message_type,
    SUBSTR(m.message, 1, 200), m.author_name, m.created_at
FROM (
    SELECT id FROM sessions WHERE status = 'ENDED' {further}
    ORDER BY created_at DESC, id DESC LIMIT 51) page
STRAIGHT_JOIN sessions s ON s.id = page.id
STRAIGHT_JOIN conversations c ON c.id = s.conversation_id
STRAIGHT_JOIN clients k ON k.id = s.client_id
STRAIGHT_JOIN channels h ON h.id = c.channel_id
LEFT JOIN agents a ON a.id = s.cs_id
LEFT JOIN messages m ON m.id = (
    SELECT n.id FROM messages n WHERE n.session_id = s.id
    ORDER BY n.created_at DESC, n.id DESC LIMIT 1)
ORDER BY s.created_at DESC, s.id DESC
"""
_MESSAGES = """
SELECT id, session_id, conversation_id, sender_type, direction, message_type, message, entities,
    file, attributes, reply_to_id, author_id, author_name, is_read, delivery_state,
    delivery_error, edited_at, history, created_at
FROM messages WHERE session_id = %s {further} ORDER BY created_at DESC, id DESC LIMIT 51
"""
_FURTHER = "AND created_at <= %s AND (created_at < %s OR (created_at = %s AND id < %s))"


async def _serve(url: str) -> None:
    address = make_url(url)
    pool = await aiomysql.create_pool(
        host=address.host or "127.0.0.1",
        port=address.port or 3306,
        user=address.username or "",
        password=address.password or "",
        db=address.database,
        minsize=4,
        maxsize=10,
    )

    async def read(statement: str, values: list[Any]) -> web.Response:
        async with pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(statement, values)
            rows = await cursor.fetchall()
            await connection.rollback()
        return web.Response(text=json.dumps(rows, default=str), content_type="application/json")

    async def sessions(request: web.Request) -> web.Response:
        further, values = _parse_cursor(request)
        return await read(_SESSIONS.format(further=further), values)

    async def messages(request: web.Request) -> web.Response:
        further, values = _parse_cursor(request)
        session = request.match_info["session"]
        return await read(_MESSAGES.format(further=further), [session, *values])

    app = web.Application()
    app.add_routes([web.get("/sessions", sessions), web.get("/messages/{session}", messages)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    [(_, port)] = runner.addresses
    print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201 the benchmark waits for it
    await asyncio.Event().wait()


def _parse_cursor(request: web.Request) -> tuple[str, list[str]]:
    if "at" not in request.query:
        return "", []
    at, row_id = request.query["at"], request.query["id"]
    return _FURTHER, [at, at, at, row_id]


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
