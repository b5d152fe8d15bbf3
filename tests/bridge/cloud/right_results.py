"""What is right for a webhook's body."""

from dataclasses import dataclass
from typing import Any

# Direction, type and the beginning of the text; None: no text.
Said = tuple[str, str, str | None]


@dataclass(frozen=True)
class Right:
    """What is right for a body."""

    messages: tuple[Said, ...] = ()
    # A customer's own message: a session is opened, and they are told their place.
    session: bool = False
    # What staff reads in a topic beside the messages, and in General.
    topic: str | None = None
    general: str | None = None
    copies: tuple[str, ...] | None = None
    parked: str | None = None


# Logged, and nothing else.
PASSED_OVER = Right()


def inbound(kind: str, text: str | None = None) -> Said:
    return ("inbound", kind, text)


def one(kind: str, text: str | None = None, **more: Any) -> Right:
    """Return the result of one message of a customer."""
    return Right((inbound(kind, text),), session=True, **more)
