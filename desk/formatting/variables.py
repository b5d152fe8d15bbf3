"""Fill in the variables of texts that staff wrote: `{{name}}`; pure functions."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]*)\s*\}\}")


def find_variables(text: str) -> list[str]:
    """List the variables of a text, in order and once each."""
    return list(dict.fromkeys(match.group(1) for match in _VARIABLE.finditer(text)))


def render(text: str, values: Mapping[str, str]) -> str:
    """Replace the variables of a text; variables in the inserted values are not replaced.

    A variable without a value becomes empty.
    """
    return _VARIABLE.sub(lambda match: values.get(match.group(1), ""), text)
