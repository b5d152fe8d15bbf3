"""Keeps the world in a file over restarts; sessions that were up come up again, as WAHA's do.

One SQLite table of JSON texts by key, written by a thread a short while after a change; only what
differs from what was written is written.
"""

import asyncio
import base64
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sandbox.telegram.model.shapes import encode
from sandbox.waha.engine import session_lifecycle
from sandbox.waha.model.records import FAILED, STOPPED, Message, Person, Session, StoredFile
from sandbox.waha.state.world import WahaWorld

DELAY = 0.3
SESSION_FIELDS = ("name", "config", "status", "statuses", "me", "backlog")
Row = tuple[str, str]


def build_rows(world: WahaWorld, known: dict[str, str]) -> Iterator[Row]:
    """Yield a key and a text for each record; files that are known are not read again."""
    for session in world.sessions.values():
        yield (
            f"session {session.name}",
            encode({one: getattr(session, one) for one in SESSION_FIELDS}),
        )
    for person in world.people.values():
        yield f"person {person.phone}", encode(asdict(person))
    for chat in world.chats.values():
        where = [chat.session, chat.phone]
        yield f"chat {' '.join(where)}", encode([*where, list(map(asdict, chat.messages.values()))])
    for file in world.files.values():
        key = f"file {file.id}"
        yield key, known.get(key) or _file_text(file)


def _file_text(file: StoredFile) -> str:
    return encode({**asdict(file), "data": base64.b64encode(file.data).decode()})


def restore(world: WahaWorld, found: dict[str, Any]) -> None:
    """Put the records back into an empty world."""
    for key, body in found.items():
        kind = key.partition(" ")[0]
        if kind == "session":
            body["backlog"] = [tuple(one) for one in body["backlog"]]
            world.sessions[body["name"]] = Session(**body)
        elif kind == "person":
            person = Person(**body)
            world.people[person.phone] = world.lids[person.lid] = person
        elif kind == "chat":
            session, phone, messages = body
            chat = world.chat(session, phone)
            chat.messages = {one["tail"]: Message(**one) for one in messages}
        else:
            data = base64.b64decode(body["data"])
            world.files[body["id"]] = StoredFile(**{**body, "data": data})


def restart_sessions(world: WahaWorld) -> None:
    """Let sessions that were up when the world was saved come up again."""
    for session in world.sessions.values():
        if session.status not in {STOPPED, FAILED}:
            session_lifecycle.start_session(world, session)


@dataclass(slots=True)
class StateFile:
    """Writes what changed; `written` is what the file holds."""

    world: WahaWorld
    path: Path
    written: dict[str, str] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Write what changed, a short while after it did, for ever."""
        while True:
            await self.woken.wait()
            await asyncio.sleep(DELAY)
            await self.flush()

    async def flush(self) -> None:
        """Write what changed until now."""
        self.woken.clear()
        now = dict(build_rows(self.world, self.written))
        changed = {key: text for key, text in now.items() if self.written.get(key) != text}
        gone = [key for key in self.written if key not in now]
        if changed or gone:
            await asyncio.to_thread(_write, self.path, changed, gone)
        self.written = now


@asynccontextmanager
async def keep_in_file(world: WahaWorld, path: Path) -> AsyncIterator[None]:
    """Restore the world from the file and keep the file up to date for as long as this lasts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = await asyncio.to_thread(_read, path)
    restore(world, {key: json.loads(text) for key, text in found.items()})
    keeper = StateFile(world, path, found)
    world.on_change = keeper.woken.set
    restart_sessions(world)
    writing = asyncio.ensure_future(keeper.run())
    try:
        yield
    finally:
        writing.cancel()
        await asyncio.wait([writing])
        await keeper.flush()
        world.on_change = None


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, body TEXT)")
    return connection


def _read(path: Path) -> dict[str, str]:
    with closing(_open(path)) as connection:
        return dict(connection.execute("SELECT key, body FROM records ORDER BY rowid"))


def _write(path: Path, changed: dict[str, str], gone: list[str]) -> None:
    with closing(_open(path)) as connection, connection:
        connection.executemany("DELETE FROM records WHERE key = ?", [(key,) for key in gone])
        # An update in place keeps the row's place, and so the order of sessions and people.
        connection.executemany(
            "INSERT INTO records VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET body = excluded.body",
            changed.items(),
        )
