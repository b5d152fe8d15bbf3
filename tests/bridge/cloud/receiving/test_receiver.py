"""Tests of all items from the Cloud API: every type, incomplete items, and junk."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.cloud.receiving.identity import UnidentifiedPersonError
from bridge.cloud.receiving.receiver import InvalidWebhookError, UnknownNumberError
from db.tables import Contact, Conversation, DeliveryState, Direction, MessageLink
from tests.bridge.cloud import webhook_bodies
from tests.bridge.cloud.inbound_env import InboundEnv
from tests.bridge.cloud.webhook_bodies import (
    CONTACT,
    KINDS,
    PHONE,
    USER_ID,
    build_body,
    build_message,
    build_messages_body,
    build_status,
    build_text,
    build_value,
)


@pytest.mark.parametrize("name", KINDS)
async def test_every_kind_is_kept_and_copied_to_staff(inbound: InboundEnv, name: str) -> None:
    said, kind, words = KINDS[name]
    await inbound.receive(build_messages_body(said))
    [kept] = await inbound.load_messages()
    assert (kept.message_type.value, kept.message) == (kind, words)
    assert kept.direction is Direction.INBOUND
    assert kept.author_name == "Änn"
    [copy] = await inbound.load_staff_texts()
    assert copy == f"copy {words or ''}"


async def test_what_a_file_is(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(KINDS["document"][0]))
    [kept] = await inbound.load_messages()
    assert kept.file == {
        "id": "1908647269898587",
        "mime": "image/jpeg",
        "name": "a.pdf",
        "sha256": "SGVsbG8=",
    }


async def test_places_and_contacts(inbound: InboundEnv) -> None:
    await inbound.receive(
        build_messages_body(
            KINDS["location"][0],
            build_message("contacts", [webhook_bodies.CARD, webhook_bodies.CARD]),
        )
    )
    place, one, other = await inbound.load_messages()
    assert place.attributes == {"latitude": 52.5, "longitude": 13.4, "title": "Office"}
    assert one.attributes == other.attributes
    assert one.attributes == {
        "phone": "+1 555",
        "name": "Bob B",
        "first_name": "Bob",
        "phones": ["+1 555", "+1 556"],
        "emails": ["bob@example.org"],
        "company": "Acme",
    }
    # Both are parts of the customer's one message, so a reply to either answers that message.
    links: list[MessageLink] = await inbound.load_rows(MessageLink)
    assert [link.provider_id for link in links] == ["wamid.location", *["wamid.contacts"] * 2]


async def test_who_wrote_when_and_until_when_they_may_be_answered(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text(from_user_id=USER_ID)))
    [contact] = await inbound.load_contacts()
    assert (contact.external_id, contact.alias) == (PHONE, USER_ID)
    [conversation] = await inbound.load_rows(Conversation)
    assert conversation.last_inbound_id == "wamid.Hi"
    at = datetime.fromtimestamp(1739321024, UTC)
    assert conversation.reply_until == at + timedelta(hours=24)


@pytest.mark.parametrize(
    "said",
    [
        (build_text(), [CONTACT]),
        (build_text(), []),
        (build_text(), [{}]),
        (build_text(), [None, "junk", 5]),
        (build_text(**{"from": f"+{PHONE}"}), [{"profile": "junk", "wa_id": 5}]),
        ({**build_text(), "from": None}, [CONTACT]),
    ],
)
async def test_whatever_is_missing_the_same_customer_wrote(inbound: InboundEnv, said: Any) -> None:
    await inbound.receive(build_messages_body(build_text("first")))
    await inbound.receive(build_messages_body(said[0], contacts=said[1]))
    assert [each.external_id for each in await inbound.load_contacts()] == [PHONE]
    assert len(await inbound.load_messages()) == 2


async def test_a_customer_without_a_phone(inbound: InboundEnv) -> None:
    contact = {"profile": {"name": "Bo", "username": "@bo"}, "user_id": USER_ID}
    said = {**build_text(), "from_user_id": USER_ID}
    del said["from"]
    await inbound.receive(build_messages_body(said, contacts=[contact]))
    await inbound.receive(build_messages_body({**said, "id": "wamid.2"}, contacts=[]))
    [kept] = await inbound.load_contacts()
    assert (kept.external_id, kept.alias) == (USER_ID, None)
    assert len(await inbound.load_messages()) == 2


async def test_a_reply_names_what_it_answers(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text("first")))
    await inbound.receive(
        build_messages_body(build_text("second", context={"from": PHONE, "id": "wamid.first"}))
    )
    first, second = await inbound.load_messages()
    assert second.reply_to_id == first.id


async def test_reactions_edits_and_deletions(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text("first")))
    for emoji in ({"emoji": "👍"}, {"emoji": ""}, {}):
        await inbound.receive(
            build_messages_body(build_message("reaction", {"message_id": "wamid.first", **emoji}))
        )
    inner = {"context": {"id": "M0"}, "type": "text", "text": {"body": "*new*"}}
    change = {"original_message_id": "wamid.first", "message": inner}
    await inbound.receive(build_messages_body(build_message("edit", change)))
    await inbound.receive(
        build_messages_body(build_message("revoke", {"original_message_id": "wamid.first"}))
    )
    [kept] = await inbound.load_messages()
    assert (kept.message, kept.entities) == ("new", [{"type": "bold", "offset": 0, "length": 3}])
    assert kept.history is not None
    assert kept.history[0]["message"] == "first"
    copy, *reactions, edit, notice = await inbound.load_staff_texts()
    assert [copy, *reactions, edit] == ["copy first", *["reaction "] * 3, "edit new"]
    assert "deleted this message" in notice


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (build_message("reaction", {"message_id": "wamid.old", "emoji": "👍"}), "Reacted with"),
        (build_message("reaction", {"message_id": "wamid.old"}), "Removed a reaction"),
        (build_message("revoke", {"original_message_id": "wamid.old"}), "Deleted a message"),
    ],
)
async def test_what_is_about_a_message_that_is_not_known_is_shown(
    inbound: InboundEnv, said: dict[str, Any], words: str
) -> None:
    await inbound.receive(build_messages_body(said))
    assert await inbound.load_contacts() == []
    await inbound.receive(build_messages_body(build_text()))
    await inbound.open_topics()
    await inbound.receive(build_messages_body(said))
    assert len(await inbound.load_messages()) == 1
    assert (await inbound.load_staff_texts())[-1].startswith(f"staff_notice {words}")


async def test_a_reaction_under_an_id_that_was_not_known_before(inbound: InboundEnv) -> None:
    said = {**build_text("first"), "from_user_id": USER_ID}
    del said["from"]
    await inbound.receive(build_messages_body(said, contacts=[]))
    reaction = build_message("reaction", {"message_id": "wamid.first", "emoji": "👍"})
    await inbound.receive(build_messages_body({**reaction, "from_user_id": USER_ID}, contacts=[]))
    assert await inbound.load_staff_texts() == ["copy first", "reaction "]


async def test_what_meta_could_not_tell_is_shown_with_why(inbound: InboundEnv) -> None:
    half = build_value(
        contacts=[CONTACT], messages=[build_message("interactive")], errors=[webhook_bodies.ERROR]
    )
    await inbound.receive(build_body(half))
    [kept] = await inbound.load_messages()
    assert kept.message_type.value == "OTHER"
    assert (kept.message or "").endswith("WhatsApp does not pass this kind of message on.")


async def test_an_edit_of_a_caption(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(KINDS["image"][0]))
    inner = {"type": "image", "image": {**webhook_bodies.FILE, "caption": "A dog"}}
    change = {"original_message_id": "wamid.image", "message": inner}
    await inbound.receive(build_messages_body(build_message("edit", change)))
    [kept] = await inbound.load_messages()
    assert kept.message == "A dog"
    assert [each.partition(" ")[0] for each in await inbound.load_staff_texts()] == ["copy", "edit"]


async def test_who_opens_the_chat_is_greeted(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_message("request_welcome")))
    [kept] = await inbound.load_messages()
    assert kept.message == "The customer opened the chat."


@pytest.mark.parametrize(
    ("states", "reached"),
    [
        (["sent", "delivered", "read"], DeliveryState.READ),
        (["read", "delivered", "sent"], DeliveryState.READ),
        (["played"], DeliveryState.READ),
        (["failed", "delivered"], DeliveryState.DELIVERED),
        (["delivered", "failed"], DeliveryState.DELIVERED),
        (["failed"], DeliveryState.FAILED),
        (["failed", "sent"], DeliveryState.FAILED),
    ],
)
async def test_a_delivery_status_never_goes_back(
    inbound: InboundEnv, states: list[str], reached: DeliveryState
) -> None:
    await inbound.receive(build_messages_body(build_text()))
    answer = await inbound.store_answer("wamid.ours", "sent")
    for state in states:
        errors = {"errors": [{**webhook_bodies.ERROR, "code": 131026}]} if state == "failed" else {}
        await inbound.receive(build_body(build_value(statuses=[build_status(state, **errors)])))
    [_, kept] = await inbound.load_messages()
    assert (kept.id, kept.delivery_state) == (answer.id, reached)
    if reached is DeliveryState.FAILED:
        assert kept.delivery_error is not None
        assert kept.delivery_error.startswith("WhatsApp cannot deliver to this number")


async def test_incomplete_statuses(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text(from_user_id=USER_ID)))
    await inbound.store_answer("wamid.ours", "sent")
    for half in (
        {"recipient_id": None, "recipient_user_id": USER_ID},
        {"recipient_id": 5, "errors": "x", "biz_opaque_callback_data": "junk"},
        {"biz_opaque_callback_data": "9" * 40, "timestamp": None},
    ):
        await inbound.receive(build_body(build_value(statuses=[build_status("delivered", **half)])))
    [_, kept] = await inbound.load_messages()
    assert kept.delivery_state is DeliveryState.DELIVERED
    await inbound.receive(build_body(build_value(statuses=[build_status("vanished")])))
    await inbound.receive(build_body(build_value(statuses=[build_status("read", id=None)])))


async def test_what_staff_writes_on_the_phone(inbound: InboundEnv) -> None:
    await inbound.receive(build_messages_body(build_text()))
    echo = {
        "from": "15550783881",
        "to": PHONE,
        "id": "wamid.echo",
        "timestamp": 1739321024,
        "type": "text",
        "text": {"body": "We _call_ you"},
    }
    echoes = build_value(message_echoes=[echo])
    await inbound.receive(build_body(echoes, field="smb_message_echoes"))
    await inbound.receive(build_body(echoes, field="smb_message_echoes"))
    _, kept = await inbound.load_messages()
    assert (kept.message, kept.direction) == ("We call you", Direction.OUTBOUND)
    inner = {"type": "text", "text": {"body": "We call you now"}}
    change = {**echo, "id": "wamid.e2", "type": "edit"}
    change["edit"] = {"original_message_id": "wamid.echo", "message": inner}
    back = {**echo, "id": "wamid.e3", "type": "revoke"}
    back["revoke"] = {"original_message_id": "wamid.echo"}
    await inbound.receive(
        build_body(build_value(message_echoes=[change, back]), field="smb_message_echoes")
    )
    [_, changed] = await inbound.load_messages()
    assert changed.message == "We call you now"
    assert changed.deleted_at is not None


async def test_admins_are_told_what_meta_says_of_the_number(inbound: InboundEnv) -> None:
    await inbound.receive(build_body({"event": "RESTRICTED"}, field="account_update"))
    await inbound.receive(build_body(build_value(errors=[webhook_bodies.ERROR])))
    await inbound.receive(build_body(build_value(errors=[{"code": 1}])))
    rejected = {
        "event": "REJECTED",
        "message_template_name": "welcome",
        "message_template_language": "en",
        "reason": "INVALID_FORMAT",
    }
    await inbound.receive(build_body(rejected, field="message_template_status_update"))
    notices = await inbound.load_staff_texts()
    assert [each.partition(": ")[2] for each in notices] == [
        "the business account has changed (restricted)",
        "Unsupported message type: WhatsApp does not pass this kind of message on.",
        "Something went wrong at WhatsApp.",
        "the template welcome (en) was rejected: invalid format",
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"{", InvalidWebhookError),
        (b"[" * 100_000, InvalidWebhookError),
        (b"null", InvalidWebhookError),
        ({"object": "page"}, InvalidWebhookError),
        (build_messages_body("x"), InvalidWebhookError),  # type: ignore[arg-type] # half an item
        (build_body(build_value(statuses=[5])), InvalidWebhookError),
        (
            build_messages_body({"type": "text", "text": {"body": "x"}}, contacts=[]),
            UnidentifiedPersonError,
        ),
        (
            build_messages_body(
                build_message("system", {"type": "user_changed_number"}, **{"from": "?"})
            ),
            UnidentifiedPersonError,
        ),
        (
            build_body(
                {**build_value(messages=[build_text()]), "metadata": {"phone_number_id": "5"}}
            ),
            UnknownNumberError,
        ),
    ],
)
async def test_what_cannot_be_understood_says_why(
    inbound: InboundEnv, content: object, error: type[Exception]
) -> None:
    with pytest.raises(error) as failed:
        await inbound.receive(content)
    assert str(failed.value)
    assert await inbound.load_messages() == []


@pytest.mark.parametrize(
    "content",
    [
        {"entry": ["x", {"changes": []}]},
        build_body({"a": 1}),
        build_body({"a": 1}, field="history"),
        build_body(build_value(calls=[{}]), field="calls"),
        build_body({"event": "REJECTED"}, field="message_template_status_update"),
        {"entry": [{"changes": ["x"]}]},
        build_messages_body(build_message("reaction", {"emoji": "x"})),
        build_messages_body(build_message("revoke")),
        build_messages_body(build_message("edit", {})),
    ],
)
async def test_what_concerns_nobody_is_passed_over(inbound: InboundEnv, content: object) -> None:
    await inbound.receive(content)
    assert await inbound.load_contacts() == []
    assert await inbound.load_staff_texts() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "body", "type", "from", "text", "message_id", "emoji", "code"]),
            each,
            max_size=4,
        )
    ),
    max_leaves=12,
)
NAMES = sorted({said["type"] for said, _, _ in KINDS.values()} | {"edit", "revoke", "reaction"})


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.sampled_from(NAMES), JSON, JSON, JSON)
async def test_a_known_writers_message_of_any_content_is_kept_or_says_what_it_lacks(
    inbound: InboundEnv, kind: str, content: object, context: object, contact: object
) -> None:
    before = len(await inbound.load_messages())
    said = build_message(kind, content, context=context, referral=contact, errors=content)
    try:
        await inbound.receive(build_messages_body(said, contacts=[contact]))
    except UnidentifiedPersonError:
        return
    assert len(await inbound.load_messages()) > before or kind in {
        "reaction",
        "edit",
        "revoke",
        "system",
    }


async def test_a_contact_is_no_one_elses(inbound: InboundEnv) -> None:
    others = [{"profile": {"name": "Bo"}, "wa_id": "1"}, {"profile": {"name": "Cy"}, "wa_id": "2"}]
    await inbound.receive(build_messages_body(build_text(), contacts=others))
    [kept] = await inbound.load_messages()
    assert kept.author_name == f"+{PHONE}"
    assert [each.external_id for each in await inbound.load_rows(Contact)] == [PHONE]
