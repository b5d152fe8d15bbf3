"""Understands what Telegram sends: parses kept updates and hands them to the handlers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from db.ids import ChannelId
from db.queries import threads
from db.queues.inbox import InboxRow
from desk.desk import Desk
from desk.staff import recall


class UnknownUpdateError(Exception):
    """Telegram sent a kind of update that this version does not know."""


class TelegramReceiver:
    """Handles the inbox rows of Telegram channels."""

    def __init__(self, bots: Mapping[ChannelId, Bot], dispatcher: Dispatcher) -> None:
        self._bots = bots
        self._dispatcher = dispatcher

    async def prepare(self, desk: Desk, rows: Sequence[InboxRow]) -> None:
        """Read the threads and agents of a whole batch in a few queries."""
        contacts: dict[ChannelId, set[str]] = {}
        topics: dict[str, set[str]] = {}
        writers: set[str] = set()
        for row in rows:
            for place in _places(row.payload):
                writers.add(place.writer)
                if place.is_private:
                    contacts.setdefault(row.channel_id, set()).add(place.chat)
                elif place.topic is not None:
                    topics.setdefault(place.chat, set()).add(place.topic)
        await recall(desk, writers)
        for channel_id, ids in contacts.items():
            for thread in await threads.by_contacts(desk.tx, channel_id, sorted(ids)):
                desk.remember(thread)
        for chat, names in topics.items():
            for thread in await threads.by_topics(desk.tx, chat, sorted(names)):
                desk.remember(thread)

    async def handle(self, desk: Desk, row: InboxRow) -> None:
        """Handle one update; raises where it cannot be parsed, is unknown, or a handler fails."""
        bot = self._bots[row.channel_id]
        update = Update.model_validate(json.loads(row.payload), context={"bot": bot})
        if not _is_known(update):
            raise UnknownUpdateError(f"unknown kind of update: {_kinds(row.payload)}")
        await self._dispatcher.feed_update(
            bot, update, desk=desk, channel=desk.channels[row.channel_id]
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message stands, and who wrote it."""

    chat: str
    is_private: bool
    topic: str | None
    writer: str


def _places(payload: str) -> Iterator[_Place]:
    """Find where a message stands without parsing the whole of it."""
    try:
        update = json.loads(payload)
        for kind in ("message", "edited_message"):
            if kind in update:
                message = update[kind]
                chat = message["chat"]
                topic = message["message_thread_id"] if message.get("is_topic_message") else None
                yield _Place(
                    chat=str(chat["id"]),
                    is_private=chat["type"] == "private",
                    topic=None if topic is None else str(topic),
                    writer=str(message["from"]["id"]),
                )
    except (AttributeError, KeyError, TypeError, ValueError):
        return  # its handling will tell what is wrong with it


def _is_known(update: Update) -> bool:
    return any(
        getattr(update, name) is not None for name in Update.model_fields if name != "update_id"
    )


def _kinds(payload: str) -> str:
    return ", ".join(key for key in json.loads(payload) if key != "update_id") or "none"
