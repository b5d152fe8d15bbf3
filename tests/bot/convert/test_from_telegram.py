"""Tests that convert each type of Telegram message to the desk's content."""

import json
from typing import Any

import pytest
from aiogram.types import Message, User

from bot.convert.from_telegram import to_author, to_content, to_incoming_message, to_person
from db.tables import MessageType
from desk.content import Content
from desk.conversations.threads import choose_name

CUSTOMER = {"id": 4242, "is_bot": False, "first_name": "Ana", "last_name": "Bí", "username": "ana"}
FILE = {"file_id": "AgAC-big", "file_unique_id": "AQAD-big", "file_size": 2048}
THUMB = {
    "file_id": "AgAC-small",
    "file_unique_id": "AQAD-small",
    "file_size": 128,
    "width": 90,
    "height": 60,
}
KEPT_FILE = {"id": "AgAC-big", "unique": "AQAD-big", "size": 2048}


def message(**parts: Any) -> Message:
    body = {
        "message_id": 31,
        "date": 1_700_000_000,
        "chat": {"id": 4242, "type": "private", "first_name": "Ana"},
        "from": CUSTOMER,
        **parts,
    }
    return Message.model_validate_json(json.dumps(body))


FILES: dict[str, tuple[dict[str, Any], MessageType, dict[str, Any]]] = {
    "photo": (
        {"photo": [THUMB, {**FILE, "width": 900, "height": 600}]},
        MessageType.IMAGE,
        KEPT_FILE,
    ),
    "document": (
        {"document": {**FILE, "file_name": "a.pdf", "mime_type": "application/pdf"}},
        MessageType.FILE,
        {**KEPT_FILE, "name": "a.pdf", "mime": "application/pdf"},
    ),
    "video": (
        {"video": {**FILE, "width": 9, "height": 9, "duration": 3, "mime_type": "video/mp4"}},
        MessageType.VIDEO,
        {**KEPT_FILE, "mime": "video/mp4"},
    ),
    # Telegram sets `document` as well, for old clients.
    "animation": (
        {
            "animation": {**FILE, "width": 9, "height": 9, "duration": 3},
            "document": {**FILE, "file_name": "a.gif"},
        },
        MessageType.ANIMATION,
        KEPT_FILE,
    ),
    "audio": (
        {"audio": {**FILE, "duration": 60, "file_name": "a.mp3", "title": "A"}},
        MessageType.AUDIO,
        {**KEPT_FILE, "name": "a.mp3"},
    ),
    "voice": (
        {"voice": {**FILE, "duration": 6, "mime_type": "audio/ogg"}},
        MessageType.VOICE,
        {**KEPT_FILE, "mime": "audio/ogg"},
    ),
    "video_note": (
        {"video_note": {**FILE, "length": 240, "duration": 6}},
        MessageType.VIDEO_NOTE,
        KEPT_FILE,
    ),
    "sticker": (
        {
            "sticker": {
                **FILE,
                "type": "regular",
                "width": 512,
                "height": 512,
                "is_animated": False,
                "is_video": False,
                "emoji": "🙂",
            }
        },
        MessageType.STICKER,
        KEPT_FILE,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_keeps_its_reference_and_its_caption(name: str) -> None:
    parts, kind, file = FILES[name]
    caption = {
        "caption": "see <b>",
        "caption_entities": [{"type": "bold", "offset": 0, "length": 3}],
    }
    assert to_content(message(**parts, **caption)) == Content(
        type=kind,
        text="see <b>",
        entities=[{"type": "bold", "offset": 0, "length": 3}],
        file=file,
        source=("4242", "31"),
    )


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_an_album_names_its_album(name: str) -> None:
    parts, kind, _ = FILES[name]
    found = to_content(message(**parts, media_group_id="139"))
    assert (found.type, found.album, found.text, found.entities) == (kind, "139", None, None)


PLACE = {"latitude": -6.2, "longitude": 106.8}
OTHERS: dict[str, tuple[dict[str, Any], MessageType, dict[str, Any]]] = {
    "location": ({"location": PLACE}, MessageType.LOCATION, PLACE),
    # Telegram sets `location` as well.
    "venue": (
        {"location": PLACE, "venue": {"location": PLACE, "title": "Office", "address": "Jl. 1"}},
        MessageType.LOCATION,
        {**PLACE, "title": "Office", "address": "Jl. 1"},
    ),
    "contact": (
        {"contact": {"phone_number": "+62811", "first_name": "Budi"}},
        MessageType.CONTACT,
        {"phone": "+62811", "name": "Budi"},
    ),
    "whole contact": (
        {
            "contact": {
                "phone_number": "+62811",
                "first_name": "Budi",
                "last_name": "S",
                "vcard": "TEL:+62 811\nTEL:+62 812\nEMAIL:b@example.com\nORG:Maju",
            }
        },
        MessageType.CONTACT,
        {
            "phone": "+62811",
            "name": "Budi S",
            "first_name": "Budi",
            "last_name": "S",
            "phones": ["+62811", "+62 812"],
            "emails": ["b@example.com"],
            "company": "Maju",
        },
    ),
    "dice": (
        {"dice": {"emoji": "🎲", "value": 3}},
        MessageType.OTHER,
        {"kind": "dice", "in_words": True},
    ),
    "poll": (
        {
            "poll": {
                "id": "1",
                "question": "?",
                "options": [],
                "total_voter_count": 0,
                "is_closed": False,
                "is_anonymous": True,
                "type": "quiz",
                "allows_multiple_answers": False,
                "allows_revoting": False,
                "members_only": False,
            }
        },
        MessageType.OTHER,
        {"kind": "poll", "question": "?", "options": []},
    ),
    "game": (
        {
            "game": {
                "title": "G",
                "description": "d",
                "photo": [THUMB],
            }
        },
        MessageType.OTHER,
        {"kind": "game"},
    ),
    "invoice": (
        {
            "invoice": {
                "title": "I",
                "description": "d",
                "start_parameter": "",
                "currency": "IDR",
                "total_amount": 1,
            }
        },
        MessageType.OTHER,
        {"kind": "invoice"},
    ),
    "story": (
        {"story": {"id": 1, "chat": {"id": 5, "type": "private", "first_name": "B"}}},
        MessageType.OTHER,
        {"kind": "story"},
    ),
    "a kind of tomorrow": ({"hologram": {"id": 1}}, MessageType.OTHER, {"kind": "unknown"}),
}


# The words of what is neither a text nor a file.
WORDS = {"dice": "🎲 3", "poll": "?", "game": "G\n• d", "invoice": "I\n• d"}


@pytest.mark.parametrize("name", OTHERS)
def test_anything_else_keeps_what_can_be_told_of_it(name: str) -> None:
    parts, kind, attributes = OTHERS[name]
    found = to_content(message(**parts))
    words = WORDS.get(name)
    assert found == Content(type=kind, text=words, attributes=attributes, source=("4242", "31"))


def test_a_poll_keeps_its_options() -> None:
    poll = {**OTHERS["poll"][0]["poll"], "question": "Tea?"}
    option = {"text": "yes", "voter_count": 0, "persistent_id": "1"}
    assert to_content(message(poll={**poll, "options": [option]})).text == "Tea?\n• yes"


@pytest.mark.parametrize(
    ("parts", "about"),
    [
        (
            {"forward_origin": {"type": "hidden_user", "sender_user_name": "Bob", "date": 1}},
            {"forwarded_from": "Bob"},
        ),
        (
            {"forward_origin": {"type": "user", "sender_user": CUSTOMER, "date": 1}},
            {"forwarded_from": "Ana Bí"},
        ),
        ({"quote": {"text": "50% off", "position": 0}}, {"quote": "50% off"}),
        (
            {"reply_to_story": {"id": 1, "chat": {"id": 5, "type": "private", "first_name": "B"}}},
            {"about": "B"},
        ),
    ],
)
def test_what_a_message_is_about_is_kept_beside_its_words(
    parts: dict[str, Any], about: dict[str, str]
) -> None:
    found = to_content(message(text="hi", **parts))
    assert (found.text, found.attributes) == ("hi", about)


@pytest.mark.parametrize("name", [*FILES, *OTHERS])
def test_what_waits_in_the_outbox_comes_back_as_it_was(name: str) -> None:
    parts = (FILES | OTHERS)[name][0]
    found = to_content(message(**parts, media_group_id="1"))
    assert Content.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_a_text_keeps_its_entities_to_the_letter() -> None:
    entities = [
        {"type": "mention", "offset": 0, "length": 4},
        {"type": "text_mention", "offset": 5, "length": 2, "user": CUSTOMER},
        {"type": "pre", "offset": 8, "length": 3, "language": "python"},
        {"type": "custom_emoji", "offset": 12, "length": 2, "custom_emoji_id": "537"},
        {"type": "expandable_blockquote", "offset": 15, "length": 2},
    ]
    found = to_content(message(text="@ana Bí, x=1 😀 quote", entities=entities))
    assert found.type is MessageType.TEXT
    assert found.entities == entities


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "url", "offset": 0, "length": 11},
        {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/"},
    ],
)
def test_a_text_with_a_link_is_a_link(entity: dict[str, Any]) -> None:
    found = to_content(message(text="example.org", entities=[entity]))
    assert found.type is MessageType.LINK
    assert found.is_text


