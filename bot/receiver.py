"""Understands what Telegram sends: parses kept updates and hands them to the handlers."""

import json
from collections.abc import Mapping, Sequence
from functools import partial

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from db.ids import ChannelId
from db.queries import threads
from db.queues.inbox import InboxRow
from desk.desk import Desk
from desk.receiving.ports import Handling
from desk.staff import recall


class UnknownUpdateError(Exception):
    """Telegram sent a kind of update that this version does not know."""


class TelegramReceiver:
    """Handles the inbox rows of Telegram channels."""

    def __init__(self, bots: Mapping[ChannelId, Bot], dispatcher: Dispatcher) -> None:
        self._bots = bots
        self._dispatcher = dispatcher

    async def prepare(self, desk: Desk, rows: Sequence[InboxRow]) -> list[Handling]:
        """Parse a batch once, and read the threads and agents of all of it in a few queries."""
        parsed = [(row, self._parse(row)) for row in rows]
        known = [(row, found) for row, found in parsed if isinstance(found, Update)]
        await _look_up(desk, known)
        return [partial(self._handle, desk, row, found) for row, found in parsed]

    def _parse(self, row: InboxRow) -> Update | Exception:
        try:
            bot = self._bots[row.channel_id]
            return Update.model_validate_json(row.payload, context={"bot": bot})
        except Exception as error:
            return error

    async def _handle(self, desk: Desk, row: InboxRow, update: Update | Exception) -> None:
        """Handle one update; raises where it cannot be parsed, is unknown, or a handler fails."""
        if isinstance(update, Exception):
            raise update
        if not _is_known(update):
            raise UnknownUpdateError(f"unknown kind of update: {_kinds(row.payload)}")
        bot, channel = self._bots[row.channel_id], desk.channels[row.channel_id]
        await self._dispatcher.feed_update(bot, update, desk=desk, channel=channel)


async def _look_up(desk: Desk, updates: Sequence[tuple[InboxRow, Update]]) -> None:
    contacts: dict[ChannelId, set[str]] = {}
    topics: dict[str, set[str]] = {}
    writers: set[str] = set()
    for row, update in updates:
        message = update.message or update.edited_message
        if message is None or message.from_user is None:
            continue
        writers.add(str(message.from_user.id))
        chat = str(message.chat.id)
        if message.chat.type == "private":
            contacts.setdefault(row.channel_id, set()).add(chat)
        elif message.is_topic_message:
            topics.setdefault(chat, set()).add(str(message.message_thread_id))
    await recall(desk, writers)
    for channel_id, ids in contacts.items():
        for thread in await threads.by_contacts(desk.tx, channel_id, sorted(ids)):
            desk.remember(thread)
    for chat, names in topics.items():
        for thread in await threads.by_topics(desk.tx, chat, sorted(names)):
            desk.remember(thread)


# Every kind of update that aiogram can name.
_KINDS = tuple(name for name in Update.model_fields if name != "update_id")


def _is_known(update: Update) -> bool:
    # The common kinds first: this is asked for every update.
    if update.message is not None or update.callback_query is not None:
        return True
    return any(getattr(update, name) is not None for name in _KINDS)


def _kinds(payload: str) -> str:
    return ", ".join(key for key in json.loads(payload) if key != "update_id") or "none"
