"""The plan of a run: who writes what, what fails, and when; all drawn from one seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import TypeVar

K = TypeVar("K", bound=StrEnum)


class Provider(StrEnum):
    """The provider that a customer writes through."""

    TELEGRAM = "Telegram"
    CLOUD = "Cloud API"
    WAHA = "WAHA"


class Part(StrEnum):
    """The parts of a run: all faults at once, real rate limits, answers of programs, own chats."""

    VOLUME = "volume"
    LIMITS = "limits"
    ANSWERS = "answers"
    DESKS = "desks"


class ActionKind(StrEnum):
    """The kinds of messages and other actions of people."""

    TEXT = "text"
    PICTURE = "picture"
    ALBUM = "album"
    REPLY = "reply"
    EDIT = "edit"
    REACTION = "reaction"
    READ = "read"
    NOTE = "note"


class FaultKind(StrEnum):
    """The kinds of faults."""

    KILL = "kill"
    KILL_WHILE_SENDING = "kill while sending"
    FREEZE = "frozen for a while"
    DROP_BEFORE = "drop before"
    DROP_AFTER = "drop after"
    FLOOD = "429"
    FAIL = "500"
    GATEWAY_JSON = "502 in JSON"
    GATEWAY_HTML = "502 in HTML"
    LATE = "late"
    POLL = "getUpdates fails"
    TOPIC = "topic deleted"
    DATABASE = "database away"
    MIXED = "webhooks held, mixed and batched"
    EARLY = "statuses before the answer"
    FALSE = "statuses that lead down"
    REFUSED = "refused after it was taken"
    LINK = "linked session fails"
    SILENCE = "nobody writes in a session"
    MODEL = "language model fails"
    KILL_WHILE_THINKING = "kill while a model thinks"
    KILL_AFTER_THINKING = "kill right after a model answered"
    LEAVE = "agent offline for a while"
    BLOCK = "agent blocks the staff bot for a while"


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One action of a person; `luck` (0 to 1) picks the subject of an edit or a reply."""

    at: float
    conversation: int
    by_agent: bool
    kind: ActionKind
    luck: float


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault; `luck` and `size` (0 to 1) choose its target and its strength."""

    at: float
    kind: FaultKind
    luck: float
    size: float


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of a run: people, seconds, and how often people act and faults happen."""

    customers: int
    agents: int
    seconds: float
    actions_per_second: float
    seconds_per_injection: float
    fault_weights: Mapping[FaultKind, float]
    part: Part = Part.VOLUME
    # The share of actions that are agents'.
    by_agents: float = 0.45
    # How many answers one Cloud API customer gets at once.
    burst: int = 0
    # How many messages one Telegram customer writes at once, and how many are shown in a minute.
    flood: int = 0
    customer_limit: int = 0

    @property
    def limits(self) -> bool:
        """Return whether the providers' rate limits are on."""
        return self.part is Part.LIMITS

    @property
    def desks(self) -> bool:
        """Return whether each agent answers in their own chat."""
        return self.part is Part.DESKS

    @property
    def has_broadcast(self) -> bool:
        """Return whether all customers get a broadcast in the middle of the run."""
        return self.part in {Part.VOLUME, Part.LIMITS}

    @property
    def has_targets(self) -> bool:
        """Return whether answers are due within seconds."""
        return self.part in {Part.VOLUME, Part.DESKS}

    @property
    def has_assistants(self) -> bool:
        """Return whether AI agents and auto-reply rules answer customers."""
        return self.part is Part.ANSWERS


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one run."""

    seed: int
    scale: Scale
    # Whether Telegram calls our webhook; WhatsApp always does.
    webhook: bool
    actions: tuple[PlannedAction, ...]
    injections: tuple[Injection, ...]


_ACTION_WEIGHTS = {
    ActionKind.TEXT: 55,
    ActionKind.PICTURE: 10,
    ActionKind.ALBUM: 3,
    ActionKind.REPLY: 16,
    ActionKind.EDIT: 16,
    ActionKind.REACTION: 6,
    ActionKind.READ: 8,
    ActionKind.NOTE: 6,
}
# Actions that are impossible: bots do not learn what is read, Cloud API answers cannot be edited,
# customers write no notes.
_IMPOSSIBLE = {
    (Provider.TELEGRAM, False): {ActionKind.READ, ActionKind.NOTE},
    (Provider.CLOUD, False): {ActionKind.NOTE},
    (Provider.WAHA, False): {ActionKind.NOTE},
    (Provider.TELEGRAM, True): {ActionKind.READ},
    (Provider.CLOUD, True): {ActionKind.READ, ActionKind.EDIT},
    (Provider.WAHA, True): {ActionKind.READ},
}
# About a message of a session that may have moved meanwhile; notes need their own writer.
_REFUSED_AFTER_A_MOVE = {ActionKind.EDIT, ActionKind.REACTION, ActionKind.NOTE}
_KINDS = (Provider.TELEGRAM, Provider.CLOUD, Provider.TELEGRAM, Provider.WAHA)
_FIRST_OF_TELEGRAM = _KINDS.index(Provider.TELEGRAM)
_FIRST_OF_CLOUD = _KINDS.index(Provider.CLOUD)

ALL_FAULT_WEIGHTS = {
    FaultKind.KILL: 3.0,
    FaultKind.KILL_WHILE_SENDING: 2.0,
    FaultKind.FREEZE: 0.5,
    FaultKind.DROP_BEFORE: 3.0,
    FaultKind.DROP_AFTER: 3.0,
    FaultKind.FLOOD: 2.0,
    FaultKind.FAIL: 2.0,
    FaultKind.GATEWAY_JSON: 1.0,
    FaultKind.GATEWAY_HTML: 2.0,
    FaultKind.LATE: 2.0,
    FaultKind.POLL: 2.0,
    FaultKind.TOPIC: 2.0,
    FaultKind.DATABASE: 2.0,
    FaultKind.MIXED: 3.0,
    FaultKind.EARLY: 1.0,
    FaultKind.FALSE: 3.0,
    FaultKind.REFUSED: 2.0,
    FaultKind.LINK: 0.5,
    FaultKind.SILENCE: 1.5,
}
# Faults of AI agents alone.
ASSISTANT_FAULTS = frozenset(
    {FaultKind.MODEL, FaultKind.KILL_WHILE_THINKING, FaultKind.KILL_AFTER_THINKING}
)
# What agents with desks of their own do.
DESK_FAULTS = frozenset({FaultKind.LEAVE, FaultKind.BLOCK})
_DESKS_FAULT_WEIGHTS = {
    FaultKind.KILL: 1.5,
    FaultKind.FREEZE: 0.3,
    FaultKind.DROP_BEFORE: 1.0,
    FaultKind.DROP_AFTER: 1.0,
    FaultKind.FAIL: 1.0,
    FaultKind.GATEWAY_HTML: 1.0,
    FaultKind.LATE: 2.0,
    FaultKind.DATABASE: 1.0,
    FaultKind.LEAVE: 5.0,
    FaultKind.BLOCK: 2.0,
    FaultKind.SILENCE: 1.5,
}
# More than the Cloud API accepts at once for one recipient.
_BURST = 47
# The customer limit is higher than what the other customers write in a minute.
_FLOOD, _CUSTOMER_LIMIT = 45, 25
# With rate limits on, no 429 is injected: each one is our own fault.
_QUIET_FAULT_WEIGHTS = {
    FaultKind.KILL: 1.0,
    FaultKind.DROP_BEFORE: 1.0,
    FaultKind.DROP_AFTER: 1.0,
    FaultKind.LATE: 1.0,
}
# Webhooks keep their order here: the newest question is the one that is answered.
_ANSWERS_FAULT_WEIGHTS = {
    FaultKind.MODEL: 4.0,
    FaultKind.KILL_WHILE_THINKING: 3.0,
    FaultKind.KILL_AFTER_THINKING: 3.0,
    FaultKind.KILL: 1.0,
    FaultKind.FREEZE: 0.3,
    FaultKind.DROP_BEFORE: 1.0,
    FaultKind.DROP_AFTER: 1.0,
    FaultKind.FAIL: 1.0,
    FaultKind.LATE: 1.0,
    FaultKind.DATABASE: 1.0,
}


def build_volume_scale(seconds: float) -> Scale:
    """Return the scale of a run without rate limits and with as many faults as possible."""
    return Scale(
        50,
        5,
        seconds,
        actions_per_second=20,
        seconds_per_injection=0.5,
        fault_weights=ALL_FAULT_WEIGHTS,
    )


def build_limited_scale(seconds: float) -> Scale:
    """Return the scale of a run with Telegram's rate limits: few messages, and every one counts."""
    return Scale(
        *(4, 2, seconds, 40 / seconds, seconds / 4, _QUIET_FAULT_WEIGHTS),
        part=Part.LIMITS,
        burst=_BURST,
        flood=_FLOOD,
        customer_limit=_CUSTOMER_LIMIT,
    )


