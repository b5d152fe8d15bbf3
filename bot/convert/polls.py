"""Take a poll apart and build it again: another bot cannot copy it."""

from collections.abc import Mapping
from typing import Any

from aiogram.methods import SendPoll
from aiogram.types import InputPollOption, Message

from desk.content import Content

POLL = "poll"
_OPTIONS, _SEVERAL, _QUESTION = "options", "several", "question"
# Telegram's limits, in characters.
_MAX_QUESTION, _MAX_OPTION = 300, 100
_FEWEST, _MOST = 1, 12


def describe_poll(message: Message) -> dict[str, Any]:
    """Return what a poll is made of; its votes stay with it."""
    poll = message.poll
    assert poll is not None  # noqa: S101 the content type says so
    attributes: dict[str, Any] = {
        "kind": POLL,
        _QUESTION: poll.question,
        _OPTIONS: [each.text for each in poll.options],
    }
    return {**attributes, _SEVERAL: True} if poll.allows_multiple_answers else attributes


def to_poll(content: Content, common: Mapping[str, Any]) -> SendPoll | None:
    """Build the call that sends a poll; None for what is none, or has no valid data."""
    attributes = content.attributes or {}
    question, options = attributes.get(_QUESTION), attributes.get(_OPTIONS)
    if attributes.get("kind") != POLL or not question or not isinstance(options, list):
        return None
    if not _FEWEST <= len(options) <= _MOST:
        return None
    return SendPoll(
        **common,
        question=str(question)[:_MAX_QUESTION],
        options=[InputPollOption(text=str(each)[:_MAX_OPTION]) for each in options],
        allows_multiple_answers=bool(attributes.get(_SEVERAL)) or None,
    )
