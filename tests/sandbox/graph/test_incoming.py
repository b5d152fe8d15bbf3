"""Tests of all actions of a customer, as webhooks report them."""

import pytest

from sandbox.common.control_client import SandboxRequestError
from sandbox.common.json_shapes import Json
from sandbox.telegram.model.sample_files import SAMPLES, png
from tests.sandbox.graph.message_bodies import BUTTONS, CONTACTS, LIST, LOCATION
from tests.sandbox.graph.stage import PHONE, Stage

ORDER: Json = {
    "catalog_id": "7",
    "text": "Please",
    "product_items": [
        {"product_retailer_id": "sku-1", "quantity": 2, "item_price": 5.5, "currency": "USD"}
    ],
}
FLOW: Json = {
    "type": "nfm_reply",
    "nfm_reply": {"response_json": '{"size":"L"}', "body": "Sent", "name": "flow"},
}
REFERRAL: Json = {
    "source_url": "https://fb.me/x",
    "source_type": "ad",
    "source_id": "1",
    "headline": "Shoes",
    "body": "Half price",
    "media_type": "image",
    "ctwa_clid": "c",
}


async def _last(stage: Stage) -> Json:
    assert await stage.graph.wait_until_settled()
    return stage.hook.messages()[-1]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("location", LOCATION),
        ("contacts", CONTACTS),
        ("order", ORDER),
        ("interactive", FLOW),
        ("hologram", {"colour": "blue"}),
        ("unknown", None),
    ],
)
async def test_any_kind_arrives_as_it_is(stage: Stage, kind: str, content: object) -> None:
    sent = await stage.graph.sends(stage.ann, kind, content)
    message = await _last(stage)
    assert (message["type"], message.get(kind)) == (kind, content)
    assert (message["id"], message["from"]) == (sent["id"], PHONE)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document", "sticker"])
async def test_files_arrive_with_their_ids(stage: Stage, kind: str) -> None:
    data = png() if kind == "image" else SAMPLES[kind][2]
    sent = await stage.graph.sends_media(stage.ann, kind, caption="Look", filename="a.txt")
    message = await _last(stage)
    shown = "audio" if kind == "voice" else kind
    content = message[shown]
    assert (message["type"], content["id"]) == (shown, sent["media"]["id"])
    assert await stage.graph.media(content["id"]) == data
    own = {
        "audio": ("voice", False),
        "voice": ("voice", True),
        "document": ("filename", "a.txt"),
        "sticker": ("animated", False),
    }
    name, value = own.get(kind, ("caption", "Look"))
    assert content[name] == value
    if kind == "voice":
        assert content["mime_type"] == "audio/ogg; codecs=opus"


async def test_replies_forwards_and_referrals(stage: Stage) -> None:
    ours = await stage.text("Ours")
    await stage.graph.says(stage.ann, "To you", reply_to=ours)
    assert (await _last(stage))["context"] == {"from": "15550783881", "id": ours}
    mine = await stage.graph.says(stage.ann, "Mine")
    await stage.graph.says(stage.ann, "To me", reply_to=mine)
    assert (await _last(stage))["context"] == {"from": PHONE, "id": mine["id"]}
    await stage.graph.says(stage.ann, "Old joke", forwarded=True)
    assert (await _last(stage))["context"] == {"forwarded": True}
    await stage.graph.says(stage.ann, "Older", frequently_forwarded=True)
    assert (await _last(stage))["context"] == {"frequently_forwarded": True}
    await stage.graph.says(stage.ann, "Hi", referral=REFERRAL, more={"group_id": "9"})
    message = await _last(stage)
    assert (message["referral"], message["group_id"]) == (REFERRAL, "9")


async def test_reactions_and_their_removal(stage: Stage) -> None:
    ours = await stage.text("Ours")
    event = await stage.graph.reacts(ours, "❤️")
    message = await _last(stage)
    assert (message["id"], message["type"]) == (event, "reaction")
    assert message["reaction"] == {"message_id": ours, "emoji": "❤️"}
    assert (await stage.graph.messages(stage.ann))[-1]["reactions"] == {"customer": "❤️"}
    await stage.graph.reacts(ours, "")
    assert (await _last(stage))["reaction"] == {"message_id": ours}
    await stage.graph.reacts(ours, "", empty=True)
    assert (await _last(stage))["reaction"] == {"message_id": ours, "emoji": ""}
    assert (await stage.graph.messages(stage.ann))[-1]["reactions"] == {}


async def test_edits_and_deletions(stage: Stage) -> None:
    sent = await stage.graph.says(stage.ann, "Helo")
    event = await stage.graph.edits(sent, "Hello")
    message = await _last(stage)
    assert (message["id"], message["type"]) == (event, "edit")
    assert message["edit"] == {
        "original_message_id": sent["id"],
        "message": {"type": "text", "text": {"body": "Hello"}},
    }
    image = await stage.graph.sends_media(stage.ann, "image", caption="A")
    await stage.graph.edits(image, "B")
    inner = (await _last(stage))["edit"]["message"]
    assert (inner["image"]["caption"], inner["image"]["id"]) == ("B", image["media"]["id"])
    event = await stage.graph.deletes(sent)
    message = await _last(stage)
    assert (message["id"], message["revoke"]) == (event, {"original_message_id": sent["id"]})
    _, first, second = await stage.graph.messages(stage.ann)
    assert (first["text"], first["edited"], first["deleted"]) == ("Hello", True, True)
    assert (second["text"], second["deleted"]) == ("B", False)


