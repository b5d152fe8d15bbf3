"""Handle failed deliveries, as the error tree in desk/errors.py says."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from db.queries.accounts.agents import find_bound_agents
from db.queries.conversations import boards, staff_places
from db.queries.limits.backoffs import save_backoff
from db.queues import lanes, outbox
from db.queues.outbox import OutboxRow
from db.queues.payloads import GeneralPayload
from db.tables import OutboxKind, OutboxState, Queue
from desk.backoff import retry_delay
from desk.broadcasts.results import record_refused, record_uncertain
from desk.conversations.staff_groups import move_staff_group
from desk.conversations.threads import find_thread
from desk.delivery.chats_without_topics import leave_topics
from desk.delivery.closed_chats import settle_closed_chat
from desk.delivery.delay_notice import show_delay
from desk.delivery.failure_notices import (
    ask_if_arrived,
    notify_channel_stopped,
    notify_staff,
    notify_topic_refused,
    save_as_draft,
    show_notice_instead,
)
from desk.delivery.work import (
    Ambiguous,
    DeliverAlbum,
    OpenTopic,
    Outcome,
    PinCard,
    PlaceClosed,
    ShowBoard,
    ShowCard,
    ShowTitle,
)
from desk.errors import (
    ChannelStopped,
    DeliveryError,
    GroupMoved,
    InternalError,
    NoTopics,
    OwnChatClosed,
    RateLimited,
    Rejected,
    TopicGone,
    Unavailable,
    Uncertain,
    WindowClosed,
)
from desk.formatting.masking import mask_numbers
from desk.lanes import NO_LIMIT, overall_limit_key
from desk.messages.receipts import settle_by_receipt
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

# Doing these twice has the same effect as once, so an uncertain one is simply repeated.
_REPEATABLE = {OutboxKind.EDIT, OutboxKind.REACTION, OutboxKind.DELETE}

# An internal error in one copy must not hold up the whole conversation for ever.
_MAX_INTERNAL_ERRORS = 4
# A topic is refused under two titles: only a person can find out why.
_TOPIC_RETRY_SECONDS = 600.0
# This stands in for a card id: no message has it, so an edit of it is refused.
_NO_CARD = "0"


@dataclass(frozen=True, slots=True)
class FailureHandler:
    """Settles outcomes that have an error; `jitter` gives random numbers from 0 to 1."""

    jitter: random.Random

    async def settle(  # noqa: C901 one case for each consequence
        self, uow: UnitOfWork, outcome: Outcome
    ) -> datetime | None:
        """Settle a failed outcome; return when its lane is due next."""
        error, is_broadcast = outcome.error, outcome.work.queue is Queue.BROADCAST
        reason = mask_numbers(str(error))
        log.info("delivery.failed", consequence=type(error).__name__, reason=reason)
        match error:
            case RateLimited():
                return await self._back_off(uow, outcome, error)
            case GroupMoved():
                await move_staff_group(uow, outcome.work.step.chat, error.new_chat)
                return await _retry_now(uow, outcome, error)
            case TopicGone():
                await _forget_topic(uow, outcome)
                return await _retry_now(uow, outcome, error)
            case NoTopics():
                await leave_topics(uow, outcome)
                return await _retry_now(uow, outcome, error)
            case OwnChatClosed():
                return await settle_closed_chat(uow, outcome, error)
            case ChannelStopped():
                await notify_channel_stopped(uow, outcome.failed, error)
                return await self._retry_later(uow, outcome, error)
            case WindowClosed() if not is_broadcast and await save_as_draft(uow, outcome.failed):
                return await _settle_draft(uow, outcome, error)
            case Rejected():
                return await self._give_up(uow, outcome, error)
            case Uncertain() if _must_not_repeat(outcome) and not await _is_for_agent(uow, outcome):
                return await _wait_for_receipt(uow, outcome, error)
            case _ if _is_obsolete(outcome):
                return await self._give_up(uow, outcome, Rejected(str(error)))
            case InternalError() if _attempts(outcome) >= _MAX_INTERNAL_ERRORS:
                return await self._give_up(uow, outcome, Rejected(str(error)))
            case _:
                return await self._retry_later(uow, outcome, error or DeliveryError("unknown"))

    async def _back_off(self, uow: UnitOfWork, outcome: Outcome, error: RateLimited) -> datetime:
        """Close the rate-limit key for as long as the provider asked, and a little longer."""
        seconds = error.retry_after + 0.2 + self.jitter.random()
        until = uow.now + timedelta(seconds=seconds)
        if outcome.work.rate_limit_key != NO_LIMIT:
            rate_limit_key = outcome.work.rate_limit_key
            await save_backoff(
                uow.tx,
                overall_limit_key(rate_limit_key) if error.everywhere else rate_limit_key,
                until,
            )
        await outbox.reschedule(uow.tx, _ids(outcome.failed), str(error), uow.now, counts=False)
        await _show_delay(uow, outcome, until)
        return until

    async def _retry_later(
        self, uow: UnitOfWork, outcome: Outcome, error: DeliveryError
    ) -> datetime:
        seconds = retry_delay(_attempts(outcome), jitter=self.jitter.random())
        if isinstance(error, Unavailable):
            seconds = max(seconds, error.retry_after)
        until = uow.now + timedelta(seconds=seconds)
        await outbox.reschedule(uow.tx, _ids(outcome.failed[:1]), str(error), until)
        await outbox.reschedule(uow.tx, _ids(outcome.failed[1:]), "", uow.now, counts=False)
        await _show_delay(uow, outcome, until)
        return until

    async def _give_up(self, uow: UnitOfWork, outcome: Outcome, error: Rejected) -> datetime | None:
        """Settle what was refused for good; the rows behind it go on."""
        match outcome.work.step:
            case OpenTopic(thread, place):
                await notify_topic_refused(uow, thread, place, error)
                late = Unavailable(str(error), retry_after=_TOPIC_RETRY_SECONDS)
                return await self._retry_later(uow, outcome, late)
            case ShowCard(thread, place) if place.card is not None:
                # it was deleted: post a new one
                await staff_places.forget_card(uow.tx, thread.conversation_id, place)
                return await _retry_now(uow, outcome, error)
            case ShowCard(thread, place, ()):
                # Messages go on all the same; the card's next refresh tries again.
                await staff_places.save_card(uow.tx, thread.conversation_id, place, _NO_CARD)
                return uow.now
            case ShowBoard(_, board) if board.message is not None:
                # it was deleted: post a new one
                await boards.save_message(uow.tx, board.channel_id, board.chat, None)
                return await _retry_now(uow, outcome, error)
            case ShowCard() | PinCard() | PlaceClosed() | ShowBoard() | ShowTitle():
                await _settle_rows(uow, outcome.failed, OutboxState.FAILED, error)
                return uow.now
            case _:
                refused, behind = outcome.failed[:1], outcome.failed[1:]
                if await show_notice_instead(uow, refused[0], error):
                    return await _retry_now(uow, outcome, error)
                await _settle_rows(uow, refused, OutboxState.FAILED, error)
                await outbox.reschedule(uow.tx, _ids(behind), "", uow.now, counts=False)
                if outcome.work.queue is Queue.BROADCAST:
                    await record_refused(uow, refused[0], error)
                else:
                    await notify_staff(uow, outcome.work.queue, refused[0], error)
                return uow.now


async def _show_delay(uow: UnitOfWork, outcome: Outcome, until: datetime) -> None:
    """Show agents that their answers wait; nobody waits for a broadcast."""
    if outcome.work.queue is not Queue.BROADCAST:
        await show_delay(uow, outcome.failed, until)


async def _settle_draft(uow: UnitOfWork, outcome: Outcome, error: WindowClosed) -> datetime:
    """Settle an answer that became a draft, with all its parts; the rows behind it go on."""
    refused = outcome.failed[0].message_id
    its = tuple(row for row in outcome.failed if row.message_id == refused)
    behind = [row.id for row in outcome.failed if row.message_id != refused]
    await _settle_rows(uow, its, OutboxState.FAILED, error)
    await outbox.reschedule(uow.tx, behind, "", uow.now, counts=False)
    return uow.now


def _is_obsolete(outcome: Outcome) -> bool:
    """Check whether the failed row was useful for a moment only, and that moment is over."""
    return any(row.kind is OutboxKind.SEEN and row.attempts > 1 for row in outcome.failed[:1])


def _must_not_repeat(outcome: Outcome) -> bool:
    to_customer = outcome.work.queue.is_for_customers
    return to_customer and any(row.kind not in _REPEATABLE for row in outcome.failed[:1])


async def _is_for_agent(uow: UnitOfWork, outcome: Outcome) -> bool:
    """Check for a notice to an agent's own chat: read twice it does no harm, and unread it may.

    It may say that what the agent wrote was not sent.
    """
    head = outcome.failed[0]
    chat = head.payload.chat if isinstance(head.payload, GeneralPayload) else None
    return chat is not None and bool(await find_bound_agents(uow.tx, [chat]))


async def _wait_for_receipt(uow: UnitOfWork, outcome: Outcome, error: Uncertain) -> datetime:
    """Wait for the receipt of a send without a result, where the provider sends receipts."""
    head, behind = outcome.failed[0], outcome.failed[1:]
    within = uow.channels[head.channel_id].traits.receipt_timeout
    if within is None or head.conversation_id is None:
        return await _ask_agent(uow, outcome, error)
    thread = await find_thread(uow, head.conversation_id)
    chat = thread.external_id if thread is not None else ""
    # A receipt that comes at this moment is either saved before we look, or finds what we write.
    await lanes.lock_lane(uow.tx, outcome.work.queue, head.lane)
    if await settle_by_receipt(uow, head.channel_id, chat, head.id):
        await outbox.reschedule(uow.tx, _ids(behind), "", uow.now, counts=False)
        return uow.now
    # An earlier check scheduled this row for now, so it has waited long enough.
    if isinstance(outcome.work.step, Ambiguous) and head.has_waited_for_receipt:
        return await _ask_agent(uow, outcome, error)
    until = uow.now + within
    await outbox.wait_for_receipt(uow.tx, head, str(error), until)
    await outbox.reschedule(uow.tx, _ids(behind), "", uow.now, counts=False)
    return until


async def _ask_agent(uow: UnitOfWork, outcome: Outcome, error: Uncertain) -> datetime:
    """Let the agent decide whether an answer that may have arrived is sent again."""
    # An album is sent as one: if its first message is uncertain, all of them are.
    together = len(outcome.failed) if isinstance(outcome.work.step, DeliverAlbum) else 1
    asked, behind = outcome.failed[:together], outcome.failed[together:]
    # Nobody decides about messages of broadcasts: only a receipt can.
    is_broadcast = outcome.work.queue is Queue.BROADCAST
    state = OutboxState.FAILED if is_broadcast else OutboxState.UNCERTAIN
    await _settle_rows(uow, asked, state, error)
    await outbox.reschedule(uow.tx, _ids(behind), "", uow.now, counts=False)
    ask = record_uncertain if is_broadcast else ask_if_arrived
    for row in asked:
        await ask(uow, row, error)
    return uow.now


async def _settle_rows(
    uow: UnitOfWork, rows: tuple[OutboxRow, ...], state: OutboxState, error: DeliveryError
) -> None:
    await outbox.settle(uow.tx, _ids(rows), uow.now, state, str(error))


async def _retry_now(uow: UnitOfWork, outcome: Outcome, error: DeliveryError) -> datetime:
    await outbox.reschedule(uow.tx, _ids(outcome.failed), str(error), uow.now, counts=False)
    return uow.now


async def _forget_topic(uow: UnitOfWork, outcome: Outcome) -> None:
    """Forget a deleted topic; the next step of the lane opens a new one.

    Another lane may have noticed first and opened a new topic: that one stays.
    """
    step = outcome.work.step
    if step.place_id is None or step.topic is None:
        return
    await staff_places.forget_topic(uow.tx, step.place_id, step.topic)
    thread = await find_thread(uow, step.conversation_id) if step.conversation_id else None
    place = thread.find_place(step.place_id) if thread else None
    if thread is not None and place is not None and place.agent_id is not None:
        # The agent's chat alone showed what was said, and it went with the topic.
        missed = await uow.openings.find(uow, thread)
        await staff_places.set_opening(uow.tx, place.id, missed.history)


def _attempts(outcome: Outcome) -> int:
    return outcome.failed[0].attempts if outcome.failed else 2


def _ids(rows: tuple[OutboxRow, ...]) -> list[int]:
    return [row.id for row in rows]
