"""Tests of the control API: state, changes, mistakes, and the state file."""

import asyncio
import json
import signal
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from sandbox.app import serve
from sandbox.common.control_client import SandboxRequestError
from sandbox.common.json_shapes import Json
from sandbox.telegram.client import TelegramSandbox
from tests.patience import PATIENCE
from tests.sandbox.telegram.stage import Stage, staged


async def test_adding_twice_adds_once(stage: Stage) -> None:
    telegram = stage.telegram
    assert await telegram.add_bot("4242:sandbox-token", username="other") == stage.bot
    assert await telegram.add_user("Another", id=stage.ann["id"]) == stage.ann
    assert await telegram.add_group("Another", id=stage.group["id"]) == stage.group
    state = await telegram.state()
    assert state["bots"] == [{**stage.bot, "has_topics_enabled": False}]
    assert [user["first_name"] for user in state["users"]] == ["Ann", "Ben"]
    private = {"user_id": 1001, "bot_id": 4242, "chat_id": 1001, "topics": []}
    private["menu"] = {"type": "commands"}
    assert state["private"] == [private]
    (group,) = state["groups"]
    standing = {member["user"]["id"]: member["status"] for member in group["members"]}
    assert standing == {1001: "member", 1002: "creator", 4242: "administrator"}


async def test_two_bots_have_chats_of_their_own(stage: Stage) -> None:
    other = await stage.telegram.add_bot("77:x", username="other_bot")
    with pytest.raises(SandboxRequestError, match="name the `bot`"):
        await stage.telegram.say(stage.ann, "to whom?")
    await stage.telegram.say(stage.ann, "to you", bot=other["id"])
    assert await stage.updates() == []
    shown = await stage.telegram.messages(stage.ann, bot=other)
    assert [message["text"] for message in shown] == ["to you"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("messages", {}, 400),
        ("messages", {"from": 5}, 404),
        ("messages", {"from": 1001}, 400),
        ("messages", {"from": "x", "text": "x"}, 400),
        ("messages", {"from": 1001, "media": {"kind": "hologram"}}, 400),
        ("messages", {"from": 1001, "media": {"kind": "photo", "data": "%"}}, 400),
        ("messages", {"from": 1001, "location": {"latitude": 1}}, 400),
        ("messages", {"from": 1001, "chat": -5, "text": "x"}, 404),
        ("messages", {"from": 1001, "text": "x", "reply_to": 99}, 404),
        ("messages/1001/99/press", {"from": 1001, "data": "x"}, 404),
        ("bots", {"token": "nonsense"}, 400),
        ("bots", [], 400),
        ("users", {}, 400),
        ("groups", {"title": "x", "id": 5}, 400),
        ("groups/-1001234567890/members", {"user_id": 1001, "status": "king"}, 400),
        ("topics/-1001234567890/99", {"closed": True}, 404),
    ],
)
async def test_mistakes_are_explained(stage: Stage, path: str, body: object, status: int) -> None:
    async with stage.http.post(f"{stage.url}/control/{path}", json=body) as response:
        assert response.status == status
        assert list(await response.json()) == ["error"]


async def test_a_page_follows_what_changes_and_resumes(stage: Stage) -> None:
    state = await stage.telegram.state()
    headers = {"Last-Event-ID": str(state["last_event_id"])}
    await stage.telegram.say(stage.ann, "missed")
    async with stage.http.get(f"{stage.url}/control/events", headers=headers) as response:
        assert response.content_type == "text/event-stream"
        await stage.ok("sendChatAction", chat_id=stage.ann["id"], action="typing")
        changes: list[Json] = []
        while len(changes) < 2:
            line = (await asyncio.wait_for(response.content.readline(), PATIENCE)).decode()
            if line.startswith("data: "):
                changes.append(json.loads(line.removeprefix("data: ")))
    assert (changes[0]["kind"], changes[0]["message"]["text"]) == ("message", "missed")
    assert (changes[1]["kind"], changes[1]["action"]) == ("action", "typing")


async def test_a_reset_forgets_everything(stage: Stage) -> None:
    await stage.telegram.reset()
    state = await stage.telegram.state()
    assert (state["bots"], state["users"], state["groups"], state["private"]) == ([], [], [], [])
    assert await stage.refused("getMe") == (401, "Unauthorized: invalid token specified")


async def test_the_world_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "world"
    async with staged(path) as stage:
        telegram, group = stage.telegram, stage.group
        photo = await telegram.say(stage.ann, media={"kind": "photo"}, caption="see")
        await stage.updates()
        thread = await stage.topic()
        await telegram.react(stage.ann, stage.ann, photo["message_id"], "👍")
        await stage.ok("pinChatMessage", chat_id=group["id"], message_id=thread)
        gone = await telegram.say(stage.ann, "gone")
        await telegram.delete(stage.ann, gone["message_id"])
        await telegram.block(stage.ben)
        before = await telegram.state()
        shown = await telegram.messages(group)
        queued = await stage.ok("getUpdates")
    async with staged(path) as stage:
        telegram = stage.telegram
        after = await telegram.state()
        assert {**after, "last_event_id": 0} == {**before, "last_event_id": 0}
        assert await telegram.messages(group) == shown
        assert [one["_reactions"] for one in await telegram.messages(stage.ann)] == [
            [{"user_id": 1001, "emoji": "👍"}]
        ]
        assert await stage.ok("getUpdates") == queued
        async with stage.http.get(
            f"{stage.url}/control/files/{photo['photo'][-1]['file_id']}"
        ) as response:
            assert (await response.read()).startswith(b"\x89PNG")
        sent = await stage.ok(
            "sendMessage", chat_id=group["id"], message_thread_id=thread, text="on"
        )
        assert sent["message_id"] == shown[-1]["message_id"] + 1
        await telegram.reset()
    async with serve(state_file=path) as running, TelegramSandbox(running.url) as telegram:
        assert (await telegram.state())["users"] == []


def _is_kept(path: Path, kind: str) -> bool:
    """Check the state file with SQLite: its bytes may contain uncommitted rows."""
    with closing(sqlite3.connect(path)) as kept, suppress(sqlite3.OperationalError):
        return any(key.startswith(kind) for (key,) in kept.execute("SELECT key FROM records"))
    return False


async def test_it_runs_as_a_program_that_survives_being_killed(tmp_path: Path) -> None:
    path = tmp_path / "world"

    async def start() -> tuple[asyncio.subprocess.Process, str]:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sandbox", "--state", str(path), stdout=asyncio.subprocess.PIPE
        )
        assert program.stdout is not None
        return program, (await program.stdout.readline()).decode().strip()

    program, url = await start()
    async with TelegramSandbox(url) as telegram:
        await telegram.add_bot("1:x")
        async with asyncio.timeout(PATIENCE):
            while not _is_kept(path, "bot"):  # noqa: ASYNC110 - a file wakes nobody
                await asyncio.sleep(0.02)
    program.kill()
    await program.wait()
    program, url = await start()
    async with TelegramSandbox(url) as telegram:
        assert len((await telegram.state())["bots"]) == 1
    program.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(program.wait(), PATIENCE) == 0
