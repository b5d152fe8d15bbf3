"""Fill in the variables of texts that staff wrote: `{{name}}`; pure functions."""

import re
from collections.abc import Mapping, Sequence

from desk.formatting.splitting import Entities, utf16_length

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]*)\s*\}\}")


def find_variables(text: str) -> list[str]:
    """List the variables of a text, in order and once each."""
    return list(dict.fromkeys(match.group(1) for match in _VARIABLE.finditer(text)))


def render(text: str, values: Mapping[str, str]) -> str:
    """Replace the variables of a text; variables in the inserted values are not replaced.

    A variable without a value becomes empty.
    """
    return _VARIABLE.sub(lambda match: values.get(match.group(1), ""), text)


def render_formatted(
    text: str, entities: Entities, values: Mapping[str, str]
) -> tuple[str, Entities]:
    """Replace the variables of a text with markup, whose entities keep the words they cover."""
    if not entities:
        return render(text, values), None
    moves = [_measure_move(text, match, values) for match in _VARIABLE.finditer(text)]
    moved = []
    for entity in entities:
        start = _move(entity["offset"], moves, to_end=False)
        end = _move(entity["offset"] + entity["length"], moves, to_end=True)
        if start < end:
            moved.append({**entity, "offset": start, "length": end - start})
    return render(text, values), moved or None


def _measure_move(
    text: str, variable: re.Match[str], values: Mapping[str, str]
) -> tuple[int, int, int]:
    """Return where a variable begins and ends, and how long its value is, in UTF-16 units."""
    begin = utf16_length(text[: variable.start()])
    value = values.get(variable.group(1), "")
    return begin, begin + utf16_length(variable.group()), utf16_length(value)


def _move(at: int, moves: Sequence[tuple[int, int, int]], *, to_end: bool) -> int:
    """Return where a place of the text is after the replacement.

    A place inside a variable goes to the end or to the beginning of its value.
    """
    shift = 0
    for begin, end, length in moves:
        if at <= begin:
            break
        if at < end:
            return begin + shift + (length if to_end else 0)
        shift += length - (end - begin)
    return at + shift
