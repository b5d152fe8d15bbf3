"""The whole state of the stand-in: sessions, people, chats, files and ordered faults."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.common.change_feed import ChangeFeed
from sandbox.common.faults import Faults
from sandbox.common.record_log import RecordLog
from sandbox.waha.faults.faults import WahaFault
from sandbox.waha.model.records import Chat, Message, Person, Session, StoredFile
from sandbox.waha.model.tuning import Tuning
from sandbox.waha.state.webhooks import Webhooks


@dataclass
class WahaWorld:
    """The state of the server; all look-ups are by key."""

    feed: ChangeFeed
    clock: Callable[[], float] = time.time
    sessions: dict[str, Session] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    lids: dict[str, Person] = field(default_factory=dict)
    chats: dict[tuple[str, str], Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    tuning: Tuning = field(default_factory=Tuning)
    faults: Faults[WahaFault] = field(default_factory=lambda: Faults(WahaFault))
    calls: RecordLog = field(default_factory=RecordLog)
    webhooks: Webhooks = field(default_factory=Webhooks)
    # The address of the last call, which media addresses begin with.
    base_url: str = ""
    # Set when the server stops: all waiting requests must end.
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    # Called at every change; the state file sets it.
    on_change: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.webhooks.tuning = lambda: self.tuning

    def add_person(self, phone: str, name: str, lid: str, *, by_lid: bool = False) -> Person:
        """Add a customer's account under its phone and its hidden id (both digits)."""
        person = Person(phone, name, lid or _digits(14), by_lid)
        self.people[phone] = person
        self.lids[person.lid] = person
        self.notify_changed(person)
        return person

    def chat(self, session: str, phone: str) -> Chat:
        """Return the chat of a session with a customer, empty if they never wrote."""
        return self.chats.setdefault((session, phone), Chat(session, phone))

    def keep(self, chat: Chat, message: Message) -> None:
        """Store a new message and notify the watchers."""
        chat.messages[message.tail] = message
        self.notify_changed(chat)

    def store(
        self, session: str, mimetype: str, filename: str | None, data: bytes, suffix: str
    ) -> StoredFile:
        """Store a file under a new id that ends with `suffix`."""
        file = StoredFile(
            f"{secrets.token_hex(10).upper()}{suffix}", session, mimetype, filename, data
        )
        self.files[file.id] = file
        return file

    def notify_changed(self, of: Chat | Session | Person) -> None:
        """Notify the watchers of a change."""
        if isinstance(of, Chat):
            self.feed.publish("waha_chat", 0, session=of.session, phone=of.phone)
        elif isinstance(of, Person):
            self.feed.publish("waha_person", 0, phone=of.phone)
        else:
            self.feed.publish("waha_session", 0, session=of.name, status=of.status)
        self._note()

    def _note(self) -> None:
        if self.on_change is not None:
            self.on_change()

    def reset(self) -> None:
        """Delete everything but the watchers and the address."""
        for session in self.sessions.values():
            if session.ladder is not None:
                session.ladder.cancel()
        self.webhooks.stop()
        for records in (self.sessions, self.people, self.lids, self.chats, self.files):
            records.clear()
        self.tuning, self.faults, self.calls = Tuning(), Faults(WahaFault), RecordLog()
        self.feed.publish("waha_reset", 0)
        self._note()


def new_tail() -> str:
    """Return a new message's own id (tail), as WhatsApp's linked devices make it."""
    return "3EB0" + secrets.token_hex(8).upper()


def _digits(count: int) -> str:
    return "1" + "".join(secrets.choice("0123456789") for _ in range(count - 1))
