"""Cleanup keeps rows as long as the operator says, and a dry run changes nothing."""

from datetime import timedelta

from sqlalchemy import func, select

from db.database import Database
from db.tables import AiConversationLog, Lane, Queue
from desk.retention import Retention
from scripts.upkeep.cleanup import clean_up, count_due
from tests.db.reference_scene import DAY, add_reference_scene


async def test_the_operator_says_how_long_rows_are_kept(database: Database) -> None:
    await add_reference_scene(database)
    kept = Retention(ai_logs=None, rule_answers=None, archive=None)
    done = await clean_up(database, DAY + timedelta(days=100), kept)
    assert not {"old logs of AI answers removed", "silent conversations archived"} & set(done)

    async def count_logs() -> int:
        async with database.transaction() as tx:
            counted = select(func.count()).select_from(AiConversationLog)
            return int(await tx.scalar(counted) or 0)

    logs = await count_logs()
    soon = DAY + timedelta(days=29)
    assert (await clean_up(database, soon, Retention()))["old logs of AI answers removed"] == 0
    late = DAY + timedelta(days=31)
    assert (await clean_up(database, late, Retention()))["old logs of AI answers removed"] == logs
    assert await count_logs() == 0


async def test_a_dry_run_of_much_counts_a_part_and_changes_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add_all([Lane(queue=Queue.CUSTOMER, lane=f"button:{n:05}") for n in range(5_050)])
    due = await count_due(database, DAY, Retention())
    assert due["idle customer lanes removed"] == "5000+"
    done = await clean_up(database, DAY, Retention())
    assert done["idle customer lanes removed"] == 5_050
