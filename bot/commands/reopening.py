"""Handle `/reopen`: go on in the conversation's last session."""

from bot.commands.call import Answer, Call
from db.queries.accounts.agents import find_agent_name
from db.queries.conversations.location import find_last_session
from desk.actors import AgentActor
from desk.conversations.actions import SessionActionError, reopen_session
from desk.conversations.rights import may_change


async def reopen(call: Call) -> Answer:
    """Reopen the last session for the agent who held it; it waits if they cannot have it."""
    if call.thread.session_id is not None:
        return call.refuse("command.is_open")
    if not isinstance(call.by, AgentActor):
        return call.refuse("agent.not_agent")
    last = await find_last_session(call.uow.tx, call.thread.conversation_id)
    if last is None:
        return call.refuse("command.no_session_yet")
    if not may_change(call.by, holder=last.cs_id, is_open=False):
        name = last.cs_id and await find_agent_name(call.uow.tx, last.cs_id)
        return call.refuse("command.not_your_former", agent=name or "—")
    try:
        await reopen_session(call.uow, call.thread, last.session_id, call.by, last.cs_id)
    except SessionActionError:
        return call.refuse("command.changed_meanwhile")
    return Answer(call.say("command.reopened"), is_told=True)
