"""The caller's log-ins on their devices."""

from api.access.caller import Caller
from api.auth.models import LogInOut, LogInsOut
from api.errors.problems import NotFound
from db.ids import LogInId
from db.queries.accounts import log_ins as queries
from desk.accounts import log_ins
from desk.accounts.refresh_tokens import IDLE_LIFETIME
from desk.unit_of_work import UnitOfWork


async def list_log_ins(uow: UnitOfWork, caller: Caller) -> LogInsOut:
    """List my active log-ins."""
    since = uow.now - IDLE_LIFETIME
    rows = await queries.list_active(
        uow.tx, caller.user_id, uow.now, used_since=since, most=log_ins.MAX_LISTED
    )
    return LogInsOut(
        items=[
            LogInOut(
                id=row.id,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
                expires_at=row.expires_at,
                address=row.address,
                user_agent=row.user_agent,
                is_current=row.id == caller.log_in,
            )
            for row in rows
        ]
    )


async def end_log_in(uow: UnitOfWork, caller: Caller, log_in_id: LogInId) -> None:
    """End one of my log-ins; its tokens become invalid at once."""
    by = caller.actor
    if not await log_ins.end_log_in(uow.tx, caller.user_id, log_in_id, by=by, now=uow.now):
        raise NotFound
