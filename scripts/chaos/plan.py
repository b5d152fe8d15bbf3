"""What is said and what goes wrong, and when: all of it drawn from one seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import TypeVar

K = TypeVar("K", bound=StrEnum)


class Kind(StrEnum):
    """Where a customer writes to."""

    TELEGRAM = "Telegram"
    CLOUD = "Cloud API"
    WAHA = "WAHA"


class Saying(StrEnum):
    """The ways of saying something."""

    TEXT = "text"
    PICTURE = "picture"
    ALBUM = "album"
    REPLY = "reply"
    EDIT = "edit"
    REACTION = "reaction"
    READ = "read"


class Harm(StrEnum):
    """The ways of doing harm."""

    KILL = "kill"
    KILL_WHILE_SENDING = "kill while sending"
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


@dataclass(frozen=True, slots=True)
class Line:
    """Something to be said; `luck` (0 to 1) picks what an edit or a reply is about."""

    at: float
    conversation: int
    by_agent: bool
    saying: Saying
    luck: float


@dataclass(frozen=True, slots=True)
class Deed:
    """Some harm to be done; `luck` and `size` (0 to 1) pick whom it strikes and how hard."""

    at: float
    harm: Harm
    luck: float
    size: float


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is played: people, seconds of play, lines and deeds a second."""

    customers: int
    agents: int
    seconds: float
    lines_a_second: float
    seconds_a_deed: float
    harms: Mapping[Harm, float]
    limits: bool = False
    # So many answers at once to one customer at the Cloud API.
    burst: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    seed: int
    scale: Scale
    # Whether Telegram calls the desk; the WhatsApp numbers always do.
    webhook: bool
    lines: tuple[Line, ...]
    deeds: tuple[Deed, ...]


_SAYINGS = {
    Saying.TEXT: 55,
    Saying.PICTURE: 10,
    Saying.ALBUM: 3,
    Saying.REPLY: 16,
    Saying.EDIT: 16,
    Saying.REACTION: 6,
    Saying.READ: 8,
}
# What cannot be done where: bots do not learn what is read, answers at the Cloud API stay as sent.
_IMPOSSIBLE = {
    (Kind.TELEGRAM, False): {Saying.READ},
    (Kind.TELEGRAM, True): {Saying.READ},
    (Kind.CLOUD, True): {Saying.READ, Saying.EDIT},
    (Kind.WAHA, True): {Saying.READ},
}
_KINDS = (Kind.TELEGRAM, Kind.CLOUD, Kind.TELEGRAM, Kind.WAHA)
_FIRST_OF_CLOUD = _KINDS.index(Kind.CLOUD)
_BY_AGENT = 0.45

EVERY_HARM = {
    Harm.KILL: 3.0,
    Harm.KILL_WHILE_SENDING: 2.0,
    Harm.DROP_BEFORE: 3.0,
    Harm.DROP_AFTER: 3.0,
    Harm.FLOOD: 2.0,
    Harm.FAIL: 2.0,
    Harm.GATEWAY_JSON: 1.0,
    Harm.GATEWAY_HTML: 2.0,
    Harm.LATE: 2.0,
    Harm.POLL: 2.0,
    Harm.TOPIC: 2.0,
    Harm.DATABASE: 2.0,
    Harm.MIXED: 3.0,
    Harm.EARLY: 1.0,
    Harm.FALSE: 3.0,
    Harm.REFUSED: 2.0,
    Harm.LINK: 0.5,
}
# More than the Cloud API takes at once for one recipient.
_BURST = 47
# Under the limits no 429 is ordered: every one that comes is of our own making.
_QUIET_HARM = {Harm.KILL: 1.0, Harm.DROP_BEFORE: 1.0, Harm.DROP_AFTER: 1.0, Harm.LATE: 1.0}


def volume(seconds: float) -> Scale:
    """Give the scale of a run without limits, where as much as possible goes wrong."""
    return Scale(50, 5, seconds, lines_a_second=20, seconds_a_deed=0.5, harms=EVERY_HARM)


def limited(seconds: float) -> Scale:
    """Give the scale of a run under Telegram's limits: little is said, and all of it counts."""
    return Scale(4, 2, seconds, 40 / seconds, seconds / 4, _QUIET_HARM, limits=True, burst=_BURST)


def kind_of(conversation: int) -> Kind:
    """Tell where the customer of a conversation writes to: half of them at Telegram."""
    return _KINDS[conversation % len(_KINDS)]


def draw(seed: int, scale: Scale) -> Plan:
    """Draw a run; the same seed and scale give the same plan."""
    chance = random.Random(f"{seed}:{scale.limits}")  # noqa: S311 to be repeated, no secret
    webhook = chance.random() < 0.5  # noqa: PLR2004 as often as not
    lines = tuple(sorted((*_burst(scale), *_lines(chance, scale)), key=lambda line: line.at))
    return Plan(seed, scale, webhook, lines, tuple(_deeds(chance, scale)))


def _lines(chance: random.Random, scale: Scale) -> Iterator[Line]:
    for at in _moments(chance, scale.seconds, 1 / scale.lines_a_second):
        conversation = chance.randrange(scale.customers)
        by_agent = chance.random() < _BY_AGENT
        saying = _one_of(chance, _possible(conversation, by_agent=by_agent))
        yield Line(at, conversation, by_agent, saying, luck=chance.random())


def _burst(scale: Scale) -> Iterator[Line]:
    """Have a customer write, and be answered at length at once a little later."""
    if scale.burst:
        yield Line(0.0, _FIRST_OF_CLOUD, by_agent=False, saying=Saying.TEXT, luck=0.0)
    for _ in range(scale.burst):
        yield Line(scale.seconds / 8, _FIRST_OF_CLOUD, by_agent=True, saying=Saying.TEXT, luck=0.0)


def _possible(conversation: int, *, by_agent: bool) -> Mapping[Saying, float]:
    never = _IMPOSSIBLE.get((kind_of(conversation), by_agent), set())
    return {saying: weight for saying, weight in _SAYINGS.items() if saying not in never}


def _deeds(chance: random.Random, scale: Scale) -> Iterator[Deed]:
    for at in _moments(chance, scale.seconds, scale.seconds_a_deed):
        yield Deed(at, _one_of(chance, scale.harms), chance.random(), chance.random())


def _moments(chance: random.Random, until: float, mean: float) -> Iterator[float]:
    def endless() -> Iterator[float]:
        at = 0.0
        while True:
            at += chance.expovariate(1 / mean)
            yield at

    return takewhile(lambda at: at < until, endless())


def _one_of(chance: random.Random, weights: Mapping[K, float]) -> K:
    return chance.choices(list(weights), list(weights.values()))[0]
