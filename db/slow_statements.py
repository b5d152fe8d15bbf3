"""Log statements that take long: their text, never their values."""

import logging
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine

log = logging.getLogger(__name__)

_STARTED_AT = "_osmodesk_started_at"
_LONGEST_TEXT = 2_000


def log_slow_statements(engine: AsyncEngine, seconds: float) -> None:
    """Log each statement of this engine that takes at least so many seconds."""

    def note_start(_c: Any, _cursor: Any, _s: str, _p: Any, context: Any, _many: bool) -> None:
        setattr(context, _STARTED_AT, time.monotonic())

    def log_if_slow(_c: Any, _cursor: Any, statement: str, *rest: Any) -> None:
        context: ExecutionContext = rest[1]
        took = time.monotonic() - getattr(context, _STARTED_AT)
        if took >= seconds:
            log.warning("slow statement, %.2f s: %s", took, shorten(statement))

    event.listen(engine.sync_engine, "before_cursor_execute", note_start)
    event.listen(engine.sync_engine, "after_cursor_execute", log_if_slow)


def shorten(statement: str) -> str:
    """Return a statement as one line of limited length."""
    line = " ".join(statement.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}…"
