"""Schemas of auto-reply rules."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import Line, RequestBody, ResponseModel, Text, Timestamp, Ulid
from api.schemas.pagination import PageQuery
from db.tables import RuleMatch
from desk.auto_replies.decisions import MAX_LIMIT_MINUTES, Outcome
from desk.auto_replies.matching import MAX_TEXT_LENGTH
from desk.canned.rendering import EXAMPLE_VALUES

_VARIABLES = ", ".join(f"{{{{{name}}}}}" for name in EXAMPLE_VALUES)
_MATCH_HELP = (
    "exact, contains, word: the message is one of the words, contains one, or has one as a whole"
    " word, in small or capital letters. pattern: it matches a regular expression."
    " first_message: it is the first of its session. outside_hours: the channel is closed."
    " unanswered: nobody answered it within `delay_seconds`"
)
_WORDS_HELP = "words or sentences, for the kinds exact, contains and word"
_PATTERN_HELP = "a regular expression in the syntax of RE2, for the kind pattern"
_LANGUAGES_HELP = "only for customers with one of these languages; empty: for all"
_MESSAGE_HELP = f"the text to send, which may contain the variables {_VARIABLES}"
_TEMPLATE_HELP = "a template of the channel to send instead of a text"
_VALUES_HELP = "texts for variables of the template, by its names or numbers"
_FILE_HELP = "a file (`/reply-files`) that is sent with the text, or as the template's header"
_BUTTONS_HELP = (
    "choices below the text; where the chat has no buttons, they are numbered lines."
    " A choice comes back as a message with these words"
)
_AGENT_HELP = "the agent whose name stands for {{agent}}; null: the agent of the session"
_DELAY_HELP = "how long to wait; the answer is dropped if a person answers first"
_PRIORITY_HELP = "rules with a higher number come first"
_GOES_ON_HELP = "rules behind this one may answer the same message too"
_ONCE_HELP = "it answers once in each session"
_LIMIT_HELP = "at most so many answers to one customer within `limit_minutes`"

Name = Annotated[Line, Field(max_length=120)]
Words = Annotated[list[Annotated[Line, Field(max_length=190)]], Field(max_length=100)]
Pattern = Annotated[Line, Field(max_length=500, examples=["(harga|price) .*"])]
Languages = Annotated[list[Language], Field(max_length=2)]
Message = Annotated[Text, Field(max_length=4000)]
Values = Annotated[
    dict[Annotated[Line, Field(max_length=60)], Annotated[Text, Field(max_length=1000)]],
    Field(max_length=30),
]
Buttons = Annotated[list[Annotated[Line, Field(max_length=60)]], Field(max_length=10)]
Delay = Annotated[int, Field(ge=0, le=24 * 60 * 60)]
Priority = Annotated[int, Field(ge=-1000, le=1000)]
LimitCount = Annotated[int, Field(ge=1, le=10)]
LimitMinutes = Annotated[int, Field(ge=1, le=MAX_LIMIT_MINUTES)]


class AutoReplyRuleOut(ResponseModel):
    """A rule that answers customers of a channel by itself."""

    id: Ulid
    channel_id: Ulid
    name: str
    match_kind: RuleMatch = Field(description=_MATCH_HELP)
    trigger_keywords: list[str]
    pattern: str | None
    languages: list[str] = Field(description=_LANGUAGES_HELP)
    reply_message: str | None
    reply_template_id: Ulid | None
    reply_values: dict[str, str] = Field(description=_VALUES_HELP)
    reply_file_id: Ulid | None = Field(description=_FILE_HELP)
    reply_buttons: list[str] = Field(description=_BUTTONS_HELP)
    agent_id: Ulid | None = Field(description=_AGENT_HELP)
    delay_seconds: int
    priority: int
    goes_on: bool
    is_once_per_session: bool
    limit_count: int
    limit_minutes: int
    is_active: bool
    created_at: datetime
    updated_at: datetime


class AutoReplyRuleQuery(PageQuery):
    """Which rules to list."""

    channel_id: Ulid | None = None
    is_active: bool | None = None


class NewAutoReplyRule(RequestBody):
    """A new rule."""

    channel_id: Ulid
    name: Name
    match_kind: RuleMatch = Field(description=_MATCH_HELP)
    trigger_keywords: Words = Field(default=[], description=_WORDS_HELP)
    pattern: Pattern | None = Field(default=None, description=_PATTERN_HELP)
    languages: Languages = Field(default=[], description=_LANGUAGES_HELP)
    reply_message: Message | None = Field(default=None, description=_MESSAGE_HELP)
    reply_template_id: Ulid | None = Field(default=None, description=_TEMPLATE_HELP)
    reply_values: Values = Field(default={}, description=_VALUES_HELP)
    reply_file_id: Ulid | None = Field(default=None, description=_FILE_HELP)
    reply_buttons: Buttons = Field(default=[], description=_BUTTONS_HELP)
    agent_id: Ulid | None = Field(default=None, description=_AGENT_HELP)
    delay_seconds: Delay = Field(default=0, description=_DELAY_HELP)
    priority: Priority = Field(default=0, description=_PRIORITY_HELP)
    goes_on: bool = Field(default=False, description=_GOES_ON_HELP)
    is_once_per_session: bool = Field(default=False, description=_ONCE_HELP)
    limit_count: LimitCount = Field(default=3, description=_LIMIT_HELP)
    limit_minutes: LimitMinutes = 10
    is_active: bool = True


class AutoReplyRuleChanges(RequestBody):
    """Changes of a rule; omitted fields stay as they are. A rule keeps its channel."""

    name: Name | None = None
    match_kind: RuleMatch | None = Field(default=None, description=_MATCH_HELP)
    trigger_keywords: Words | None = Field(default=None, description=_WORDS_HELP)
    pattern: Pattern | None = Field(default=None, description=_PATTERN_HELP)
    languages: Languages | None = Field(default=None, description=_LANGUAGES_HELP)
    reply_message: Message | None = Field(default=None, description=_MESSAGE_HELP)
    reply_template_id: Ulid | None = Field(default=None, description=_TEMPLATE_HELP)
    reply_values: Values | None = Field(default=None, description=_VALUES_HELP)
    reply_file_id: Ulid | None = Field(default=None, description=_FILE_HELP)
    reply_buttons: Buttons | None = Field(default=None, description=_BUTTONS_HELP)
    agent_id: Ulid | None = Field(default=None, description=_AGENT_HELP)
    delay_seconds: Delay | None = Field(default=None, description=_DELAY_HELP)
    priority: Priority | None = Field(default=None, description=_PRIORITY_HELP)
    goes_on: bool | None = Field(default=None, description=_GOES_ON_HELP)
    is_once_per_session: bool | None = Field(default=None, description=_ONCE_HELP)
    limit_count: LimitCount | None = Field(default=None, description=_LIMIT_HELP)
    limit_minutes: LimitMinutes | None = None
    is_active: bool | None = None


class RuleTestBody(RequestBody):
    """What a customer might write."""

    channel_id: Ulid
    text: Annotated[Text, Field(max_length=MAX_TEXT_LENGTH)]
    language: Language | None = Field(default=None, description="null: that of the channel")
    is_first: bool = Field(default=False, description="as the first message of a session")
    at: Timestamp | None = Field(default=None, description="when it is written; null: now")


class RuleTrialOut(ResponseModel):
    """What one rule would do."""

    rule_id: Ulid
    name: str
    outcome: Outcome
    seconds: int | None = Field(description="after how long it would answer; null: it would not")
    text: str | None = Field(description="what it would send, with example values")
    file: str | None = Field(description="the name of the file that it would send")
    buttons: list[str] = Field(description="the choices below it")


class RuleTestOut(ResponseModel):
    """What each active rule of the channel would do, in the order in which they are tried."""

    rules: list[RuleTrialOut]
