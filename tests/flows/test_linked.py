"""Conversations of a number that is linked by QR code: the same topics, the same agents."""

import hashlib
import hmac
import json
from typing import Any

import aiohttp
import pytest

from bridge.waha.intake import lid_resolver
from tests.flows.eventually import eventually
from tests.flows.linked_number import LinkedNumber, run_linked_number

Json = dict[str, Any]


async def _state(on: LinkedNumber, text: str, state: str) -> None:
    async def found() -> bool:
        rows = await on.stage.rows(
            "SELECT delivery_state FROM messages WHERE message = :text", text=text
        )
        return [row["delivery_state"] for row in rows] == [state]

    await eventually(found, f"{text!r} is {state}")


async def test_what_comes_twice_is_there_once(migrated_url: str) -> None:
    async with run_linked_number(migrated_url) as on:
        await on.waha.tune(duplicates=2, float_timestamps=True)
        mia, ann = await on.stage.agent("Mia"), await on.customer()
        for number in range(5):
            await ann.says(f"message {number}")
        topic = await on.topic(ann)
        await topic.wait_for("message 4")
        await mia.writes(topic, "an answer")
        await ann.wait_for("an answer")
        await _state(on, "an answer", "delivered")
        rows = await on.stage.rows("SELECT message FROM messages ORDER BY id")
        said = [row["message"] for row in rows if row["message"].startswith(("message", "an a"))]
        assert said == [*(f"message {number}" for number in range(5)), "an answer"]


