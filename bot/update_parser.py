"""Parse raw updates; leave out the parts that cannot be read.

A newer Telegram sends parts that this aiogram does not know. An older Bot API server leaves out
fields that it expects. The rest of such an update is still handled.
"""

from typing import Any

import structlog
from aiogram.types import Update
from pydantic import ValidationError

from bot.bot_factory import Bot

log = structlog.get_logger(__name__)

_MAX_REPAIRS = 20
# An update without its kind or its chat is of no use.
_MIN_DEPTH = 2
_ESSENTIAL = ("chat", "from", "message_id", "user")
Part = dict[str, Any]


def parse_update(raw: Part, bot: Bot) -> Update:
    """Parse an update, if necessary without its unreadable parts; raise ValidationError."""
    dropped: list[str] = []
    while True:
        try:
            update = Update.model_validate(raw, context={"bot": bot})
        except ValidationError as error:
            if len(dropped) == _MAX_REPAIRS or not (path := _repair(raw, error)):
                raise
            dropped.append(path)
        else:
            if dropped:
                log.warning("update.parts_left_out", parts=dropped)
            return update


def _repair(raw: Part, error: ValidationError) -> str:
    """Repair the first part that can be; return its path, or an empty text if none can."""
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        path = _find_part(raw, each["loc"])
        if each["type"] == "missing" and _add_default(raw, path, each["loc"][-1]):
            return ".".join(map(str, each["loc"]))
        if len(path) >= _MIN_DEPTH and path[-1] not in _ESSENTIAL:
            del _walk(raw, path[:-1])[path[-1]]
            return ".".join(map(str, path))
    return ""


def _find_part(raw: Any, location: tuple[int | str, ...]) -> list[int | str]:
    """Return the path to the part that a location names, without the names of types in it."""
    path: list[int | str] = []
    for step in location:
        if isinstance(raw, dict):
            if step not in raw:
                continue
        elif not (isinstance(raw, list) and isinstance(step, int) and step < len(raw)):
            continue
        raw = raw[step]
        path.append(step)
    return path


def _add_default(raw: Part, path: list[int | str], field: int | str) -> bool:
    """Add a field that a server leaves out when it is empty; return False if it has no default."""
    if field in {"latitude", "longitude", "date"}:
        default: object = 0
    elif isinstance(field, str) and field.startswith(("can_", "is_", "has_")):
        default = False
    elif field in {"first_name", "title"}:
        default = ""
    else:
        return False
    _walk(raw, path)[field] = default
    return True


def _walk(raw: Any, path: list[int | str]) -> Any:
    for step in path:
        raw = raw[step]
    return raw
