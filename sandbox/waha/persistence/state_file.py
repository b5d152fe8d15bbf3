"""Keeps the world in a file over restarts; sessions that were up start again, as WAHA's do.

Only records that differ from those in the file are written.
"""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.common.json_shapes import encode
from sandbox.common.state_file import Row, StateFile, read_rows, write_changes
from sandbox.waha.engine import session_lifecycle
from sandbox.waha.model.records import FAILED, STOPPED, Message, Person, Session, StoredFile
from sandbox.waha.state.world import WahaWorld

SESSION_FIELDS = ("name", "config", "status", "statuses", "me", "backlog")


def build_rows(world: WahaWorld, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a key and a text for each record; known files are not encoded again."""
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
    """Start the sessions that ran when the world was saved."""
    for session in world.sessions.values():
        if session.status not in {STOPPED, FAILED}:
            session_lifecycle.start_session(world, session)


class WahaStateFile(StateFile):
    """Writes records that differ from those in the file, which are kept in `written`."""

    def __init__(self, world: WahaWorld, path: Path, written: dict[str, str]) -> None:
        super().__init__(path)
        self.world = world
        self.written = written

    async def take_rows(self) -> list[Row]:
        """Return the rows that differ from those in the file."""
        now = dict(build_rows(self.world, self.written))
        rows: list[Row] = [(key, None) for key in self.written if key not in now]
        rows += [(key, text) for key, text in now.items() if self.written.get(key) != text]
        self.written = now
        return rows


@asynccontextmanager
async def keep_in_file(world: WahaWorld, path: Path) -> AsyncIterator[None]:
    """Restore the world from the file and keep the file up to date while the context lasts."""
    found = dict(await read_rows(path))
    restore(world, {key: json.loads(text) for key, text in found.items()})
    state_file = WahaStateFile(world, path, found)
    world.on_change = state_file.changed.set
    restart_sessions(world)
    try:
        async with write_changes(state_file):
            yield
    finally:
        world.on_change = None
