"""Tests of edits that arrive before their message, or before an earlier edit."""

from typing import Any

import pytest

from tests.bridge.cloud.inbound_env import InboundEnv
from tests.bridge.cloud.webhook_bodies import build_message, build_messages_body, build_text

_SECOND = 1739321024


def edit(words: str, after: int) -> dict[str, Any]:
    inner = {"type": "text", "text": {"body": words}}
    change = {"original_message_id": "wamid.first", "message": inner}
    return build_message("edit", change, id=f"wamid.{words}", timestamp=str(_SECOND + after))


@pytest.mark.parametrize(
    ("order", "earlier"),
    [
        ("first one two", ["first", "one"]),
        ("one first two", ["first", "one"]),
        ("one two first", ["first", "one"]),
        ("two first one", ["first"]),
        ("first two one", ["first"]),
        ("two one first", ["first"]),
    ],
)
async def test_whatever_is_told_first_the_last_text_stands(
    inbound: InboundEnv, order: str, earlier: list[str]
) -> None:
    things = {"first": build_text("first"), "one": edit("one", 5), "two": edit("two", 9)}
    for each in order.split():
        await inbound.receive(build_messages_body(things[each]))
    [kept] = await inbound.load_messages()
    assert kept.message == "two"
    assert [each["message"] for each in kept.history or ()] == earlier
    copy, *changes = await inbound.load_staff_texts()
    assert copy == f"copy {order.split(maxsplit=1)[0]}"
    assert not changes or changes[-1] == "edit two"


async def test_a_message_that_its_edit_overtook_answers_what_it_answered(
    inbound: InboundEnv,
) -> None:
    await inbound.receive(build_messages_body(build_text("before")))
    await inbound.receive(build_messages_body(edit("one", 5)))
    await inbound.receive(
        build_messages_body(build_text("first", context={"from": "1", "id": "wamid.before"}))
    )
    before, kept = await inbound.load_messages()
    assert (kept.message, kept.reply_to_id) == ("one", before.id)
