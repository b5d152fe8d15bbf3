"""Tests of the doors to Mini Apps: buttons in private chats, and each chat's menu button."""

import pytest

from sandbox.common.json_shapes import Json
from tests.sandbox.telegram.stage import Stage

PAGE = "http://127.0.0.1:8080/telegram"


def keyboard(url: str) -> Json:
    return {"inline_keyboard": [[{"text": "Open", "web_app": {"url": url}}]]}


def menu(url: str) -> Json:
    return {"type": "web_app", "text": "Console", "web_app": {"url": url}}


async def test_a_button_opens_a_page_in_private_chats_alone(stage: Stage) -> None:
    markup = keyboard(PAGE)
    sent = await stage.ok("sendMessage", chat_id=stage.ann["id"], text="x", reply_markup=markup)
    assert sent["reply_markup"] == markup
    refused = await stage.refused(
        "sendMessage", chat_id=stage.group["id"], text="x", reply_markup=markup
    )
    assert refused == (400, "Bad Request: BUTTON_TYPE_INVALID")


async def test_each_chat_has_its_own_menu_button_or_that_of_all(stage: Stage) -> None:
    ann = stage.ann["id"]
    assert await stage.ok("getChatMenuButton", chat_id=ann) == {"type": "commands"}
    await stage.ok("setChatMenuButton", chat_id=ann, menu_button=menu(PAGE))
    assert await stage.ok("getChatMenuButton", chat_id=ann) == menu(PAGE)
    assert await stage.ok("getChatMenuButton") == {"type": "commands"}
    await stage.ok("setChatMenuButton", menu_button=menu(f"{PAGE}?all"))
    await stage.ok("setChatMenuButton", chat_id=ann, menu_button={"type": "default"})
    assert await stage.ok("getChatMenuButton", chat_id=ann) == menu(f"{PAGE}?all")
    unknown = await stage.refused("setChatMenuButton", chat_id=404, menu_button=menu(PAGE))
    assert unknown == (400, "Bad Request: chat not found")


@pytest.mark.parametrize("url", ["http://desk.example.com", "ftp://127.0.0.1/"])
async def test_pages_need_https(stage: Stage, url: str) -> None:
    ann = stage.ann["id"]
    for refused in (
        await stage.refused("sendMessage", chat_id=ann, text="x", reply_markup=keyboard(url)),
        await stage.refused("setChatMenuButton", chat_id=ann, menu_button=menu(url)),
    ):
        assert refused[0] == 400
        assert refused[1].endswith("Only HTTPS links are allowed")
