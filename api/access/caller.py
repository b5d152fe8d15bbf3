"""Who asks: the person behind an access token."""

from dataclasses import dataclass
from datetime import datetime

from db.ids import AgentId, LogInId, UserId
from db.queries.accounts.accounts import BoundAgent
from db.tables import Role
from desk.audit import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """An active user who is logged in, as they stand in this transaction."""

    user_id: UserId
    agent_id: AgentId
    name: str
    email: str
    role: Role
    log_in: LogInId
    # What their access token is worth: until when, and while the user's version is this one.
    until: datetime
    version: int
    telegram_id: str | None = None
    # An administrator wants them to set up a second factor before anything else.
    must_enrol: bool = False

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def agent(self) -> BoundAgent:
        """The caller as the desk's functions know agents."""
        return BoundAgent(self.user_id, self.agent_id, self.name, self.role, self.telegram_id)

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names them."""
        return Actor(self.name, self.user_id)
