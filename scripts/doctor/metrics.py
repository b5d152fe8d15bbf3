"""Check the figures of all sessions: `osmodesk db check --metrics`."""

from collections.abc import AsyncIterator, Sequence

from db.database import Database
from db.ids import SessionId
from desk.metrics.check import find_differences
from desk.metrics.recount import load_hours_of_channels, recount_sessions
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning

_METRICS = "metrics"
_MOST_SHOWN = 20
_REMEDY = "osmodesk db check --metrics --repair counts these sessions anew"


async def check_metrics(database: Database, *, repair: bool = False) -> AsyncIterator[CheckResult]:
    """Compare the figures of each session with its messages; with `repair`, correct them."""
    shown, wrong = 0, set[SessionId]()
    async for differences in find_differences(database):
        for each in differences[: _MOST_SHOWN - shown]:
            shown += 1
            yield report_warning(_METRICS, str(each), "")
        these = {each.session_id for each in differences}
        wrong |= these
        if repair:
            await _recount(database, sorted(these))
    if not wrong:
        yield report_ok(_METRICS, "the figures of every session are what its messages say")
    elif repair:
        yield report_ok(_METRICS, f"sessions whose figures were corrected: {len(wrong)}")
    else:
        yield report_error(_METRICS, f"sessions with wrong figures: {len(wrong)}", _REMEDY)


async def _recount(database: Database, ids: Sequence[SessionId]) -> None:
    async with database.transaction() as tx:
        await recount_sessions(tx, ids, await load_hours_of_channels(tx))
