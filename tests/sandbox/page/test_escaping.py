"""Tests that messages and names are always shown as text."""

import pytest
from playwright.async_api import expect

from tests.sandbox.page.stage import GROUP, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


async def test_markup_in_names_and_texts_does_nothing(stage: Stage) -> None:
    await stage.control("POST", "users", {"id": 7009, "first_name": EVIL[:64]})
    asked = await stage.say(EVIL, sender=7009)
    thread = await stage.topic(EVIL)
    where = {"chat_id": GROUP, "message_thread_id": thread}
    button = {"inline_keyboard": [[{"text": EVIL[:40], "callback_data": "x"}]]}
    sent = await stage.bot("sendMessage", text=EVIL, reply_markup=button, **where)
    await stage.bot("pinChatMessage", chat_id=GROUP, message_id=sent["message_id"])
    await stage.say(EVIL, sender=8001, chat=GROUP, thread=thread, reply_to=sent["message_id"])
    await stage.people.get_by_role("button", name="<img").click()
    await stage.topics.get_by_role("button", name="<img").click()
    await expect(stage.group.locator(".row")).to_have_count(2)
    await expect(stage.phone.locator(".text")).to_have_text(asked["text"])
    assert await stage.page.locator("main img, main script").count() == 0
    assert "owned" not in await stage.page.title()


async def test_a_link_with_a_script_is_no_link(stage: Stage) -> None:
    await stage.say("/start")
    entities = [{"type": "text_link", "offset": 0, "length": 5, "url": "javascript:alert(1)"}]
    await stage.say("press me", entities=entities)
    await expect(stage.bubble(stage.phone, "press me")).to_be_visible()
    await expect(stage.phone.locator(".text a")).to_have_count(0)


async def test_entities_are_drawn_at_their_place(stage: Stage) -> None:
    await stage.say("/start")
    text = (
        "<b>bold <i>both</i></b> 😀 <u>under</u> <s>gone</s> <tg-spoiler>secret</tg-spoiler> "
        "<code>x = 1</code> <a href='https://example.org/a'>link</a>"
        "<blockquote>quoted</blockquote><pre><code class='language-python'>print()</code></pre>"
    )
    await stage.bot("sendMessage", chat_id=7001, text=text, parse_mode="HTML")
    bubble = stage.bubble(stage.phone, "both")
    drawn = {
        "strong": "bold both",
        "strong em": "both",
        "u": "under",
        "s": "gone",
        ".spoiler": "secret",
        "blockquote": "quoted",
        "pre": "print()",
    }
    for selector, words in drawn.items():
        await expect(bubble.locator(f".text {selector}")).to_have_text(words)
    await expect(bubble.get_by_role("link")).to_have_attribute("href", "https://example.org/a")
    await bubble.get_by_role("button", name="Hidden text").click()
    await expect(bubble.locator(".spoiler")).to_have_class("spoiler shown")
