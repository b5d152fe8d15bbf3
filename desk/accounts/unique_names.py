"""Names of active agents are unique, so that customers and colleagues know who is meant.

The database holds the rule (`agents.name_key`); this is what people are told. It counts as the same
name what differs only in case, width or spaces.
"""

from collections.abc import Iterator
from itertools import count

from db.database import Transaction
from db.ids import AgentId
from db.queries.accounts import agents as queries
from desk.accounts.errors import NameTakenError
from desk.accounts.names import MAX_NAME_LENGTH


async def require_free_name(
    tx: Transaction, name: str, *, except_for: AgentId | None = None
) -> None:
    """Raise NameTakenError if another active agent has this name."""
    holder = await queries.find_active_by_name(tx, name)
    if holder not in {None, except_for}:
        raise NameTakenError(name)


async def find_free_name(tx: Transaction, name: str) -> str:
    """Return the name, with a number behind it if an active agent has it."""
    for candidate in number_name(name):
        if await queries.find_active_by_name(tx, candidate) is None:
            return candidate
    raise AssertionError("unreachable")


def number_name(name: str) -> Iterator[str]:
    """Return the name, then the name with 2, 3, … behind it, never too long."""
    yield name
    for number in count(2):
        suffix = f" {number}"
        yield name[: MAX_NAME_LENGTH - len(suffix)].rstrip() + suffix
