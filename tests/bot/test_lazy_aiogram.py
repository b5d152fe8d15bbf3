"""Tests that of aiogram only what is used is imported, and that each model is built on use."""

import subprocess
import sys
from pathlib import Path

import pytest

_USED = """
import sys
import bot.plugin
from aiogram import methods, types

names = len(types.__all__) + len(methods.__all__)
read = [name for name in sys.modules if name.startswith(("aiogram.types.", "aiogram.methods."))]
assert len(read) < names * 0.6, (len(read), names)
assert "aiogram.client.bot" not in sys.modules
assert types.Update.__pydantic_complete__
message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "hi"}
update = types.Update.model_validate({"update_id": 1, "message": message})
assert type(update.message) is types.Message
assert not types.InlineQueryResultVenue.__pydantic_complete__
location = {"id": "1", "type": "venue", "latitude": 1, "longitude": 2, "title": "x", "address": "y"}
assert types.InlineQueryResultVenue.model_validate(location).latitude == 1.0
assert methods.SendMessage(chat_id=1, text="x").model_dump(exclude_unset=True) == {
    "chat_id": 1, "text": "x"
}
answered = methods.Response[methods.SendPhoto.__returning__]
answer = answered.model_validate({"ok": True, "result": message})
assert type(answer.result) is types.Message
try:
    types.Nothing
except AttributeError as error:
    assert "aiogram.types" in str(error)
print("built when used")
"""
_EVERY = (
    _USED
    + """
from pydantic import BaseModel

def models(of):
    found = (getattr(of, name) for name in of.__all__)
    return [each for each in found if isinstance(each, type) and issubclass(each, BaseModel)]

every = models(types) + models(methods)
for each in models(methods):
    if each is not methods.TelegramMethod and issubclass(each, methods.TelegramMethod):
        methods.Response[each.__returning__].model_rebuild()
for each in every:
    each.model_rebuild()
    assert each.__pydantic_complete__, each
from aiogram import Bot, Dispatcher, Router
assert Bot("1:x").id == 1
print("can be built:", *sorted({*types.__all__, *methods.__all__}))
"""
)
_PLAIN = """
import aiogram
import bot
from aiogram import methods, types
from aiogram.types import User
print(*sorted({*types.__all__, *methods.__all__}))
print(User.model_validate({"id": 1, "is_bot": False, "first_name": "Ann"}).full_name)
"""


def _run(program: str) -> str:
    root = Path(__file__).parents[2]
    done = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_model_is_built_by_whoever_uses_it_first() -> None:
    assert "built when used" in _run(_USED)


@pytest.mark.long  # it takes long, and fails only with another aiogram or pydantic
def test_every_model_is_there_and_can_be_built() -> None:
    *names, _ = _run(_PLAIN).splitlines()
    assert _run(_EVERY).splitlines()[-1] == f"can be built: {names[0]}"


def test_aiogram_that_was_imported_before_is_left_unchanged() -> None:
    assert _run(_PLAIN).splitlines()[-1] == "Ann"


def test_pydantic_is_left_as_it_was() -> None:
    program = """
from pydantic import BaseModel
before = BaseModel.__dict__["model_rebuild"]
import bot
assert BaseModel.__dict__["model_rebuild"] is before
class Late(BaseModel):
    other: "Other"
class Other(BaseModel):
    number: int
Late.model_rebuild()
print(Late.model_validate({"other": {"number": 1}}).other.number)
"""
    assert _run(program).strip() == "1"
