"""Customers whose numbers and ids change."""

import pytest

from bridge.cloud.receiving.identity import StrangerError
from tests.bridge.cloud.inbound_env import Inflow
from tests.bridge.cloud.webhook_bodies import PHONE, USER_ID, body, message, text, told, value

NEW_PHONE, NEW_USER_ID = "16505559999", "US.999"


async def test_a_new_number_moves_the_customer(inflow: Inflow) -> None:
    await inflow.take(told(text("first", from_user_id=USER_ID)))
    system = {
        "type": "user_changed_number",
        "body": f"User Änn changed from {PHONE} to {NEW_PHONE}",
        "wa_id": NEW_PHONE,
        "user_id": NEW_USER_ID,
    }
    await inflow.take(body(value(messages=[message("system", system)])))
    await inflow.take(told(text("second", **{"from": NEW_PHONE}), contacts=[]))
    [contact] = await inflow.contacts()
    assert (contact.external_id, contact.alias) == (NEW_PHONE, NEW_USER_ID)
    assert len(await inflow.messages()) == 2


@pytest.mark.parametrize("names_old", ["from", "from_user_id", "previous", "words"])
async def test_a_new_user_id_keeps_the_number(inflow: Inflow, names_old: str) -> None:
    await inflow.take(told(text("first", from_user_id=USER_ID)))
    system = {"type": "user_changed_user_id", "user_id": NEW_USER_ID}
    said = message("system", system)
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
    await inflow.take(body(value(messages=[said])))
    [contact] = await inflow.contacts()
    assert (contact.external_id, contact.alias) == (PHONE, NEW_USER_ID)


async def test_a_new_user_id_of_who_showed_the_number_later(inflow: Inflow) -> None:
    first = {**text("first"), "from_user_id": USER_ID}
    del first["from"]
    await inflow.take(told(first, contacts=[]))
    await inflow.take(told(text("second", from_user_id=USER_ID), contacts=[]))
    system = {"type": "user_changed_user_id", "user_id": NEW_USER_ID, "wa_id": PHONE}
    said = message("system", system, from_user_id=USER_ID)
    for _ in range(2):
        await inflow.take(body(value(messages=[said])))
    [contact] = await inflow.contacts()
    assert (contact.external_id, contact.alias) == (PHONE, NEW_USER_ID)


async def test_who_moves_in_silence_is_followed(inflow: Inflow) -> None:
    await inflow.take(told(text("first", from_user_id=USER_ID)))
    await inflow.take(
        told(text("second", **{"from": NEW_PHONE}, from_user_id=USER_ID), contacts=[])
    )
    [contact] = await inflow.contacts()
    assert (contact.external_id, contact.alias) == (NEW_PHONE, USER_ID)
    assert len(await inflow.messages()) == 2


async def test_an_id_that_somebody_else_has_is_not_taken_from_them(inflow: Inflow) -> None:
    await inflow.take(told(text("first", from_user_id=USER_ID)))
    other = text("other", **{"from": NEW_PHONE}, from_user_id=NEW_USER_ID)
    await inflow.take(told(other, contacts=[]))
    for system in (
        {"type": "user_changed_user_id", "user_id": NEW_USER_ID, "wa_id": PHONE},
        {"type": "user_changed_number", "wa_id": NEW_PHONE},
    ):
        await inflow.take(body(value(messages=[message("system", system)])))
    ids = [(each.external_id, each.alias) for each in await inflow.contacts()]
    assert ids == [(PHONE, USER_ID), (NEW_PHONE, NEW_USER_ID)]


async def test_a_new_user_id_of_who_has_no_number(inflow: Inflow) -> None:
    said = {**text("first"), "from_user_id": USER_ID}
    del said["from"]
    await inflow.take(told(said, contacts=[]))
    system = {"type": "user_changed_user_id", "user_id": NEW_USER_ID}
    moved = {**message("system", system), "from_user_id": USER_ID}
    del moved["from"]
    await inflow.take(body(value(messages=[moved])))
    with pytest.raises(StrangerError):
        await inflow.take(body(value(messages=[{**moved, "from_user_id": "US.nobody"}])))
    [contact] = await inflow.contacts()
    assert contact.external_id == NEW_USER_ID
