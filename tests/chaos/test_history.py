"""A run that broke a promise tells what is known of the message."""

from functools import partial
from pathlib import Path

import pytest

from scripts.chaos.engines import SqliteEngine
from scripts.chaos.history import add_histories
from scripts.chaos.message_log import MessageDirection, SentMessage
from scripts.chaos.plan import Provider, Scale, draw_plan
from scripts.chaos.stage import run_stage
from scripts.chaos.verdict import Verdict
from tests.flows.eventually import eventually


@pytest.mark.long
async def test_a_history_has_rows_calls_faults_and_restarts(tmp_path: Path) -> None:
    scale = Scale(4, 1, 1.0, actions_per_second=1, seconds_per_injection=9, fault_weights={})
    async with run_stage(draw_plan(1, scale), SqliteEngine(), tmp_path) as stage:
        customer = stage.customers[3]
        assert customer.kind is Provider.WAHA
        stage.injections.append((1.0, "a fault"))
        message_id = await customer.says("u03-0001 hello")
        stage.message_log.add(
            SentMessage(
                *("u03-0001", MessageDirection.UP, 3, customer.chat_id, message_id),
                text="u03-0001 hello",
                kind=customer.kind,
            )
        )
        shown = partial(stage.rows, "SELECT id FROM message_links WHERE side = 'staff'")
        await eventually(shown, "staff sees the message")
        stage.desk_process.kill()
        verdict = Verdict(violations=["doubled to staff: u03-0001"])
        await add_histories(stage, verdict)
    told = "\n".join(verdict.histories)
    for words in (
        "history of u03-0001:",
        "1.00 fault: a fault",
        "message: id ",
        "outbox: id ",
        "message_links: id ",
        f"Customer 03 has it as {message_id}",
        'event of WAHA: {"outcome": 200',
        'call of Telegram: {"ok": true, "method": "sendMessage"',
        "the desk was killed",
    ):
        assert words in told, told
