"""Read what an administrator writes about targets for answers; pure functions.

    first 30 next 60 warning 80
    pertama 30 berikutnya mati

Times are minutes of business hours, and the warning is a percentage of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.channels import FIRST_ANSWER_MINUTES, NEXT_ANSWER_MINUTES, SLA_WARNING_PERCENT
from desk.setup.sla_targets import MAX_TARGET_MINUTES, MAX_WARNING_PERCENT

_NAMES = {
    **dict.fromkeys(("first", "pertama"), FIRST_ANSWER_MINUTES),
    **dict.fromkeys(("next", "berikutnya"), NEXT_ANSWER_MINUTES),
    **dict.fromkeys(("warning", "peringatan"), SLA_WARNING_PERCENT),
}
_OFF = {"off", "none", "mati"}
# No number that is allowed is longer.
_MAX_DIGITS = 5


@dataclass(frozen=True, slots=True)
class SlaOrderError(Exception):
    """An order that cannot be followed; the key names a text for staff."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def parse_order(order: str) -> dict[str, int]:
    """Return the settings that an order changes; raise SlaOrderError."""
    words, found = order.lower().split(), dict[str, int]()
    for name, value in zip(words[::2], [*words[1::2], ""], strict=False):
        if name not in _NAMES:
            raise SlaOrderError("targets.unknown_word", {"word": name})
        if not value:
            raise SlaOrderError("targets.no_value", {"word": name})
        found[_NAMES[name]] = _read_number(_NAMES[name], value)
    return found


def _read_number(name: str, value: str) -> int:
    is_percent = name == SLA_WARNING_PERCENT
    most = MAX_WARNING_PERCENT if is_percent else MAX_TARGET_MINUTES
    digits = "0" if value in _OFF else value.removesuffix("%") if is_percent else value
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS
    if not is_number or int(digits) > most:
        key = "targets.wrong_percent" if is_percent else "targets.wrong_minutes"
        raise SlaOrderError(key, {"value": value, "most": most})
    return int(digits)
