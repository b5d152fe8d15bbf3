"""What a transaction has read, so that nothing is read twice."""

from dataclasses import dataclass, field
from datetime import datetime

from db.ids import ConversationId, MessageId
from db.queries.conversations.threads import Thread
from desk.actors import AgentActor


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
    # When the update being handled came; None: it came from no provider.
    came_at: datetime | None = None

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
