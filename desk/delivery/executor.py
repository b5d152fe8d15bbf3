"""Execute one step at the provider, with no transaction open, and report its outcome."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import structlog

from db.ids import ChannelId
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxRow
from db.tables import OutboxKind
from desk.channels import Channels
from desk.delivery.addresses import destination_of
from desk.delivery.boards import AnyBoard, build_board
from desk.delivery.file_transfer import FileTransfer
from desk.delivery.ports import (
    Card,
    ChannelSender,
    Delivery,
    Destination,
    SendResult,
    SupportsAlbums,
    SupportsButtons,
    SupportsDelete,
    SupportsEdit,
    SupportsErasure,
    SupportsFileReplacement,
    SupportsMenuButton,
    SupportsReactions,
    SupportsReadMarks,
    SupportsTopicNames,
    SupportsTopics,
)
from desk.delivery.topic_titles import build_topic_title
from desk.delivery.work import (
    Ambiguous,
    Deliver,
    DeliverAlbum,
    DeliverMerged,
    OpenTopic,
    Outcome,
    PinCard,
    PlaceClosed,
    ShowBoard,
    ShowCard,
    ShowTitle,
    TooLate,
    TopicStep,
    Unreadable,
    UnsentStep,
    Unwanted,
    Work,
)
from desk.errors import (
    DeliveryError,
    FileNotReplaced,
    InternalError,
    NotWanted,
    Rejected,
    Unavailable,
    Uncertain,
    WindowClosed,
)
from desk.formatting.error_text import describe_without_values
from desk.limits.clock import steady_now

log = structlog.get_logger(__name__)

# A process that hung in the middle of a run may have lost the lane, so it sends no more of it.
_MAX_RUN_SECONDS = 1.0

ChannelSenders = Mapping[ChannelId, ChannelSender]
DrawCard = Callable[[Thread, Place], Card]
DrawBoard = Callable[[AnyBoard], Card]


def draw_board_in_english(board: AnyBoard) -> Card:
    """Build a board for a staff that reads English."""
    return build_board(board, "en")


class StepExecutor:
    """Executes steps through the channel senders."""

    def __init__(
        self,
        channels: Channels,
        senders: ChannelSenders,
        draw: DrawCard,
        file_transfer: FileTransfer | None = None,
        *,
        draw_board: DrawBoard = draw_board_in_english,
    ) -> None:
        """`file_transfer` moves files between providers; None if there is only one provider."""
        self._channels = channels
        self._senders = senders
        self._draw = draw
        self._file_transfer = file_transfer
        self._draw_board = draw_board

    def needs_files(self, work: Work) -> bool:
        """Check whether files must be fetched before a step is executed."""
        match work.step:
            case Deliver(rows, deliveries):
                return self._needs_file(rows[0], deliveries[0])
            case DeliverAlbum(rows, deliveries):
                return any(map(self._needs_file, rows, deliveries))
        return False

    async def fetch_files(self, work: Work) -> Work:
        """Return a step with its available files on our disk; fetching them may take long."""
        assert self._file_transfer is not None  # noqa: S101 asked for by `lacks_files`
        match work.step:
            # the deliveries behind the first one have their own turns
            case Deliver(rows, deliveries):
                first = await self._file_transfer.fetch(rows[0], deliveries[0])
                return replace(work, step=Deliver(rows, (first, *deliveries[1:])))
            case DeliverAlbum(rows, deliveries):
                pairs = zip(rows, deliveries, strict=True)
                fetched = [
                    await self._file_transfer.fetch(row, each)
                    if self._needs_file(row, each)
                    else each
                    for row, each in pairs
                ]
                return replace(work, step=DeliverAlbum(rows, tuple(fetched)))
        return work

    def stop(self) -> None:
        """Abandon the files that are being fetched."""
        if self._file_transfer is not None:
            self._file_transfer.stop()

    def _needs_file(self, row: OutboxRow, delivery: Delivery) -> bool:
        return self._file_transfer is not None and self._file_transfer.is_needed(row, delivery)

    async def execute(self, work: Work) -> Outcome:
        """Execute a step; delivery errors become part of the outcome, and nothing is raised."""
        outcome, started = Outcome(work), steady_now()
        try:
            await self._execute(work, outcome)
        except DeliveryError as error:
            outcome.error = error
        except Exception as error:
            log.exception("delivery.internal_error")
            outcome.error = InternalError(describe_without_values(error))
        outcome.ended_at = steady_now()
        outcome.seconds = (outcome.ended_at - started) / max(1, len(outcome.results))
        if outcome.error is not None or isinstance(work.step, Deliver | DeliverAlbum):
            outcome.failed = work.step.rows[len(outcome.results) :]
        return outcome

    def skip(self, work: Work) -> Outcome:
        """Return the outcome of a step that was skipped: another worker may execute it."""
        outcome = Outcome(work, error=Unavailable("another worker took this lane over"))
        outcome.ended_at = steady_now()
        outcome.failed = work.step.rows[len(outcome.results) :]
        return outcome

    async def _execute(self, work: Work, outcome: Outcome) -> None:
        match work.step:
            case Deliver(rows, deliveries):
                await self._deliver_run(rows, deliveries, outcome)
            case DeliverAlbum(rows, deliveries):
                await self._deliver_album(rows, deliveries, outcome)
            case DeliverMerged(rows, delivery):
                send_result = await self._deliver(self._get_sender(rows[0].channel_id), delivery)
                outcome.results.extend((row, send_result) for row in rows)
            case OpenTopic() | ShowCard() | PinCard() | ShowTitle():
                await self._prepare_topic(work.step, outcome)
            case ShowBoard(_, board):
                outcome.card = await self._show_board(board)
            case (TooLate() | Unwanted() | Unreadable() | PlaceClosed() | Ambiguous()) as unsent:
                raise _explain(unsent)

    async def _prepare_topic(self, step: TopicStep, outcome: Outcome) -> None:
        place = step.place
        match step:
            case OpenTopic(thread):
                outcome.topic = await self._open_topic(thread, place)
            case ShowCard(thread):
                outcome.card = await self._show_card(thread, place)
            case PinCard() if place.card is not None:
                await self._get_topics(place.channel_id).pin(destination_of(place), place.card)
            case ShowTitle(title=title) if title is not None:
                sender = self._get_sender(place.channel_id)
                if isinstance(sender, SupportsTopicNames):
                    await sender.rename_topic(destination_of(place), title.name, title.icon)

    async def _deliver_run(
        self, rows: tuple[OutboxRow, ...], deliveries: tuple[Delivery, ...], outcome: Outcome
    ) -> None:
        until = steady_now() + _MAX_RUN_SECONDS
        for row, delivery in zip(rows, deliveries, strict=True):
            has_file = delivery.file is not None or delivery.file_error is not None
            needs_file = not has_file and self._needs_file(row, delivery)
            if outcome.results and (needs_file or steady_now() > until):
                return
            send_result = await self._deliver(self._get_sender(row.channel_id), delivery)
            outcome.results.append((row, send_result))

    async def _deliver(self, sender: ChannelSender, delivery: Delivery) -> SendResult:
        _raise_if_impossible(delivery)
        if delivery.whole_topic:
            await _change_topic(sender, delivery)
            return SendResult()
        match delivery.kind:
            case OutboxKind.EDIT if delivery.replaces_file or isinstance(sender, SupportsEdit):
                return await _edit(sender, delivery)
            case OutboxKind.DELETE if not delivery.targets:
                pass  # nothing of it was sent
            case OutboxKind.DELETE if isinstance(sender, SupportsDelete):
                await sender.delete(delivery)
            case OutboxKind.REACTION if isinstance(sender, SupportsReactions):
                await sender.react(delivery)
            case OutboxKind.SEEN | OutboxKind.BUTTON_REPLY | OutboxKind.MENU_BUTTON:
                await _show(sender, delivery)
            case OutboxKind.EDIT | OutboxKind.DELETE | OutboxKind.REACTION:
                raise Rejected("this channel cannot change a sent message")
            case _:
                return await sender.deliver(delivery)
        return SendResult()

    async def _deliver_album(
        self, rows: tuple[OutboxRow, ...], deliveries: tuple[Delivery, ...], outcome: Outcome
    ) -> None:
        sender = self._get_sender(rows[0].channel_id)
        has_all_files = not any(each.file or each.file_error for each in deliveries)
        if isinstance(sender, SupportsAlbums) and has_all_files:
            # the album was refused as a whole: one by one, only the bad item is refused
            with suppress(Rejected):
                results = await sender.deliver_album(deliveries)
                outcome.results.extend(zip(rows, results, strict=True))
                return
        await self._deliver_run(rows, deliveries, outcome)

    async def _open_topic(self, thread: Thread, place: Place) -> str:
        """Open a topic named after the customer, or after their number if that is refused."""
        topics, title = self._get_topics(place.channel_id), build_topic_title(thread)
        try:
            return await topics.open_topic(place.chat, title.name, title.icon)
        except Rejected:
            return await topics.open_topic(place.chat, build_plain_title(thread))

    async def _show_card(self, thread: Thread, place: Place) -> str:
        card = replace(self._draw(thread, place), history=place.opening)
        topics = self._get_topics(place.channel_id)
        if place.card is None:
            return await topics.post_card(destination_of(place), card)
        await topics.edit_card(destination_of(place), place.card, card)
        return place.card

    async def _show_board(self, board: AnyBoard) -> str:
        topics, card = self._get_topics(board.channel_id), self._draw_board(board)
        group = Destination(board.chat)
        if board.message is not None:
            await topics.edit_card(group, board.message, card)
            return board.message
        posted = await topics.post_card(group, card)
        with suppress(DeliveryError):  # it is seen without, too
            await topics.pin(group, posted)
        return posted

    def _get_topics(self, channel_id: ChannelId) -> SupportsTopics:
        sender = self._get_sender(channel_id)
        if not isinstance(sender, SupportsTopics):
            raise Rejected("the staff channel has no topics")
        return sender

    def _get_sender(self, channel_id: ChannelId) -> ChannelSender:
        sender = self._senders.get(channel_id)
        if sender is None:
            # The channel was switched off after the claim: the row waits
            # (desk/unserved_channels.py).
            raise Unavailable("this channel is not served at the moment", retry_after=1)
        return sender


def build_plain_title(thread: Thread) -> str:
    """Return a topic title that no provider refuses: the customer's number or id."""
    letters = (letter for letter in thread.external_id if letter.isascii() and letter.isalnum())
    return "".join(letters) or thread.conversation_id