def build_answers_scale(seconds: float) -> Scale:
    """Return the scale of a run in which AI agents and auto-reply rules answer most messages."""
    return Scale(
        *(16, 3, seconds, 8, 1.2, _ANSWERS_FAULT_WEIGHTS), part=Part.ANSWERS, by_agents=0.12
    )


def build_desks_scale(seconds: float) -> Scale:
    """Return the scale of a run in which sessions move between agents' own chats."""
    return Scale(
        24,
        4,
        seconds,
        actions_per_second=10,
        seconds_per_injection=0.6,
        fault_weights=_DESKS_FAULT_WEIGHTS,
        part=Part.DESKS,
    )


SCALES = {
    Part.VOLUME: build_volume_scale,
    Part.LIMITS: build_limited_scale,
    Part.ANSWERS: build_answers_scale,
    Part.DESKS: build_desks_scale,
}


def get_provider(conversation: int) -> Provider:
    """Return the provider of a conversation's customer; half of them use Telegram."""
    return _KINDS[conversation % len(_KINDS)]


def draw_plan(seed: int, scale: Scale) -> Plan:
    """Draw a plan; the same seed and scale give the same plan."""
    chance = random.Random(f"{seed}:{scale.limits}")  # noqa: S311 to be repeated, no secret
    webhook = chance.random() < 0.5  # noqa: PLR2004 as often as not
    lines = tuple(
        sorted(
            (*_draw_burst(scale), *_draw_flood(scale), *_draw_actions(chance, scale)),
            key=lambda action: action.at,
        )
    )
    return Plan(seed, scale, webhook, lines, tuple(_draw_injections(chance, scale)))


