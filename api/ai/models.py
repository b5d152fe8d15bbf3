"""Schemas of AI agents."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.people.models import MAX_CHANNELS, Capacity, Name
from api.schemas.base import Line, RequestBody, ResponseModel, Text, Ulid
from api.schemas.opening_hours import OpeningHours
from db.tables import AgentLevel, AgentStatus, AiMode

_MAX_ENTRIES = 200
_LANGUAGE = r"^[a-z]{2}$"
_DEFAULT_CAPACITY = 1000
_LEVEL_HELP = "chooses the model, unless `config.model` names one"

LongText = Annotated[Text, Field(max_length=16_000)]
ShortText = Annotated[Text, Field(max_length=1000)]
Keyword = Annotated[Line, Field(max_length=80)]
Keywords = Annotated[list[Keyword], Field(max_length=_MAX_ENTRIES)]
Share = Annotated[float, Field(ge=0, le=1)]


class ProductModel(RequestBody):
    """A product; the agent names no price that stands neither here nor in an article."""

    name: Line
    price: Annotated[str, Field(max_length=80, examples=["Rp 75.000"])] = ""
    description: Annotated[str, Field(max_length=1000)] = ""


class HandoverRulesModel(RequestBody):
    """Hard rules after which a person answers; asking for a person always is one."""

    keywords: Keywords = Field(default=[], description="a message contains one of these words")
    languages: Annotated[
        list[Annotated[str, Field(pattern=_LANGUAGE)]], Field(max_length=_MAX_ENTRIES)
    ] = Field(default=[], description="languages that the agent answers in; empty: every language")
    complaints: Annotated[int, Field(ge=0, le=100)] = Field(
        default=2, description="after so many messages in a bad mood; 0: never"
    )
    answers: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=0, description="after so many answers in one session; 0: never"
    )


class FollowUpModel(RequestBody):
    """What the agent says when a customer who named the keyword stays silent."""

    keyword: Keyword
    text: Annotated[str, Field(max_length=4000)] = Field(
        default="", description="empty: the model writes it"
    )
    delay_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60


class PictureModel(RequestBody):
    """A picture that follows the answer to a message with the keyword."""

    keyword: Keyword
    file_id: Ulid = Field(description="a picture of `/reply-files`")
    caption: Annotated[str, Field(max_length=1000)] = ""


class AiConfigModel(RequestBody):
    """How an AI agent answers."""

    mode: AiMode = Field(
        default=AiMode.AUTOMATIC,
        description="automatic: it answers; suggest: its drafts stand in the topic; off: nothing",
    )
    style: Annotated[str, Field(max_length=4000)] = ""
    knowledge: Annotated[str, Field(max_length=16_000)] = Field(
        default="", description="what the agent knows beside the articles"
    )
    products: Annotated[list[ProductModel], Field(max_length=_MAX_ENTRIES)] = Field(default=[])
    article_tags: Keywords = Field(
        default=[], description="use only articles with one of these tags; empty: all"
    )
    model: Annotated[Line, Field(max_length=120)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = Field(
        default=None, description="null: the server's default"
    )
    confidence_threshold: Share | None = Field(
        default=None, description="below it a person answers; null: the calibrated one"
    )
    handover_conditions: Annotated[list[ShortText], Field(max_length=_MAX_ENTRIES)] = Field(
        default=[], description="in plain sentences; the model judges them"
    )
    handover_rules: HandoverRulesModel = HandoverRulesModel()
    follow_ups: Annotated[list[FollowUpModel], Field(max_length=_MAX_ENTRIES)] = Field(default=[])
    pictures: Annotated[list[PictureModel], Field(max_length=_MAX_ENTRIES)] = Field(default=[])
    reads_pictures: bool = Field(
        default=False, description="customers' pictures are given to the model, if it sees them"
    )
    working_hours: OpeningHours | None = Field(default=None, description="null: always")
    reply_limit: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="answers in one session; null: that of the channel"
    )
    reply_limit_notice: LongText | None = Field(
        default=None, description="what the customer is told then; null: the desk's own text"
    )


class NewAiAgent(RequestBody):
    """A new AI agent; it is online from the start."""

    name: Name
    level: AgentLevel = Field(default=AgentLevel.BASIC, description=_LEVEL_HELP)
    capacity: Capacity = _DEFAULT_CAPACITY
    channel_ids: Annotated[list[Ulid], Field(max_length=MAX_CHANNELS)] = Field(
        default=[], description="channels that list this agent; empty: none"
    )
    config: AiConfigModel = AiConfigModel()


class AiAgentChanges(RequestBody):
    """Changes of an AI agent; omitted fields stay. For its status and channels see /agents."""

    name: Name | None = None
    level: AgentLevel | None = Field(default=None, description=_LEVEL_HELP)
    config: AiConfigModel | None = Field(
        default=None, description="its omitted fields stay as they are, too"
    )


class AiAgentOut(ResponseModel):
    """An AI agent with its configuration."""

    id: Ulid
    name: str
    level: AgentLevel
    status: AgentStatus
    active_sessions: int
    config: AiConfigModel
    created_at: datetime
    updated_at: datetime
