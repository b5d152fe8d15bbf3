"""What the lines of the log are about, at next to no cost where nothing is logged.

structlog's own context variables, and its calls below the log's level, would cost a message a tenth
of its processor time.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token

import structlog
from structlog.typing import EventDict, WrappedLogger

log = structlog.get_logger(__name__)

Describe = Callable[[], Mapping[str, object]]
_CONTEXT: ContextVar[tuple[Describe, ...]] = ContextVar("log_context", default=())
_is_following = False


class LogContext:
    """Adds what `describe` returns to each line that is logged in this block and task."""

    __slots__ = ("_describe", "_token")

    def __init__(self, describe: Describe) -> None:
        """`describe` is called when a line is logged."""
        self._describe = describe
        self._token: Token[tuple[Describe, ...]] | None = None

    def __enter__(self) -> None:
        self._token = _CONTEXT.set((*_CONTEXT.get(), self._describe))

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _CONTEXT.reset(self._token)


def add_context(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the context to a line: a processor for structlog."""
    for describe in _CONTEXT.get():
        event = {**describe(), **event}
    return event


def follow_steps(*, is_on: bool) -> None:
    """Switch on whether this process logs each step of each message's way (LOG_LEVEL=DEBUG)."""
    global _is_following  # noqa: PLW0603 one log, as long as the process lives
    _is_following = is_on


def log_step(event: str, **fields: object) -> None:
    """Log a step of a message's way, if they are followed; None: that it does not have."""
    if _is_following:
        log.debug(event, **{name: value for name, value in fields.items() if value is not None})
