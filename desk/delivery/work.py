"""The steps of the courier, and their outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from db.ids import ConversationId, SessionId, StaffPlaceId
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxRow
from db.tables import Queue, Side, SkipReason
from desk.delivery.boards import AnyBoard
from desk.delivery.ports import Delivery, SendResult
from desk.delivery.topic_titles import TopicTitle
from desk.errors import DeliveryError
from desk.log_context import LogContext
from desk.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class _TopicStep:
    """A step for a topic of a conversation itself. Every step has these properties."""

    thread: Thread
    place: Place

    # What it sends; beside `rows`, one for each.
    deliveries: ClassVar[tuple[Delivery, ...]] = ()
    # Its calls that count against the provider's limits.
    cost: ClassVar[int] = 1

    @property
    def conversation_id(self) -> ConversationId | None:
        return self.thread.conversation_id

    @property
    def topic(self) -> str | None:
        """Return the topic that must exist for this step."""
        return self.place.topic

    @property
    def place_id(self) -> StaffPlaceId | None:
        return self.place.id

    @property
    def chat(self) -> str:
        return self.place.chat


@dataclass(frozen=True, slots=True)
class OpenTopic(_TopicStep):
    """Open the conversation's topic, because it has none or it was deleted."""

    rows: ClassVar[tuple[OutboxRow, ...]] = ()


@dataclass(frozen=True, slots=True)
class ShowCard(_TopicStep):
    """Post the conversation's card, or update the posted one."""

    rows: tuple[OutboxRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PinCard(_TopicStep):
    """Pin the posted card."""

    row: OutboxRow

    @property
    def rows(self) -> tuple[OutboxRow, ...]:
        return (self.row,)


@dataclass(frozen=True, slots=True)
class ShowTitle(_TopicStep):
    """Give the conversation's topic the name and the icon of its state; None: it shows them."""

    rows: tuple[OutboxRow, ...]
    title: TopicTitle | None

    @property
    def cost(self) -> int:  # type: ignore[override]  # other steps of topics always call
        return 1 if self.title is not None else 0


@dataclass(frozen=True, slots=True)
class ShowBoard:
    """Post the board of a chat, or update the posted one, with the state of the claim."""

    rows: tuple[OutboxRow, ...]
    board: AnyBoard

    deliveries: ClassVar[tuple[Delivery, ...]] = ()
    conversation_id: ClassVar[ConversationId | None] = None
    topic: ClassVar[str | None] = None
    place_id: ClassVar[StaffPlaceId | None] = None

    @property
    def cost(self) -> int:
        return 1 if self.board.message is not None else 2  # a new one is pinned

    @property
    def chat(self) -> str:
        return self.board.chat


@dataclass(frozen=True, slots=True)
class _DeliverStep:
    rows: tuple[OutboxRow, ...]
    deliveries: tuple[Delivery, ...]

    @property
    def cost(self) -> int:
        return len(self.rows)

    @property
    def conversation_id(self) -> ConversationId | None:
        return self.rows[0].conversation_id

    @property
    def topic(self) -> str | None:
        return self.deliveries[0].destination.topic

    @property
    def place_id(self) -> StaffPlaceId | None:
        return self.rows[0].place_id

    @property
    def chat(self) -> str:
        return self.deliveries[0].destination.chat


@dataclass(frozen=True, slots=True)
class Deliver(_DeliverStep):
    """Deliver these rows one after the other."""


@dataclass(frozen=True, slots=True)
class DeliverAlbum(_DeliverStep):
    """Deliver these rows as one album."""


@dataclass(frozen=True, slots=True)
class DeliverMerged:
    """Deliver a burst of short texts as one message, because the rate limit is short."""

    rows: tuple[OutboxRow, ...]
    delivery: Delivery

    cost: ClassVar[int] = 1

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        return (self.delivery,) * len(self.rows)

    @property
    def conversation_id(self) -> ConversationId | None:
        return self.rows[0].conversation_id

    @property
    def topic(self) -> str | None:
        return self.delivery.destination.topic

    @property
    def place_id(self) -> StaffPlaceId | None:
        return self.rows[0].place_id

    @property
    def chat(self) -> str:
        return self.delivery.destination.chat


@dataclass(frozen=True, slots=True)
class _UnsentStep:
    row: OutboxRow

    deliveries: ClassVar[tuple[Delivery, ...]] = ()
    cost: ClassVar[int] = 0
    topic: ClassVar[str | None] = None
    chat: ClassVar[str] = ""

    @property
    def rows(self) -> tuple[OutboxRow, ...]:
        return (self.row,)

    @property
    def conversation_id(self) -> ConversationId | None:
        return self.row.conversation_id

    @property
    def place_id(self) -> StaffPlaceId | None:
        return self.row.place_id


@dataclass(frozen=True, slots=True)
class Ambiguous(_UnsentStep):
    """Settle a row whose worker died while sending it: it is not known whether it arrived."""


@dataclass(frozen=True, slots=True)
class TooLate(_UnsentStep):
    """Settle a row whose reply window closed while it waited."""


@dataclass(frozen=True, slots=True)
class Unwanted(_UnsentStep):
    """Settle a message of a broadcast that must not go out any more, for this reason."""

    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Unreadable(_UnsentStep):
    """Give up a row whose stored payload cannot be read."""


@dataclass(frozen=True, slots=True)
class PlaceClosed(_UnsentStep):
    """Settle a row for a place where staff does not see the conversation any more."""


TopicStep = OpenTopic | ShowCard | PinCard | ShowTitle
UnsentStep = Ambiguous | TooLate | Unwanted | Unreadable | PlaceClosed
Step = TopicStep | ShowBoard | Deliver | DeliverAlbum | DeliverMerged | UnsentStep


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
    # The conversation's open session, when the step was claimed.
    session_id: SessionId | None = None

    def named_in_log(self) -> LogContext:
        """Name the messages and their session in each line that is logged within."""
        return LogContext(self._describe)

    def _describe(self) -> Mapping[str, object]:
        messages = [row.message_id for row in self.step.rows if row.message_id is not None]
        return {
            "lane": self.lane,
            "conversation": self.step.conversation_id,
            "session": self.session_id,
            "messages": list(dict.fromkeys(messages)),
        }


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
        deliveries = self.work.step.deliveries
        return any(each.file or each.content.is_upload for each in deliveries)

    def get_chat(self, row: OutboxRow) -> str:
        """Return the chat to which a row among the results was sent."""
        step = self.work.step
        return step.deliveries[step.rows.index(row)].destination.chat


def count_outcome(metrics: Metrics, outcome: Outcome) -> None:
    """Count the results of a step at the provider."""
    work = outcome.work
    side = Side.CUSTOMER if work.queue.is_for_customers else Side.STAFF
    if outcome.results:
        metrics.count_sent(side, (row for row, _ in outcome.results))
    if outcome.error is not None:
        metrics.count_failure(side, _step_kind(outcome), outcome.error, work.rate_limit_key)
    elif isinstance(work.step, OpenTopic | ShowCard | PinCard | ShowTitle | ShowBoard):
        metrics.count_step(side, _step_kind(outcome))


def _step_kind(outcome: Outcome) -> str:
    match outcome.work.step:
        case OpenTopic():
            return "open_topic"
        case ShowCard() | ShowBoard():
            return "card"
        case PinCard():
            return "pin"
        case ShowTitle():
            return "title"
        case DeliverAlbum():
            return "album"
        case _:
            return outcome.failed[0].kind if outcome.failed else "none"
