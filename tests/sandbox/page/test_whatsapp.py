"""Tests of WhatsApp on the page: customers of a Cloud number and of a linked session, QR code."""

from typing import Any

import pytest
from playwright.async_api import FilePayload, expect

from sandbox.waha.client import WahaSandbox
from tests.sandbox.page.stage import Json, Stage
from tests.sandbox.page.test_layout import LONG, WIDTHS, overflowing
from tests.sandbox.page.test_media import attach, png

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

NUMBER, BEN = "10001", "4917139200011"
SESSION, CLEO = "ch7", "4917139200012"


async def cloud_number(stage: Stage) -> Json:
    """Add a Cloud number, and the customer Ben."""
    facts = {"phone": "15550783881", "id": NUMBER, "token": "tok", "name": "Osmo Shop"}
    await stage.control("POST", "graph/numbers", facts)
    ben: Json = await stage.control("POST", "graph/customers", {"name": "Ben", "phone": BEN})
    return ben


async def answer(stage: Stage, **content: Any) -> None:
    """Write to Ben as the desk does."""
    body = {"messaging_product": "whatsapp", "to": BEN, **content}
    url = f"{stage.url}/graph/v23.0/{NUMBER}/messages"
    headers = {"Authorization": "Bearer tok"}
    async with stage.web.post(url, json=body, headers=headers) as response:
        assert response.status == 200, await response.text()


async def waha(stage: Stage, path: str, body: Json) -> Json:
    """Call WAHA as the desk does."""
    headers = {"X-Api-Key": WahaSandbox.API_KEY}
    async with stage.web.post(f"{stage.url}/waha{path}", json=body, headers=headers) as response:
        made: Json = await response.json()
        assert response.status == 201, made
        return made


async def linked_session(stage: Stage) -> None:
    await waha(stage, "/api/sessions", {"name": SESSION})
    await expect(stage.people.get_by_role("button", name="The phone of session")).to_be_visible()


async def take(stage: Stage, phone: str) -> None:
    await stage.people.get_by_role("button", name=phone).click()


async def cloud_chat(stage: Stage, ben: Json) -> list[Json]:
    path = f"graph/chats/{NUMBER}/{ben['id']}/messages"
    found: list[Json] = await stage.control("GET", path)
    return found


async def test_a_cloud_customer_writes_and_reads_the_answer(stage: Stage) -> None:
    ben = await cloud_number(stage)
    await take(stage, "Ben's WhatsApp")
    await stage.write(stage.phone, "Where is it?")
    asked = stage.bubble(stage.phone, "Where is it?")
    await expect(asked.get_by_role("img", name="Sent")).to_be_visible()
    await answer(stage, type="text", text={"body": "*On* its way <b>now</b>"})
    told = stage.bubble(stage.phone, "On its way <b>now</b>")
    await expect(told.locator(".text strong")).to_have_text("On")
    await expect(told.get_by_role("img", name="Read")).to_be_visible()
    question, reply = await cloud_chat(stage, ben)
    assert (question["text"], reply["status"]) == ("Where is it?", "read")

    menu = await stage.message_menu(stage.phone, "On its way")
    await menu.get_by_role("menuitem", name="React with 👍").click()
    await expect(told.get_by_role("button", name="Reaction 👍")).to_be_visible()
    await told.hover()
    await told.get_by_role("button", name="Reply").click()
    await attach(
        stage, "Picture or video", {"name": "p.png", "mimeType": "image/png", "buffer": png()}
    )
    await stage.write(stage.phone, "The label")
    await expect(stage.bubble(stage.phone, "The label").locator(".quote")).to_be_visible()
    await expect(stage.phone.get_by_role("img", name="Photo")).to_be_visible()
    last = (await cloud_chat(stage, ben))[-1]
    assert (last["type"], last["text"], last["reply_to"]) == ("image", "The label", reply["id"])


async def test_an_unread_answer_waits_and_its_button_is_pressed(stage: Stage) -> None:
    ben = await cloud_number(stage)
    await stage.control(
        "POST", "graph/messages", {"customer": BEN, "number": NUMBER, "text": "Hello"}
    )
    button = {"type": "reply", "reply": {"id": "y", "title": "Yes, it did"}}
    content = {"type": "button", "body": {"text": "Did it help?"}, "action": {"buttons": [button]}}
    await answer(stage, type="interactive", interactive=content)
    phone = stage.people.get_by_role("button", name="Ben's WhatsApp")
    await expect(phone.locator(".badge")).to_have_text("1")
    await phone.click()
    await expect(phone.locator(".badge")).to_have_count(0)
    await stage.phone.get_by_role("button", name="Yes, it did").click()
    await expect(stage.bubble(stage.phone, "Yes, it did")).to_be_visible()
    assert (await cloud_chat(stage, ben))[-1]["type"] == "interactive"


async def test_each_number_has_a_chat_of_its_own(stage: Stage) -> None:
    ben = await cloud_number(stage)
    await stage.control("POST", "graph/numbers", {"phone": "15550000002", "name": "Second Shop"})
    await take(stage, "Ben's WhatsApp")
    await stage.write(stage.phone, "To the first")
    await expect(stage.bubble(stage.phone, "To the first")).to_be_visible()
    choice = stage.phone.get_by_label("Which number")
    await choice.select_option(label="Second Shop · +15550000002")
    await expect(stage.bubble(stage.phone, "To the first")).to_have_count(0)
    await stage.write(stage.phone, "To the second")
    await expect(stage.bubble(stage.phone, "To the second")).to_be_visible()
    assert [message["text"] for message in await cloud_chat(stage, ben)] == ["To the first"]


