"""The whole state of the stand-in: accounts, chats, messages and ordered faults."""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.common.change_feed import ChangeFeed
from sandbox.common.faults import Faults
from sandbox.common.json_shapes import Json
from sandbox.common.record_log import RecordLog
from sandbox.telegram.faults.faults import BotApiFault
from sandbox.telegram.faults.flood_limits import Limits
from sandbox.telegram.model.records import (
    BOT,
    RESET,
    UPDATES,
    Bot,
    Callback,
    Person,
    Room,
    StoredFile,
    Topic,
)
from sandbox.telegram.model.update_queue import UpdateQueue
from sandbox.telegram.state.webhooks import Webhooks

# The account that speaks for anonymous administrators.
GROUP_ANONYMOUS_BOT: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
MESSAGES_PER_ROOM = 20_000
CALLBACKS_KEPT = 5_000


@dataclass
class World:
    """The state of the server; all look-ups are by key."""

    clock: Callable[[], float] = time.time
    bots: dict[int, Bot] = field(default_factory=dict)
    tokens: dict[str, Bot] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, Room] = field(default_factory=dict)
    private: dict[tuple[int, int], Room] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    paths: dict[str, StoredFile] = field(default_factory=dict)
    callbacks: OrderedDict[str, Callback] = field(default_factory=OrderedDict)
    feed: ChangeFeed = field(default_factory=ChangeFeed)
    faults: Faults[BotApiFault] = field(default_factory=lambda: Faults(BotApiFault))
    limits: Limits = field(default_factory=Limits)
    calls: RecordLog = field(default_factory=RecordLog)
    # Called with the key of each record that changed; the state file sets it.
    on_change: Callable[[str, int], None] | None = None
    webhooks: Webhooks = field(default_factory=Webhooks)
    # Set when the server stops: all waiting requests must end.
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def add_bot(self, user: Json, token: str) -> Bot:
        """Add a bot under its token; its update ids start at random, as Telegram's do."""
        bot = Bot(user, token, UpdateQueue(100_000_000 + secrets.randbelow(800_000_000)))
        self.bots[bot.id] = bot
        self.tokens[token] = bot
        bot.queue.on_change = lambda number: self._update_changed(bot.id, number)
        self.mark_changed(BOT, bot.id)
        return bot

    def renew_token(self, bot: Bot, token: str) -> None:
        """Give a bot another token, as @BotFather does; the old token is refused."""
        del self.tokens[bot.token]
        bot.token = token
        self.tokens[token] = bot
        self.mark_changed(BOT, bot.id)

    def rooms(self) -> list[Room]:
        """Return all rooms, groups first."""
        return [*self.groups.values(), *self.private.values()]

    def room(self, chat_id: int, bot_id: int) -> Room | None:
        """Return the group, or the private chat of this bot, that has this id."""
        if chat_id < 0:
            return self.groups.get(chat_id)
        return self.private.get((bot_id, chat_id))

    def open_private(self, bot: Bot, person: Person) -> Room:
        """Return the person's private chat with the bot, and make it known to the bot."""
        user = person.user
        room = self.private.get((bot.id, user["id"]))
        if room is None:
            names = ("id", "first_name", "last_name", "username")
            chat: Json = {name: user[name] for name in names if name in user}
            room = Room({**chat, "type": "private"}, bot_id=bot.id)
            self.private[bot.id, room.id] = room
            self.mark_changed(room.key)
            self.feed.publish("user", room.id)
        return room

    def has_topics(self, room: Room) -> bool:
        """Check whether the chat has topics: a forum, or a private chat of a bot in topic mode."""
        if room.is_private:
            return self.bots[room.bot_id].has_topics_enabled
        return room.is_forum

    def preview_message_id(self, room: Room) -> int:
        """Return the id that the room's next message will get."""
        counter = self.bots[room.bot_id] if room.bot_id else room
        return counter.last_message_id + 1

    def next_message_id(self, room: Room) -> int:
        """Return the next message id, counted per supergroup, and per bot for all other chats."""
        counter = self.bots[room.bot_id] if room.bot_id else room
        counter.last_message_id += 1
        return counter.last_message_id

    def keep(self, room: Room, message: Json, kind: str = "message") -> None:
        """Store a new or edited message and notify the watchers."""
        number = message["message_id"]
        room.messages[number] = message
        if len(room.messages) > MESSAGES_PER_ROOM:
            self.forget(room, next(iter(room.messages)))
        if self.on_change is not None:
            self.on_change(room.key, number)
            if room.bot_id:
                self.on_change(BOT, room.bot_id)
        self.feed.publish(kind, room.id, message=message)

    def forget(self, room: Room, message_id: int) -> Json | None:
        """Remove a message with its reactions and pin; return it, or None if there was none."""
        message = room.messages.pop(message_id, None)
        room.reactions.pop(message_id, None)
        if message_id in room.pinned:
            room.pinned.remove(message_id)
        self.mark_changed(room.key, message_id)
        return message

    def _update_changed(self, bot_id: int, update_id: int) -> None:
        if self.on_change is not None:
            self.on_change(UPDATES + str(bot_id), update_id)
            self.on_change(BOT, bot_id)

    def mark_changed(self, key: str, part: int = 0) -> None:
        """Mark a record as changed, so that it is saved."""
        if self.on_change is not None:
            self.on_change(key, part)

    def delete_topic(self, room: Room, topic: Topic) -> None:
        """Delete a topic with its messages; no update is sent."""
        topic.deleted = True
        thread = topic.thread_id
        inside = [
            number
            for number, message in room.messages.items()
            if message.get("message_thread_id") == thread and message.get("is_topic_message")
        ]
        for number in inside:
            self.forget(room, number)
        self.mark_changed(room.key)
        self.feed.publish("topic", room.id, thread=thread)

    def new_number(self) -> str:
        """Return a new random number for an album, a poll or a callback."""
        return str(secrets.randbits(62))

    def new_callback(self, bot_id: int, kept: float) -> Callback:
        """Return a fresh callback query that expires after `kept` seconds."""
        number = self.new_number()
        callback = Callback(number, bot_id, self.clock() + kept)
        self.callbacks[number] = callback
        if len(self.callbacks) > CALLBACKS_KEPT:
            self.callbacks.popitem(last=False)
        return callback

    def reset(self) -> None:
        """Delete everything but the watchers."""
        for bot in self.bots.values():
            self.webhooks.stop(bot)
            bot.queue.end_wait()
        records = (self.bots, self.tokens, self.people, self.groups, self.private, self.files)
        for record in (*records, self.paths, self.callbacks):
            record.clear()
        self.faults = Faults(BotApiFault)
        self.limits = Limits()
        self.calls = RecordLog()
        self.feed.publish("reset", 0)
        self.mark_changed(RESET)
