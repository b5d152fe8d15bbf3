"""What is said about logging in, and about oneself."""

from pydantic import Field

from api.models import Reply, Ulid
from db.tables import AgentStatus, Role


class Me(Reply):
    """Whoever is logged in."""

    id: Ulid
    agent_id: Ulid = Field(description="who they are where sessions are held")
    name: str
    email: str
    role: Role
    status: AgentStatus
    capacity: int = Field(description="how many sessions are given to them at most")
    active_sessions: int
    telegram_linked: bool
    must_enrol_second_factor: bool = Field(
        description="an administrator wants it before anything else"
    )
