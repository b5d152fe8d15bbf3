"""Tests of what concerns a customer and is no message: calls, preferences, names, history."""

from typing import Any

import pytest

from db.tables import Client, Contact, MessageType, TemplateStatus, WhatsAppMessageTemplate
from db.tables.base import now_utc
from desk.conversations.threads import find_thread_by_contact
from desk.templates.lookup import explain_obstacle
from desk.unit_of_work import UnitOfWork
from tests.bridge.cloud.inbound_env import InboundEnv
from tests.bridge.cloud.webhook_bodies import (
    PHONE,
    build_body,
    build_message,
    build_messages_body,
    build_status,
    build_text,
    build_value,
)

OURS = "15550783881"


async def receive(inbound: InboundEnv, field: str, **lists: Any) -> None:
    await inbound.receive(build_body(build_value(**lists), field=field))


async def let_write(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text()))
    await inbound.open_topics()


async def find_reason(inbound: InboundEnv, category: str) -> str | None:
    """Return why a template of this category cannot be sent to the customer."""
    template = WhatsAppMessageTemplate(
        channel_id=inbound.channel_id,
        name="t",
        language="en",
        category=category,
        status=TemplateStatus.APPROVED,
        components=[{"type": "BODY", "text": "Hi"}],
    )
    async with inbound.database.transaction() as tx:
        uow = UnitOfWork(tx, now_utc(), inbound.channels)
        thread = await find_thread_by_contact(uow, inbound.channel_id, PHONE)
        assert thread is not None
        return explain_obstacle(uow, thread, template)


async def test_a_marketing_stop_is_kept_and_blocks_marketing_templates(
    inbound: InboundEnv,
) -> None:
    await let_write(inbound)
    about = {"wa_id": PHONE, "category": "marketing_messages"}
    assert await find_reason(inbound, "MARKETING") is None
    for _ in range(2):
        stop = {**about, "value": "stop", "timestamp": 1}
        await receive(inbound, "user_preferences", user_preferences=[stop])
    reason = await find_reason(inbound, "MARKETING")
    assert reason == "the customer does not want marketing messages"
    assert await find_reason(inbound, "UTILITY") is None
    await receive(inbound, "user_preferences", user_preferences=[{**about, "value": "resume"}])
    assert await find_reason(inbound, "MARKETING") is None
    told = [each for each in await inbound.load_staff_texts() if "marketing" in each]
    assert len(told) == 2
    await receive(inbound, "user_preferences", user_preferences=[{**about, "category": "other"}])
    assert await find_reason(inbound, "MARKETING") is None


async def test_a_call_is_told_once_and_ours_not_at_all(inbound: InboundEnv) -> None:
    await let_write(inbound)
    call = {"id": "c", "from": PHONE, "to": OURS, "direction": "USER_INITIATED"}
    for event in ("connect", "terminate"):
        await receive(inbound, "calls", calls=[{**call, "event": event}])
    ours = {"id": "d", "from": OURS, "to": PHONE, "event": "terminate"}
    await receive(inbound, "calls", calls=[{**ours, "direction": "BUSINESS_INITIATED"}, ours, {}])
    await receive(inbound, "calls", statuses=[build_status("ACCEPTED", type="call")])
    told = [each for each in await inbound.load_staff_texts() if "called" in each]
    assert len(told) == 1
    assert len(await inbound.load_messages()) == 1


async def test_the_phones_contacts_name_whom_nobody_named(inbound: InboundEnv) -> None:
    def save(phone: str, name: str) -> dict[str, Any]:
        contact = {"full_name": name, "phone_number": phone}
        return {"type": "contact", "action": "add", "contact": contact}

    await inbound.receive(build_messages_body(build_text("1"), contacts=[]))
    saved = [save(f"+{PHONE}", "Ann B"), save("628999", "Mother"), save("junk", "x"), {}]
    await receive(inbound, "smb_app_state_sync", state_sync=saved)
    await receive(inbound, "smb_app_state_sync", state_sync=[save(PHONE, "Ann C")])
    [client] = await inbound.load_rows(Client)
    assert client.name == "Ann B"


async def test_history_is_kept_once_in_its_order_and_files_take_their_place(
    inbound: InboundEnv,
) -> None:
    def say(words: str, author: str, second: int, **more: Any) -> dict[str, Any]:
        said = build_text(words, **{"from": author, "timestamp": str(1_700_000_000 + second)})
        return {**said, **more}

    await let_write(inbound)
    placeholder = say("file", PHONE, 3, type="media_placeholder")
    del placeholder["text"]
    messages = [
        say("second", OURS, 2, history_context={"status": "READ"}),
        placeholder,
        say("first", PHONE, 1),
        build_message("reaction", {"message_id": "wamid.first", "emoji": "👍"}),
        {"id": "half"},
        "junk",
    ]
    chunk = {"metadata": {"phase": 0}, "threads": [{"id": PHONE, "messages": messages}]}
    for _ in range(2):
        await receive(inbound, "history", history=[chunk])
    file = {**build_message("image", {"id": "77", "caption": "See"}), "id": placeholder["id"]}
    await receive(inbound, "history", messages=[{**file, "timestamp": "1700000003"}])
    kept = await inbound.load_messages()
    assert [each.message for each in kept] == ["first", "second", "See", "Hi"]
    assert [each.session_id is None for each in kept] == [True, True, True, False]
    assert (kept[2].message_type, kept[2].file) == (MessageType.IMAGE, {"id": "77"})
    assert kept[1].delivery_state.value == "read"
    assert [each for each in await inbound.load_staff_texts() if each != "copy Hi"] == []


