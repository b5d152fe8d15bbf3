"""The whole state of the stand-in: accounts, chats, messages and ordered faults."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.common.change_feed import ChangeFeed
from sandbox.common.faults import Faults
from sandbox.common.json_shapes import Json
from sandbox.common.lanes import TaskSet
from sandbox.common.record_log import RecordLog
from sandbox.graph.faults.faults import GraphFault
from sandbox.graph.faults.sending_limits import Limits
from sandbox.graph.model.clock import Clock
from sandbox.graph.model.records import Account, App, Chat, Customer, Media, Message, Number, Token
from sandbox.graph.model.settings import Settings
from sandbox.graph.model.shapes import digits
from sandbox.graph.webhooks.delivery import WebhookSender

MESSAGES_KEPT = 100_000


@dataclass
class World:
    """The state of the server; all look-ups are by key."""

    clock: Clock = field(default_factory=Clock)
    apps: dict[str, App] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    # The customers by their current phone, wa_id and business-scoped id.
    customers_by_name: dict[str, Customer] = field(default_factory=dict)
    chats: dict[tuple[str, str], Chat] = field(default_factory=dict)
    messages: OrderedDict[str, tuple[Chat, Message]] = field(default_factory=OrderedDict)
    media: dict[str, Media] = field(default_factory=dict)
    # Secret of a media URL -> (media id, the moment it expires).
    links: OrderedDict[str, tuple[str, float]] = field(default_factory=OrderedDict)
    faults: Faults[GraphFault] = field(default_factory=lambda: Faults(GraphFault))
    limits: Limits = field(default_factory=Limits)
    calls: RecordLog = field(default_factory=RecordLog)
    feed: ChangeFeed = field(default_factory=ChangeFeed)
    webhook_sender: WebhookSender = field(default_factory=WebhookSender)
    # Statuses that are still to be sent.
    tasks: TaskSet = field(default_factory=TaskSet)
    # Set when the server stops: all waiting requests must end.
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self.webhook_sender.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.webhook_sender.settings = settings

    def new_id(self) -> str:
        """Return a new id like those of Meta's objects: digits only."""
        return str(10**14 + secrets.randbelow(9 * 10**14))

    def index_customer(self, customer: Customer) -> None:
        """Index a customer under all current names, and under no former one."""
        for name in customer.names:
            self.customers_by_name.pop(name, None)
        known = (customer.phone, customer.wa_id, customer.user_id)
        customer.names = tuple({name for name in known if name})
        self.customers_by_name |= dict.fromkeys(customer.names, customer)

    def customer(self, name: object) -> Customer | None:
        """Return the customer with this id, phone, wa_id or business-scoped id."""
        text = str(name)
        return self.customers.get(text) or self.customers_by_name.get(text) or self._by_phone(text)

    def _by_phone(self, text: str) -> Customer | None:
        return self.customers_by_name.get(digits(text)) if text[:1] in "+0123456789(" else None

    def chat(self, number: Number, customer: Customer) -> Chat:
        """Return the chat of a number and a customer; create it if it does not exist."""
        key = (number.id, customer.id)
        if key not in self.chats:
            self.chats[key] = Chat(number, customer)
            self.notify_changed("chat", self.chats[key])
        return self.chats[key]

    def keep(self, chat: Chat, message: Message) -> None:
        """Add a message to a chat and notify the watchers."""
        chat.messages[message.id] = message
        self.messages[message.id] = (chat, message)
        if len(self.messages) > MESSAGES_KEPT:
            old_id, (old_chat, _) = self.messages.popitem(last=False)
            old_chat.messages.pop(old_id, None)
        self.notify_changed("message", chat, message)

    def notify_changed(
        self, kind: str, chat: Chat | None = None, message: Message | None = None
    ) -> None:
        """Notify the watchers of a change; they read the changed record again."""
        details: Json = {}
        if chat is not None:
            details = {"number": chat.number.id, "customer": chat.customer.id}
        if message is not None:
            details["message_id"] = message.id
        self.feed.publish(kind, 0, **details)

    def reset(self) -> None:
        """Delete everything but the watchers."""
        self.webhook_sender.cancel_all()
        self.tasks.cancel()
        for record in (self.apps, self.accounts, self.numbers, self.tokens, self.customers):
            record.clear()
        for more in (self.customers_by_name, self.chats, self.messages, self.media, self.links):
            more.clear()
        self.clock.ahead, self.clock.frozen = 0.0, None
        self.settings, self.faults = Settings(), Faults(GraphFault)
        self.limits, self.calls = Limits(), RecordLog()
        self.notify_changed("reset")
