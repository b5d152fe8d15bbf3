"""Log lines: complete for programs, harmless for terminals, without tokens."""

import io
import json
import logging
from typing import Any

import structlog

from scripts.monitoring.logging_setup import MaskingFormatter, processors

TOKEN = "123456:" + "A" * 35


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(to: io.StringIO, **event: Any) -> str:
    """Log one event and return its line."""
    steps = processors(to)
    logger = structlog.wrap_logger(structlog.PrintLogger(to), processors=steps)
    logger.error("something", **event)
    return to.getvalue()


def test_a_program_reads_one_line_of_json() -> None:
    line = said(io.StringIO(), name="a\x1b[31m\nb")
    assert line.count("\n") == 1
    assert json.loads(line)["name"] == "a\x1b[31m\nb"


def test_a_terminal_obeys_nobody_who_is_quoted() -> None:
    line = said(Terminal(), name="a\x1b[31mb\x9b2J\x07", exception="Traceback:\n\x1b]0;title\x07")
    assert "a\\x1b[31mb\\x9b2J\\x07" in line
    assert "\x1b]0;" not in line


class OwnError(Exception):
    """An error of ours, whose text is kept."""


def test_no_token_is_in_a_traceback() -> None:
    try:
        raise OwnError(f"cannot call https://api.telegram.org/bot{TOKEN}/getMe")
    except OwnError as error:
        line = said(io.StringIO(), exc_info=error)
    assert "<token>" in line
    assert TOKEN not in line


def test_a_traceback_tells_classes_and_places_but_no_values() -> None:
    words = "what a" + " customer wrote"
    try:
        try:
            int(words)
        except ValueError as error:
            raise OwnError("the number is none") from error
    except OwnError as error:
        line = said(io.StringIO(), exc_info=error)
        record = logging.makeLogRecord({"msg": "x", "exc_info": (type(error), error, None)})
        assert words not in MaskingFormatter("%(message)s").format(record)
    assert "OwnError: the number is none" in line
    assert "ValueError: in test_a_traceback_tells" in line
    assert "test_logging_setup.py" in line
    assert words not in line


def test_nor_in_what_libraries_say() -> None:
    record = logging.makeLogRecord({"msg": "Unclosed %s", "args": (f"/bot{TOKEN}/getMe",)})
    assert MaskingFormatter("%(message)s").format(record) == "Unclosed /bot<token>/getMe"
