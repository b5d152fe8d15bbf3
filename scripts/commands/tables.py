"""Print a table to the operator."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Column, Table

from scripts.commands.words import to_operator


def print_table(rows: Sequence[Mapping[str, str]]) -> None:
    """Print rows under the names of their columns, in the operator's language."""
    first, *others = map(to_operator, rows[0])
    # Half of an id or of an address is no use.
    table = Table(Column(first, no_wrap=True), *others, box=box.SIMPLE)
    for row in rows:
        table.add_row(*row.values())
    Console(markup=False, highlight=False).print(table)
