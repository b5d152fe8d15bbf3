"""What the courier is about to do with a lane, and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime

from db.ids import ConversationId
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxRow
from db.tables import Queue, Side
from desk.delivery.ports import Delivery, SendResult
from desk.errors import DeliveryError
from desk.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """The conversation has no topic yet, or it was deleted: open one first."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Post the conversation's card, or bring the posted one up to date."""

    thread: Thread
    rows: tuple[OutboxRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PinCard:
    """Pin the card that was posted."""

    thread: Thread
    row: OutboxRow


@dataclass(frozen=True, slots=True)
class Deliver:
    """Deliver these rows one after the other."""

    rows: tuple[OutboxRow, ...]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class DeliverAlbum:
    """Deliver these rows as one album."""

    rows: tuple[OutboxRow, ...]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class DeliverMerged:
    """Deliver these rows, a burst of short texts, as one message: the budget is short."""

    rows: tuple[OutboxRow, ...]
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The row was being sent when its worker died: nobody knows whether it arrived."""

    row: OutboxRow


@dataclass(frozen=True, slots=True)
class TooLate:
    """The customer may not be written to freely any more: the window closed meanwhile."""

    row: OutboxRow


Step = OpenTopic | ShowCard | PinCard | Deliver | DeliverAlbum | DeliverMerged | Ambiguous | TooLate


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed lane with its next step."""

    queue: Queue
    lane: str
    rate_limit_key: str
    token: str
    claimed_at: datetime
    step: Step
    # When its calls were taken from the gate's budget, on the throttle's clock.
    spent_at: float
    # Whether rows are left in the lane once the step is done.
    has_more: bool


@dataclass(slots=True)
class Outcome:
    """How a step ended: what was done, and the error that stopped it, if any."""

    work: Work
    results: list[tuple[OutboxRow, SendResult]] = field(default_factory=list)
    topic: str | None = None
    card: str | None = None
    # The rows that the error is about, and those behind them that were not tried. Without an error:
    # those of a run that took too long, which were not tried either.
    failed: tuple[OutboxRow, ...] = ()
    error: DeliveryError | None = None
    # How long the slowest call of the step may have taken.
    seconds: float = 0.0
    # When it ended, on the same clock as the work's `spent_at`.
    ended_at: float = 0.0

    @property
    def has_upload(self) -> bool:
        """Whether it may well have been slow for what it sent: a file goes up for a while."""
        match self.work.step:
            case Deliver(_, deliveries) | DeliverAlbum(_, deliveries):
                return any(each.file or each.content.is_upload for each in deliveries)
        return False

    @property
    def conversation_id(self) -> ConversationId | None:
        match self.work.step:
            case OpenTopic(thread) | ShowCard(thread) | PinCard(thread):
                return thread.conversation_id
            case Ambiguous(row) | TooLate(row):
                return row.conversation_id
            case Deliver(rows) | DeliverAlbum(rows) | DeliverMerged(rows):
                return rows[0].conversation_id


def count_outcome(metrics: Metrics, outcome: Outcome) -> None:
    """Count how a step ended at the provider."""
    work = outcome.work
    side = Side.CUSTOMER if work.queue is Queue.CUSTOMER else Side.STAFF
    if outcome.results:
        metrics.count_sent(side, (row for row, _ in outcome.results))
    if outcome.error is not None:
        metrics.count_failure(side, _step_kind(outcome), outcome.error, work.rate_limit_key)
    elif isinstance(work.step, OpenTopic | ShowCard | PinCard):
        metrics.count_step(side, _step_kind(outcome))


def _step_kind(outcome: Outcome) -> str:
    match outcome.work.step:
        case OpenTopic():
            return "open_topic"
        case ShowCard():
            return "card"
        case PinCard():
            return "pin"
        case DeliverAlbum():
            return "album"
        case _:
            return outcome.failed[0].kind if outcome.failed else "none"
