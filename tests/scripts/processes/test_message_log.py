"""The log of a conversation: each line names what it is about, and none says what people wrote."""

import json
from pathlib import Path
from typing import Any

import pytest

from db.ids import ChannelId
from db.queues import inbox
from db.queues.inbox import InboundEvent
from db.tables import ChannelKind
from tests.flows.channel_stages import prepare_channel_stage
from tests.flows.cloud import CloudStage
from tests.flows.conversation import start_conversation
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.stage import SECRET_KEY, TOKEN, Stage
from tests.flows.waha import WahaStage
from tests.scripts.processes.process_group import Process, run_process_group
from tests.scripts.processes.test_graceful_shutdown import address_of

Line = dict[str, Any]
# What a customer might write: nothing of it may be in the log, at whatever level.
PRIVATE = ["purple elephant", "628115550123", "hunter2-hunter2", "987654321:" + "Z" * 35]
QUESTION = f"My {PRIVATE[0]} waits, call {PRIVATE[1]}; password {PRIVATE[2]}, token {PRIVATE[3]}"
ANSWER, REFUSED = f"Your {PRIVATE[0]} is on its way", f"Another {PRIVATE[0]}"
UNREADABLE = f'{{"update_id": 1, "{PRIVATE[0]}'


def list_secrets(stage: Stage) -> list[str]:
    """List what gives access to something."""
    secrets = [TOKEN.partition(":")[2], SECRET_KEY, "j" * 40]
    if isinstance(stage, CloudStage) and stage.number is not None:
        secrets += [stage.number["token"], stage.number["app_secret"]]
    if isinstance(stage, WahaStage) and stage.waha is not None:
        secrets.append(stage.waha.API_KEY)
    return secrets


async def park_an_update(stage: Stage, customer: Customer) -> str:
    """Let the desk fail to read an update; return its id."""
    [row] = await stage.rows(
        "SELECT channel_id FROM contacts WHERE external_id = :address", address=customer.address
    )
    arrival = InboundEvent(ChannelId(row["channel_id"]), "unreadable-one", "x", UNREADABLE)
    await stage.database.run(lambda tx: inbox.put(tx, [arrival]))

    async def is_parked() -> bool:
        asked = "SELECT 1 FROM inbox WHERE provider_id = 'unreadable-one' AND state = 'parked'"
        return bool(await stage.rows(asked))

    await eventually(is_parked, "the update is parked")
    return arrival.provider_id


def read_lines(process: Process) -> list[Line]:
    return [json.loads(each) for each in process.log_text.splitlines() if each.startswith("{")]


def select(lines: list[Line], **wanted: object) -> list[Line]:
    return [each for each in lines if wanted.items() <= each.items()]


def check_way(lines: list[Line], message: Line, updates: set[str]) -> None:
    """Check that a message can be followed from its update to its delivery."""
    added = {"event": "event.added", "kind": "MessageAdded", "message": message["id"]}
    [line] = select(lines, **added)
    assert line["session"] == message["session_id"]
    assert line["update"] in updates
    its = {each["event"] for each in select(lines, update=line["update"])}
    assert its >= {"update.stored", "event.added", "update.handled"}
    sent = {"messages": [message["id"]], "session": message["session_id"], "is_sent": True}
    assert select(lines, event="delivery.ended", step="Deliver", **sent)


# Each starts a process of its own.
_KINDS = [
    ChannelKind.TELEGRAM,
    *(
        pytest.param(kind, marks=pytest.mark.long)
        for kind in ChannelKind
        if kind is not ChannelKind.TELEGRAM
    ),
]


@pytest.mark.parametrize("kind", _KINDS)
async def test_a_message_can_be_followed_and_not_read(
    kind: ChannelKind, migrated_sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        prepare_channel_stage(kind, migrated_sqlite_url) as stage,
        run_process_group(
            stage,
            migrated_sqlite_url,
            tmp_path,
            LOG_LEVEL="DEBUG",
            ALARMS="false",
            WHATSAPP_API_URL=f"{stage.url}/graph",
            WHATSAPP_LIMITS="off",
        ) as desk,
    ):
        process = await desk.start("run")
        stage.address = await address_of(process)
        await stage.connect()
        mia, ann, topic = await start_conversation(stage)
        await ann.says(QUESTION)
        await topic.wait_for(PRIVATE[0])
        await mia.writes(topic, ANSWER)
        await ann.wait_for(ANSWER)
        await stage.wait_for_delivery(ann, ANSWER)
        unreadable = await park_an_update(stage, ann)
        await stage.provider.make_unreachable(ann)
        await mia.writes(topic, REFUSED)
        await topic.wait_for("Not delivered: ")
        refused = await stage.wait_for_state(ann, REFUSED, "failed")
        kept = await stage.load_messages(ann)
        updates = {row["provider_id"] for row in await stage.rows("SELECT provider_id FROM inbox")}
        await process.stop()

    lines = read_lines(process)
    for words in (QUESTION, ANSWER):
        [message] = [each for each in kept if each["message"] == words]
        check_way(lines, message, updates)
    # At the level of an operator: what failed, and what it was about.
    [failed] = select(lines, event="delivery.failed", level="info", messages=[refused["id"]])
    assert failed["session"] == refused["session_id"]
    assert {each["level"] for each in select(lines, event="inbox.failed")} == {"error"}
    assert len(select(lines, event="inbox.failed", update=unreadable)) == 5
    said = process.log_text
    assert [each for each in (*PRIVATE, ann.name, *list_secrets(stage)) if each in said] == []
    if stage.capabilities.phones:
        assert ann.address.partition("@")[0] not in said
