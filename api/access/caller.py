"""The caller of a route: the user behind an access token."""

from dataclasses import dataclass
from datetime import datetime

from db.ids import AgentId, LogInId, UserId
from db.queries.accounts.accounts import BoundAgent
from db.tables import Role
from desk.audit import Actor


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

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def agent(self) -> BoundAgent:
        """Return the caller as an agent for the functions in desk/."""
        return BoundAgent(self.user_id, self.agent_id, self.name, self.role, self.telegram_id)

    @property
    def actor(self) -> Actor:
        """Return the caller as an actor for the audit log."""
        return Actor(self.name, self.user_id)
