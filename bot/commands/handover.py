"""Handle `/transfer` and `/assign`: give the open session to another agent."""

from bot.commands.call import Answer, Call, build_button
from db.ids import AgentId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from desk.actors import to_actor
from desk.conversations import transfers
from desk.conversations.actions import SessionActionError
from desk.conversations.placing import has_desk
from desk.formatting.names import clean_name

_MAX_OFFERED = 12
_MAX_NAME_WORDS = 6
_MAX_REASON = 500
# The reasons that buttons offer: command.reason_….
_REASONS = ("reason_knows", "reason_shift", "reason_team")
_SEPARATOR = "/"


async def transfer(call: Call) -> Answer:
    """Transfer the held session: `/transfer NAME REASON`; what is missing is asked by buttons."""
    if refusal := call.refuse_others():
        return refusal
    if call.thread.holder_id is None:
        return call.refuse("command.nobody_holds")
    if not call.argument:
        return await _ask_agent(call, "transfer", "transfer_to_whom")
    agent, reason = await _find_agent(call)
    if agent is None:
        return call.refuse("command.no_agent", name=call.argument[: _MAX_OFFERED * 5])
    if refusal := await _refuse_agent(call, agent):
        return refusal
    if not reason:
        return _ask_reason(call, agent)
    return await _give(call, agent, reason)


async def assign(call: Call) -> Answer:
    """Assign the session to an agent, held or not: `/assign NAME [REASON]`; for administrators."""
    if not call.by.is_admin and call.by.anonymous_in is None:
        return call.refuse("command.admins_only")
    if refusal := call.refuse_others():
        return refusal
    if not call.argument:
        return await _ask_agent(call, "assign", "assign_to_whom")
    agent, reason = await _find_agent(call)
    if agent is None:
        return call.refuse("command.no_agent", name=call.argument[: _MAX_OFFERED * 5])
    if refusal := await _refuse_agent(call, agent):
        return refusal
    return await _give(call, agent, reason, is_assigned=True)


async def _refuse_agent(call: Call, agent: BoundAgent) -> Answer | None:
    """Return why the session cannot go to an agent, or None if it can."""
    if agent.agent_id == call.thread.holder_id:
        return call.refuse("command.has_it", agent=agent.name)
    if not await has_desk(call.uow, call.thread.channel_id, to_actor(agent)):
        return call.refuse("own_chat.not_started", agent=agent.name)
    return None


async def _give(call: Call, agent: BoundAgent, reason: str, *, is_assigned: bool = False) -> Answer:
    to, session_id = to_actor(agent), call.thread.session_id
    assert session_id is not None  # noqa: S101 refused before
    if len(reason) > _MAX_REASON:
        return call.refuse("command.reason_too_long", most=_MAX_REASON, length=len(reason))
    try:
        if is_assigned:
            given = reason or None
            await transfers.assign(call.uow, call.thread, session_id, to, by=call.by, reason=given)
        else:
            await transfers.transfer(
                call.uow, call.thread, session_id, to, by=call.by, reason=reason
            )
    except SessionActionError:
        return call.refuse("command.changed_meanwhile")
    return Answer(call.say("command.given", agent=agent.name), is_told=True)


async def _find_agent(call: Call) -> tuple[BoundAgent | None, str]:
    """Return the agent whom an argument begins with, by id or by name, and the rest of it."""
    named, _, reason_key = call.argument.partition(_SEPARATOR)
    found = await agents.find_agent(call.uow.tx, AgentId(named)) if named.isalnum() else None
    if found is not None:
        is_known = reason_key in _REASONS
        return found, call.say(f"command.{reason_key}") if is_known else ""
    words = call.argument.split()
    for many in range(min(len(words), _MAX_NAME_WORDS), 0, -1):
        agent_id = await agents.find_active_by_name(call.uow.tx, " ".join(words[:many]))
        found = await agents.find_agent(call.uow.tx, agent_id) if agent_id else None
        if found is not None:
            return found, " ".join(words[many:])
    return None, ""


async def _ask_agent(call: Call, command: str, question: str) -> Answer:
    others = [
        each
        for each in await agents.list_human_agents(call.uow.tx, most=_MAX_OFFERED + 1)
        if each.agent_id != call.thread.holder_id
    ]
    if not others:
        return call.refuse("command.no_other_agent")
    buttons = [
        [build_button(clean_name(each.name, 60) or "…", command, each.agent_id)]
        for each in others[:_MAX_OFFERED]
    ]
    return Answer(call.say(f"command.{question}"), buttons)


def _ask_reason(call: Call, agent: BoundAgent) -> Answer:
    buttons = [
        [
            build_button(
                call.say(f"command.{each}"),
                "transfer",
                f"{agent.agent_id}{_SEPARATOR}{each}",
            )
        ]
        for each in _REASONS
    ]
    return Answer(call.say("command.why", agent=agent.name), buttons)