def _draw_actions(chance: random.Random, scale: Scale) -> Iterator[PlannedAction]:
    for at in _draw_moments(chance, scale.seconds, 1 / scale.actions_per_second):
        conversation = chance.randrange(scale.customers)
        by_agent = chance.random() < scale.by_agents
        action_kind = _choose(
            chance, _list_possible_actions(conversation, by_agent=by_agent, desks=scale.desks)
        )
        yield PlannedAction(at, conversation, by_agent, action_kind, luck=chance.random())


def _draw_burst(scale: Scale) -> Iterator[PlannedAction]:
    """Let one customer write, and answer them with a burst a little later."""
    if scale.burst:
        yield PlannedAction(0.0, _FIRST_OF_CLOUD, by_agent=False, kind=ActionKind.TEXT, luck=0.0)
    for _ in range(scale.burst):
        yield PlannedAction(
            scale.seconds / 8, _FIRST_OF_CLOUD, by_agent=True, kind=ActionKind.TEXT, luck=0.0
        )


def _draw_flood(scale: Scale) -> Iterator[PlannedAction]:
    """Let one customer write more at once than staff is shown."""
    for _ in range(scale.flood):
        yield PlannedAction(
            scale.seconds / 4, _FIRST_OF_TELEGRAM, by_agent=False, kind=ActionKind.TEXT, luck=0.0
        )


def _list_possible_actions(
    conversation: int, *, by_agent: bool, desks: bool
) -> Mapping[ActionKind, float]:
    never = _IMPOSSIBLE.get((get_provider(conversation), by_agent), set())
    if desks and by_agent:
        never = never | _REFUSED_AFTER_A_MOVE
    return {
        action_kind: weight
        for action_kind, weight in _ACTION_WEIGHTS.items()
        if action_kind not in never
    }


def _draw_injections(chance: random.Random, scale: Scale) -> Iterator[Injection]:
    for at in _draw_moments(chance, scale.seconds, scale.seconds_per_injection):
        yield Injection(at, _choose(chance, scale.fault_weights), chance.random(), chance.random())


def _draw_moments(chance: random.Random, until: float, mean: float) -> Iterator[float]:
    def endless() -> Iterator[float]:
        at = 0.0
        while True:
            at += chance.expovariate(1 / mean)
            yield at

    return takewhile(lambda at: at < until, endless())


def _choose(chance: random.Random, weights: Mapping[K, float]) -> K:
    return chance.choices(list(weights), list(weights.values()))[0]
