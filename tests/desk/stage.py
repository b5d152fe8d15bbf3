"""A desk without a provider: one channel, one customer, and a sender that says what it is told."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId, ConversationId, MessageId, new_id
from db.queries.conversations import staff_places
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.payloads import CopyPayload, EditPayload
from db.tables import (
    Channel,
    ChannelKind,
    DeliveryState,
    Direction,
    Lane,
    Message,
    MessageLink,
    MessageType,
    Outbox,
    Side,
    metadata,
)
from db.tables.base import now_utc
from desk.actors import customer, human
from desk.channel_traits import DEFAULT_TRAITS, ChannelTraits
from desk.channels import Channels, ServedChannel
from desk.content import Content, Person
from desk.conversations.sessions import ensure_session
from desk.conversations.threads import ensure_thread, find_thread
from desk.delivery.cards import build_card
from desk.delivery.claims import claim
from desk.delivery.executor import StepExecutor
from desk.delivery.failures import FailureHandler
from desk.delivery.ports import Card, Delivery, Destination, SendResult
from desk.delivery.settlement import settle
from desk.delivery.work import Outcome, Work
from desk.lanes import limit_channel, limit_kind
from desk.limits.rate_limiter import Limits, RateLimiter
from desk.live.projection import LiveEvents
from desk.messages.replies import enqueue_reply
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory

GROUP = "-1001"
T = TypeVar("T")
Call = tuple[str, str, str | None, str]


@dataclass
class FakeSender:
    """Accepts every call and records it; `faults` are raised first, in order.

    Calls are tuples of method, chat, topic, and what it was about.
    """

    calls: list[Call] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    faults: list[Exception | None] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    number: int = 100

    def did(self, *methods: str) -> list[str]:
        return [about for method, _, _, about in self.calls if not methods or method in methods]

    def methods(self) -> list[str]:
        return [method for method, *_ in self.calls]

    def _note(self, method: str, place: Destination, about: str = "") -> str:
        self.calls.append((method, place.chat, place.topic, about))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.number += 1
        return str(self.number)

    async def deliver(self, delivery: Delivery) -> SendResult:
        self.deliveries.append(delivery)
        return SendResult(
            (self._note("deliver", delivery.destination, delivery.content.text or ""),)
        )

    async def deliver_album(self, deliveries: list[Delivery]) -> list[SendResult]:
        about = "+".join(each.content.text or "" for each in deliveries)
        self._note("album", deliveries[0].destination, about)
        self.deliveries.extend(deliveries)
        return [SendResult((f"{self.number}.{place}",)) for place in range(len(deliveries))]

    async def edit(self, delivery: Delivery) -> SendResult:
        self._note(
            "edit", delivery.destination, f"{','.join(delivery.targets)}={delivery.content.text}"
        )
        return SendResult()

    async def delete(self, delivery: Delivery) -> None:
        self._note("delete", delivery.destination, ",".join(delivery.targets))

    async def react(self, delivery: Delivery) -> None:
        self._note("react", delivery.destination, f"{','.join(delivery.targets)}={delivery.emoji}")

    async def answer_button(self, delivery: Delivery) -> None:
        self._note("button", delivery.destination, delivery.callback)

    async def open_topic(self, chat: str, name: str, icon: str = "") -> str:
        _ = icon
        return self._note("open", Destination(chat), name)

    async def post_card(self, place: Destination, card: Card) -> str:
        self.cards.append(card)
        return self._note("post", place, card.title)

    async def edit_card(self, place: Destination, card_id: str, card: Card) -> None:
        self.cards.append(card)
        self._note("card", place, card_id)

    async def pin(self, place: Destination, provider_id: str) -> None:
        self._note("pin", place, provider_id)


@dataclass
class Stage:
    """A desk to test with; its time moves only with `later`."""

    database: Database
    channel_id: ChannelId
    channels: Channels
    sender: FakeSender = field(default_factory=FakeSender)
    limits: Limits = field(default_factory=Limits)
    now: datetime = field(default_factory=now_utc)
    at: float = 1000.0
    # Of each channel that sends.
    senders: dict[ChannelId, FakeSender] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.senders[self.channel_id] = self.sender
        self.uow_factory = UnitOfWorkFactory(self.channels, [LiveEvents()])
        self._start()

    def _start(self) -> None:
        """Build what a process has in memory beside the channels."""
        self.rate_limiter = RateLimiter(self.limits, kind_of=limit_kind, owner_of=limit_channel)
        self.failures = FailureHandler(random.Random(1))  # noqa: S311 no secret
        self.executor = StepExecutor(self.channels, self.senders, self.draw)

    async def restart(self) -> None:
        """End the process and start another one, which knows only what was stored."""
        await self.database.close()
        self.channels = Channels([*self.channels])
        projections = [type(each)() for each in self.uow_factory.projections]
        self.uow_factory = replace(
            self.uow_factory, channels=self.channels, projections=projections
        )
        self._start()

    def draw(self, thread: Thread, _place: Place) -> Card:
        return build_card(thread, self.channels[thread.channel_id], "en", self.now)

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.at += seconds

    # Actions

    async def run_in_uow(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run work in one transaction of the desk."""

        async def whole(tx: AsyncSession) -> T:
            uow = self.uow_factory.create(tx, self.now)
            result = await work(uow)
            await uow.flush()
            return result

        return await self.database.run(whole)

    async def customer(self, name: str = "Ana", external_id: str = "42") -> ConversationId:
        """Create a customer with an open session and an empty outbox."""

        async def arrive(uow: UnitOfWork) -> ConversationId:
            person = Person(external_id, name)
            thread = await ensure_thread(uow, self.channels[self.channel_id], person)
            await ensure_session(uow, thread)
            uow.outbox_items.clear()
            return thread.conversation_id

        return await self.run_in_uow(arrive)

    async def answer(self, conversation_id: ConversationId, *parts: Content) -> MessageId:
        """Enqueue a reply of these parts to the customer."""

        async def write(uow: UnitOfWork) -> MessageId:
            thread = await thread_of(uow, conversation_id)
            message_id = uow.add_message(
                thread,
                parts[0],
                author=human("Mia"),
                direction=Direction.OUTBOUND,
                state=DeliveryState.PENDING,
            )
            for part in parts:
                enqueue_reply(uow, thread, message_id, part)
            return message_id

        return await self.run_in_uow(write)

    async def copy(
        self, conversation_id: ConversationId, content: Content, **more: Any
    ) -> MessageId:
        """Enqueue a copy of a customer's message for staff."""

        async def write(uow: UnitOfWork) -> MessageId:
            thread = await thread_of(uow, conversation_id)
            message_id = uow.add_message(
                thread,
                content,
                author=customer("Ana"),
                direction=Direction.INBOUND,
                state=DeliveryState.RECEIVED,
            )
            copy = CopyPayload(content)
            uow.enqueue_for_staff(thread, copy, message_id=message_id, **more)
            return message_id

        return await self.run_in_uow(write)

    async def edit(
        self, conversation_id: ConversationId, message_id: MessageId, content: Content, side: Side
    ) -> None:
        """Enqueue an edit of a message's copies on one side."""

        async def write(uow: UnitOfWork) -> None:
            thread = await thread_of(uow, conversation_id)
            put = uow.enqueue_for_customer if side is Side.CUSTOMER else uow.enqueue_for_staff
            put(thread, EditPayload(content, message_id), message_id=message_id)

        await self.run_in_uow(write)

    async def refresh_card(self, conversation_id: ConversationId) -> None:
        async def refresh(uow: UnitOfWork) -> None:
            uow.refresh_card(await thread_of(uow, conversation_id))

        await self.run_in_uow(refresh)

    # Delivery

    async def claim(self, most: int = 50) -> list[Work]:
        claimed = await self.database.run(
            lambda tx: claim(
                tx, self.rate_limiter, self.now, self.at, most=most, channels=self.channels
            )
        )
        return claimed.works

    async def settle(self, *outcomes: Outcome) -> None:
        async def work(tx: AsyncSession) -> None:
            await settle(self.uow_factory.create(tx, self.now), outcomes, self.failures)

        await self.database.run(work)

    async def turn(self) -> list[Outcome]:
        """Claim, execute and settle once."""
        outcomes = [await self.executor.execute(work) for work in await self.claim()]
        if outcomes:
            await self.settle(*outcomes)
        return outcomes

    async def deliver(self, *, most: int = 50) -> None:
        """Take turns until nothing is due now."""
        for _ in range(most):
            if not await self.turn():
                return
        raise AssertionError("deliveries never come to an end")

    # Reading

    async def outbox(self) -> list[Outbox]:
        async with self.database.transaction() as tx:
            return list((await tx.scalars(select(Outbox).order_by(Outbox.id))).all())

    async def states(self) -> list[str]:
        return [f"{row.kind.value} {row.state.value}" for row in await self.outbox()]

    async def message(self, message_id: MessageId) -> Message:
        async with self.database.transaction() as tx:
            return (await tx.scalars(select(Message).where(Message.id == message_id))).one()

    async def copies(self, message_id: MessageId) -> list[tuple[str, str, str]]:
        async with self.database.transaction() as tx:
            found = await tx.scalars(
                select(MessageLink)
                .where(MessageLink.message_id == message_id)
                .order_by(MessageLink.id)
            )
            return [(link.side.value, link.chat, link.provider_id) for link in found]

    async def lane(self, name: str) -> Lane:
        async with self.database.transaction() as tx:
            return (await tx.scalars(select(Lane).where(Lane.lane == name))).one()

    async def thread(self, conversation_id: ConversationId) -> Thread:
        return await self.run_in_uow(lambda uow: thread_of(uow, conversation_id))

    async def group_place(self, conversation_id: ConversationId) -> Place:
        """Return where the conversation is in the staff group."""
        place = (await self.thread(conversation_id)).group_place
        assert place is not None
        return place

    async def set_topic(self, conversation_id: ConversationId, *, topic: str, card: str) -> None:
        """Give the conversation an open topic with a card in the staff group."""
        place = await self.group_place(conversation_id)
        async with self.database.transaction() as tx:
            await staff_places.save_topic(tx, conversation_id, place, topic)
            opened = replace(place, topic=topic)
            assert await staff_places.save_card(tx, conversation_id, opened, card)

    async def change(self, table: str, **values: Any) -> None:
        """Update every row of a table directly."""
        async with self.database.transaction() as tx:
            await tx.execute(metadata.tables[table].update().values(**values))


async def thread_of(uow: UnitOfWork, conversation_id: ConversationId) -> Thread:
    thread = await find_thread(uow, conversation_id)
    assert thread is not None
    return thread


def text(words: str, **more: Any) -> Content:
    return Content(text=words, **more)


def picture(words: str, **more: Any) -> Content:
    return Content(MessageType.IMAGE, text=words, source=("42", "7"), **more)


async def open_stage(
    database: Database, traits: ChannelTraits = DEFAULT_TRAITS, **more: Any
) -> Stage:
    """Create a desk with one channel of these traits and its staff group."""
    channel = Channel(
        id=ChannelId(new_id()),
        kind=ChannelKind.TELEGRAM,
        external_id="1",
        name="Bot",
        staff_groups=[GROUP],
    )
    kinds = {channel.kind: traits}
    served = ServedChannel.from_row(channel, enrols_members=False, traits=kinds)
    async with database.transaction() as tx:
        tx.add(channel)
    return Stage(database, served.id, Channels([served]), **more)
