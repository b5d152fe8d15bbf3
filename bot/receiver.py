"""Parse stored Telegram updates and pass them to the handlers."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic_core import from_json

from bot.bot_factory import Bot
from bot.handlers.routing import on_update
from bot.update_parser import parse_update
from db.ids import ChannelId
from db.queries.conversations import threads
from db.queues.inbox import InboxRow
from desk.accounts.staff import load_agents
from desk.conversations.threads import load_threads_of_topics
from desk.receiving.ports import RowHandler
from desk.telemetry.update_log import about_update
from desk.unit_of_work import UnitOfWork


class UnknownUpdateError(Exception):
    """Telegram sent a type of update that this version does not know."""


class TelegramReceiver:
    """Handles the inbox rows of Telegram channels."""

    def __init__(self, find_bot: Callable[[ChannelId], Bot]) -> None:
        """Create a receiver; `find_bot` raises KeyError for a channel that is not connected."""
        self._find_bot = find_bot

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Parse a batch once, and load its threads and agents in a few queries."""
        parsed = [(row, self._parse(row)) for row in rows]
        known = [(row, found) for row, found in parsed if isinstance(found, Update)]
        await _preload(uow, known)
        return [partial(self._handle, uow, row, found) for row, found in parsed]

    def _parse(self, row: InboxRow) -> Update | Exception:
        try:
            bot = self._find_bot(row.channel_id)
            update = _drop_topic_root(from_json(row.payload))
            with about_update(row):
                return parse_update(update, bot)
        except Exception as error:
            return error

    async def _handle(self, uow: UnitOfWork, row: InboxRow, update: Update | Exception) -> None:
        """Handle one update; raise if it cannot be parsed, is unknown, or a handler fails."""
        if isinstance(update, Exception):
            raise update
        if not _is_known(update):
            raise UnknownUpdateError(f"unknown type of update: {_list_update_types(row.payload)}")
        bot, channel = self._find_bot(row.channel_id), uow.channels[row.channel_id]
        await on_update(update, uow, channel, bot)


def _is_known(update: Update) -> bool:
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False


def _drop_topic_root(update: Any) -> Any:
    """Remove the topic's root, which every message of a topic quotes.

    Parsing it would be half of the work.
    """
    message = update.get("message") if isinstance(update, dict) else None
    if isinstance(message, dict) and isinstance(quoted := message.get("reply_to_message"), dict):
        root = message.get("message_thread_id")
        if message.get("is_topic_message") and quoted.get("message_id") == root:
            del message["reply_to_message"]
    return update


async def _preload(uow: UnitOfWork, updates: Sequence[tuple[InboxRow, Update]]) -> None:
    contacts: dict[ChannelId, set[str]] = {}
    topics: dict[tuple[ChannelId, str], set[str]] = {}
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
            topics.setdefault((row.channel_id, chat), set()).add(str(message.message_thread_id))
    await load_agents(uow, writers)
    for channel_id, ids in contacts.items():
        for thread in await threads.lock_by_contacts(uow.tx, channel_id, sorted(ids)):
            uow.add_thread(thread)
    for (channel_id, chat), names in topics.items():
        await load_threads_of_topics(uow, channel_id, chat, sorted(names))


def _list_update_types(payload: str) -> str:
    return ", ".join(key for key in json.loads(payload) if key != "update_id") or "none"
