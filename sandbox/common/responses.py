"""Answers that are the same for every stand-in: dropped and late ones, and files."""

import asyncio

from aiohttp import web


def drop_connection(request: web.Request) -> web.Response:
    """Close the connection without an answer.

    The response that is returned is never written; handlers must return one.
    """
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def sleep_until_closing(closing: asyncio.Event, seconds: float) -> None:
    """Sleep for some seconds, or until the server stops."""
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return


def file_response(data: bytes, mime: str) -> web.Response:
    """Return a file's bytes with their content type.

    The bytes come from a stranger: a browser must show them as this type, or not at all.
    """
    headers = {
        "Content-Type": mime,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=data, headers=headers)
