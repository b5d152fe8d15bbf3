"""Describe errors without the values that caused them: those are customers' words and secrets.

What pydantic and databases say about an error quotes its input. Only the texts of our own errors,
which we wrote for people, are kept; of all others the class and the place are enough to find the
cause.
"""

import traceback
from collections.abc import Iterable
from types import TracebackType

_ROOMS = {"api", "bot", "bridge", "db", "desk", "scripts", "tests"}
_MAX_DETAILS = 3


def describe_without_values(error: BaseException) -> str:
    """Return an error's class, and what can be said about it without a value."""
    name = type(error).__name__
    if type(error).__module__.partition(".")[0] in _ROOMS and str(error):
        # An error may quote half a character, which cannot be stored.
        return f"{name}: {error}".encode(errors="replace").decode()
    details = _describe_fields(error) or _describe_code(error) or _describe_place(error)
    return f"{name}: {details}" if details else name


def format_error(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None],
) -> str:
    """Return a traceback whose errors are described without values; for log processors."""
    blocks, error, seen = list[str](), exc_info[1], set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = "".join(traceback.format_tb(error.__traceback__))
        blocks.append(
            f"Traceback (most recent call last):\n{frames}{describe_without_values(error)}"
        )
        if isinstance(error, BaseExceptionGroup):
            blocks += [format_error((type(each), each, None)) for each in error.exceptions]
        error = _find_cause(error)  # type: ignore[assignment]
    return "\n\ncaused:\n\n".join(reversed(blocks))


def _find_cause(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _describe_fields(error: BaseException) -> str:
    """Return the fields that pydantic refuses, and why: never what they hold."""
    if not type(error).__module__.startswith("pydantic"):
        return ""
    list_errors = getattr(error, "errors", None)
    found = list_errors(include_input=False, include_url=False) if list_errors else []
    return "; ".join(_describe_field(each) for each in found[:_MAX_DETAILS])


def _describe_field(each: dict[str, object]) -> str:
    path = each.get("loc") or ()
    assert isinstance(path, Iterable)  # noqa: S101 pydantic's own type
    return f"{'.'.join(str(part) for part in path)}: {each.get('type')}"


def _describe_code(error: BaseException) -> str:
    """Return the code of a database's error; its text quotes the values of unique keys."""
    original = getattr(error, "orig", None)
    code: object = next(iter(getattr(original, "args", ())), None)
    return f"{type(original).__name__} {code}" if isinstance(code, int) else ""


def _describe_place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f"in {last.name}, line {last.lineno}"
