"""Updates of which one part cannot be read: that part is left out."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.bot_factory import make_bot
from bot.update_parser import parse_update

BOT = make_bot("123456:" + "A" * 35, "http://127.0.0.1:9")
ANN = {"id": 4242, "is_bot": False, "first_name": "Ann"}
CHAT = {"id": 4242, "type": "private", "first_name": "Ann"}


def message(**parts: Any) -> dict[str, Any]:
    body = {"message_id": 1, "date": 1_800_000_000, "chat": CHAT, "from": ANN, **parts}
    return {"update_id": 1, "message": body}


@pytest.mark.parametrize(
    "part",
    [
        {"forward_origin": {"type": "community", "date": 1}},
        {"external_reply": {"origin": {"type": "community", "date": 1}}},
        {"reply_to_message": {"message_id": "none"}},
        {"entities": [{"type": "bold", "offset": "x", "length": 1}]},
        {"quote": {"position": 0}},
        {"via_bot": 5},
        {"reply_markup": {"inline_keyboard": [[{"text": "x", "web_app": 4}]]}},
    ],
)
def test_the_words_are_read_without_the_part(part: dict[str, Any]) -> None:
    found = parse_update(message(text="hello", **part), BOT).message
    assert found is not None
    assert found.text == "hello"
    assert found.from_user is not None


def test_good_entities_stay_beside_a_bad_one() -> None:
    marks = [{"type": "bold", "offset": 0, "length": 1}, {"type": "italic", "offset": None}]
    found = parse_update(message(text="hello", entities=marks), BOT).message
    assert found is not None
    assert found.entities is not None
    assert [each.type for each in found.entities][:1] == ["bold"]


def test_a_place_on_the_equator_is_a_place() -> None:
    found = parse_update(message(location={"longitude": 106.8}), BOT).message
    assert found is not None
    assert found.location is not None
    assert found.location.latitude == 0


@pytest.mark.parametrize("broken", [{"chat": 5}, {"from": {"id": "x"}}])
def test_without_its_chat_or_author_nothing_is_understood(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parse_update(message(text="hello", **broken), BOT)
