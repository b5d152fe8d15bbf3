"""A Cloud API number with a complete desk: every message type in both directions, and faults."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.tables import ChannelKind
from tests.bridge.cloud.webhook_bodies import (
    CONTACT,
    KINDS,
    PHONE,
    USER_ID,
    build_body,
    build_value,
)
from tests.flows.channel_stages import CloudStage, run_channel_stage
from tests.flows.chat_message import ChatMessage
from tests.flows.cloud import CloudCustomer
from tests.flows.eventually import eventually

JPEG = b"\xff\xd8\xff" + b"j" * 99


@pytest.fixture
async def stage(migrated_sqlite_url: str) -> AsyncIterator[CloudStage]:
    async with run_channel_stage(ChannelKind.WHATSAPP_CLOUD, migrated_sqlite_url) as made:
        assert isinstance(made, CloudStage)
        yield made


async def test_every_kind_of_message_is_shown_in_the_topic(stage: CloudStage) -> None:
    assert stage.number is not None
    ann = await stage.customer("Ann", phone=PHONE)
    assert isinstance(ann, CloudCustomer)
    graph, file = ann.graph, await ann.graph.sends_media(ann.customer, "image", JPEG)
    contact = {**CONTACT, "profile": {"name": ann.name}}
    metadata = {"phone_number_id": stage.number["id"]}
    for name, (kind, _, _) in KINDS.items():
        said: dict[str, Any] = {**kind, "id": f"wamid.{name}"}
        held = said.get(said["type"])
        if isinstance(held, dict) and "sha256" in held:
            said[said["type"]] = {**held, "id": file["content"]["id"], "sha256": None}
        one = build_value(contacts=[contact], messages=[said]) | {"metadata": metadata}
        assert (await graph.inject(build_body(one)))["status"] == 200
    topic = await stage.topic(ann)
    many = len(KINDS) + 1  # a contact with more than a phone is another type

    async def all_of_them() -> list[ChatMessage] | None:
        found = (await topic.list_messages())[1:]
        return found if len(found) >= many else None

    shown = await eventually(all_of_them, f"{many} messages in the topic")
    texts = [words for _, _, words in KINDS.values() if words]
    assert [words for words in texts if not any(words in each.text for each in shown)] == []
    assert len(shown) == many
    assert {each.kind for each in shown} == {"text", "photo", "document", "venue", "contact"}
    assert await stage.rows("SELECT id FROM inbox WHERE state = 'parked'") == []


async def hears(ann: CloudCustomer, text: str) -> None:
    await ann.wait_for(text)
    await at_rest(ann)


async def at_rest(ann: CloudCustomer) -> None:
    assert await ann.graph.wait_until_settled()


async def begun(stage: CloudStage, **more: Any) -> tuple[CloudCustomer, Any, Any]:
    """Start a conversation: return a customer who has written, an agent, and the topic."""
    mia, ann = await stage.agent("Mia"), await stage.customer("Ann", **more)
    assert isinstance(ann, CloudCustomer)
    await ann.says("Hello")
    topic = await stage.topic(ann)
    await topic.wait_for("Hello")
    return ann, mia, topic


async def states(stage: CloudStage) -> list[tuple[str, str]]:
    rows = await stage.rows(
        "SELECT message, delivery_state FROM messages WHERE direction = 'outbound' ORDER BY id"
    )
    return [(row["message"], row["delivery_state"]) for row in rows]


async def until(stage: CloudStage, wanted: list[tuple[str, str]]) -> None:
    async def reached() -> bool:
        return [each for each in await states(stage) if each in wanted] == wanted

    await eventually(reached, str(wanted))


@pytest.mark.parametrize("fault", [{"kind": "html"}, {"kind": "drop_before"}])
async def test_an_agent_is_asked_about_what_no_status_tells_of(
    stage: CloudStage, fault: dict[str, str]
) -> None:
    ann, mia, topic = await begun(stage)
    await ann.graph.fail("messages", **fault)
    await mia.writes(topic, "did it arrive?")
    asked = await stage.fast_forward(topic.wait_for("may or may not have arrived"))
    assert [each.text for each in await ann.list_received()].count("did it arrive?") == 0
    await mia.presses(asked, "Send again")
    await hears(ann, "did it arrive?")


async def test_a_customer_who_moves_keeps_conversation_and_topic(stage: CloudStage) -> None:
    ann, mia, topic = await begun(stage, phone=PHONE, user_id=USER_ID)
    await ann.graph.change_customer(ann.customer, phone="16505550000")
    await topic.wait_for("now writes from another number")
    await ann.says("It is me")
    await topic.wait_for("It is me")
    await mia.writes(topic, "Welcome back")
    await hears(ann, "Welcome back")
    assert len(await stage.rows("SELECT id FROM conversations")) == 1
    [contact] = await stage.rows("SELECT external_id, alias FROM contacts")
    assert contact == {"external_id": "16505550000", "alias": USER_ID}


async def test_a_customer_without_a_phone_is_answered(stage: CloudStage) -> None:
    ann, mia, topic = await begun(stage, phone="", user_id=USER_ID)
    await mia.writes(topic, "Good day")
    await hears(ann, "Good day")
    await until(stage, [("Good day", "delivered")])
    [call, *_] = [one for one in await ann.graph.calls("messages") if one["body"].get("type")][-1:]
    assert call["body"]["recipient"] == USER_ID


async def test_a_stopped_channel_holds_answers_until_it_is_mended(stage: CloudStage) -> None:
    ann, mia, topic = await begun(stage)
    await ann.graph.fail("messages", code=131042)
    await mia.writes(topic, "Held for a while")

    async def told() -> bool:
        return bool(await stage.rows("SELECT id FROM outbox WHERE kind = 'general'"))

    await eventually(told, "the admins are told")
    assert [state for text, state in await states(stage) if text == "Held for a while"] == [
        "pending"
    ]
    await stage.fast_forward(hears(ann, "Held for a while"))


async def test_what_staff_writes_on_the_phone_is_shown(stage: CloudStage) -> None:
    ann, _, topic = await begun(stage)
    await ann.graph.writes_from_phone(ann.customer, "We call you")
    await topic.wait_for("We call you")
    assert ("We call you", "sent") in await states(stage)


async def test_a_text_longer_than_telegram_takes_is_shown_whole(stage: CloudStage) -> None:
    ann, _, topic = await begun(stage)
    await ann.says("word " * 2999 + "the end")
    await topic.wait_for("the end")
    long = [text for text in await topic.texts() if "word" in text]
    assert len(long) == 4
    assert " ".join(long).split() == ["word"] * 2999 + ["the", "end"]
