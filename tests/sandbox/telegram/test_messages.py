"""Tests of replies, edits, copies, reactions, deletions and files, as a help desk uses them."""

import base64
import io
import json

import aiohttp
import pytest

from sandbox.common.control_client import SandboxRequestError
from tests.sandbox.telegram.stage import TOKEN, Stage

BUTTON = {"inline_keyboard": [[{"text": "Take", "callback_data": "take"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)


async def test_a_reply_shows_and_quotes_what_it_replies_to(stage: Stage) -> None:
    ann = stage.ann["id"]
    said = await stage.telegram.say(ann, "My 👋 printer is on fire")
    reply = {
        "message_id": said["message_id"],
        "quote": "<b>printer</b>",
        "quote_parse_mode": "HTML",
    }
    sent = await stage.ok("sendMessage", chat_id=ann, text="Run", reply_parameters=reply)
    assert sent["reply_to_message"] == said
    assert sent["quote"]["position"] == 6
    assert sent["quote"]["text"] == "printer"
    wrong = {"message_id": said["message_id"], "quote": "scanner"}
    assert await stage.refused("sendMessage", chat_id=ann, text="x", reply_parameters=wrong) == (
        400,
        "Bad Request: QUOTE_TEXT_INVALID",
    )
    lost = {"message_id": 999, "allow_sending_without_reply": True}
    alone = await stage.ok("sendMessage", chat_id=ann, text="x", reply_parameters=lost)
    assert "reply_to_message" not in alone
    answer = await stage.telegram.say(ann, "Thanks", reply_to=sent["message_id"])
    assert answer["reply_to_message"]["text"] == "Run"


async def test_edits(stage: Stage) -> None:
    ann = stage.ann["id"]
    sent = await stage.ok("sendMessage", chat_id=ann, text="a", reply_markup=BUTTON)
    this = {"chat_id": ann, "message_id": sent["message_id"]}
    unchanged = (400, NOT_MODIFIED)
    assert (
        await stage.refused("editMessageText", text="a", reply_markup=BUTTON, **this) == unchanged
    )
    edited = await stage.ok("editMessageText", text="a", **this)
    assert "reply_markup" not in edited
    assert await stage.refused("editMessageText", text="a", **this) == unchanged
    edited = await stage.ok("editMessageReplyMarkup", reply_markup=BUTTON, **this)
    assert (edited["text"], edited["reply_markup"]) == ("a", BUTTON)
    assert "edit_date" in edited
    said = await stage.telegram.say(ann, "b")
    assert await stage.refused(
        "editMessageText", chat_id=ann, message_id=said["message_id"], text="x"
    ) == (400, "Bad Request: message can't be edited")
    assert await stage.refused("editMessageCaption", caption="x", **this) == (
        400,
        "Bad Request: there is no caption in the message to edit",
    )


async def test_a_copy_is_the_bots_own_and_keeps_the_content(stage: Stage) -> None:
    group, thread = stage.group["id"], await stage.topic()
    photo = await stage.telegram.say(stage.ann, media={"kind": "photo"}, caption="see /this")
    where = {"chat_id": group, "message_thread_id": thread, "from_chat_id": stage.ann["id"]}
    copied = await stage.ok("copyMessage", message_id=photo["message_id"], **where)
    assert list(copied) == ["message_id"]
    (copy,) = [
        one
        for one in await stage.telegram.messages(group, thread=thread)
        if one["message_id"] == copied["message_id"]
    ]
    assert copy["from"]["id"] == stage.bot["id"]
    assert (copy["photo"], copy["caption"]) == (photo["photo"], "see /this")
    assert copy["caption_entities"] == [{"offset": 4, "length": 5, "type": "bot_command"}]
    forward = await stage.ok("forwardMessage", message_id=photo["message_id"], **where)
    assert forward["forward_origin"]["sender_user"] == stage.ann
    assert await stage.refused(
        "copyMessage", **{**where, "from_chat_id": group}, message_id=thread
    ) == (
        400,
        "Bad Request: message can't be copied",
    )


async def test_many_copies_skip_what_is_missing_and_keep_an_album_together(stage: Stage) -> None:
    ann, group = stage.ann["id"], stage.group["id"]
    album = await stage.telegram.say(ann, album=[{"kind": "photo"}] * 2, caption="Two")
    first, second = (message["message_id"] for message in album)
    assert album[0]["media_group_id"] == album[1]["media_group_id"]
    assert [message.get("caption") for message in album] == ["Two", None]
    wanted = [first, second, second + 50]
    copies = await stage.ok("copyMessages", chat_id=group, from_chat_id=ann, message_ids=wanted)
    assert len(copies) == 2
    groups = {one.get("media_group_id") for one in await stage.telegram.messages(group)}
    assert len(groups) == 1
    assert album[0]["media_group_id"] not in groups


async def test_protected_content_cannot_be_copied(stage: Stage) -> None:
    said = await stage.telegram.say(stage.ann, "secret", protect=True)
    source = {"from_chat_id": stage.ann["id"], "message_id": said["message_id"]}
    for method in ("copyMessage", "forwardMessage"):
        assert await stage.refused(method, chat_id=stage.group["id"], **source) == (
            400,
            "Bad Request: message has protected content and can't be forwarded",
        )


async def test_reactions(stage: Stage) -> None:
    ann, number = stage.ann["id"], (await stage.telegram.say(stage.ann, "x"))["message_id"]
    this = {"chat_id": ann, "message_id": number}
    thumb = {"type": "emoji", "emoji": "👍"}
    await stage.ok("setMessageReaction", reaction=[thumb], **this)
    await stage.telegram.react(ann, ann, number, "❤")
    shown = (await stage.telegram.messages(ann))[-1]["_reactions"]
    assert shown == [
        {"user_id": stage.bot["id"], "emoji": "👍"},
        {"user_id": ann, "emoji": "❤"},
    ]
    await stage.ok("setMessageReaction", **this)
    assert len((await stage.telegram.messages(ann))[-1]["_reactions"]) == 1
    odd = [{"type": "emoji", "emoji": "🪑"}]
    assert await stage.refused("setMessageReaction", reaction=odd, **this) == (
        400,
        "Bad Request: REACTION_INVALID",
    )
    assert await stage.refused("setMessageReaction", reaction=[thumb, thumb], **this) == (
        400,
        "Bad Request: REACTIONS_TOO_MANY",
    )


async def test_deletions(stage: Stage) -> None:
    ann, group = stage.ann["id"], stage.group["id"]
    thread = await stage.topic()
    said = await stage.telegram.say(ann, "x")
    await stage.ok("deleteMessage", chat_id=ann, message_id=said["message_id"])
    assert await stage.refused("deleteMessage", chat_id=group, message_id=thread) == (
        400,
        "Bad Request: message can't be deleted",
    )
    assert [one["text"] for one in await stage.telegram.messages(ann)] == ["/start"]


async def test_a_button_is_pressed_and_answered(stage: Stage) -> None:
    ann, telegram = stage.ann["id"], stage.telegram
    sent = await stage.ok("sendMessage", chat_id=ann, text="x", reply_markup=BUTTON)
    pressed = await telegram.press(ann, ann, sent["message_id"], "take")
    query = (await stage.updates())[0]["callback_query"]
    assert (query["id"], query["data"], query["message"]) == (pressed, "take", sent)
    assert query["from"] == stage.ann
    assert await telegram.callback(pressed) == {"answered": False}
    answer = {"text": "Yours", "show_alert": True}
    await stage.ok("answerCallbackQuery", callback_query_id=pressed, **answer)
    assert await telegram.callback(pressed) == {"answered": True, **answer}
    assert await stage.refused("answerCallbackQuery", callback_query_id="1") == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    with pytest.raises(SandboxRequestError, match="no such button"):
        await telegram.press(ann, ann, sent["message_id"], "drop")
    there = await stage.ok("sendMessage", chat_id=stage.group["id"], text="x", reply_markup=BUTTON)
    await telegram.press(stage.ben, stage.group, there["message_id"], text="Take", anonymous=True)
    assert (await stage.updates())[0]["callback_query"]["from"]["id"] == 1087968824


async def test_files_arrive_unchanged(stage: Stage) -> None:
    data = bytes(range(256)) * 20
    media = {"kind": "document", "name": "r.pdf", "mime": "application/pdf"}
    media["data"] = base64.b64encode(data).decode()
    document = (await stage.telegram.say(stage.ann, media=media))["document"]
    assert (document["file_name"], document["mime_type"]) == ("r.pdf", "application/pdf")
    found = await stage.ok("getFile", file_id=document["file_id"])
    assert found["file_size"] == len(data)
    async with stage.http.get(f"{stage.url}/file/bot{TOKEN}/{found['file_path']}") as response:
        assert await response.read() == data
    async with stage.http.get(f"{stage.url}/control/files/{document['file_id']}") as response:
        assert response.content_type == "application/pdf"
        assert await response.read() == data


async def test_what_may_not_be_sent_or_fetched(stage: Stage) -> None:
    ann = stage.ann["id"]
    large = {"kind": "video", "size": 20 * 1024 * 1024 + 1}
    video = (await stage.telegram.say(stage.ann, media=large))["video"]["file_id"]
    assert await stage.refused("getFile", file_id=video) == (400, "Bad Request: file is too big")
    assert await stage.refused("getFile", file_id="x") == (400, "Bad Request: invalid file_id")
    assert await stage.refused("sendPhoto", chat_id=ann, photo=video) == (
        400,
        "Bad Request: type of file mismatch",
    )
    assert await stage.refused("sendPhoto", chat_id=ann, photo="nonsense") == (
        400,
        "Bad Request: wrong file identifier/HTTP URL specified",
    )
    form = aiohttp.FormData({"chat_id": str(ann)})
    form.add_field("document", io.BytesIO(bytes(50 * 1024 * 1024 + 1)), filename="x.bin")
    async with stage.http.post(f"{stage.url}/bot{TOKEN}/sendDocument", data=form) as response:
        assert response.status == 413
        assert json.loads(await response.text())["description"] == "Request Entity Too Large"


async def test_a_message_for_one_member_of_a_group_has_no_id(stage: Stage) -> None:
    group, ben = stage.group["id"], stage.ben["id"]
    only = {"receiver_user_id": ben}
    where = {"chat_id": group, "text": "for Ben", "ephemeral_message_parameters": only}
    sent = await stage.ok("sendMessage", **where)
    assert (sent["message_id"], sent["receiver_user"]["id"]) == (0, ben)
    assert sent["ephemeral_message_id"] > 0
    for wrong in (
        {"chat_id": stage.ann["id"]},
        {"ephemeral_message_parameters": {"receiver_user_id": 999}},
    ):
        refused = await stage.refused("sendMessage", **{**where, **wrong})
        assert refused == (400, "Bad Request: USER_NOT_PARTICIPANT")
