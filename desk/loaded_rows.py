"""What a transaction has met: rows, so that nothing is read twice, and agents."""

from dataclasses import dataclass, field
from datetime import datetime

from db.ids import AgentId, ConversationId, MessageId
from db.queries.accounts.presence import SEEN_EXACTNESS
from db.queries.conversations.threads import Thread
from desk.actors import Actor, ActorKind, AgentActor


@dataclass(slots=True, kw_only=True)
class LoadedRows:
    """The rows that a transaction has loaded."""

    threads: dict[tuple[str, ...], Thread] = field(default_factory=dict)
    # Telegram account → the agent it is bound to; None: none was found.
    bound_agents: dict[str, AgentActor | None] = field(default_factory=dict)
    # (channel, chat, provider's id) → the message that stands there, as loaded for a whole batch;
    # None: none of ours.
    known_copies: dict[tuple[str, str, str], MessageId | None] = field(default_factory=dict)
    # How many messages each customer wrote in the last minute, with those of this transaction.
    recent_messages: dict[ConversationId, int] = field(default_factory=dict)
    # Agents who wrote or did something, and when they were last seen before; None: not known.
    seen_agents: dict[AgentId, datetime | None] = field(default_factory=dict)
    # When the update being handled came; None: it came from no provider.
    came_at: datetime | None = None

    def note_seen(self, by: Actor) -> None:
        """Note that a person wrote or did something: so they are there."""
        if by.kind is ActorKind.HUMAN and by.agent_id is not None:
            self.seen_agents[by.agent_id] = by.seen_at

    def take_seen_agents(self, now: datetime) -> set[AgentId]:
        """Return the agents who were seen since the last call, but for those seen shortly before.

        Storing it costs a statement.
        """
        seen, self.seen_agents = self.seen_agents, {}
        recent = now - SEEN_EXACTNESS
        return {agent for agent, before in seen.items() if before is None or before <= recent}

    def add_thread(self, thread: Thread) -> Thread:
        """Keep a thread for the rest of the transaction, under all its names."""
        self.threads["contact", thread.channel_id, thread.external_id] = thread
        self.threads["conversation", thread.conversation_id] = thread
        for place in thread.places:
            if place.topic is not None:
                self.threads["topic", place.channel_id, place.chat, place.topic] = thread
        return thread

    def drop_thread(self, thread: Thread) -> None:
        """Drop a thread whose rows have changed, so that it is loaded again when needed."""
        for name in [name for name, each in self.threads.items() if each is thread]:
            del self.threads[name]
