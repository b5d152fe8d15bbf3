"""What is said about channels."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.models import GROUP, Body, Line, Reply, Ulid
from api.paging import PageQuery
from db.tables import AiTakeover, ChannelKind, OfflinePolicy
from desk.findings import Mark
from desk.setup.checks import Told
from desk.setup.staff_groups import MOST_GROUPS

_TOKEN = r"^[0-9]{1,20}:[A-Za-z0-9_-]{1,200}$"  # noqa: S105 what one looks like
_MOST_AGENTS = 1000

Name = Annotated[Line, Field(max_length=120)]
GroupId = Annotated[str, Field(pattern=GROUP, max_length=21, examples=["-1001234567890"])]
Language = Literal["en", "id"]
Groups = Annotated[list[GroupId], Field(max_length=MOST_GROUPS)]
Agents = Annotated[list[Ulid], Field(max_length=_MOST_AGENTS)]
_NAMED = "the agents that serve it; empty: all do"


class FindingOut(Reply):
    """What was found when the provider was asked."""

    mark: Literal["good", "warn", "bad"]
    subject: str
    text: str
    remedy: str | None = Field(description="what to do about it")
    at: datetime

    @classmethod
    def of(cls, told: Told) -> "FindingOut":
        found = told.finding
        marks: dict[Mark, Literal["good", "warn", "bad"]] = {
            Mark.GOOD: "good",
            Mark.WARN: "warn",
            Mark.BAD: "bad",
        }
        return cls(
            mark=marks[found.mark],
            subject=found.subject,
            text=found.text,
            remedy=found.remedy or None,
            at=told.at,
        )


class StaffGroupOut(Reply):
    """A group whose members answer a channel's customers."""

    id: str
    last_check: FindingOut | None = Field(description="null: nobody asked yet")


class StaffGroups(Reply):
    """The staff groups of a channel."""

    items: list[StaffGroupOut]


class NewStaffGroup(Body):
    """A group in which the bot is, or will be, an administrator."""

    id: GroupId


class CheckOut(Reply):
    """What the provider says of a channel now."""

    ok: bool = Field(description="nothing is bad")
    channel: list[FindingOut]
    staff_groups: list[StaffGroupOut]


class ChannelOut(Reply):
    """A bot or number that customers write to; its credentials are never shown."""

    id: Ulid
    kind: ChannelKind
    external_id: str = Field(description="the provider's id of the bot or number")
    name: str
    username: str | None
    is_active: bool
    from_environment: bool = Field(description="made by TELEGRAM_BOT_TOKEN, which sets its token")
    has_credentials: bool
    language: str | None = Field(description="null: DEFAULT_LANGUAGE")
    offline_policy: OfflinePolicy = Field(description="of an agent's sessions who goes offline")
    agent_ids: list[Ulid] = Field(description=_NAMED)
    ai_takeover: AiTakeover
    ai_takeover_minutes: int
    ai_reply_limit: int
    staff_groups: list[StaffGroupOut]
    has_opening_hours: bool
    is_open: bool = Field(description="by its opening hours, now")
    last_check: list[FindingOut] = Field(description="of the channel itself; empty: nobody asked")
    created_at: datetime


class ChannelQuery(PageQuery):
    """Which channels."""

    kind: ChannelKind | None = None
    is_active: bool | None = None


class TelegramCredentials(Body):
    """A bot's token, from @BotFather; it is sealed and never shown again."""

    token: Annotated[
        str,
        Field(
            pattern=_TOKEN,
            max_length=221,
            repr=False,
            examples=["123456789:AAExampleExampleExampleExampleExample"],
            json_schema_extra={"writeOnly": True},
        ),
    ]


class NewChannel(Body):
    """A bot to be served; who it is, its provider tells."""

    # Another kind brings a model of its own for its credentials, told apart by this.
    kind: Literal["telegram"] = "telegram"
    credentials: TelegramCredentials
    name: Name | None = Field(default=None, description="null: as its provider calls it")
    is_active: bool = True
    language: Language | None = Field(default=None, description="null: DEFAULT_LANGUAGE")
    staff_groups: Groups = Field(default=[])
    offline_policy: OfflinePolicy = OfflinePolicy.KEEP
    agent_ids: Agents = Field(default=[], description=_NAMED)


class ChannelChanges(Body):
    """What to change about a channel; what is left out stays."""

    name: Name | None = None
    is_active: bool | None = Field(
        default=None, description="false: what waits for it stays until it is true again"
    )
    language: Language | None = Field(default=None, description="null: DEFAULT_LANGUAGE")
    staff_groups: Groups | None = None
    offline_policy: OfflinePolicy | None = None
    agent_ids: Agents | None = Field(default=None, description=_NAMED)
    ai_takeover: AiTakeover | None = None
    ai_takeover_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    ai_reply_limit: Annotated[int, Field(ge=0, le=1000)] | None = None
