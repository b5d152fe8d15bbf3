"""Do what a canned reply does beside its text, after the text."""

from datetime import timedelta

from db.queries.accounts import agents
from db.queries.conversations.threads import Thread
from desk.actors import AgentActor, to_actor
from desk.canned.actions import CannedActions, describe_as_commands
from desk.conversations import actions as session_actions
from desk.conversations.actions import SessionActionError
from desk.conversations.priority import set_priority
from desk.conversations.rights import may_change_open
from desk.conversations.snooze import snooze
from desk.conversations.tags import change_tags
from desk.conversations.transfers import require_new_holder, transfer
from desk.unit_of_work import UnitOfWork


async def run_actions(
    uow: UnitOfWork, thread: Thread, wanted: CannedActions, by: AgentActor, title: str
) -> str:
    """Do all actions with the open session, or raise; return them in the words of commands.

    `title`: the canned reply's, which is the reason of a transfer. Raises SessionActionError or
    InvalidTagError: the caller gives up its transaction, or its savepoint.
    """
    session_id = thread.session_id
    if session_id is None:
        raise SessionActionError("this session has ended: reopen it first")
    if not may_change_open(by, thread):
        raise SessionActionError("another agent has this session")
    to = await _find_agent(uow, wanted)
    # What can be refused, is refused before anything is done.
    if (to or wanted.snooze_minutes) and thread.holder_id is None:
        raise SessionActionError("no agent holds this session: claim it first")
    if to is not None:
        await require_new_holder(uow, thread, session_id, to)
    if wanted.tags:
        await change_tags(uow, session_id, add=wanted.tags, by=by)
    if wanted.priority is not None:
        await set_priority(uow, thread, wanted.priority, by=by)
    if to is not None:
        await transfer(uow, thread, session_id, to, by=by, reason=title)
    if wanted.snooze_minutes is not None:
        until = uow.now + timedelta(minutes=wanted.snooze_minutes)
        await snooze(uow, thread, until, by=by)
    if wanted.end:
        await session_actions.end_session(uow, thread, session_id, by)
    return describe_as_commands(wanted, "" if to is None else to.name)


async def _find_agent(uow: UnitOfWork, wanted: CannedActions) -> AgentActor | None:
    if wanted.agent_id is None:
        return None
    found = await agents.find_agent(uow.tx, wanted.agent_id)
    if found is None:
        raise SessionActionError(
            "the agent of this canned reply cannot log in any more: have an admin change it"
        )
    return to_actor(found)
