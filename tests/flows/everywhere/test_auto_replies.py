"""Auto-reply rules on every kind of channel."""

from typing import Any

import pytest

from db.tables import Role
from tests.api.stage import ApiStage
from tests.flows.conversation import start_conversation
from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRICE = {
    "name": "price",
    "match_kind": "word",
    "trigger_keywords": ["harga", "berapa", "cost"],
    "reply_message": "{{first_name}}, it costs ten",
}
LATER = {
    "name": "later",
    "match_kind": "exact",
    "trigger_keywords": ["wait a little"],
    "reply_message": "still here",
    "delay_seconds": 1,
}
TOO_LATE = {**LATER, "name": "too late", "trigger_keywords": ["wait long"], "delay_seconds": 3600}


async def test_rules_answer_now_later_or_not_at_all(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic = await start_conversation(stage)
    [found] = await stage.rows(
        "SELECT c.channel_id FROM contacts c WHERE c.external_id = :address", address=ann.address
    )
    ada = await api.person("Ada", role=Role.ADMIN, capacity=0)
    for rule in (PRICE, LATER, TOO_LATE):
        made = await ada.post("/auto-reply-rules", {**rule, **found})
        assert made.status == 201, made.body

    await mia.writes(topic, "/try how much does it COST?")
    tried = await topic.wait_for("These auto-reply rules would answer")
    assert "price, after 0 s:\nAnn, it costs ten" in tried.text
    await mia.writes(topic, "/try good morning")
    await topic.wait_for("No auto-reply rule would answer this")

    await ann.says("Berapa kak?")
    await ann.wait_for("Ann, it costs ten")
    await topic.wait_for("Rule price: Ann, it costs ten")
    kept = await stage.wait_for_delivery(ann, "Ann, it costs ten")
    assert (kept["sender_type"], kept["direction"], kept["author_name"]) == (
        "SYSTEM",
        "outbound",
        "price",
    )

    await ann.says("Wait a little!")
    await ann.wait_for("still here")

    await ann.says("wait long")
    await topic.wait_for("wait long")
    await mia.writes(topic, "I am here")
    await ann.wait_for("I am here")

    async def waits() -> list[dict[str, Any]]:
        return await stage.rows("SELECT id FROM auto_reply_firings WHERE state = 'waiting'")

    assert len(await eventually(waits, "the answer waits")) == 1
    past = "2000-01-01 00:00:00.000000"
    await stage.change(
        "UPDATE auto_reply_firings SET due_at = :past WHERE state = 'waiting'", past=past
    )
    await stage.change(
        "UPDATE inbox SET due_at = :past WHERE state = 'pending' AND lane LIKE 'timer:rule:%'",
        past=past,
    )
    await stage.skip_delays()

    async def is_cancelled() -> bool:
        rows = await stage.rows("SELECT state FROM auto_reply_firings ORDER BY id")
        return [row["state"] for row in rows] == ["sent", "sent", "cancelled"]

    await eventually(is_cancelled, "the answer is cancelled")
    texts = [each.text for each in await ann.list_received()]
    assert [each for each in texts if "costs" in each or "still" in each] == [
        "Ann, it costs ten",
        "still here",
    ]