def _raise_if_impossible(delivery: Delivery) -> None:
    if delivery.file_error is not None:
        raise delivery.file_error
    if delivery.is_elsewhere:
        raise Rejected("the message itself is in another chat")


async def _show(sender: ChannelSender, delivery: Delivery) -> None:
    """Show what is no message, where the channel can."""
    match delivery.kind:
        case OutboxKind.SEEN if isinstance(sender, SupportsReadMarks):
            await sender.mark_read(delivery.destination)
        case OutboxKind.BUTTON_REPLY if isinstance(sender, SupportsButtons):
            await sender.answer_button(delivery)
        case OutboxKind.MENU_BUTTON if isinstance(sender, SupportsMenuButton):
            await sender.set_menu_button(delivery)


async def _edit(sender: ChannelSender, delivery: Delivery) -> SendResult:
    if not delivery.replaces_file and isinstance(sender, SupportsEdit):
        return await sender.edit(delivery)
    if not isinstance(sender, SupportsFileReplacement):
        can_resend = isinstance(sender, SupportsDelete)
        raise FileNotReplaced("this channel cannot replace a sent file", can_resend=can_resend)
    await sender.replace_file(delivery)
    return SendResult()


async def _change_topic(sender: ChannelSender, delivery: Delivery) -> None:
    """Delete a topic, or give it another name."""
    name = delivery.content.text or ""
    if delivery.kind is OutboxKind.EDIT and isinstance(sender, SupportsTopicNames):
        await sender.rename_topic(delivery.destination, name)
    elif delivery.kind is OutboxKind.DELETE and isinstance(sender, SupportsErasure):
        await sender.delete_topic(delivery.destination, name)
    else:
        raise Rejected("this channel cannot delete or rename a topic")


def _explain(step: UnsentStep) -> DeliveryError:
    """Return why a row is settled without being sent."""
    match step:
        case TooLate():
            return WindowClosed("the reply window closed while this message waited")
        case Unwanted(_, reason):
            return NotWanted(reason)
        case Unreadable():
            return Rejected("what was stored of this message cannot be read")
        case PlaceClosed():
            return Rejected("the conversation is not shown there any more")
        case Ambiguous():
            return Uncertain("the program stopped while this message was being sent")
