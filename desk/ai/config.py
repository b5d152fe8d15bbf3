"""How an AI agent is set up, in types: what the JSON columns of its configuration mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.ids import AgentId
from db.queries.ai.configs import AiAgentRow
from db.tables import AgentLevel, AgentStatus, AiMode
from desk.actors import AgentActor, ai_agent
from desk.business_hours import Hours, is_open, load_hours


@dataclass(frozen=True, slots=True)
class Product:
    """Something that the agent may offer; prices in its answers must stand here or in articles."""

    name: str
    price: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class HandoverRules:
    """Hard rules after which a person answers, whatever the model says."""

    # A message that contains one of these words.
    keywords: tuple[str, ...] = ()
    # The languages that the agent answers in, as two letters; empty: every language.
    languages: tuple[str, ...] = ()
    # After so many messages in a bad mood; 0: never.
    complaints: int = 2
    # After so many answers in one session; 0: never.
    answers: int = 0

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "HandoverRules":
        """Read the stored form; what it lacks has its default."""
        return cls(
            keywords=tuple(kept.get("keywords", ())),
            languages=tuple(kept.get("languages", ())),
            complaints=kept.get("complaints", 2),
            answers=kept.get("answers", 0),
        )


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the agent says by itself when a customer who named a keyword stays silent."""

    keyword: str
    # Empty: the model writes it.
    text: str
    delay: timedelta


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that follows an answer to a message with a keyword."""

    keyword: str
    file_id: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class AiConfig:
    """An AI agent, ready to answer."""

    agent_id: AgentId
    name: str
    is_online: bool
    mode: AiMode
    level: AgentLevel
    style: str
    knowledge: str
    products: tuple[Product, ...]
    article_tags: tuple[str, ...]
    model: str | None
    temperature: float | None
    confidence_threshold: float | None
    handover_conditions: tuple[str, ...]
    handover_rules: HandoverRules
    follow_ups: tuple[FollowUp, ...]
    pictures: tuple[Picture, ...]
    reads_pictures: bool
    hours: Hours | None
    reply_limit: int | None
    reply_limit_notice: str | None

    @property
    def actor(self) -> AgentActor:
        """Return the agent as an actor."""
        return ai_agent(self.agent_id, self.name)

    def is_available(self, now: datetime) -> bool:
        """Check whether the agent may answer now at all."""
        works = self.hours is None or is_open(self.hours, now)
        return self.is_online and self.mode is not AiMode.OFF and works


def to_config(row: AiAgentRow) -> AiConfig:
    """Read an AI agent's row."""
    kept = row.config
    return AiConfig(
        agent_id=row.id,
        name=row.name,
        is_online=row.status is AgentStatus.ONLINE,
        mode=kept.mode,
        level=row.level,
        style=kept.style,
        knowledge=kept.knowledge,
        products=tuple(Product(**each) for each in kept.products),
        article_tags=tuple(kept.article_tags),
        model=kept.model,
        temperature=kept.temperature,
        confidence_threshold=kept.confidence_threshold,
        handover_conditions=tuple(kept.handover_conditions),
        handover_rules=HandoverRules.from_json(kept.handover_rules),
        follow_ups=tuple(
            FollowUp(each["keyword"], each["text"], timedelta(minutes=each["delay_minutes"]))
            for each in kept.follow_ups
        ),
        pictures=tuple(Picture(**each) for each in kept.pictures),
        reads_pictures=kept.reads_pictures,
        hours=None if kept.working_hours is None else load_hours(kept.working_hours),
        reply_limit=kept.reply_limit,
        reply_limit_notice=kept.reply_limit_notice,
    )