async def test_a_customer_who_hides_the_phone_is_one_customer(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        mia, ann = await on.stage.agent("Mia"), await on.customer(by_lid=True)
        first = await ann.says("from behind the lid")
        topic = await on.topic(ann)
        shown = await topic.wait_for("from behind the lid")
        [contact] = await on.stage.rows("SELECT external_id, alias FROM contacts")
        phone, lid = ann.person["phone"], ann.person["lid"]
        assert contact == {"external_id": f"{phone}@c.us", "alias": f"{lid}@lid"}
        await on.waha.change_customer(ann.person, by_lid=False)
        await ann.says("and in the open")
        await topic.wait_for("and in the open")
        await mia.writes(topic, "I know you", reply_to=shown)
        assert (await ann.wait_for("I know you"))["reply_to"] == first["tail"]
        assert len(await on.stage.rows("SELECT id FROM conversations")) == 1


async def test_who_cannot_be_looked_up_is_known_by_the_hidden_id_until_they_can(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lid_resolver, "_RETRY_UNKNOWN_SECONDS", 0.0)
    async with run_linked_number(migrated_sqlite_url) as on:
        mia, ann = await on.stage.agent("Mia"), await on.customer(by_lid=True)
        hidden, phone = f"{ann.person['lid']}@lid", f"{ann.person['phone']}@c.us"
        await on.waha.fail("lids.get", code=500)
        first = await ann.says("who am I?")
        topic = await on.topic(ann)
        shown = await topic.wait_for("who am I?")
        [contact] = await on.stage.rows("SELECT external_id, alias FROM contacts")
        assert contact == {"external_id": hidden, "alias": None}
        await ann.says("it is me")
        await topic.wait_for("it is me")
        [contact] = await on.stage.rows("SELECT external_id, alias FROM contacts")
        assert contact == {"external_id": hidden, "alias": phone}
        await on.waha.change_customer(ann.person, by_lid=False)
        await ann.says("in the open")
        await topic.wait_for("in the open")
        await mia.writes(topic, "I see", reply_to=shown)
        assert (await ann.wait_for("I see"))["reply_to"] == first["tail"]
        await _state(on, "I see", "delivered")
        assert len(await on.stage.rows("SELECT id FROM conversations")) == 1


async def test_what_is_written_on_the_phone_is_shown_and_our_own_is_not_repeated(
    migrated_sqlite_url: str,
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        mia, ann = await on.stage.agent("Mia"), await on.customer()
        await ann.says("hello")
        topic = await on.topic(ann)
        await topic.wait_for("hello")
        await mia.writes(topic, "from the desk")
        await ann.wait_for("from the desk")
        await on.waha.owner_says(ann.person, "from the phone", session=on.session)
        await topic.wait_for("from the phone")
        rows = await on.stage.rows(
            "SELECT message, sender_type FROM messages WHERE direction = 'outbound'"
            " AND message LIKE 'from the %' ORDER BY id"
        )
        assert [row["message"] for row in rows] == ["from the desk", "from the phone"]
        assert {row["sender_type"] for row in rows} == {"CS"}


async def test_a_lost_answer_is_settled_by_its_receipt(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        mia, ann = await on.stage.agent("Mia"), await on.customer()
        await ann.says("hello")
        topic = await on.topic(ann)
        await topic.wait_for("hello")
        # The response of the call is lost, and so is the query after it: only the ack is left.
        await on.waha.fail("sendText", kind="drop_after")
        await on.waha.fail("messages.get", code=500)
        await mia.writes(topic, "once and no more")
        await _state(on, "once and no more", "delivered")
        seen = [each["text"] for each in await ann.sees()]
        assert seen.count("once and no more") == 1


async def test_every_kind_of_message_is_shown_to_staff(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        ann = await on.customer()
        for kind in ("file", "video", "audio", "voice", "sticker"):
            await on.waha.sends(ann.person, kind, session=on.session)
        place = {"latitude": 52.5, "longitude": 13.4, "name": "Here"}
        await on.waha.says(ann.person, session=on.session, location=place)
        card = "BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nTEL;waid=491:+491\nEND:VCARD"
        await on.waha.says(ann.person, session=on.session, vcards=[card])
        poll = {"id": f"false_{ann.person['address']}_P", "from": ann.person["address"]}
        question = {"type": "poll_creation", "pollName": "When?"}
        poll |= {"fromMe": False, "body": "", "_data": question}
        await on.waha.inject(on.session, "message", poll)
        await ann.says("that is all")
        topic = await on.topic(ann)
        await topic.wait_for("that is all")
        await topic.wait_for("Poll: When?")
        messages = await on.stage.telegram.messages(on.stage.group, topic.thread)
        for kind in ("document", "video", "audio", "voice", "sticker", "location", "contact"):
            assert [each for each in messages if kind in each], kind
        rows = await on.stage.rows("SELECT message_type FROM messages ORDER BY id")
        kinds = ["FILE", "VIDEO", "AUDIO", "VOICE", "STICKER", "LOCATION", "CONTACT"]
        said = [row["message_type"] for row in rows if row["message_type"] != "TEXT"]
        assert sorted(said) == sorted(kinds)


async def test_every_kind_of_answer_reaches_the_customer(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        mia, ann = await on.stage.agent("Mia"), await on.customer()
        await ann.says("hello")
        topic = await on.topic(ann)
        await topic.wait_for("hello")
        for kind in ("photo", "document", "video", "audio", "voice", "sticker"):
            await mia.writes(topic, media={"kind": kind})
        await mia.writes(topic, location={"latitude": -6.2, "longitude": 106.8})
        await mia.writes(topic, contact={"phone_number": "+62811", "first_name": "Budi"})
        bold = [{"type": "bold", "offset": 0, "length": 4}]
        await mia.writes(topic, "that is all", entities=bold)
        await ann.wait_for("*that* is all")
        seen = [each for each in await ann.sees() if each["author"] == "desk"]
        answers = [each for each in seen if each["kind"] != "text"]
        assert len(answers) == 8
        assert answers[-2]["location"]["latitude"] == "-6.2"
        assert "Budi" in answers[-1]["vcards"][0]
        assert answers[0]["kind"] == "image"
        assert answers[0]["media"]["mimetype"] in {"image/jpeg", "image/png"}
        assert all(each["media"]["size"] > 0 for each in answers[:6])


async def test_of_groups_and_broadcasts_nothing_is_kept(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        for chat in ("123-456@g.us", "status@broadcast", "99@newsletter"):
            payload = {"id": f"false_{chat}_AAA", "from": chat, "fromMe": False, "body": "x"}
            await on.waha.inject(on.session, "message", payload)

        async def told() -> bool:
            tries = await on.waha.deliveries("message")
            return [each["outcome"] for each in tries] == [200] * 3

        await eventually(told, "all three are taken")
        assert await on.stage.rows("SELECT id FROM inbox WHERE payload LIKE '%_AAA%'") == []
        async with aiohttp.ClientSession() as http:
            text = await (await http.get(f"{on.stage.address}/metrics")).text()
        for reason in ("group", "status", "newsletter"):
            assert f'reason="{reason}"' in text


JUNK = ["no JSON", "[]", "[" * 50_000]
HARMLESS = [
    '{"event": "message"}',
    '{"event": "message", "payload": {}}',
    '{"event": "message", "payload": {"id": "a b", "from": "1@c.us"}}',
    '{"event": "message", "payload": {"id": "false_1@c.us_A", "from": "who@knows"}}',
    '{"event": "message", "payload": {"id": "false_1@c.us_B", "from": "2@c.us", "vCards": 7}}',
    '{"event": "message.ack", "payload": {"id": "true_1@c.us_A", "ack": "all"}}',
    '{"event": "message.revoked", "payload": {"revokedMessageId": "A"}}',
    '{"event": "message.edited", "payload": {"id": "false_1@c.us_A", "from": "4@c.us"}}',
    '{"event": "session.status", "payload": {"status": "DANCING"}}',
    '{"event": "moon.phase", "payload": {"id": 1}}',
    # Half a surrogate pair is replaced, and the message is parsed.
    '{"event": "message", "payload": {"id": "3EB0C", "from": "3@c.us", "body": "\\ud80d"}}',
]


async def test_what_is_no_event_is_parked_and_odd_events_do_nothing(
    migrated_sqlite_url: str,
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        for body in (*JUNK, *HARMLESS):
            await on.waha.inject(on.session, body=body)

        async def taken() -> bool:
            tries = await on.waha.deliveries()
            posted = sum(each["event"] == "message" for each in tries)
            return posted == len(JUNK) + len(HARMLESS)

        await eventually(taken, "all are posted")
        assert {each["outcome"] for each in await on.waha.deliveries()} == {200}

        async def parked() -> list[Json] | None:
            rows = await on.stage.rows("SELECT error FROM inbox WHERE state = 'parked'")
            waiting = await on.stage.rows(
                "SELECT id FROM inbox WHERE state = 'pending' AND lane NOT LIKE 'timer:%'"
            )
            return rows if len(rows) == len(JUNK) and not waiting else None

        errors = [row["error"] for row in await eventually(parked, "the junk is parked")]
        assert all(len(error) > 10 for error in errors)
        [contact] = await on.stage.rows("SELECT external_id FROM contacts")
        assert contact["external_id"] == "3@c.us"
        ann = await on.customer()
        await ann.says("hello")
        await (await on.topic(ann)).wait_for("hello")


@pytest.mark.parametrize("key", ["", "wrong"])
async def test_what_is_not_signed_with_our_key_is_refused(
    migrated_sqlite_url: str, key: str
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on, aiohttp.ClientSession() as http:
        url = f"{on.stage.address}/waha/{on.channel}"
        payload = {"id": "false_1@c.us_A", "from": "1@c.us", "body": "let me in"}
        body = json.dumps({"event": "message", "payload": payload}).encode()
        signed = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
        for given in (signed, "", "ü", "0" * 128):
            headers = {"X-Webhook-Hmac": given} if given else {}
            async with http.post(url, data=body, headers=headers) as reply:
                assert reply.status == 403
        async with http.post(f"{url}X", data=body) as reply:
            assert reply.status == 503
        rows = await on.stage.rows("SELECT id FROM inbox WHERE payload LIKE '%let me in%'")
        assert rows == []


async def test_the_caption_of_a_picture_is_edited_in_its_copy(migrated_sqlite_url: str) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        ann = await on.customer()
        sent = await on.waha.sends(ann.person, "image", session=on.session, text="old words")
        topic = await on.topic(ann)
        await topic.wait_for("old words")
        chat = f"{ann.person['phone']}@c.us"
        edit = {"id": f"false_{chat}_3AE1", "from": chat, "fromMe": False, "body": "new words"}
        edit |= {"editedMessageId": sent["tail"], "hasMedia": False, "timestamp": 1_999_999_999}
        await on.waha.inject(on.session, "message.edited", edit)
        shown = await topic.wait_for("new words", edited=True)
        assert shown.kind == "photo"
        [kept] = await on.stage.rows("SELECT message, message_type, history FROM messages")
        assert (kept["message"], kept["message_type"]) == ("new words", "IMAGE")


async def test_a_file_that_may_have_arrived_is_settled_by_what_waha_repeats_of_it(
    migrated_sqlite_url: str,
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        mia, ann = await on.stage.agent("Mia"), await on.customer()
        await ann.says("hello")
        topic = await on.topic(ann)
        await topic.wait_for("hello")
        await on.waha.fail("sendFile", session=on.session, kind="drop_before")
        await mia.writes(topic, media={"kind": "document"}, caption="the offer")

        async def waits() -> bool:
            rows = await on.stage.rows("SELECT id FROM outbox WHERE payload LIKE '%waited_for%'")
            return bool(rows)

        await eventually(waits, "the send has no known end")
        chat = f"{ann.person['phone']}@c.us"
        echo = {"id": f"true_{chat}_3AF1", "from": chat, "fromMe": True, "source": "api"}
        echo |= {"body": "the offer", "hasMedia": True, "media": None}
        await on.waha.inject(on.session, "message.any", echo)
        await _state(on, "the offer", "sent")
        assert not any("Another program" in text for text in await topic.texts())


async def test_what_another_program_sends_through_the_session_is_shown(
    migrated_sqlite_url: str,
) -> None:
    async with run_linked_number(migrated_sqlite_url) as on:
        await on.stage.change("UPDATE agents SET status = 'offline'")
        ann = await on.customer()
        await ann.says("hello")
        topic = await on.topic(ann)
        await topic.wait_for("hello")
        notice = (await ann.wait_for("Thank you"))["text"]
        chat = f"{ann.person['phone']}@c.us"
        for tail, text in (("3AF1", notice), ("3AF2", "your parcel is on its way")):
            echo = {"id": f"true_{chat}_{tail}", "from": chat, "fromMe": True, "source": "api"}
            await on.waha.inject(on.session, "message.any", {**echo, "body": text})
        await topic.wait_for("Another program: your parcel is on its way")
        # An engine may not take the id that we give to a text of our own.
        assert not any("Another program: Thank you" in text for text in await topic.texts())
