"""Tests of customers whose numbers and ids change."""

import pytest

from tests.bridge.cloud.inbound_env import InboundEnv
from tests.bridge.cloud.webhook_bodies import (
    PHONE,
    USER_ID,
    build_body,
    build_message,
    build_messages_body,
    build_text,
    build_value,
)

NEW_PHONE, NEW_USER_ID = "16505559999", "US.999"


async def test_a_new_number_moves_the_customer(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text("first", from_user_id=USER_ID)))
    system = {
        "type": "user_changed_number",
        "body": f"User Änn changed from {PHONE} to {NEW_PHONE}",
        "wa_id": NEW_PHONE,
        "user_id": NEW_USER_ID,
    }
    await inbound.receive(build_body(build_value(messages=[build_message("system", system)])))
    await inbound.receive(
        build_messages_body(build_text("second", **{"from": NEW_PHONE}), contacts=[])
    )
    [contact] = await inbound.load_contacts()
    assert (contact.external_id, contact.alias) == (NEW_PHONE, NEW_USER_ID)
    assert len(await inbound.load_messages()) == 2


@pytest.mark.parametrize("names_old", ["from", "from_user_id", "previous", "words"])
async def test_a_new_user_id_keeps_the_number(inbound: InboundEnv, names_old: str) -> None:
    await inbound.receive(build_messages_body(build_text("first", from_user_id=USER_ID)))
    system = {"type": "user_changed_user_id", "user_id": NEW_USER_ID}
    said = build_message("system", system)
    del said["from"]
    match names_old:
        case "from":
            said["from"] = PHONE
        case "from_user_id":
            said["from_user_id"] = USER_ID
        case "previous":
            system["previous_user_id"] = USER_ID
        case "words":
            system["body"] = f"User Änn changed from {USER_ID} to {NEW_USER_ID}"
    await inbound.receive(build_body(build_value(messages=[said])))
    [contact] = await inbound.load_contacts()
    assert (contact.external_id, contact.alias) == (PHONE, NEW_USER_ID)


async def test_a_new_user_id_of_who_showed_the_number_later(inbound: InboundEnv) -> None:
    first = {**build_text("first"), "from_user_id": USER_ID}
    del first["from"]
    await inbound.receive(build_messages_body(first, contacts=[]))
    await inbound.receive(
        build_messages_body(build_text("second", from_user_id=USER_ID), contacts=[])
    )
    system = {"type": "user_changed_user_id", "user_id": NEW_USER_ID, "wa_id": PHONE}
    said = build_message("system", system, from_user_id=USER_ID)
    for _ in range(2):
        await inbound.receive(build_body(build_value(messages=[said])))
    [contact] = await inbound.load_contacts()
    assert (contact.external_id, contact.alias) == (PHONE, NEW_USER_ID)


async def test_a_number_change_without_a_notice_is_followed(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text("first", from_user_id=USER_ID)))
    await inbound.receive(
        build_messages_body(
            build_text("second", **{"from": NEW_PHONE}, from_user_id=USER_ID), contacts=[]
        )
    )
    [contact] = await inbound.load_contacts()
    assert (contact.external_id, contact.alias) == (NEW_PHONE, USER_ID)
    assert len(await inbound.load_messages()) == 2


async def test_an_id_that_somebody_else_has_is_not_taken_from_them(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text("first", from_user_id=USER_ID)))
    other = build_text("other", **{"from": NEW_PHONE}, from_user_id=NEW_USER_ID)
    await inbound.receive(build_messages_body(other, contacts=[]))
    for system in (
        {"type": "user_changed_user_id", "user_id": NEW_USER_ID, "wa_id": PHONE},
        {"type": "user_changed_number", "wa_id": NEW_PHONE},
    ):
        await inbound.receive(build_body(build_value(messages=[build_message("system", system)])))
    ids = [(each.external_id, each.alias) for each in await inbound.load_contacts()]
    assert ids == [(PHONE, USER_ID), (NEW_PHONE, NEW_USER_ID)]


async def test_a_new_user_id_of_who_has_no_number(inbound: InboundEnv) -> None:
    said = {**build_text("first"), "from_user_id": USER_ID}
    del said["from"]
    await inbound.receive(build_messages_body(said, contacts=[]))
    system = {"type": "user_changed_user_id", "user_id": NEW_USER_ID}
    moved = {**build_message("system", system), "from_user_id": USER_ID}
    del moved["from"]
    await inbound.receive(build_body(build_value(messages=[moved])))
    stranger = {**moved, "from_user_id": "US.nobody"}
    await inbound.receive(build_body(build_value(messages=[stranger])))
    [contact] = await inbound.load_contacts()
    assert contact.external_id == NEW_USER_ID
