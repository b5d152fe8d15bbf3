"""The least memory that a desk can take: its libraries, its tables and open connections.

It is a program of its own, because nothing may be imported yet. It imports the modules of libraries
that `osmodesk run` imports, and of ours only the tables.
"""

import asyncio
import importlib
import json
import subprocess
import sys

from scripts.bench.import_costs import Cost, is_ours, read_usage
from scripts.processes.imports import import_desk

_LIST = "list"


def main() -> None:
    """Print what libraries, tables and connections take, each with those before it."""
    if sys.argv[1:] == [_LIST]:
        print(json.dumps(_list_library_modules()))  # noqa: T201 for the program below
        return
    command = (sys.executable, "-m", "scripts.bench.start_floor", _LIST)
    modules = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603 our own program
    with import_desk():
        _import_libraries(modules)
    libraries = read_usage()
    _map_tables()
    tables = read_usage()
    connections = asyncio.run(_measure_connections())
    print(f"{'the floor':20} {'MB own':>8} {'MB files':>8} {'MB':>8}")  # noqa: T201 `osmodesk bench start` shows it
    for name, usage in (
        ("libraries", libraries),
        ("and the tables", tables),
        ("and connections", connections),
    ):
        print(_format(name, usage))  # noqa: T201 as above


def _format(name: str, usage: Cost) -> str:
    together = usage.private + usage.files
    return f"{name:20} {usage.private:8.1f} {usage.files:8.1f} {together:8.1f}"


def _list_library_modules() -> list[str]:
    """List the modules that a desk imports and that are not ours, in their order."""
    with import_desk():
        import scripts.processes.run  # noqa: F401, PLC0415 after the list was asked for
    specs = {name: getattr(module, "__spec__", None) for name, module in sys.modules.items()}
    return [name for name, spec in specs.items() if spec and not is_ours(spec)]


def _import_libraries(modules: list[str]) -> None:
    from bot.lazy_aiogram import import_aiogram  # noqa: PLC0415 it is part of what is measured

    import_aiogram()
    for name in modules:
        importlib.import_module(name)


def _map_tables() -> None:
    from sqlalchemy.orm import configure_mappers  # noqa: PLC0415

    import db.tables  # noqa: F401, PLC0415 as above

    configure_mappers()


async def _measure_connections() -> Cost:
    """Open what any desk has open: a database, a client of Telegram and a server."""
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415 as above
    from aiohttp import web  # noqa: PLC0415
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

    engine = create_async_engine("sqlite+aiosqlite://")
    telegram = AiohttpSession()
    runner = web.AppRunner(web.Application())
    async with telegram, engine.connect() as connection:
        await connection.execute(text("select 1"))
        await telegram.create_session()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        usage = read_usage()
        await runner.cleanup()
    await engine.dispose()
    return usage


if __name__ == "__main__":
    main()