async def test_an_owner_who_shares_no_history(inbound: InboundEnv) -> None:
    declined = {"code": 2593109, "title": "History sync is turned off by the business"}
    await receive(inbound, "history", history=[{"errors": [declined]}])
    [told] = await inbound.load_staff_texts()
    assert told.endswith("the owner of the phone does not share the earlier messages")


async def test_a_number_that_was_asked_for_is_the_customers(inbound: InboundEnv) -> None:
    user_id = "AE.969734190715775122"
    card = {"origin": "contact_request", "phones": [{"phone": "+1 555 000 9999"}]}
    said = {**build_message("contacts", [card]), "from_user_id": user_id}
    del said["from"]
    await inbound.receive(build_messages_body(said, contacts=[]))
    later = build_text("from the phone", **{"from": "15550009999"})
    await inbound.receive(build_messages_body(later, contacts=[]))
    [contact] = await inbound.load_contacts()
    assert (contact.external_id, contact.alias) == (user_id, "15550009999")
    [client] = await inbound.load_rows(Client)
    assert client.phone == "+15550009999"


async def test_a_card_of_another_person_says_nothing_about_the_customer(
    inbound: InboundEnv,
) -> None:
    card = "BEGIN:VCARD\nFN:Kim\nTEL;waid=15550009999:+1 555 000 9999\nEMAIL:k@example.com\nEND"
    await inbound.receive(build_messages_body(build_message("contacts", [{"vcard": card}])))
    [kept] = await inbound.load_messages()
    assert (kept.message_type, kept.message) == (MessageType.CONTACT, "k@example.com")
    assert kept.attributes is not None
    assert kept.attributes["phone"] == "+1 555 000 9999"
    [contact] = await inbound.load_rows(Contact)
    assert contact.alias != "15550009999"


@pytest.mark.parametrize(
    ("status", "words"), [("captured", "paid"), ("pending", "pending"), ("on_hold", "on hold")]
)
async def test_a_payment_is_told_in_words(inbound: InboundEnv, status: str, words: str) -> None:
    await let_write(inbound)
    paid = build_status(status, type="payment", payment={"reference_id": "order-7"})
    await receive(inbound, "messages", statuses=[paid])
    assert (await inbound.load_staff_texts())[-1] == f"staff_notice Payment order-7: {words}."


async def test_a_status_deleted_takes_back_a_message_of_the_customers_only(
    inbound: InboundEnv,
) -> None:
    await let_write(inbound)
    await inbound.store_answer("wamid.ours", "sent")
    for each in ("wamid.ours", "wamid.Hi", "wamid.nothing"):
        await receive(inbound, "messages", statuses=[build_status("deleted", id=each)])
    theirs, ours = await inbound.load_messages()
    assert theirs.deleted_at is not None
    assert ours.deleted_at is None


async def test_the_words_that_come_after_a_placeholder_are_shown(inbound: InboundEnv) -> None:
    unavailable = {"code": 131060, "title": "This message is currently unavailable."}
    said = build_message("unsupported", {"type": "unknown"}, errors=[unavailable], id="wamid.1")
    await inbound.receive(build_messages_body(said))
    await inbound.open_topics()
    await inbound.receive(build_messages_body(build_text("hello", id="wamid.1")))
    announced, kept = await inbound.load_messages()
    assert "currently unavailable" in (announced.message or "")
    assert (kept.message_type, kept.message) == (MessageType.TEXT, "hello")
    assert (await inbound.load_staff_texts())[-1] == "copy hello"


async def test_an_edit_whose_words_did_not_come_keeps_the_old_ones(inbound: InboundEnv) -> None:
    await let_write(inbound)
    for edit in ({"original_message_id": "wamid.Hi"}, {}):
        await inbound.receive(build_messages_body(build_message("edit", edit)))
    [kept] = await inbound.load_messages()
    assert kept.message == "Hi"
    told = [each for each in await inbound.load_staff_texts() if "edited" in each]
    assert len(told) == 2


async def test_the_ad_that_a_contact_came_from_is_kept(inbound: InboundEnv) -> None:
    ad = {"source_id": "7", "source_type": "ad", "ctwa_clid": "x", "headline": "Sale"}
    card = {"name": {"formatted_name": "Kim"}, "phones": [{"phone": "+1 555"}]}
    await inbound.receive(build_messages_body(build_message("contacts", [card], referral=ad)))
    [kept] = await inbound.load_messages()
    assert kept.attributes is not None
    assert kept.attributes["referral"] == ad
    assert kept.message == "Came from an ad: Sale"
