"""Tests that aiogram is imported without building its models, and that each is built on use."""

import subprocess
import sys
from pathlib import Path

import pytest

_USED = """
import bot
from aiogram import methods, types
from pydantic import BaseModel

def models(of):
    found = (getattr(of, name) for name in of.__all__)
    return [each for each in found if isinstance(each, type) and issubclass(each, BaseModel)]

every = models(types) + models(methods)
built = [each for each in every if each.__pydantic_complete__]
assert types.Update in built
assert len(built) < len(every) / 2, len(built)
message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "hi"}
update = types.Update.model_validate({"update_id": 1, "message": message})
assert type(update.message) is types.Message
assert types.Poll not in [each for each in every if each.__pydantic_complete__]
location = {"latitude": 1.0, "longitude": 2.0}
assert types.Location.model_validate(location).latitude == 1.0
assert methods.SendMessage(chat_id=1, text="x").model_dump(exclude_unset=True) == {
    "chat_id": 1, "text": "x"
}
answered = methods.Response[methods.SendPhoto.__returning__]
answer = answered.model_validate({"ok": True, "result": message})
assert type(answer.result) is types.Message
print("built when used")
"""
_EVERY = (
    _USED
    + """
for each in models(methods):
    if each is not methods.TelegramMethod and issubclass(each, methods.TelegramMethod):
        methods.Response[each.__returning__].model_rebuild()
for each in every:
    each.model_rebuild()
    assert each.__pydantic_complete__, each
print(len(every), "can be built")
"""
)
_PLAIN = """
import aiogram
import bot
from aiogram.types import User
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
def test_every_model_can_be_built_like_that() -> None:
    assert "can be built" in _run(_EVERY)


def test_aiogram_that_was_imported_before_is_left_unchanged() -> None:
    assert _run(_PLAIN).strip() == "Ann"


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
