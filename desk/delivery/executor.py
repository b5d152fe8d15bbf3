"""Does one step at the provider, with no transaction open, and says how it ended."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import structlog

from db.ids import ChannelId
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxRow
from db.tables import OutboxKind
from desk.channels import Channels
from desk.delivery.file_transfer import Crossing
from desk.delivery.ports import (
    Card,
    Carrier,
    Delivery,
    Place,
    Receipt,
    SupportsAlbums,
    SupportsButtons,
    SupportsDelete,
    SupportsEdit,
    SupportsErasure,
    SupportsReactions,
    SupportsReadMarks,
    SupportsTopics,
)
from desk.delivery.work import (
    Ambiguous,
    Deliver,
    DeliverAlbum,
    DeliverTogether,
    OpenTopic,
    Outcome,
    PinCard,
    ShowCard,
    TooLate,
    Work,
)
from desk.errors import (
    DeliveryError,
    InternalError,
    Rejected,
    Unavailable,
    Uncertain,
    WindowClosed,
)
from desk.limits.clock import steady_now

log = structlog.get_logger(__name__)

# A process that hung in the middle of a run may have lost the lane: it sends no more of it.
_LONGEST_RUN = 1.0

Carriers = Mapping[ChannelId, Carrier]
Draw = Callable[[Thread], Card]


class Performer:
    """Does steps through the channels' carriers."""

    def __init__(
        self,
        channels: Channels,
        carriers: Carriers,
        draw: Draw,
        crossing: Crossing | None = None,
    ) -> None:
        """`crossing` brings files from one provider to another; without it there is one alone."""
        self._channels = channels
        self._carriers = carriers
        self._draw = draw
        self._crossing = crossing

    def lacks_files(self, work: Work) -> bool:
        """Tell whether files have to be brought here before a step is done."""
        match work.step:
            case Deliver(rows, deliveries):
                return self._lacks(rows[0], deliveries[0])
            case DeliverAlbum(rows, deliveries):
                return any(map(self._lacks, rows, deliveries))
        return False

    async def bring_files(self, work: Work) -> Work:
        """Give a step with its files on our disk, as far as they can be had; it may take long."""
        assert self._crossing is not None  # noqa: S101 asked for by `lacks_files`
        match work.step:
            case Deliver(rows, deliveries):  # those behind the first have their own turns
                first = await self._crossing.bring(rows[0], deliveries[0])
                return replace(work, step=Deliver(rows, (first, *deliveries[1:])))
            case DeliverAlbum(rows, deliveries):
                pairs = zip(rows, deliveries, strict=True)
                brought = [
                    await self._crossing.bring(row, each) if self._lacks(row, each) else each
                    for row, each in pairs
                ]
                return replace(work, step=DeliverAlbum(rows, tuple(brought)))
        return work

    def stop(self) -> None:
        """Let go of files that are being brought."""
        if self._crossing is not None:
            self._crossing.stop()

    def _lacks(self, row: OutboxRow, delivery: Delivery) -> bool:
        return self._crossing is not None and self._crossing.is_needed(row, delivery)

    async def perform(self, work: Work) -> Outcome:
        """Do a step; errors of a delivery are part of the outcome, nothing else may be raised."""
        outcome, started = Outcome(work), steady_now()
        try:
            await self._do(work, outcome)
        except DeliveryError as error:
            outcome.error = error
        except Exception as error:
            log.exception("delivery.mistaken", lane=work.lane)
            outcome.error = InternalError(f"{type(error).__name__}: {error}")
        outcome.ended_at = steady_now()
        outcome.seconds = (outcome.ended_at - started) / max(1, len(outcome.receipts))
        if outcome.error is not None or isinstance(work.step, Deliver):
            outcome.failed = _not_done(work, outcome)
        return outcome

    def leave(self, work: Work) -> Outcome:
        """Do nothing of a step: somebody else may be doing it."""
        outcome = Outcome(work, error=Unavailable("another worker took this over"))
        outcome.ended_at = steady_now()
        outcome.failed = _not_done(work, outcome)
        return outcome

    async def _do(self, work: Work, outcome: Outcome) -> None:
        match work.step:
            case Deliver(rows, deliveries):
                await self._deliver_run(rows, deliveries, outcome)
            case DeliverAlbum(rows, deliveries):
                await self._deliver_album(rows, deliveries, outcome)
            case DeliverTogether(rows, delivery):
                receipt = await self._deliver(self._carrier(rows[0].channel_id), delivery)
                outcome.receipts.extend((row, receipt) for row in rows)
            case OpenTopic(thread):
                outcome.topic = await self._topics(thread).open_topic(
                    thread.staff_chat or "", thread.name
                )
            case ShowCard(thread):
                outcome.card = await self._show_card(thread)
            case PinCard(thread):
                if thread.staff_card is not None:
                    await self._topics(thread).pin(_topic(thread), thread.staff_card)
            case TooLate():
                raise WindowClosed("the window for free answers closed while this waited")
            case Ambiguous():
                raise Uncertain("the program stopped while this was being sent")

    async def _deliver_run(
        self, rows: tuple[OutboxRow, ...], deliveries: tuple[Delivery, ...], outcome: Outcome
    ) -> None:
        until = steady_now() + _LONGEST_RUN
        for row, delivery in zip(rows, deliveries, strict=True):
            if outcome.receipts and (steady_now() > until or self._lacks(row, delivery)):
                return
            receipt = await self._deliver(self._carrier(row.channel_id), delivery)
            outcome.receipts.append((row, receipt))

    async def _deliver(self, carrier: Carrier, delivery: Delivery) -> Receipt:
        if delivery.lack is not None:
            raise delivery.lack
        match delivery.kind:
            case OutboxKind.EDIT if isinstance(carrier, SupportsEdit):
                return await carrier.edit(delivery)
            case OutboxKind.DELETE if delivery.whole_topic:
                await _erase(carrier, delivery)
            case OutboxKind.DELETE if isinstance(carrier, SupportsDelete):
                await carrier.delete(delivery)
            case OutboxKind.REACTION if isinstance(carrier, SupportsReactions):
                await carrier.react(delivery)
            case OutboxKind.SEEN:
                if isinstance(carrier, SupportsReadMarks):
                    await carrier.mark_read(delivery.place)
            case OutboxKind.BUTTON_REPLY if isinstance(carrier, SupportsButtons):
                await carrier.answer_button(delivery)
            case OutboxKind.EDIT | OutboxKind.DELETE | OutboxKind.REACTION:
                raise Rejected("this channel cannot change what was sent")
            case _:
                return await carrier.deliver(delivery)
        return Receipt()

    async def _deliver_album(
        self, rows: tuple[OutboxRow, ...], deliveries: tuple[Delivery, ...], outcome: Outcome
    ) -> None:
        carrier = self._carrier(rows[0].channel_id)
        is_there = not any(each.file or each.lack for each in deliveries)
        if isinstance(carrier, SupportsAlbums) and is_there:
            with suppress(Rejected):  # as a whole: one by one, only what is to blame is refused
                receipts = await carrier.deliver_album(deliveries)
                outcome.receipts.extend(zip(rows, receipts, strict=True))
                return
        for row, delivery in zip(rows, deliveries, strict=True):
            outcome.receipts.append((row, await self._deliver(carrier, delivery)))

    async def _show_card(self, thread: Thread) -> str:
        card, topics = self._draw(thread), self._topics(thread)
        if thread.staff_card is None:
            return await topics.post_card(_topic(thread), card)
        await topics.edit_card(_topic(thread), thread.staff_card, card)
        return thread.staff_card

    def _topics(self, thread: Thread) -> SupportsTopics:
        carrier = self._carrier(self._channels[thread.channel_id].staff_channel_id)
        if not isinstance(carrier, SupportsTopics):
            raise Rejected("the staff's channel has no topics")
        return carrier

    def _carrier(self, channel_id: ChannelId) -> Carrier:
        carrier = self._carriers.get(channel_id)
        if carrier is None:
            # Switched off since this was claimed: it waits for the channel (desk/unserved_channels.py).
            raise Unavailable("this channel is not served at present", retry_after=1)
        return carrier


async def _erase(carrier: Carrier, delivery: Delivery) -> None:
    if not isinstance(carrier, SupportsErasure):
        raise Rejected("this channel cannot delete a topic")
    await carrier.delete_topic(delivery.place, delivery.content.text or "")


def _topic(thread: Thread) -> Place:
    return Place(thread.staff_chat or "", thread.staff_topic)


def _not_done(work: Work, outcome: Outcome) -> tuple[OutboxRow, ...]:
    match work.step:
        case Deliver(rows) | DeliverAlbum(rows) | DeliverTogether(rows):
            return rows[len(outcome.receipts) :]
        case ShowCard(_, rows):
            return rows
        case PinCard(_, row) | Ambiguous(row) | TooLate(row):
            return (row,)
        case OpenTopic():
            return ()
