"""Do what a canned reply does beside its text."""

from api.access.caller import Caller
from api.access.session_access import lock_visible_session
from api.errors.problems import ValidationFailed
from api.sending.models import CannedRun
from api.sessions.lists import load_detail
from api.sessions.models import SessionDetail
from db.ids import CannedReplyId, SessionId
from db.queries.canned_replies import find_reply
from db.queries.conversations.threads import Thread
from desk.canned.actions import read_actions
from desk.conversations.actions import require_open
from desk.conversations.canned_actions import run_actions
from desk.unit_of_work import UnitOfWork


async def run_canned_reply(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: CannedRun
) -> SessionDetail:
    """Do what a canned reply does beside its text: all of it, or nothing; nothing is sent."""
    thread, _ = await lock_visible_session(uow, caller, session_id)
    require_open(thread, session_id)
    await run_canned_actions(uow, caller, thread, body.canned_reply_id)
    return await load_detail(uow, session_id)


async def run_canned_actions(
    uow: UnitOfWork, caller: Caller, thread: Thread, canned_reply_id: str
) -> None:
    """Do what a canned reply does beside its text; raises ValidationFailed if there is none."""
    reply = await find_reply(uow.tx, CannedReplyId(canned_reply_id))
    if reply is None:
        raise ValidationFailed.field("canned_reply_id", "there is no such canned reply", "unknown")
    if (wanted := read_actions(reply.actions)) is not None:
        await run_actions(uow, thread, wanted, caller.actor, reply.title)
