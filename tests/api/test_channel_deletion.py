"""A deleted channel: what must be finished first, what goes, and what stays."""

import json
from collections.abc import Awaitable, Callable

from db.tables import Outbox, OutboxKind
from db.tables.base import now_utc
from tests.api.stage import Answer, ApiStage
from tests.flows.eventually import eventually


async def ask_when_known(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Repeat a request until the process has loaded the channel, which the test wrote itself."""

    async def answered() -> Answer | None:
        answer = await ask()
        return None if answer.status == 503 else answer

    return await eventually(answered, "the process knows the channel")


async def test_a_channel_is_deleted_and_its_history_stays(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person("Mia")
    channel = await own_api.channel()
    session = await own_api.session(mia)
    [row] = await own_api.rows("SELECT conversation_id FROM sessions WHERE id = :id", id=session)
    conversation = row["conversation_id"]
    message = await own_api.message(session, "On its way")
    update = await own_api.parked_update(channel_id=channel)
    await own_api.change("UPDATE inbox SET state = 'pending', settled_at = NULL")
    path = f"/channels/{channel}"
    refused = await ada.delete(path)
    assert (refused.status, refused.problem) == (409, "conflict")
    assert "1 open sessions" in refused.body["detail"]
    assert (await ada.get(path)).body["is_active"] is True

    assert (await ask_when_known(lambda: ada.delete(f"{path}?force=true"))).status == 204
    assert (await ada.get(path)).status == 404
    assert (await ada.delete(path)).status == 404
    assert (await ada.patch(path, {"is_active": True})).status == 404
    listed = (await ada.get("/channels")).body["items"]
    assert channel not in [each["id"] for each in listed]
    [row] = await own_api.rows("SELECT * FROM channels WHERE id = :id", id=channel)
    assert (row["credentials"], row["external_id"]) == (None, f"deleted:{channel}")
    [entry] = await own_api.audit("channel.deleted")
    details = json.loads(entry["details"])
    assert (details["ended_sessions"], details["parked_updates"]) == (1, 1)

    shown = (await ada.get(f"/conversations/{conversation}")).body
    assert shown["session"] is None
    assert shown["unreachable"] == "the channel was deleted"
    [said] = (await ada.get(f"/conversations/{conversation}/messages")).body["items"]
    assert (said["id"], said["message"]) == (message, "On its way")
    parked = (await ada.get("/parked-updates")).body["items"]
    assert [(each["id"], each["error"]) for each in parked] == [(update, "the channel was deleted")]
    answered = await mia.post(f"/sessions/{session}/messages", {"text": "Hello?"})
    assert answered.problem == "conflict"


async def test_unsent_answers_are_marked_as_failed(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person("Mia")
    channel = await own_api.channel()
    session = await own_api.session(mia)
    message = await own_api.message(session, "Tomorrow")
    await own_api.change("UPDATE messages SET delivery_state = 'pending'")
    async with own_api.database.transaction() as tx:
        row = Outbox(
            channel_id=channel,
            message_id=message,
            lane="customer",
            kind=OutboxKind.ANSWER,
            payload={},
            due_at=now_utc(),
        )
        tx.add(row)
    ended = await ask_when_known(lambda: mia.post(f"/sessions/{session}/end"))
    assert ended.status == 200
    refused = await ada.delete(f"/channels/{channel}")
    assert "0 open sessions, 1 unsent messages" in refused.body["detail"]
    assert (await ada.delete(f"/channels/{channel}?force=true")).status == 204
    [said] = (await ada.get(f"/sessions/{session}/messages")).body["items"]
    assert (said["delivery_state"], said["delivery_error"]) == (
        "failed",
        "the channel was deleted",
    )
    waits = "SELECT COUNT(*) AS n FROM outbox WHERE state = 'pending' AND channel_id = :id"
    assert (await own_api.rows(waits, id=channel))[0]["n"] == 0


async def test_a_bot_that_serves_others_staff_stays(own_api: ApiStage) -> None:
    ada, bot = await own_api.admin(), await own_api.channel()
    await own_api.channel(staff_channel_id=bot)
    refused = await ada.delete(f"/channels/{bot}?force=true")
    assert refused.status == 409
    assert "staff groups of Bot" in refused.body["detail"]
