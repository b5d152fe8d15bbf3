"""`osmodesk run` killed in the middle of its work, or stopped by Ctrl-C: nothing is lost."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.flows.eventually import eventually
from tests.flows.stage import SECRET_KEY, TOKEN, Stage, prepare_stage
from tests.patience import SOON

COMMAND = Path(sys.executable).with_name("osmodesk")
MANY = 25


def environment(stage: Stage, database_url: str) -> dict[str, str]:
    """Return only the desk's own settings, not those of the person who runs the tests."""
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_STAFF_GROUP": str(stage.group["id"]),
        "TELEGRAM_API_URL": stage.url,
        "TELEGRAM_LIMITS": "off",
        "SECRET_KEY": SECRET_KEY,
        "JWT_SECRET": "j" * 40,
        "PORT": "0",
    }


@asynccontextmanager
async def process(
    stage: Stage, database_url: str, folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the real command in an empty folder; kill it at the end if it still runs."""
    seen = len(await stage.calls("getMe"))
    with (folder / "log").open("ab") as log:
        running = await asyncio.create_subprocess_exec(
            str(COMMAND), "run", env=environment(stage, database_url), cwd=folder, stderr=log
        )

    async def registered() -> bool:
        assert running.returncode is None, (folder / "log").read_text()
        return len(await stage.calls("getMe")) > seen

    try:
        await eventually(registered, "the command is up")
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def test_killed_in_the_middle_and_started_again(migrated_url: str, tmp_path: Path) -> None:
    async with prepare_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer()
        async with process(stage, migrated_url, tmp_path) as running:
            await ann.says("hello")
            topic = await stage.topic(ann)
            await topic.wait_for("hello")
            for number in range(MANY):
                await ann.says(f"question {number:02}")
                await mia.writes(topic, f"answer {number:02}")
            await topic.wait_for("question 03")
            running.send_signal(signal.SIGKILL)
            await running.wait()
        async with process(stage, migrated_url, tmp_path):
            await topic.wait_for(f"question {MANY - 1:02}")
            questions = [one for one in await topic.texts() if one.startswith("question")]
            wanted = [f"question {number:02}" for number in range(MANY)]
            # A staff copy may be doubled after a crash; none is missing or out of order.
            assert list(dict.fromkeys(questions)) == wanted

            async def all_told() -> bool:
                rows = await stage.load_messages(ann)
                answers = [row for row in rows if row["direction"] == "outbound"]
                return len(answers) == MANY and all(
                    row["delivery_state"] in {"sent", "uncertain"} for row in answers
                )

            await eventually(all_told, "every answer is sent, or asked about")
            heard = [one.text for one in await ann.list_received() if one.text.startswith("answer")]
            assert len(heard) == len(set(heard))
            assert heard == sorted(heard)
            rows = await stage.load_messages(ann)
            unsure = {row["message"] for row in rows if row["delivery_state"] == "uncertain"}
            assert set(heard) | unsure == {f"answer {number:02}" for number in range(MANY)}

            async def all_asked() -> bool:
                asked = [one for one in await topic.list_messages() if "Send again" in one.buttons]
                assert len(asked) <= len(unsure)
                return len(asked) == len(unsure)

            await eventually(all_asked, "staff is asked about each, and about no other")


async def test_ctrl_c_ends_soon_and_loses_nothing(migrated_url: str, tmp_path: Path) -> None:
    async with prepare_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer()
        async with process(stage, migrated_url, tmp_path) as running:
            await ann.says("hello")
            topic = await stage.topic(ann)
            await topic.wait_for("hello")
            for number in range(MANY):
                await mia.writes(topic, f"answer {number:02}")
            await ann.wait_for("answer 00")
            begun = time.monotonic()
            running.send_signal(signal.SIGINT)
            assert await running.wait() == 0
            assert time.monotonic() - begun < SOON
        assert "Traceback" not in (tmp_path / "log").read_text()
        await ann.says("while it was down")
        async with process(stage, migrated_url, tmp_path):
            await topic.wait_for("while it was down")
            await ann.wait_for(f"answer {MANY - 1:02}")
            heard = [one.text for one in await ann.list_received() if one.text.startswith("answer")]
            assert heard == [f"answer {number:02}" for number in range(MANY)]