async def test_the_code_changes_and_is_scanned(stage: Stage) -> None:
    await linked_session(stage)
    await take(stage, "The phone of session")
    code = stage.phone.get_by_role("img", name="QR code of the session")
    await expect(code).to_be_visible()
    first = await code.get_attribute("src")
    await stage.page.wait_for_function(
        "() => document.querySelector('.link-code').naturalWidth > 100"
    )
    await stage.phone.get_by_role("button", name="Let the code expire").click()
    await expect(code).not_to_have_attribute("src", str(first))
    await stage.phone.get_by_role("button", name="Scan it").click()
    await expect(stage.phone.get_by_role("status")).to_have_text("Linked")
    assert (await stage.control("GET", f"waha/sessions/{SESSION}"))["status"] == "WORKING"
    await stage.phone.get_by_role("button", name="Unlink this phone").click()
    await expect(code).to_be_visible()


async def test_a_customer_of_a_linked_phone_is_added_and_writes(stage: Stage) -> None:
    await linked_session(stage)
    await stage.control("POST", f"waha/sessions/{SESSION}/scan", {})
    await stage.people.get_by_role("button", name="New customer").click()
    dialog = stage.page.get_by_role("dialog", name="New customer")
    await dialog.get_by_label("Writes on").select_option(label="WhatsApp · linked phone")
    await expect(dialog.get_by_label("Username")).to_be_hidden()
    await dialog.get_by_label("First name").fill("Cleo")
    await dialog.get_by_label("Last name").fill("")
    await dialog.get_by_role("textbox", name="Phone").fill(f"+{CLEO}")
    await dialog.get_by_role("button", name="Add").click()
    await stage.write(stage.phone, "Hello desk")
    await expect(stage.bubble(stage.phone, "Hello desk")).to_be_visible()
    to = {"session": SESSION, "chatId": f"{CLEO}@c.us"}
    await waha(stage, "/api/startTyping", to)
    await expect(stage.phone.get_by_text("typing…")).to_be_visible()
    await waha(stage, "/api/sendText", {**to, "text": "Hello Cleo"})
    told = stage.bubble(stage.phone, "Hello Cleo")
    await expect(told.get_by_role("img", name="Read")).to_be_visible()
    await expect(stage.phone.get_by_text("typing…")).to_have_count(0)
    await waha(stage, "/api/sendSeen", to)
    own = stage.bubble(stage.phone, "Hello desk")
    await expect(own.get_by_role("img", name="Read")).to_be_visible()
    menu = await stage.message_menu(stage.phone, "Hello desk")
    await menu.get_by_role("menuitem", name="Delete").click()
    await expect(stage.bubble(stage.phone, "This message was deleted")).to_be_visible()


async def test_every_sample_is_sent_on_both_sides(stage: Stage) -> None:
    await cloud_number(stage)
    await linked_session(stage)
    await stage.control("POST", "waha/people", {"name": "Cleo", "phone": CLEO})
    marks = {
        "picture": ".picture",
        "voice message": ".player",
        "sticker": ".bare",
        "location": ".map",
        "contact": ".contact",
    }
    words: FilePayload = {"name": "bill.txt", "mimeType": "text/plain", "buffer": b"12 euro"}
    for phone in ("Ben's WhatsApp", "Cleo's WhatsApp"):
        await take(stage, phone)
        for name, mark in marks.items():
            await stage.phone.get_by_role("button", name="Attach").click()
            await stage.page.get_by_role("menuitem", name=f"Sample {name}").click()
            await expect(stage.phone.locator(mark)).to_be_visible()
        await attach(stage, "File", words)
        await stage.phone.get_by_role("button", name="Send", exact=True).click()
        await expect(stage.phone.get_by_role("link", name="bill.txt")).to_be_visible()


@pytest.mark.parametrize("widths", WIDTHS, ids=["ends", "between"])
@pytest.mark.parametrize("stage", ["phone"], indirect=True)
async def test_nothing_of_whatsapp_overflows(stage: Stage, widths: tuple[int, ...]) -> None:
    await cloud_number(stage)
    await linked_session(stage)
    text = f"*{LONG}* https://example.org/{LONG}"
    await stage.control("POST", "graph/messages", {"customer": BEN, "number": NUMBER, "text": text})
    await take(stage, "Ben's WhatsApp")
    await expect(stage.bubble(stage.phone, LONG)).to_be_visible()
    assert await overflowing(stage, widths) == []
    await take(stage, "The phone of session")
    await expect(stage.phone.get_by_role("button", name="Scan it")).to_be_visible()
    assert await overflowing(stage, widths) == []


MARKS: list[tuple[str, str, list[list[object]]]] = [
    (
        "*bold* _it_ ~gone~",
        "bold it gone",
        [["bold", 0, 4], ["italic", 5, 2], ["strikethrough", 8, 4]],
    ),
    ("*b _i_*", "b i", [["bold", 0, 3], ["italic", 2, 1]]),
    ("2*3*4 a_b_c", "2*3*4 a_b_c", []),
    ("* no * _open", "* no * _open", []),
    ("`*x*` ```a\nb```", "*x* a\nb", [["code", 0, 3], ["pre", 4, 3]]),
    ("> one\n> *two*\nthree", "one\ntwo\nthree", [["blockquote", 0, 7], ["bold", 4, 3]]),
    ("see https://a.example/b_c_d.", "see https://a.example/b_c_d.", [["url", 4, 23]]),
]


async def test_whatsapps_marks_are_read(stage: Stage) -> None:
    read = """async (sources) => {
      const { readMarks } = await import("/static/js/whatsapp/markup.js");
      return sources.map((source) => {
        const { text, entities } = readMarks(source);
        return [text, entities.map(({ type, offset, length }) => [type, offset, length])];
      });
    }"""
    found = await stage.page.evaluate(read, [source for source, _, _ in MARKS])
    assert found == [[text, entities] for _, text, entities in MARKS]
