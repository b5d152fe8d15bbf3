"""Files in API tests: sending them, and finding where they arrived."""

import io
from pathlib import Path
from typing import Any

import aiohttp

from db.ids import SessionId
from tests.api.stage import Answer
from tests.api.stage import Person as Caller
from tests.flows.stage import TOKEN, Stage

MEGABYTE = 1024 * 1024
GIF = ("wave.gif", "image/gif", b"GIF89a" + bytes(40))
TYPES = {
    "photo": "IMAGE",
    "video": "VIDEO",
    "audio": "AUDIO",
    "voice": "VOICE",
    "document": "FILE",
    "animation": "ANIMATION",
}


def build_form(name: str | None, mime: str | None, data: bytes, **fields: str) -> aiohttp.FormData:
    made = aiohttp.FormData(quote_fields=False)
    for field, value in fields.items():
        made.add_field(field, value)
    made.add_field("file", io.BytesIO(data), filename=name, content_type=mime)
    return made


async def upload_file(
    mia: Caller, session: SessionId, file: tuple[str | None, str | None, bytes], **fields: str
) -> Answer:
    return await mia.post(f"/sessions/{session}/files", data=build_form(*file, **fields))


async def find_telegram_message(stage: Stage, chat: int, message_id: str) -> dict[str, Any]:
    found = await stage.telegram.messages(chat)
    return next(each for each in found if each["message_id"] == int(message_id))


async def download_from_telegram(stage: Stage, media: dict[str, Any] | list[Any]) -> bytes:
    file_id = (media[-1] if isinstance(media, list) else media)["file_id"]
    async with aiohttp.ClientSession() as http:
        address = f"{stage.url}/bot{TOKEN}/getFile"
        async with http.post(address, json={"file_id": file_id}) as reply:
            path = (await reply.json())["result"]["file_path"]
        async with http.get(f"{stage.url}/file/bot{TOKEN}/{path}") as reply:
            return await reply.read()


def list_media_files(stage: Stage) -> list[Path]:
    return [path for path in stage.settings.media_dir.rglob("*") if path.is_file()]
