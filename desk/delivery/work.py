"""The steps of the courier, and their outcomes."""

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
    """Open the conversation's topic, because it has none or it was deleted."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Post the conversation's card, or update the posted one."""

    thread: Thread
    rows: tuple[OutboxRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PinCard:
    """Pin the posted card."""

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
    """Deliver a burst of short texts as one message, because the rate limit is short."""

    rows: tuple[OutboxRow, ...]
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Settle a row whose worker died while sending it: it is not known whether it arrived."""

    row: OutboxRow


@dataclass(frozen=True, slots=True)
class TooLate:
    """Settle a row whose reply window closed while it waited."""

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
    # When its calls were taken from the rate limit, on the rate limiter's clock.
    spent_at: float
    # Whether rows remain in the lane after the step.
    has_more: bool


@dataclass(slots=True)
class Outcome:
    """The result of a step: what was done, and the error that stopped it, if any."""

    work: Work
    results: list[tuple[OutboxRow, SendResult]] = field(default_factory=list)
    topic: str | None = None
    card: str | None = None
    # The rows that the error is about, and the rows behind them that were not tried. Without an
    # error: the rest of a run that took too long, which was not tried either.
    failed: tuple[OutboxRow, ...] = ()
    error: DeliveryError | None = None
    # The duration of the slowest call of the step, at most.
    seconds: float = 0.0
    # When it ended, on the same clock as the work's `spent_at`.
    ended_at: float = 0.0

    @property
    def has_upload(self) -> bool:
        """Return whether the step uploads a file, which explains a slow send."""
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
    """Count the results of a step at the provider."""
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
