"""Tests that topics behave as Telegram's, including the implicit reply to their root."""

import pytest

from sandbox.common.control_client import SandboxRequestError
from tests.sandbox.telegram.stage import Stage

THREAD_GONE = (400, "Bad Request: message thread not found")
INVALID = (400, "Bad Request: TOPIC_ID_INVALID")


async def test_the_bot_gets_an_update_about_a_new_topic(stage: Stage) -> None:
    made = await stage.ok(
        "createForumTopic", chat_id=stage.group["id"], name="Ann", icon_color=16766590
    )
    thread = made["message_thread_id"]
    assert made == {"message_thread_id": thread, "name": "Ann", "icon_color": 16766590}
    (update,) = await stage.updates()
    root = update["message"]
    assert root["message_id"] == root["message_thread_id"] == thread
    assert root["is_topic_message"] is True
    assert root["from"]["id"] == stage.bot["id"]
    assert root["forum_topic_created"] == {"name": "Ann", "icon_color": 16766590}
    assert await stage.telegram.topics(stage.group) == [
        {
            "message_thread_id": 1,
            "name": "General",
            "icon_color": 7322096,
            "icon": "",
            "closed": False,
            "deleted": False,
            "hidden": False,
        },
        {
            "message_thread_id": thread,
            "name": "Ann",
            "icon_color": 16766590,
            "icon": "",
            "closed": False,
            "deleted": False,
        },
    ]


async def test_messages_in_a_topic_reply_to_its_root_unless_they_reply_to_another(
    stage: Stage,
) -> None:
    group, thread = stage.group["id"], await stage.topic()
    first = await stage.telegram.say(stage.ben, "first", chat=group, thread=thread)
    assert first["is_topic_message"] is True
    assert first["reply_to_message"]["message_id"] == thread
    assert "forum_topic_created" in first["reply_to_message"]
    answer = await stage.ok(
        "sendMessage",
        chat_id=group,
        text="second",
        reply_parameters={"message_id": first["message_id"]},
    )
    assert answer["message_thread_id"] == thread
    assert answer["reply_to_message"]["text"] == "first"
    assert "reply_to_message" not in answer["reply_to_message"]


async def test_general_has_no_thread_id(stage: Stage) -> None:
    group = stage.group["id"]
    said = await stage.telegram.say(stage.ben, "to all", chat=group, thread=1)
    sent = await stage.ok("sendMessage", chat_id=group, text="to all")
    for message in (said, sent):
        assert not {"message_thread_id", "is_topic_message", "reply_to_message"} & message.keys()
    assert (
        await stage.refused("sendMessage", chat_id=group, message_thread_id=1, text="x")
        == THREAD_GONE
    )
    general = await stage.telegram.messages(group, thread=1)
    assert [message["text"] for message in general] == ["to all", "to all"]


async def test_a_supergroup_without_topics_ignores_thread_ids(stage: Stage) -> None:
    group, thread = stage.group["id"], await stage.topic()
    await stage.telegram.set_forum(group, is_forum=False)
    sent = await stage.ok("sendMessage", chat_id=group, message_thread_id=thread, text="x")
    assert "message_thread_id" not in sent
    assert "is_forum" not in sent["chat"]
    refusal = (400, "Bad Request: the chat is not a forum")
    assert await stage.refused("createForumTopic", chat_id=group, name="x") == refusal
    reply = await stage.telegram.say(stage.ben, "y", chat=group, reply_to=sent["message_id"])
    assert reply["message_thread_id"] == sent["message_id"]
    assert "is_topic_message" not in reply


async def test_a_deleted_topic_is_gone_for_good(stage: Stage) -> None:
    group, thread = stage.group["id"], await stage.topic()
    sent = await stage.ok("sendMessage", chat_id=group, message_thread_id=thread, text="x")
    await stage.updates()
    await stage.telegram.delete_topic(group, thread)
    there = {"chat_id": group, "message_thread_id": thread}
    assert await stage.updates() == []
    assert await stage.refused("sendMessage", text="x", **there) == THREAD_GONE
    assert await stage.refused("sendMessage", chat_id=group, message_thread_id=99, text="x") == (
        THREAD_GONE
    )
    for method in ("editForumTopic", "closeForumTopic", "deleteForumTopic"):
        assert await stage.refused(method, **there) == INVALID
    assert await stage.refused(
        "editMessageText", chat_id=group, message_id=sent["message_id"], text="y"
    ) == (400, "Bad Request: message to edit not found")
    with pytest.raises(SandboxRequestError, match="no topic"):
        await stage.telegram.say(stage.ben, "x", chat=group, thread=thread)


async def test_closing_and_opening(stage: Stage) -> None:
    group, thread = stage.group["id"], await stage.topic()
    there = {"chat_id": group, "message_thread_id": thread}
    unchanged = (400, "Bad Request: TOPIC_NOT_MODIFIED")
    assert await stage.refused("reopenForumTopic", **there) == unchanged
    await stage.ok("closeForumTopic", **there)
    assert await stage.refused("closeForumTopic", **there) == unchanged
    await stage.ok("sendMessage", text="admins may", **there)
    with pytest.raises(SandboxRequestError, match="closed"):
        await stage.telegram.say(stage.ann, "x", chat=group, thread=thread)
    await stage.telegram.member(
        group, stage.bot, "administrator", rights={"can_manage_topics": False}
    )
    closed = (400, "Bad Request: TOPIC_CLOSED")
    assert await stage.refused("sendMessage", text="x", **there) == closed
    await stage.telegram.close_topic(group, thread, closed=False)
    await stage.ok("sendMessage", text="x", **there)
    messages = [update.get("message", {}) for update in await stage.updates()]
    kinds = [kind for one in messages for kind in one if kind.startswith("forum_topic")]
    assert kinds == ["forum_topic_created", "forum_topic_closed", "forum_topic_reopened"]


async def test_renaming(stage: Stage) -> None:
    group, thread = stage.group["id"], await stage.topic("Ann")
    there = {"chat_id": group, "message_thread_id": thread}
    unchanged = (400, "Bad Request: TOPIC_NOT_MODIFIED")
    assert await stage.refused("editForumTopic", name="Ann", **there) == unchanged
    await stage.ok("editForumTopic", name="Ann B.", icon_custom_emoji_id="5", **there)
    message = (await stage.updates())[-1]["message"]
    assert message["forum_topic_edited"] == {"name": "Ann B.", "icon_custom_emoji_id": "5"}
    await stage.ok("editForumTopic", icon_custom_emoji_id="", **there)


async def test_pins_and_their_service_message_stay_in_the_topic(stage: Stage) -> None:
    group, thread = stage.group["id"], await stage.topic()
    card = await stage.ok("sendMessage", chat_id=group, message_thread_id=thread, text="card")
    await stage.ok("pinChatMessage", chat_id=group, message_id=card["message_id"])
    service = (await stage.updates())[-1]["message"]
    assert service["message_thread_id"] == thread
    assert service["pinned_message"]["text"] == "card"
    shown = await stage.telegram.messages(group, thread=thread)
    assert [one["message_id"] for one in shown if one["_pinned"]] == [card["message_id"]]
    chat = await stage.ok("getChat", chat_id=group)
    assert chat["pinned_message"]["message_id"] == card["message_id"]
    await stage.ok("unpinAllForumTopicMessages", chat_id=group, message_thread_id=thread)
    assert "pinned_message" not in await stage.ok("getChat", chat_id=group)
