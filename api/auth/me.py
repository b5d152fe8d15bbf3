"""One's own account."""

from api.auth.models import Me
from api.caller import Caller
from db.queries import agents
from desk.desk import Desk


async def show(desk: Desk, caller: Caller) -> Me:
    """Tell who is logged in."""
    presence = await agents.presence(desk.tx, caller.agent_id)
    return Me(
        id=caller.user_id,
        agent_id=caller.agent_id,
        name=caller.name,
        email=caller.email,
        role=caller.role,
        status=presence.status,
        capacity=presence.capacity,
        active_sessions=presence.active_sessions,
        telegram_linked=caller.telegram_id is not None,
        must_enrol_second_factor=caller.must_enrol,
    )
