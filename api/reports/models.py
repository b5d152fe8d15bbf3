"""The queries and responses of reports."""

from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from api.errors.problems import BadRequest
from api.schemas.base import Day, QueryModel, ResponseModel, Ulid
from api.schemas.pagination import PageQuery
from db.ids import AgentId, ChannelId, SessionId, TagId
from db.queries.reports.groups import Group
from db.queries.reports.measures import Figure
from db.queries.reports.names import SessionPeople
from db.queries.reports.sessions import AnsweredBy, Selection, SessionChoice
from db.tables import AiAction
from desk.reports.names import NamedPeriod, ReportName
from desk.reports.periods import InvalidPeriodError, Period, choose_period
from desk.reports.reports import Question


class PeriodQuery(QueryModel):
    """Which sessions: those that were opened on these days, in the desk's time zone."""

    period: NamedPeriod | None = Field(
        default=None, description="instead of days; a week begins on Monday"
    )
    first_day: Day | None = Field(default=None, description="29 days before the last")
    last_day: Day | None = Field(default=None, description="default: today")
    channel_id: Ulid | None = None
    agent_id: Ulid | None = Field(
        default=None, description="who holds the session, or held it to its end"
    )
    tag_id: Ulid | None = Field(default=None, description="only sessions that have this tag")

    def get_period(self, now: datetime, zone: ZoneInfo) -> Period:
        """Return the period that is asked for; raise BadRequest if there is none."""
        try:
            return choose_period(now, zone, self.first_day, self.last_day, name=self.period)
        except InvalidPeriodError as error:
            raise BadRequest(str(error)) from error

    def get_question(self, now: datetime, zone: ZoneInfo, by: Group = Group.ALL) -> Question:
        """Return the question for a report."""
        return Question(
            self.get_period(now, zone),
            by,
            None if self.channel_id is None else ChannelId(self.channel_id),
            None if self.agent_id is None else AgentId(self.agent_id),
            None if self.tag_id is None else TagId(self.tag_id),
        )


class ReportQuery(PeriodQuery):
    """Which report, about which sessions."""

    report: ReportName
    by: Group = Field(
        default=Group.ALL, description="one row for each; for `workload` and the times only"
    )


class ReportSessionsQuery(PeriodQuery, PageQuery):
    """Which sessions of a figure; a report's row has these parameters in `sessions`."""

    figure: Figure | None = None
    selection: Selection = Selection.MEASURED
    answered_by: AnsweredBy | None = None
    rating: int | None = Field(default=None, ge=1, le=5)
    hour_of_week: int | None = Field(default=None, ge=0, lt=168, description="0: Monday, midnight")
    unheld: bool = False
    untagged: bool = False
    ai_action: AiAction | None = None
    handover_reason: str | None = Field(default=None, max_length=500)
    ai_wrong: bool = False
    ai_suggested: bool = False
    session_id: Ulid | None = Field(default=None, description="that of a comment")

    def get_choice(self) -> SessionChoice:
        """Return which sessions of the period to list."""
        return SessionChoice(
            figure=self.figure,
            selection=self.selection,
            answered_by=self.answered_by,
            rating=self.rating,
            hour_of_week=self.hour_of_week,
            is_unheld=self.unheld,
            is_untagged=self.untagged,
            ai_action=self.ai_action,
            handover_reason=self.handover_reason,
            is_ai_wrong=self.ai_wrong,
            is_ai_suggested=self.ai_suggested,
            session_id=None if self.session_id is None else SessionId(self.session_id),
        )


class ReportRow(ResponseModel):
    """One row of a report."""

    cells: list[str | int | float | None] = Field(description="as many as `columns`")
    sessions: str = Field(description="path of the list of the sessions behind this row")


class ReportOut(ResponseModel):
    """A report as a table; docs/metrics.md defines each column."""

    report: ReportName
    first_day: date
    last_day: date
    time_zone: str
    begin: datetime
    end: datetime = Field(description="not included")
    before_first_day: date = Field(description="of the days that `comparison` compares with")
    before_last_day: date
    columns: list[str]
    rows: list[ReportRow]


class SessionFiguresOut(ResponseModel):
    """The figures of one session; docs/metrics.md defines them."""

    session_id: Ulid
    conversation_id: Ulid
    channel_id: Ulid
    agent_id: str | None
    client_name: str
    agent_name: str | None
    opened_at: datetime
    ended_at: datetime | None
    waiting_seconds: float | None
    waiting_business_seconds: float | None
    first_answer_seconds: float | None
    first_answer_business_seconds: float | None
    first_human_seconds: float | None
    first_human_business_seconds: float | None
    first_ai_seconds: float | None
    first_rule_seconds: float | None
    next_answer_count: int
    next_answer_seconds_max: float | None
    next_answer_business_max: float | None
    unanswered_since: datetime | None
    resolution_seconds: float | None
    resolution_business_seconds: float | None
    inbound_count: int
    human_count: int
    ai_count: int
    rule_count: int
    handover_count: int
    reopen_count: int
    rating: int | None
    rating_comment: str | None
    messages: str = Field(description="path of the session's messages")

    @classmethod
    def from_row(cls, row: Any, people: SessionPeople, messages: str) -> Self:
        """Build it from the stored figures."""
        known = {
            "client_name": people.client_name,
            "agent_name": people.agent_name,
            "messages": messages,
        }
        values = {name: getattr(row, name) for name in cls.model_fields if name not in known}
        return cls(**values, **known)
