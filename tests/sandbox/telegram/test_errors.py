"""Tests of Telegram's errors that a help desk must handle, word for word."""

import pytest

from sandbox.common.control_client import SandboxRequestError
from tests.sandbox.telegram.stage import Stage


async def test_lengths_are_counted_in_utf16_units(stage: Stage) -> None:
    ann = stage.ann["id"]
    assert await stage.refused("sendMessage", chat_id=ann, text=" \n ") == (
        400,
        "Bad Request: message text is empty",
    )
    await stage.ok("sendMessage", chat_id=ann, text="👋" * 2048)
    assert await stage.refused("sendMessage", chat_id=ann, text="👋" * 2048 + "x") == (
        400,
        "Bad Request: message is too long",
    )
    photo = await stage.telegram.say(stage.ann, media={"kind": "photo"})
    file_id = photo["photo"][0]["file_id"]
    assert await stage.refused("sendPhoto", chat_id=ann, photo=file_id, caption="x" * 1025) == (
        400,
        "Bad Request: message caption is too long",
    )


async def test_unreachable_customers(stage: Stage) -> None:
    telegram, ann = stage.telegram, stage.ann["id"]
    stranger = await telegram.add_user("Cid", id=1003)

    async def sending(chat_id: object) -> tuple[int, str]:
        return await stage.refused("sendMessage", chat_id=chat_id, text="x")

    never = (403, "Forbidden: bot can't initiate conversation with a user")
    assert await sending(stranger["id"]) == never
    assert await sending(999_999) == (400, "Bad Request: chat not found")
    assert await sending("@nobody") == (400, "Bad Request: chat not found")
    assert await sending(-100999) == (400, "Bad Request: chat not found")
    await telegram.block(ann)
    assert await sending(ann) == (403, "Forbidden: bot was blocked by the user")
    await telegram.say(ann, "still blocked")
    assert await sending(ann) == (403, "Forbidden: bot was blocked by the user")
    await telegram.block(ann, False)
    await stage.ok("sendMessage", chat_id=ann, text="x")
    await telegram.deactivate(ann)
    assert await sending(ann) == (403, "Forbidden: user is deactivated")


async def test_a_bot_that_is_out_of_the_group(stage: Stage) -> None:
    group = stage.group["id"]
    await stage.telegram.member(group, stage.bot, "kicked")
    kicked = (403, "Forbidden: bot was kicked from the supergroup chat")
    assert await stage.refused("sendMessage", chat_id=group, text="x") == kicked
    await stage.telegram.member(group, stage.bot, "left")
    left = (403, "Forbidden: bot is not a member of the supergroup chat")
    assert await stage.refused("getChat", chat_id=group) == left
    other = await stage.telegram.add_group("Elsewhere")
    assert await stage.refused("sendMessage", chat_id=other["id"], text="x") == (
        400,
        "Bad Request: chat not found",
    )


async def test_rights(stage: Stage) -> None:
    telegram, group = stage.telegram, stage.group["id"]
    thread = await stage.topic()
    rights = {"can_manage_topics": False, "can_pin_messages": False, "can_delete_messages": False}
    await telegram.member(group, stage.bot, "administrator", rights)
    there = {"chat_id": group, "message_thread_id": thread}
    for method, params, text in (
        ("createForumTopic", {"chat_id": group, "name": "x"}, "to create a topic"),
        ("closeForumTopic", there, "to close or open the topic"),
        (
            "pinChatMessage",
            {"chat_id": group, "message_id": thread},
            "to manage pinned messages in the chat",
        ),
    ):
        refusal = (400, f"Bad Request: not enough rights {text}")
        assert await stage.refused(method, **params) == refusal
    said = await telegram.say(stage.ben, "x", chat=group)
    assert await stage.refused("deleteMessage", chat_id=group, message_id=said["message_id"]) == (
        400,
        "Bad Request: message can't be deleted",
    )
    await telegram.member(group, stage.bot, "restricted")
    assert await stage.refused("sendMessage", chat_id=group, text="x") == (
        400,
        "Bad Request: not enough rights to send text messages to the chat",
    )


@pytest.mark.parametrize(
    ("method", "params", "what"),
    [
        ("copyMessage", {"from_chat_id": 1001, "message_id": 77}, "copy"),
        ("forwardMessage", {"from_chat_id": 1001, "message_id": 77}, "forward"),
        ("editMessageText", {"message_id": 77, "text": "x"}, "edit"),
        ("deleteMessage", {"message_id": 77}, "delete"),
        ("setMessageReaction", {"message_id": 77}, "react"),
        ("sendMessage", {"text": "x", "reply_parameters": {"message_id": 77}}, "be replied"),
    ],
)
async def test_missing_messages(
    stage: Stage, method: str, params: dict[str, object], what: str
) -> None:
    refusal = (400, f"Bad Request: message to {what} not found")
    assert await stage.refused(method, chat_id=1001, **params) == refusal


async def test_a_group_that_became_a_supergroup(stage: Stage) -> None:
    telegram = stage.telegram
    old = await telegram.add_group("Old", is_supergroup=False, admins=[stage.ben], bots=[stage.bot])
    await stage.ok("sendMessage", chat_id=old["id"], text="x")
    new = await telegram.upgrade(old, is_forum=True)
    services = [update["message"] for update in await stage.updates()]
    assert [one["chat"]["id"] for one in services] == [old["id"], new]
    assert services[0]["migrate_to_chat_id"] == new
    assert services[1]["migrate_from_chat_id"] == old["id"]
    assert await stage.call("sendMessage", chat_id=old["id"], text="x") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new},
    }
    await stage.ok("createForumTopic", chat_id=new, name="x")
    with pytest.raises(SandboxRequestError, match="only a basic group"):
        await telegram.upgrade(new)
