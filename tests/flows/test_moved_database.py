"""A desk moves from SQLite to MariaDB in the middle of its work, and nobody notices."""

from dataclasses import replace

import pytest

from db.database import Database
from db.sqlite_guard import DatabaseInUseError
from db.url import parse_database_url
from scripts.upkeep.copying.copy import Copier
from tests.flows.api_agents import open_api, start_api_conversation
from tests.flows.eventually import eventually
from tests.flows.stage import prepare_stage


async def test_conversations_go_on_in_the_new_database(
    migrated_sqlite_url: str, migrated_mariadb_url: str
) -> None:
    """Move while an answer waits for its chat, and timers and an idempotency key are kept."""
    headers = {"Idempotency-Key": "before-the-move"}
    async with prepare_stage(migrated_sqlite_url) as stage:
        new = Database(parse_database_url(migrated_mariadb_url))
        async with stage.desk() as stage.address, open_api(stage) as api:
            mia, ann, topic, session = await start_api_conversation(stage, api)
            path = f"/sessions/{session}/messages"
            first = await mia.post(path, {"text": "once"}, headers=headers)
            await ann.wait_for("once")
            await stage.telegram.fail(
                "sendMessage", chat_id=int(ann.address), code=429, retry_after=3600
            )
            waiting = await mia.post(path, {"text": "waits for its chat"})
            assert (first.status, waiting.status) == (201, 201)

            async def is_closed() -> bool:
                return bool(await stage.rows("SELECT * FROM rate_limit_backoffs"))

            await eventually(is_closed, "the chat is closed")
            with pytest.raises(DatabaseInUseError, match="uses this SQLite file"):
                await Copier(stage.database, new, _ignore, _ignore).copy()
        timers = await stage.rows("SELECT lane, due_at FROM inbox WHERE state = 'pending'")
        assert timers, "the session's timers wait"
        await ann.says("while it was moved")
        await Copier(stage.database, new, _ignore, _ignore).copy()
        await stage.database.close()
        stage.database = new
        stage.settings = stage.settings.model_copy(
            update={"database_url": parse_database_url(migrated_mariadb_url)}
        )
        assert len(await stage.rows("SELECT id FROM inbox WHERE state = 'pending'")) == len(timers)
        async with stage.desk() as stage.address, open_api(stage) as api:
            await topic.wait_for("while it was moved")
            assert (await stage.topic(ann)).thread == topic.thread
            mia = replace(mia, stage=api)
            again = await mia.post(path, {"text": "once"}, headers=headers)
            assert again.raw == first.raw
            # The chat is still closed: the limit moved too.
            assert await stage.rows("SELECT * FROM rate_limit_backoffs")
            heard = [each.text for each in await ann.list_received()]
            assert not [each for each in heard if "waits" in each]
            await mia.post(path, {"text": "after the move"})
        await stage.change("DELETE FROM rate_limit_backoffs")
        await stage.skip_delays()
        async with stage.desk() as stage.address:
            await ann.wait_for("after the move")
        heard = [each.text.rpartition(": ")[2] for each in await ann.list_received()]
        ours = [each for each in heard if each in {"once", "waits for its chat", "after the move"}]
        assert ours == ["once", "waits for its chat", "after the move"]
        kept = [row["message"] for row in await stage.load_messages(ann)]
        assert [kept.count(each) for each in (*ours, "while it was moved")] == [1, 1, 1, 1]


def _ignore(_name: str, _done: int, _total: int) -> None:
    """Show no progress."""
