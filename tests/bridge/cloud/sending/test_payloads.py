"""Tests that check our message payloads against Meta's published schema."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cloud.sending import payloads
from bridge.cloud.sending.interactive import build_interactive
from bridge.cloud.sending.message_types import choose_upload_mime_type
from bridge.convert.numbered_list import format_numbered_list
from db.tables import MessageType
from desk.content import Content
from tests.sandbox.graph.schema_check import find_request_errors

PHONE, USER_ID = "16505551234", "US.13491208655302741918"
TEMPLATE = {
    "name": "order_update",
    "language": "en_US",
    "components": [
        {"type": "header", "parameters": [{"type": "document", "document": {"filename": "a.pdf"}}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Ann"}]},
    ],
}

WHOLE_CONTACT = {
    "phone": "+62 811-1",
    "name": "Dewi Lestari",
    "first_name": "Dewi",
    "last_name": "Lestari",
    "phones": ["+62 811-1", "+62 811-2"],
    "emails": ["dewi@example.com"],
    "company": "Maju",
}


def button(text: str, data: str) -> dict[str, str]:
    return {"text": text, "data": data}


def interactive(*buttons: dict[str, str], body: str = "Which?") -> Any:
    return build_interactive(body, [[each] for each in buttons], label="Choose")


CONTENTS: list[tuple[str, Any]] = [
    ("text", payloads.build_text("hello")),
    ("text", payloads.build_text("see https://x.example")),
    ("image", payloads.build_media("image", "1", caption="a", name=None)),
    ("document", payloads.build_media("document", "1", caption=None, name="a.pdf")),
    ("audio", payloads.build_media("audio", "1", caption=None, name=None)),
    ("sticker", payloads.build_media("sticker", "1", caption=None, name=None)),
    ("location", payloads.build_location({"latitude": 1.5, "longitude": -2, "title": "T"})),
    ("contacts", payloads.build_contacts({"phone": "+1650", "name": "Bob"})),
    ("contacts", payloads.build_contacts(WHOLE_CONTACT)),
    ("audio", payloads.build_media("audio", "77", caption=None, name=None, is_voice=True)),
    ("reaction", payloads.build_reaction("wamid.1", "")),
    ("interactive", interactive(button("Yes", "y"), button("No", "n"))),
    ("interactive", interactive(*(button(f"Row {n}", str(n)) for n in range(10)))),
    ("template", payloads.build_template(Content(attributes={"template": TEMPLATE}), "77")),
]


def test_a_contact_is_sent_whole() -> None:
    [contact] = payloads.build_contacts(WHOLE_CONTACT)
    assert contact == {
        "name": {
            "formatted_name": "Dewi Lestari",
            "first_name": "Dewi",
            "last_name": "Lestari",
        },
        "phones": [{"phone": "+62 811-1"}, {"phone": "+62 811-2"}],
        "emails": [{"email": "dewi@example.com"}],
        "org": {"company": "Maju"},
    }


@pytest.mark.parametrize(("kind", "content"), CONTENTS)
@pytest.mark.parametrize("chat", [PHONE, USER_ID])
def test_every_kind_is_as_meta_publishes_it(chat: str, kind: str, content: object) -> None:
    message = payloads.build_message(chat, kind, content, row_id=42, reply_to="wamid.0")
    assert find_request_errors(message) == []
    assert message["biz_opaque_callback_data"] == "42"
    assert message["context"] == {"message_id": "wamid.0"}


@pytest.mark.parametrize(
    ("chat", "key"),
    [(PHONE, "to"), ("+16505551234", "to"), (USER_ID, "recipient"), ("US.ENT.118", "recipient")],
)
def test_a_phone_goes_into_to_and_a_user_id_into_recipient(chat: str, key: str) -> None:
    assert payloads.build_recipient(chat)[key] == chat
    assert len(payloads.build_recipient(chat)) == 3


def test_a_templates_file_stands_in_its_header_alone() -> None:
    made = payloads.build_template(
        Content(type=MessageType.FILE, attributes={"template": TEMPLATE}), "77"
    )
    header, body = made["components"]
    assert header["parameters"] == [
        {"type": "document", "document": {"filename": "a.pdf", "id": "77"}}
    ]
    assert body == TEMPLATE["components"][1]
    assert made["language"] == {"policy": "deterministic", "code": "en_US"}


def test_a_link_is_previewed_and_words_are_not() -> None:
    assert payloads.build_text("see HTTPS://x.example")["preview_url"] is True
    assert payloads.build_text("none here")["preview_url"] is False


def test_few_short_buttons_are_buttons_and_more_are_a_list() -> None:
    three = interactive(button("A", "a"), button("B", "b"), button("C", "c"))
    four = interactive(*(button(each, each) for each in "ABCD"))
    long = interactive(button("A very long answer to choose", "a"))
    assert three["type"] == "button"
    assert [each["reply"]["title"] for each in three["action"]["buttons"]] == ["A", "B", "C"]
    assert four["type"] == "list"
    [row] = long["action"]["sections"][0]["rows"]
    assert row["description"] == "A very long answer to choose"
    assert row["title"] == "A very long answer to c…"


@pytest.mark.parametrize(
    "given",
    [
        interactive(*(button(str(n), str(n)) for n in range(11))),
        interactive(button("same", "1"), button("same", "2")),
        interactive(button("a", "1"), button("b", "1")),
        interactive(button("x" * 73, "1")),
        interactive(button("", "1")),
        interactive(button("a", "1"), body=""),
        interactive(button("a", "1"), body="x" * 1025),
    ],
)
def test_what_fits_neither_is_numbered(given: object) -> None:
    assert given is None
    assert format_numbered_list([[button("Yes", "y"), button("No", "n")]]) == "1. Yes\n2. No"


@given(st.lists(st.tuples(st.text(max_size=90), st.text(max_size=300)), max_size=12))
def test_whatever_the_buttons_are_meta_takes_what_comes_of_them(
    given: list[tuple[str, str]],
) -> None:
    made = build_interactive("Which?", [[button(*each)] for each in given], label="x" * 40)
    if made is not None:
        message = payloads.build_message(PHONE, "interactive", made, row_id=1)
        assert find_request_errors(message) == []


@pytest.mark.parametrize(
    ("mime", "taken"),
    [
        ("audio/ogg", "audio/ogg; codecs=opus"),
        ("audio/ogg; codecs=opus", "audio/ogg; codecs=opus"),
        ("image/jpg", "image/jpeg"),
        ("application/pdf", "application/pdf"),
        ("application/zip", "text/plain"),
        ("application/octet-stream", "text/plain"),
    ],
)
def test_files_are_uploaded_under_a_type_that_meta_takes(mime: str, taken: str) -> None:
    assert choose_upload_mime_type(mime) == taken
