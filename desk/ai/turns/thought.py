"""What an AI agent thought about a burst of messages; nothing of it is sent yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.ids import AgentId, ChannelId, ClientId, MessageId, SessionId
from db.queries.conversations.threads import Thread
from db.queries.knowledge.embeddings import KnowledgeState
from db.tables import AiAction
from desk.ai.config import AiConfig
from desk.ai.model.token_account import UsedTokens
from desk.ai.turns.offers import Choice
from desk.ai.turns.reasons import Reason


@dataclass(frozen=True, slots=True)
class SaidMessage:
    """One message of the session, as the agent remembers it."""

    id: MessageId
    is_customer: bool
    author_id: AgentId | None
    author: str
    text: str
    # The type of what came without words; empty: it has words.
    kind: str = ""
    file: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What a turn thinks about, as read in one transaction."""

    config: AiConfig
    # All messages of the session up to the burst, oldest first; the burst is at the end.
    history: tuple[SaidMessage, ...]
    burst: tuple[SaidMessage, ...]
    language: str | None
    staff_language: str
    customer_name: str
    channel_name: str
    replies: int
    reply_limit: int
    complaints: int
    choice: Choice | None
    # Seconds that are left.
    remaining: float
    session_id: SessionId
    client_id: ClientId
    # Where the customer's files come from; None: nobody sent any.
    channel_id: ChannelId | None = None
    # The revision of the articles; None: the search reads it itself.
    knowledge: KnowledgeState | None = None

    @property
    def question(self) -> str:
        """Return the words of the burst."""
        return "\n".join(each.text for each in self.burst if each.text)


@dataclass(frozen=True, slots=True)
class PreparedTurn:
    """What the transaction that began a turn has read, so that its job need not."""

    thread: Thread
    material: Material


@dataclass(frozen=True, slots=True)
class Cost:
    """What the thinking cost."""

    model: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    # Calls that are settled after the answer, so that the customer does not wait for it.
    unsettled: tuple[UsedTokens, ...] = ()

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.model or other.model,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost + other.cost,
            self.unsettled + other.unsettled,
        )


@dataclass(frozen=True, slots=True)
class Thought:
    """What to do: ANSWER, CLARIFY or OFFER with a text, or HANDOVER with a reason."""

    action: AiAction
    text: str = ""
    reason: Reason | None = None
    confidence: float | None = None
    # Offered articles, as a turn stores them.
    offers: tuple[Mapping[str, Any], ...] = ()
    # The passages that the answer rests on, with their scores.
    passages: tuple[Mapping[str, Any], ...] = ()
    # What staff reads beside the answer: a key of the texts.
    note: str = ""
    # A handover's summary for the human.
    summary: str = ""
    cost: Cost = field(default_factory=Cost)
