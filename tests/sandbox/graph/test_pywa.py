"""Tests with a public client library: it understands the sandbox's answers and webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pywa.errors import (
    ExpiredAccessToken,
    InvalidParameter,
    ReEngagementMessage,
    TemplateNotExists,
    TooManyMessages,
)
from pywa_async import WhatsApp
from pywa_async.types import Button, Contact, Section, SectionList, SectionRow
from pywa_async.types.templates import (
    BodyText,
    Template,
    TemplateCategory,
    TemplateLanguage,
)

from sandbox.telegram.model.sample_files import SAMPLES, png
from tests.sandbox.graph.message_bodies import BODY, BUTTONS
from tests.sandbox.graph.stage import PHONE, SECRET, TOKEN, VERIFY, Stage


@asynccontextmanager
async def client(stage: Stage) -> AsyncIterator[WhatsApp]:
    async with httpx.AsyncClient() as session:
        made = WhatsApp(
            phone_id=stage.number["id"],
            token=TOKEN,
            session=session,
            server=None,
            verify_token=VERIFY,
            app_secret=SECRET,
            waba_id=stage.number["account"],
            filter_updates=False,
        )
        # The library knows only Meta's address; replace it by ours.
        session.base_url = httpx.URL(f"{stage.graph.api_url}/v26.0")
        yield made


async def test_it_sends_every_kind(stage: Stage) -> None:
    async with client(stage) as wa:
        sent = await wa.send_message(PHONE, "Hello *you*", tracker="outbox 1")
        assert (sent.to, sent.id.startswith("wamid.")) == (PHONE, True)
        assert await wa.send_reaction(PHONE, "👍", sent.id)
        assert await wa.remove_reaction(PHONE, sent.id)
        assert await wa.send_image(PHONE, png(), caption="Look", mime_type="image/png")
        for kind, mime in (("video", "video/mp4"), ("audio", "audio/mpeg")):
            send = getattr(wa, f"send_{kind}")
            assert await send(PHONE, SAMPLES[kind][2], mime_type=mime)
        data = SAMPLES["document"][2]
        assert await wa.send_document(PHONE, data, filename="a.txt", mime_type="text/plain")
        assert await wa.send_sticker(PHONE, SAMPLES["sticker"][2], mime_type="image/webp")
        voice = SAMPLES["voice"][2]
        assert await wa.send_voice(PHONE, voice, mime_type="audio/ogg; codecs=opus")
        assert await wa.send_location(PHONE, -6.2, 106.8, "Shop", "Jl. 1")
        ben = Contact(name=Contact.Name(formatted_name="Ben B.", first_name="Ben"))
        assert await wa.send_contact(PHONE, ben)
        yes = [Button("Yes", callback_data="yes"), Button("No", callback_data="no")]
        assert await wa.send_message(PHONE, "Send?", header="Order", footer="Now", buttons=yes)
        rows = [SectionRow(title="Monday", callback_data="mo")]
        days = SectionList(button_title="Choose", sections=[Section(title="Days", rows=rows)])
        assert await wa.send_message(PHONE, "When?", buttons=days)
        assert await wa.send_message(stage.ann["user_id"], "By id", reply_to_message_id=sent.id)
    assert await stage.graph.wait_until_settled()
    seen = (await stage.graph.messages(stage.ann))[1:]
    assert [one["type"] for one in seen] == [
        "text",
        "reaction",
        "reaction",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "audio",
        "location",
        "contacts",
        "interactive",
        "interactive",
        "text",
    ]
    assert {one["status"] for one in seen} == {"sent", "delivered"}
    assert (seen[-1]["reply_to"], seen[8]["voice"]) == (sent.id, True)


async def test_it_reads_and_writes_files_and_marks(stage: Stage) -> None:
    said = await stage.graph.sends_media(stage.ann, "image", png(), mime="image/png")
    async with client(stage) as wa:
        url = await wa.get_media_url(said["media"]["id"])
        assert (url.mime_type, url.file_size) == ("image/png", len(png()))
        assert await wa.get_media_bytes(url.url) == png()
        uploaded = await wa.upload_media(png(), mime_type="image/png", filename="a.png")
        assert uploaded is not None
        assert (await wa.delete_media(uploaded.id)).success
        assert (await wa.mark_message_as_read(said["id"])).success
        assert (await wa.indicate_typing(said["id"])).success
    assert await stage.graph.is_typing(stage.ann)


async def test_it_knows_accounts_and_templates(stage: Stage) -> None:
    for number in range(3):
        await stage.graph.add_template(f"t{number}", [BODY])
    async with client(stage) as wa:
        number = await wa.get_business_phone_number()
        assert number.display_phone_number == "+1 555-078-3881"
        account = await wa.get_business_account()
        assert account.id == stage.number["account"]
        listed = await wa.get_templates()
        assert [one.name for one in listed] == ["t0", "t1", "t2"]
        made = await wa.create_template(
            Template(
                name="order_ready",
                language=TemplateLanguage.ENGLISH_US,
                category=TemplateCategory.UTILITY,
                components=[BodyText("Hello {{1}}!", "Ann")],
            )
        )
        await stage.graph.change_template(made.id, "APPROVED")
        params = [BodyText.params("Ben")]
        sent = await wa.send_template(PHONE, "order_ready", TemplateLanguage.ENGLISH_US, params)
        assert sent.status is not None
        assert (await wa.delete_template("order_ready")).success
    assert (await stage.graph.messages(stage.ann))[-1]["text"] == "Hello Ben!"


async def test_it_distinguishes_the_errors(stage: Stage) -> None:
    async with client(stage) as wa:
        await stage.graph.fail(code=131056)
        with pytest.raises(TooManyMessages):
            await wa.send_message(PHONE, "x")
        with pytest.raises(InvalidParameter) as refused:
            await wa.send_image(PHONE, "4711")
        assert "4711" in str(refused.value.details)
        with pytest.raises(TemplateNotExists):
            await wa.send_template(PHONE, "nothing", TemplateLanguage.ENGLISH_US, [])
        await stage.graph.settings(window="at_once")
        await stage.graph.advance(100_000)
        with pytest.raises(ReEngagementMessage) as closed:
            await wa.send_message(PHONE, "x")
        assert closed.value.status_code == 400
        await stage.graph.token(TOKEN, "expired")
        with pytest.raises(ExpiredAccessToken):
            await wa.send_message(PHONE, "x")


async def test_it_reads_webhooks(stage: Stage) -> None:
    read: list[Any] = []
    async with client(stage) as wa:

        async def take(_: WhatsApp, update: Any) -> None:
            read.append(update)

        for kind in (
            "message",
            "message_status",
            "callback_button",
            "callback_selection",
            "edited_message",
            "deleted_message",
            "phone_number_change",
            "outgoing_message",
        ):
            getattr(wa, f"on_{kind}")(take)
        await _everything(stage)
        posts = [one for one in await stage.graph.posts() if one["seq"] > 1]
        for post in posts:
            raw = post["body"].encode()
            assert await wa.webhook_update_validator(raw, post["signature"]) is None
            assert (await wa.webhook_update_handler(raw))[1] == 200
    names = [type(one).__name__ for one in read]
    assert names == [
        *["Message"] * 4,
        "EditedMessage",
        "DeletedMessage",
        "MessageStatus",
        "MessageStatus",
        "CallbackButton",
        "Message",
        "MessageStatus",
        "OutgoingMessage",
        "PhoneNumberChange",
    ]
    assert read[0].text == "Grüße 👋"
    assert (read[1].image.mime_type, read[1].caption) == ("image/png", "Me")
    assert (read[2].location.latitude, read[3].order.products[0].sku) == (1.5, "s")
    assert read[0].from_user.wa_id == PHONE
    assert read[6].tracker == "outbox 7"
    assert (read[6].status.value, read[6].pricing.billable) == ("sent", False)
    assert (read[8].data, read[8].title) == ("no", "No")
    assert read[9].reaction.emoji == "🎉"
    assert read[11].text == "From the phone"
    assert read[12].new_wa_id == "491711234567"
    # A failure has no `contacts`, as with Meta, and the library loses it.
    assert stage.hook.told()[-1][1] == "failed"


async def _everything(stage: Stage) -> None:
    """Let Ann and the business act in turn; each webhook is posted before the next act."""
    graph, ann = stage.graph, stage.ann
    await graph.settings(ladder=["sent", "delivered"])
    first = await graph.says(ann, "Grüße 👋")
    await graph.sends_media(ann, "image", png(), mime="image/png", caption="Me")
    await graph.sends(ann, "location", {"latitude": 1.5, "longitude": 2})
    item = {"product_retailer_id": "s", "quantity": 1, "item_price": 5, "currency": "USD"}
    await graph.sends(ann, "order", {"catalog_id": "7", "text": "", "product_items": [item]})
    await graph.edits(first, "Grüße")
    await graph.deletes(first)
    await graph.wait_until_settled()
    asked = await stage.sent(
        type="interactive", interactive=BUTTONS, biz_opaque_callback_data="outbox 7"
    )
    await graph.wait_until_settled()
    await graph.presses(asked, "No")
    await graph.reacts(asked, "🎉")
    await graph.settings(ladder=[])
    sent = await stage.text()
    await graph.wait_until_settled()
    await graph.status(sent, "sent")
    await graph.status(sent, "failed", code=131049)
    await graph.writes_from_phone(ann, "From the phone")
    await graph.change_customer(ann, phone="491711234567")
    assert await graph.wait_until_settled()
