"""Canaries: what our code overrides in libraries is still there, as it was.

pyproject.toml caps these libraries' versions; a new version is taken with a look at these tests.
"""

import inspect
import threading
from ssl import SSLContext

import aiosqlite
import pydantic
from aiogram import types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import Response, TelegramMethod
from aiogram.types.base import TelegramObject
from aiohttp import web
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import make_url

from bot.bot_factory import make_session


def parameters_of(function: object) -> list[str]:
    assert callable(function)
    return list(inspect.signature(function).parameters)


def test_aiogram_rebuilds_its_models_by_the_hook_that_we_replace() -> None:
    # bot/lazy_aiogram.py
    assert "model_rebuild" in pydantic.BaseModel.__dict__
    rebuild = inspect.signature(pydantic.BaseModel.model_rebuild)
    assert {"force", "raise_errors", "_types_namespace"} <= set(rebuild.parameters)
    assert TelegramObject.model_config.get("defer_build") is True
    for base in (TelegramObject, TelegramMethod, Response):
        assert issubclass(base, pydantic.BaseModel)
    assert "Message" in types.__all__


def test_aiograms_session_gives_its_certificates_to_its_connector() -> None:
    # bot/bot_factory.py
    assert isinstance(AiohttpSession()._connector_init["ssl"], SSLContext)
    first, second = (make_session("http://127.0.0.1:9") for _ in range(2))
    assert first._connector_init["ssl"] is second._connector_init["ssl"]


async def test_aiosqlite_runs_every_call_through_the_method_that_we_override() -> None:
    # db/sqlite_inline.py
    assert parameters_of(aiosqlite.Connection._execute) == ["self", "fn", "args", "kwargs"]
    connection = aiosqlite.connect(":memory:")
    assert isinstance(connection._thread, threading.Thread)
    async with connection:
        assert connection._running
        assert connection._connection is not None
    (database,), _ = SQLiteDialect_aiosqlite().create_connect_args(
        make_url("sqlite+aiosqlite:///x")
    )
    assert database.endswith("x")


def test_aiohttp_waits_for_a_head_by_the_attributes_that_we_read() -> None:
    # scripts/application/http_connection.py
    handler = web.RequestHandler
    assert {"_waiter", "_loop"} <= {name for each in handler.__mro__ for name in slots_of(each)}
    for name in ("data_received", "pause_writing", "resume_writing", "connection_lost"):
        assert inspect.isfunction(getattr(handler, name))
    assert parameters_of(handler.handle_error) == ["self", "request", "status", "exc", "message"]
    assert {"keepalive_timeout", "lingering_time", "auto_decompress", "access_log", "loop"} <= set(
        parameters_of(handler.__init__)
    )


def slots_of(cls: type) -> tuple[str, ...]:
    return tuple(getattr(cls, "__slots__", ()))
