"""Actors: everyone who writes, decides or changes something, so that it stands in their name.

Whoever can hold a session is an `AgentActor`: a human agent or an AI agent.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from db.ids import AgentId, UserId
from db.queries.accounts.accounts import BoundAgent
from db.tables import Role, SenderType


class ActorKind(StrEnum):
    """The kinds of actors."""

    CUSTOMER = "customer"
    HUMAN = "human"
    AI = "ai"
    RULE = "rule"
    SYSTEM = "system"

    @property
    def sender_type(self) -> SenderType:
        """Return the sender type of messages of this kind of actor."""
        return _SENDER_TYPES[self]


_SENDER_TYPES = {
    ActorKind.CUSTOMER: SenderType.CLIENT,
    ActorKind.HUMAN: SenderType.CS,
    ActorKind.AI: SenderType.AI,
    ActorKind.RULE: SenderType.SYSTEM,
    ActorKind.SYSTEM: SenderType.SYSTEM,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts; ids and role where there is an account."""

    kind: ActorKind
    name: str
    agent_id: AgentId | None = None
    user_id: UserId | None = None
    role: Role | None = None
    # The staff group in whose name its administrator acted, whom Telegram does not name.
    anonymous_in: str | None = None
    # When this agent was last seen before, as far as it is noted; None: it is not known.
    seen_at: datetime | None = field(default=None, compare=False)

    @property
    def sender_type(self) -> SenderType:
        """Return the sender type of this actor's messages."""
        return self.kind.sender_type

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class AgentActor(Actor):
    """An agent, who can hold sessions."""

    agent_id: AgentId


# The desk itself: automatic assignment, timers.
SYSTEM = Actor(ActorKind.SYSTEM, "system")
# The person who runs `osmodesk` on the server, who can read the database and needs no account.
CONSOLE = Actor(ActorKind.HUMAN, "console")


def customer(name: str) -> Actor:
    """Return a customer as an actor."""
    return Actor(ActorKind.CUSTOMER, name)


def human(name: str, user_id: UserId | None = None) -> Actor:
    """Return a person, with or without an account."""
    return Actor(ActorKind.HUMAN, name, user_id=user_id)


def human_agent(
    name: str,
    agent_id: AgentId,
    user_id: UserId,
    role: Role,
    *,
    seen_at: datetime | None = None,
) -> AgentActor:
    """Return a user's agent as an actor."""
    return AgentActor(ActorKind.HUMAN, name, agent_id, user_id, role, seen_at=seen_at)


def to_actor(agent: BoundAgent) -> AgentActor:
    """Return an agent as read from the database as an actor."""
    return human_agent(agent.name, agent.agent_id, agent.user_id, agent.role, seen_at=agent.seen_at)


def ai_agent(agent_id: AgentId, name: str) -> AgentActor:
    """Return an AI agent as an actor."""
    return AgentActor(ActorKind.AI, name, agent_id)


def rule(name: str) -> Actor:
    """Return a rule as an actor, by its name."""
    return Actor(ActorKind.RULE, name)


def anonymous_admin(name: str, group: str) -> Actor:
    """Return an administrator who acts as the staff group; `name` is what the group shows."""
    return Actor(ActorKind.HUMAN, name, anonymous_in=group)
