"""Tests that all methods are in Telegram's schema, and that answers conform to it."""

import base64
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from sandbox.telegram.methods.table import HANDLERS
from sandbox.telegram.model.sample_files import SAMPLES, png
from sandbox.telegram.schema.schema import schema
from tests.sandbox.telegram.schema_check import find_result_errors, find_schema_errors
from tests.sandbox.telegram.stage import Stage

BUTTON = {"inline_keyboard": [[{"text": "Take", "callback_data": "take"}]]}
Params = dict[str, Any]


class Scene:
    """The events that the examples below need to have happened."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ann = stage.ann["id"]
        self.group = stage.group["id"]

    async def set_up(self) -> None:
        stage, ok = self.stage, self.stage.ok
        self.thread = await stage.topic()
        self.closed = await stage.topic("closed")
        await ok("closeForumTopic", chat_id=self.group, message_thread_id=self.closed)
        self.doomed = await stage.topic("doomed")
        sent = await ok("sendMessage", chat_id=self.ann, text="Hello", reply_markup=BUTTON)
        self.text = sent["message_id"]
        self.gone = (await ok("sendMessage", chat_id=self.ann, text="Bye"))["message_id"]
        photo = await stage.telegram.say(stage.ann, media={"kind": "photo"}, caption="Look")
        self.photo, self.file = photo["message_id"], photo["photo"][-1]["file_id"]
        own = await ok("sendPhoto", chat_id=self.ann, photo=self.file, caption="Mine")
        self.own_photo = own["message_id"]
        animation = await stage.telegram.say(stage.ann, media={"kind": "animation"})
        self.animation = animation["animation"]["file_id"]
        self.callback = await stage.telegram.press(stage.ann, self.ann, self.text, "take")
        await ok("hideGeneralForumTopic", chat_id=self.group)
        await ok("unhideGeneralForumTopic", chat_id=self.group)
        await ok("reopenGeneralForumTopic", chat_id=self.group)

    async def file_of(self, kind: str) -> str:
        message = await self.stage.telegram.say(self.stage.ann, media={"kind": kind})
        shape: str = message[kind]["file_id"]
        return shape

    def to(self, **more: object) -> Params:
        return {"chat_id": self.group, "message_thread_id": self.thread, **more}


Example = Callable[[Scene], Params]
EXAMPLES: dict[str, Example] = {
    "getMe": lambda s: {},
    "logOut": lambda s: {},
    "close": lambda s: {},
    "getUpdates": lambda s: {"limit": 100, "timeout": 0, "allowed_updates": []},
    "setWebhook": lambda s: {"url": f"{s.stage.url}/nowhere", "secret_token": "s-1"},
    "deleteWebhook": lambda s: {"drop_pending_updates": True},
    "getWebhookInfo": lambda s: {},
    "sendMessage": lambda s: s.to(
        text="<b>Hi</b> /help https://example.org",
        parse_mode="HTML",
        link_preview_options={"is_disabled": True},
        reply_markup=BUTTON,
        protect_content=True,
    ),
    "sendPhoto": lambda s: s.to(photo=s.file, caption="*x*", parse_mode="MarkdownV2"),
    "sendAnimation": lambda s: s.to(animation=s.animation),
    "sendMediaGroup": lambda s: s.to(
        media=[{"type": "photo", "media": s.file, "caption": "Two"}] * 2
    ),
    "sendLocation": lambda s: s.to(latitude=52.5, longitude=13.4, horizontal_accuracy=10),
    "sendVenue": lambda s: s.to(latitude=1.5, longitude=2, title="Here", address="Street 1"),
    "sendContact": lambda s: s.to(phone_number="+4930123456", first_name="Ann"),
    "sendDice": lambda s: s.to(emoji="🎯"),
    "sendPoll": lambda s: s.to(question="Why?", options=[{"text": "So"}, {"text": "No"}]),
    "sendChatAction": lambda s: s.to(action="typing"),
    "copyMessage": lambda s: s.to(from_chat_id=s.ann, message_id=s.photo, caption="Copied"),
    "copyMessages": lambda s: s.to(from_chat_id=s.ann, message_ids=[s.text, s.photo, 9_999]),
    "forwardMessage": lambda s: s.to(from_chat_id=s.ann, message_id=s.photo),
    "forwardMessages": lambda s: s.to(from_chat_id=s.ann, message_ids=[s.text, s.photo]),
    "editMessageText": lambda s: {"chat_id": s.ann, "message_id": s.text, "text": "New"},
    "editMessageCaption": lambda s: {"chat_id": s.ann, "message_id": s.own_photo, "caption": "N"},
    "editMessageMedia": lambda s: {
        "chat_id": s.ann,
        "message_id": s.own_photo,
        "media": {"type": "animation", "media": s.animation, "caption": "Moving"},
    },
    "editMessageReplyMarkup": lambda s: {
        "chat_id": s.ann,
        "message_id": s.own_photo,
        "reply_markup": BUTTON,
    },
    "setMessageReaction": lambda s: {
        "chat_id": s.ann,
        "message_id": s.photo,
        "reaction": [{"type": "emoji", "emoji": "👍"}],
    },
    "deleteMessage": lambda s: {"chat_id": s.ann, "message_id": s.gone},
    "deleteMessages": lambda s: {"chat_id": s.ann, "message_ids": [s.gone, 12_345]},
    "answerCallbackQuery": lambda s: {"callback_query_id": s.callback, "text": "Taken"},
    "pinChatMessage": lambda s: {"chat_id": s.group, "message_id": s.thread},
    "unpinChatMessage": lambda s: {"chat_id": s.group, "message_id": s.thread},
    "unpinAllChatMessages": lambda s: {"chat_id": s.group},
    "unpinAllForumTopicMessages": lambda s: s.to(),
    "unpinAllGeneralForumTopicMessages": lambda s: {"chat_id": s.group},
    "createForumTopic": lambda s: {"chat_id": s.group, "name": "New", "icon_color": 7322096},
    "editForumTopic": lambda s: s.to(name="Renamed"),
    "closeForumTopic": lambda s: s.to(),
    "reopenForumTopic": lambda s: {"chat_id": s.group, "message_thread_id": s.closed},
    "deleteForumTopic": lambda s: {"chat_id": s.group, "message_thread_id": s.doomed},
    "editGeneralForumTopic": lambda s: {"chat_id": s.group, "name": "Everything else"},
    "closeGeneralForumTopic": lambda s: {"chat_id": s.group},
    "reopenGeneralForumTopic": lambda s: {"chat_id": s.group},
    "hideGeneralForumTopic": lambda s: {"chat_id": s.group},
    "unhideGeneralForumTopic": lambda s: {"chat_id": s.group},
    "getForumTopicIconStickers": lambda s: {},
    "getFile": lambda s: {"file_id": s.file},
    "getChat": lambda s: {"chat_id": s.group},
    "getChatMember": lambda s: {"chat_id": s.group, "user_id": s.stage.bot["id"]},
    "getChatMemberCount": lambda s: {"chat_id": s.group},
    "getChatAdministrators": lambda s: {"chat_id": s.group},
    "getUserProfilePhotos": lambda s: {"user_id": s.ann},
    "leaveChat": lambda s: {"chat_id": s.group},
    "setMyCommands": lambda s: {"commands": [{"command": "end", "description": "End"}]},
    "getMyCommands": lambda s: {"scope": {"type": "default"}},
    "deleteMyCommands": lambda s: {},
    "setMyName": lambda s: {"name": "Desk"},
    "getMyName": lambda s: {},
    "setMyDescription": lambda s: {"description": "Helps"},
    "getMyDescription": lambda s: {"language_code": "de"},
    "setMyShortDescription": lambda s: {"short_description": "Helps"},
    "getMyShortDescription": lambda s: {},
    "setChatMenuButton": lambda s: {"menu_button": {"type": "commands"}},
    "getChatMenuButton": lambda s: {"chat_id": s.ann},
}
BY_KIND = ("document", "video", "audio", "voice", "sticker", "video_note")
SENDS = {"send" + "".join(map(str.capitalize, kind.split("_"))): kind for kind in BY_KIND}


def test_every_method_served_is_telegrams_and_has_an_example() -> None:
    assert HANDLERS.keys() <= schema()["methods"].keys()
    assert HANDLERS.keys() == EXAMPLES.keys() | SENDS.keys()


async def test_every_result_conforms_to_the_schema(stage: Stage) -> None:
    scene = Scene(stage)
    await scene.set_up()
    wrong = {}
    # Leaving the group comes last; before that the General topic goes through its states.
    for method in sorted(EXAMPLES, key=lambda name: (name == "leaveChat", name == "setWebhook")):
        if method in {"reopenGeneralForumTopic", "unhideGeneralForumTopic"}:
            continue
        result = await stage.ok(method, **EXAMPLES[method](scene))
        if method == "hideGeneralForumTopic":
            await stage.ok("unhideGeneralForumTopic", chat_id=scene.group)
        if method in {"closeGeneralForumTopic", "hideGeneralForumTopic"}:
            await stage.ok("reopenGeneralForumTopic", chat_id=scene.group)
        if method == "setWebhook":
            await stage.ok("deleteWebhook")
        if found := find_result_errors(method, result):
            wrong[method] = found
    for method, kind in SENDS.items():
        file_id = await scene.file_of(kind)
        result = await stage.ok(method, chat_id=scene.ann, **{kind: file_id})
        if found := find_result_errors(method, result):
            wrong[method] = found
    assert wrong == {}


async def test_uploads_of_every_kind_conform(stage: Stage) -> None:
    for kind, (name, mime, data) in SAMPLES.items():
        method = "send" + "".join(map(str.capitalize, kind.split("_")))
        form = {"chat_id": str(stage.ann["id"])}
        upload = (data, name, mime)
        reply = await _upload(stage, method, form, {kind: upload})
        assert find_result_errors(method, reply["result"]) == [], kind


async def test_an_album_of_uploads_and_the_download_of_one(stage: Stage) -> None:
    media = [{"type": "photo", "media": f"attach://p{n}"} for n in (1, 2)]
    form = {"chat_id": str(stage.ann["id"]), "media": json.dumps(media)}
    one, two = png(red=1), png(red=2)
    files = {"p1": (one, "1.png", "image/png"), "p2": (two, "2.png", "image/png")}
    reply = await _upload(stage, "sendMediaGroup", form, files)
    assert find_result_errors("sendMediaGroup", reply["result"]) == []
    assert len({message["media_group_id"] for message in reply["result"]}) == 1
    found = await stage.ok("getFile", file_id=reply["result"][1]["photo"][-1]["file_id"])
    token = f"{stage.bot['id']}:sandbox-token"
    async with stage.http.get(f"{stage.url}/file/bot{token}/{found['file_path']}") as response:
        assert await response.read() == two


async def _upload(
    stage: Stage, method: str, form: dict[str, str], files: dict[str, tuple[bytes, str, str]]
) -> dict[str, Any]:
    data = aiohttp.FormData(form)
    for field, (body, name, mime) in files.items():
        data.add_field(field, body, filename=name, content_type=mime)
    url = f"{stage.url}/bot4242:sandbox-token/{method}"
    async with stage.http.post(url, data=data) as response:
        reply: dict[str, Any] = await response.json()
        assert reply["ok"], reply
        return reply


async def test_every_update_conforms(stage: Stage) -> None:
    telegram, ann, ben, group = stage.telegram, stage.ann, stage.ben, stage.group
    kinds = sorted(schema()["types"]["Update"]["fields"].keys() - {"update_id"})
    await stage.ok("getUpdates", allowed_updates=kinds)
    thread = await stage.topic()
    said = await telegram.say(ann, "Hi @ann #tag ann@example.org +49 30 1234567 example.org")
    await telegram.edit(ann, ann, said["message_id"], "Hi again")
    await telegram.react(ann, ann, said["message_id"], "👍")
    await telegram.react(ben, group, thread, "🔥", anonymous=True)
    for kind in SAMPLES:
        await telegram.say(ann, media={"kind": kind}, caption="/see")
    data = base64.b64encode(b"%PDF-").decode()
    await telegram.say(ann, media={"kind": "document", "name": "a.pdf", "data": data})
    await telegram.say(ann, album=[{"kind": "photo"}, {"kind": "video"}], caption="Two")
    await telegram.say(ann, location={"latitude": 1.0, "longitude": 2.0})
    await telegram.say(ann, contact={"phone_number": "1", "first_name": "A"})
    await telegram.say(ann, dice="🎲", reply_to=said["message_id"])
    place = {"location": {"latitude": 1.0, "longitude": 2.0}, "title": "T", "address": "A"}
    await telegram.say(ann, venue=place, protect=True)
    await telegram.say(ann, poll={"question": "Why?", "options": ["So", "No"]})
    await telegram.say(ben, "inside", chat=group, thread=thread, anonymous=True)
    sent = await stage.ok("sendMessage", chat_id=ann["id"], text="x", reply_markup=BUTTON)
    await telegram.press(ann, ann, sent["message_id"], text="Take")
    await telegram.block(ann)
    await telegram.block(ann, False)
    for status in ("left", "restricted", "kicked", "administrator", "member"):
        await telegram.member(group, ann, status)
    await stage.ok("pinChatMessage", chat_id=group["id"], message_id=thread)
    await stage.ok("editForumTopic", chat_id=group["id"], message_thread_id=thread, name="B")
    await telegram.close_topic(group, thread)
    await telegram.close_topic(group, thread, closed=False)
    await stage.ok("hideGeneralForumTopic", chat_id=group["id"])
    await stage.ok("unhideGeneralForumTopic", chat_id=group["id"])
    basic = await telegram.add_group("Old", is_supergroup=False, admins=[ben], bots=[stage.bot])
    await telegram.upgrade(basic)
    await telegram.member(group, stage.bot, "kicked")
    updates = await stage.updates()
    assert [
        find_schema_errors("Update", update)
        for update in updates
        if find_schema_errors("Update", update)
    ] == []
    seen = {kind for update in updates for kind in update if kind != "update_id"}
    assert seen >= {
        "message",
        "edited_message",
        "message_reaction",
        "callback_query",
        "my_chat_member",
        "chat_member",
    }


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("User", {"id": 1}),
        ("Array of User", {}),
        ("Message", {"message_id": True}),
        ("True", False),
    ],
)
def test_the_check_itself_finds_mistakes(written: str, value: Any) -> None:
    assert find_schema_errors(written, value) != []
