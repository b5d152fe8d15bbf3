"""The caller of a route: the user behind an access token."""

from dataclasses import dataclass
from datetime import datetime

from db.ids import AgentId, LogInId, UserId
from db.tables import Role
from desk.actors import AgentActor, human_agent


@dataclass(frozen=True, slots=True)
class Caller:
    """An active user who is logged in, as read in this transaction."""

    user_id: UserId
    agent_id: AgentId
    name: str
    email: str
    role: Role
    log_in: LogInId
    # The access token is valid until this time, and while the user's version is this one.
    until: datetime
    version: int
    telegram_id: str | None = None
    # True: an administrator requires a second factor, and the user has not set it up yet.
    must_enrol: bool = False
    # When they last did something, as far as it is noted.
    seen_at: datetime | None = None

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def actor(self) -> AgentActor:
        """Return the caller as an actor for the functions in desk/."""
        return human_agent(self.name, self.agent_id, self.user_id, self.role, seen_at=self.seen_at)
