"""Sessions in which nobody writes, during a run: their time is set back, and their timer is due.

The first time the customer or the agent is reminded; the second time the session ends.
"""

from scripts.chaos.plan import Injection
from scripts.chaos.stage import Stage

_HELD = "SELECT conversation_id FROM sessions WHERE status = 'ACTIVE' AND cs_id IS NOT NULL"
_LONG_AGO = "2020-01-01 00:00:00.000000"
# A customer may read each text once: words that are repeated are a violation.
_MOST_TIMES = 2


async def let_session_fall_silent(stage: Stage, injection: Injection) -> None:
    """Let nobody have written for years in a session that an agent has."""
    held = sorted(row["conversation_id"] for row in await stage.rows(_HELD))
    free = [each for each in held if stage.silences[each] < _MOST_TIMES]
    if not free:
        return
    conversation = free[int(injection.luck * len(free))]
    stage.silences[conversation] += 1
    lane = f"timer:idle:{conversation}"
    await stage.engine.execute(
        stage.url,
        f"UPDATE conversations SET last_message_at = '{_LONG_AGO}' WHERE id = '{conversation}'",  # noqa: S608 an id of our own
        f"UPDATE sessions SET changed_at = '{_LONG_AGO}'"  # noqa: S608 an id of our own
        f" WHERE conversation_id = '{conversation}' AND status = 'ACTIVE'",
        f"UPDATE inbox SET due_at = '{_LONG_AGO}' WHERE lane = '{lane}' AND state = 'pending'",  # noqa: S608 an id of our own
        f"UPDATE lanes SET due_at = '{_LONG_AGO}' WHERE lane = '{lane}' AND due_at IS NOT NULL",  # noqa: S608 an id of our own
    )
