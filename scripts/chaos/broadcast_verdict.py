"""Judges the broadcast of a run: nobody has it twice, and what became of each copy is known."""

from collections.abc import AsyncIterator

from scripts.chaos.broadcast import TEXT
from scripts.chaos.stage import Stage

# A run is not over before it is done.
UNFINISHED_BROADCASTS = "SELECT id FROM broadcasts WHERE state NOT IN ('done', 'canceled')"
_RECIPIENTS = (
    "SELECT c.name, r.state FROM broadcast_recipients r JOIN clients c ON c.id = r.client_id"
)
# How many copies a recipient may have.
_COPIES = {"sent": {1}, "uncertain": {0, 1}, "failed": {0, 1}}


async def find_broadcast_violations(stage: Stage) -> AsyncIterator[str]:
    """Compare what each customer has with what is stored; yield a sentence for each difference."""
    for row in await stage.rows(UNFINISHED_BROADCASTS):
        yield f"the broadcast {row['id']} is not done"
    states = {row["name"]: row["state"] for row in await stage.rows(_RECIPIENTS)}
    for customer in stage.customers:
        copies = [each for each in await customer.chat() if each.by_desk and each.text == TEXT]
        state = states.get(customer.name, "")
        if len(copies) not in _COPIES.get(state, {0}):
            yield f"{customer.name} has the broadcast {len(copies)} times, and it is {state!r}"
