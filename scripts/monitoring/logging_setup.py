"""Logging for the operator: one line per event, in colours on a terminal, otherwise as JSON."""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from desk.formatting.error_text import format_error
from desk.formatting.masking import mask_secrets
from desk.log_context import add_context, follow_steps

# Terminals interpret these as commands, and anybody may write them into a name or an address.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def set_up_logging(level: str) -> None:
    """Send our events and the libraries' warnings to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    follow_steps(is_on=level == "DEBUG")
    structlog.configure(
        processors=processors(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def processors(to: TextIO) -> list[Processor]:
    """List the processors that format an event, for a terminal or for a program to read."""
    rendering: list[Processor] = [structlog.processors.JSONRenderer()]
    if to.isatty():
        rendering = [_escape_control_characters, structlog.dev.ConsoleRenderer()]
    return [
        structlog.contextvars.merge_contextvars,
        add_context,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(format_error),
        _mask_tokens,
        *rendering,
    ]


class MaskingFormatter(logging.Formatter):
    """Masks tokens in what libraries log, and leaves the values out of tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_secrets(super().format(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 the library's name
        return format_error(ei)  # type: ignore[arg-type]


def _mask_tokens(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask tokens in all texts: the URLs of Telegram's API contain one."""
    return {
        name: mask_secrets(value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def _escape_control_characters(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: _escape_value(value) for name, value in event.items()}


def _escape_value(value: object) -> object:
    if isinstance(value, str):
        return _CONTROL_CHARACTERS.sub(lambda found: f"\\x{ord(found.group()):02x}", value)
    return value
