"""Auto-reply rules on every kind of channel."""

from typing import Any

import pytest

from db.tables import Role
from sandbox.telegram.model.sample_files import SAMPLES
from tests.api.stage import ApiStage
from tests.flows.conversation import start_conversation
from tests.flows.customers import TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.files import build_form
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


MENU = {
    "name": "menu",
    "match_kind": "word",
    "trigger_keywords": ["menu"],
    "reply_message": "Here it is, {{first_name}}. What next?",
    "reply_buttons": ["Opening hours", "How to order"],
}
ORDER = {
    "name": "order",
    "match_kind": "exact",
    "trigger_keywords": ["how to order"],
    "reply_message": "Just write what you want",
}


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


async def test_a_rule_sends_a_picture_with_choices(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic = await start_conversation(stage)
    [found] = await stage.rows(
        "SELECT c.channel_id FROM contacts c WHERE c.external_id = :address", address=ann.address
    )
    ada = await api.person("Ada", role=Role.ADMIN, capacity=0)
    name, mime, data = SAMPLES["photo"]
    kept = await ada.post("/reply-files", data=build_form(name, mime, data))
    assert kept.status == 201, kept.body
    for rule in ({**MENU, "reply_file_id": kept.body["id"]}, ORDER):
        made = await ada.post("/auto-reply-rules", {**rule, **found})
        assert made.status == 201, made.body
    assert (await ada.delete(f"/reply-files/{kept.body['id']}")).status == 409
    tried = await ada.post("/auto-reply-rules/test", {**found, "text": "the menu please"})
    [shown] = [each for each in tried.body["rules"] if each["name"] == "menu"]
    assert (shown["file"], shown["buttons"]) == (name, MENU["reply_buttons"])
    await mia.writes(topic, "/try menu")
    assert "How to order" in (await topic.wait_for("after 0 s")).text

    await ann.says("menu")
    got = await ann.wait_for("Here it is, Ann. What next?")
    assert (got.kind, await ann.download(got)) == ("photo", data)
    seen = await topic.wait_for("Rule menu: Here it is")
    assert (seen.kind, "▫️ How to order" in seen.text) == ("photo", True)
    await stage.wait_for_delivery(ann, "Here it is, Ann. What next?")
    if isinstance(ann, TelegramCustomer):
        await ann.telegram.press(ann.user, ann.user, int(got.id), text="How to order")
    else:
        await ann.wait_for("2. How to order")
        await ann.says("2")
    await ann.wait_for("Just write what you want")