TOPIC = {
    "chat": {"id": -1001, "type": "supergroup", "title": "Staff", "is_forum": True},
    "is_topic_message": True,
    "message_thread_id": 9,
}
ROOT = {
    "message_id": 9,
    "date": 1_700_000_000,
    "chat": TOPIC["chat"],
    "message_thread_id": 9,
    "is_topic_message": True,
}


def test_a_reply_names_the_message_that_it_answers() -> None:
    answered = {**ROOT, "message_id": 12, "text": "before"}
    found = to_incoming_message(message(**TOPIC, text="yes", reply_to_message=answered))
    assert (found.chat, found.provider_id, found.reply_to) == ("-1001", "31", "12")


@pytest.mark.parametrize(
    "root",
    [
        {**ROOT, "forum_topic_created": {"name": "Ana", "icon_color": 7322096}},
        {**ROOT, "text": "what the topic was opened with"},
    ],
)
def test_the_topics_root_is_not_what_a_message_answers(root: dict[str, Any]) -> None:
    assert (
        to_incoming_message(message(**TOPIC, text="hello", reply_to_message=root)).reply_to is None
    )


def test_a_message_without_a_reply_answers_nothing() -> None:
    assert to_incoming_message(message(text="hello")).reply_to is None


@pytest.mark.parametrize(
    ("account", "name"),
    [
        (CUSTOMER, "Ana Bí"),
        ({"id": 5, "is_bot": False, "first_name": "😀" * 64, "last_name": "y" * 64}, None),
        ({"id": 5, "is_bot": False, "first_name": " ", "last_name": ""}, "5"),
        ({"id": 2**51, "is_bot": False, "first_name": ""}, str(2**51)),
    ],
)
def test_a_person_always_has_a_name_that_can_be_kept(
    account: dict[str, Any], name: str | None
) -> None:
    found = to_person(User.model_validate(account))
    assert found.external_id == str(account["id"])
    chosen = choose_name(found)
    assert 0 < len(chosen) <= 190
    if name is not None:
        assert chosen == name


@pytest.mark.parametrize(
    ("user_id", "believed"),
    [(4242, "+62811"), (4711, None), (None, None)],
    ids=["their own", "somebody else's", "nobody's at Telegram"],
)
def test_a_phone_number_is_believed_of_who_shares_their_own(
    user_id: int | None, believed: str | None
) -> None:
    contact: dict[str, Any] = {"phone_number": "+62811", "first_name": "Ana"}
    if user_id is not None:
        contact["user_id"] = user_id
    shared = message(contact=contact)
    assert shared.from_user is not None
    assert to_author(shared, shared.from_user).phone == believed
    assert (to_content(shared).attributes or {}).get("is_own", False) is (believed is not None)


def test_a_number_in_a_text_is_not_the_authors() -> None:
    told = message(text="my number is +62811")
    assert told.from_user is not None
    assert to_author(told, told.from_user) == to_person(told.from_user)
