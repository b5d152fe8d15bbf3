"""`osmodesk run` killed in the middle of its work, or stopped by Ctrl-C: nothing is lost."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from db.database import Transaction
from db.queries.ai.configs import add_ai_agent
from db.queries.channels import channels
from db.tables import AgentLevel, AiTakeover, AutoReplyRule, ChannelKind, RuleMatch
from db.tables.base import now_utc
from desk.accounts.encryption import Encryptor
from sandbox.openai.client import OpenAISandbox
from tests.flows.eventually import eventually
from tests.flows.stage import SECRET_KEY, TOKEN, Stage, prepare_stage
from tests.patience import SOON

COMMAND = Path(sys.executable).with_name("osmodesk")
MANY = 25


def environment(stage: Stage, database_url: str, **settings: str) -> dict[str, str]:
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
        **settings,
    }


@asynccontextmanager
async def process(
    stage: Stage, database_url: str, folder: Path, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the real command in an empty folder; kill it at the end if it still runs."""
    seen = len(await stage.calls("getMe"))
    with (folder / "log").open("ab") as log:
        env = environment(stage, database_url, **settings)
        running = await asyncio.create_subprocess_exec(
            str(COMMAND), "run", env=env, cwd=folder, stderr=log
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
            # Texts that waited a while are shown in one message.
            lines = "\n".join(await topic.texts()).splitlines()
            questions = [one for one in lines if one.startswith("question")]
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


async def test_delayed_rules_ai_agents_and_targets_go_on_after_a_crash(
    migrated_url: str, tmp_path: Path
) -> None:
    async with prepare_stage(migrated_url) as stage, OpenAISandbox(stage.url) as model:
        await add_assistants(stage)
        settings = {"OPENAI_BASE_URL": model.api_url, "AI_DEADLINE_SECONDS": "120"}
        mia = await stage.agent("Mia")
        ann, bob, cleo = [await stage.customer(name) for name in ("Ann", "Bob", "Cleo")]
        await model.fault("hang", seconds=600)
        async with process(stage, migrated_url, tmp_path, **settings) as running:
            for customer, words in ((ann, "later"), (bob, "later"), (cleo, "what is a zebu?")):
                await customer.says(words)
            topic = await stage.topic(bob)
            await topic.wait_for("later")
            await mia.writes(topic, "I am here")
            await bob.wait_for("I am here")

            async def is_thinking() -> bool:
                rows = await stage.rows("SELECT state FROM ai_turns")
                open_calls = (await model.state())["open_calls"]
                return [row["state"] for row in rows] == ["thinking"] and open_calls == 1

            await eventually(is_thinking, "the model is asked")
            await eventually(lambda: stage.rows(WAITING_RULES), "two answers wait")
            running.send_signal(signal.SIGKILL)
            await running.wait()
        answer = {"action": "clarify", "text": "A zebu?", "confidence": 0.9, "language": "en"}
        await model.answers(answer, times=0)
        await skip_delays(stage)
        async with process(stage, migrated_url, tmp_path, **settings):
            await ann.wait_for("The delay is over.")
            await cleo.wait_for("A zebu?")
            anns = await stage.topic(ann)
            await anns.wait_for("🔴 The first answer was due at 2000-01-01 00:00 UTC")

            async def is_over() -> bool:
                rows = await stage.rows("SELECT state FROM auto_reply_firings ORDER BY id")
                turns = await stage.rows("SELECT state FROM ai_turns")
                states = [row["state"] for row in rows], [row["state"] for row in turns]
                return states == (["sent", "cancelled"], ["done"])

            await eventually(is_over, "the human's answer came first, and everything has ended")
            assert [one.text for one in await ann.list_received()] == ["The delay is over."]
            assert [one.text for one in await bob.list_received()] == ["I am here"]
            heard = [one.text for one in await cleo.list_received()]
            assert heard[0].startswith("Aria, our automatic assistant")
            assert heard[1:] == ["A zebu?"]
            assert not any("🔴" in each for each in await topic.texts()), "Bob was answered"


WAITING_RULES = (
    "SELECT 1 FROM auto_reply_firings WHERE state = 'waiting' GROUP BY state HAVING COUNT(*) = 2"
)


async def add_assistants(stage: Stage) -> None:
    """Add an AI agent that answers first, and a rule that answers after an hour."""

    async def work(tx: Transaction) -> None:
        channel = await channels.save_channel(
            tx,
            ChannelKind.TELEGRAM,
            TOKEN.partition(":")[0],
            credentials=Encryptor(SECRET_KEY).encrypt({"token": TOKEN}),
            staff_groups=[str(stage.group["id"])],
        )
        channel.ai_takeover = AiTakeover.IMMEDIATE
        channel.settings = {**channel.settings, "first_answer_minutes": 60}
        await add_ai_agent(
            tx, "Aria", level=AgentLevel.BASIC, capacity=99, values={}, now=now_utc()
        )
        rule = AutoReplyRule(
            channel_id=channel.id,
            name="later",
            match_kind=RuleMatch.WORD,
            trigger_keywords=["later"],
            reply_message="The delay is over.",
            delay_seconds=3600,
        )
        tx.add(rule)

    await stage.database.run(work)


async def skip_delays(stage: Stage) -> None:
    """Make answers of rules due that wait, and answers to customers late, while no desk runs."""
    past = "2000-01-01 00:00:00.000000"
    for statement in (
        "UPDATE auto_reply_firings SET due_at = :past WHERE state = 'waiting'",
        "UPDATE sessions SET sla_warn_at = :past, sla_due_at = :past WHERE sla_state = 'running'",
        (
            "UPDATE inbox SET due_at = :past WHERE state = 'pending'"
            " AND (lane LIKE 'timer:rule:%' OR lane LIKE 'timer:sla:%')"
        ),
        (
            "UPDATE lanes SET due_at = :past WHERE due_at IS NOT NULL"
            " AND (lane LIKE 'timer:rule:%' OR lane LIKE 'timer:sla:%')"
        ),
    ):
        await stage.change(statement, past=past)


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