async def test_buttons_and_rows(stage: Stage) -> None:
    ours = await stage.sent(type="interactive", interactive=BUTTONS)
    seen = (await stage.graph.messages(stage.ann))[-1]
    assert [one["title"] for one in seen["buttons"]] == ["Yes", "No"]
    pressed = await stage.graph.presses(ours, "No")
    message = await _last(stage)
    assert (pressed["text"], message["type"]) == ("No", "interactive")
    assert message["context"] == {"from": "15550783881", "id": ours}
    reply = {"id": "no", "title": "No"}
    assert message["interactive"] == {"type": "button_reply", "button_reply": reply}
    ours = await stage.sent(type="interactive", interactive=LIST)
    await stage.graph.presses(ours, "mo")
    chosen = {"id": "mo", "title": "Monday", "description": "10 to 12"}
    expected = {"type": "list_reply", "list_reply": chosen}
    assert (await _last(stage))["interactive"] == expected
    with pytest.raises(SandboxRequestError, match="no button"):
        await stage.graph.presses(ours, "Sunday")


async def test_unsupported_messages_carry_their_error(stage: Stage) -> None:
    await stage.graph.sends_unsupported(stage.ann, "poll_creation")
    message = await _last(stage)
    assert (message["type"], message["unsupported"]) == ("unsupported", {"type": "poll_creation"})
    error = message["errors"][0]
    assert (error["code"], error["title"]) == (131051, "Unsupported message type")
    await stage.graph.settings(leave_out=["error_message"])
    await stage.graph.sends_unsupported(stage.ann)
    assert "message" not in (await _last(stage))["errors"][0]


async def test_a_customer_moves_to_another_number(stage: Stage) -> None:
    moved = await stage.graph.change_customer(stage.ann, phone="491711234567", user_id="DE.1")
    message = await _last(stage)
    value = stage.hook.values()[-1]
    assert "contacts" not in value
    assert (message["type"], message["from"]) == ("system", PHONE)
    assert message["system"] == {
        "type": "user_changed_number",
        "body": f"User Änn changed from {PHONE} to 491711234567",
        "wa_id": "491711234567",
        "user_id": "DE.1",
    }
    assert moved["id"] == stage.ann["id"]
    await stage.graph.says("491711234567", "Me again")
    message = await _last(stage)
    assert (message["from"], message["from_user_id"]) == ("491711234567", "DE.1")
    with pytest.raises(SandboxRequestError, match="no customer"):
        await stage.graph.says(PHONE, "Nobody")
    assert len(await stage.graph.messages(stage.ann)) == 2


async def test_a_business_scoped_id_changes(stage: Stage) -> None:
    eve = await stage.graph.add_customer("Eve", user_id="ID.77")
    await stage.graph.says(eve, "Halo")
    await stage.graph.change_customer("ID.77", user_id="ID.78")
    message = await _last(stage)
    assert ("from" in message, message["from_user_id"]) == (False, "ID.77")
    assert message["system"] == {
        "type": "user_changed_user_id",
        "body": "User Eve changed from ID.77 to ID.78",
        "user_id": "ID.78",
    }
    await stage.graph.change_customer(eve, user_id="ID.79", told=False)
    assert (await _last(stage)) == message
    await stage.ok(recipient="ID.79", type="text", text={"body": "x"})


async def test_the_business_writes_from_its_phone(stage: Stage) -> None:
    echoed = await stage.graph.writes_from_phone(stage.ann, "From the phone")
    assert await stage.graph.wait_until_settled()
    body = stage.hook.got()[-1]
    change = body["entry"][0]["changes"][0]
    assert change["field"] == "smb_message_echoes"
    [echo] = change["value"]["message_echoes"]
    assert (echo["from"], echo["to"]) == ("15550783881", PHONE)
    assert (echo["id"], echo["text"]) == (echoed["id"], {"body": "From the phone"})
    assert (await stage.graph.messages(stage.ann))[-1]["from"] == "business"


async def test_names_and_old_times(stage: Stage) -> None:
    await stage.graph.change_customer(stage.ann, name="Ann B.", username="ann_b")
    await stage.graph.says(stage.ann, "x")
    await _last(stage)
    profile = stage.hook.values()[-1]["contacts"][0]["profile"]
    assert profile == {"name": "Ann B.", "username": "ann_b"}
    old = await stage.graph.add_customer("Old", phone="16505550000", user_id="")
    await stage.graph.says(old, "x")
    await _last(stage)
    contact = stage.hook.values()[-1]["contacts"][0]
    assert contact == {"profile": {"name": "Old"}, "wa_id": "16505550000"}
    ana = await stage.graph.add_customer("Ana", phone="5511987654321", wa_id="551187654321")
    await stage.graph.says(ana, "x")
    assert (await _last(stage))["from"] == "551187654321"
    reply = await stage.ok(to="5511987654321", type="text", text={"body": "x"})
    assert reply["contacts"] == [{"input": "5511987654321", "wa_id": "551187654321"}]
