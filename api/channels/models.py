"""Schemas of channels."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Discriminator, Field, RootModel, Tag

from api.channels.credentials import CloudCredentials, TelegramCredentials, WahaCredentials
from api.schemas.base import (
    GROUP_ID_PATTERN,
    Line,
    PictureUrl,
    RequestBody,
    ResponseModel,
    Ulid,
)
from api.schemas.language import say_result
from api.schemas.pagination import PageQuery
from db.tables import AiTakeover, ChannelKind, LinkStatus, OfflinePolicy, StaffMode
from desk.setup.check_results import StoredCheckResult
from desk.setup.findings import Severity
from desk.setup.sla_targets import MAX_TARGET_MINUTES, MAX_WARNING_PERCENT
from desk.setup.staff_groups import MAX_GROUPS

_MAX_AGENTS = 1000

Name = Annotated[Line, Field(max_length=120)]
GroupId = Annotated[
    str, Field(pattern=GROUP_ID_PATTERN, max_length=21, examples=["-1001234567890"])
]
Language = Literal["en", "id"]
Groups = Annotated[list[GroupId], Field(max_length=MAX_GROUPS)]
Agents = Annotated[list[Ulid], Field(max_length=_MAX_AGENTS)]
_STAFF_CHANNEL_HELP = "the Telegram channel whose bot serves the staff groups; null: the oldest"
_OFFLINE_HELP = (
    "for how many minutes sessions stay with an agent who is offline, or away because of their "
    "silence, before offline_policy applies; 0: it applies at once"
)
_REOPEN_HELP = "for how long after its end a customer's message reopens a session; 0: never"
_FIRST_HELP = "within how many business minutes a session's first answer is due; 0: no target"
_NEXT_HELP = "within how many business minutes each later answer is due; 0: no target"
_WARNING_HELP = "at how many percent of that time staff is warned; 0: never"
_ASKS_HELP = "whether customers are asked to rate sessions that have ended"
_TELLS_HELP = "whether customers are told which agent answers, at each new session"
_STAFF_MODE_HELP = (
    "where agents answer: in the staff group, or each in their own chat with the staff bot; "
    "null: STAFF_MODE"
)
_AGENT_IDS_HELP = "agents that serve the channel; empty: all agents"


class CheckResultOut(ResponseModel):
    """One result of a check at the provider."""

    mark: Literal["good", "warn", "bad"]
    subject: str
    text: str
    remedy: str | None = Field(description="how to fix it")
    at: datetime

    @classmethod
    def from_stored(cls, stored: StoredCheckResult) -> "CheckResultOut":
        found = say_result(stored.result)
        marks: dict[Severity, Literal["good", "warn", "bad"]] = {
            Severity.OK: "good",
            Severity.WARN: "warn",
            Severity.ERROR: "bad",
        }
        return cls(
            mark=marks[found.severity],
            subject=found.subject,
            text=found.text,
            remedy=found.remedy or None,
            at=stored.at,
        )


class StaffGroupOut(ResponseModel):
    """A group whose members answer a channel's customers."""

    id: str
    last_check: CheckResultOut | None = Field(description="null: not checked yet")


class StaffGroups(ResponseModel):
    """The staff groups of a channel."""

    items: list[StaffGroupOut]


class NewStaffGroup(RequestBody):
    """A group in which the bot is, or will be, an administrator."""

    id: GroupId


class ChannelHealthOut(ResponseModel):
    """The current health of a channel, as its provider reports it."""

    ok: bool = Field(description="true: no check is bad")
    channel: list[CheckResultOut]
    staff_groups: list[StaffGroupOut]


class ChannelWebhookOut(ResponseModel):
    """The webhook data to enter at the provider."""

    url: str | None = Field(
        description="null: PUBLIC_URL is not set, so the provider cannot reach us"
    )
    path: str = Field(description="path of the address, below PUBLIC_URL")
    verify_token: str | None = Field(
        default=None, description="shown once, when it is created; later null"
    )


class ChannelOut(ResponseModel):
    """A bot or number that customers write to; its credentials are never shown."""

    id: Ulid
    kind: ChannelKind
    external_id: str = Field(description="the provider's id of the bot or number")
    name: str
    username: str | None
    icon_url: str | None
    is_active: bool
    from_environment: bool = Field(
        description="true: TELEGRAM_BOT_TOKEN created the channel and sets its token"
    )
    has_credentials: bool
    language: str | None = Field(description="null: DEFAULT_LANGUAGE")
    offline_policy: OfflinePolicy = Field(
        description="what happens to the sessions of an agent who goes offline"
    )
    staff_mode: StaffMode | None = Field(description=_STAFF_MODE_HELP)
    is_staff_bot: bool = Field(
        description="whether it is the staff's own bot, which has no customers"
    )
    link_status: LinkStatus | None = Field(
        description="of a number linked by QR code; null: it has no link, or none is known yet"
    )
    agent_ids: list[Ulid] = Field(description=_AGENT_IDS_HELP)
    window_warning_minutes: int = Field(
        description="how long before the reply window closes the agent is warned; 0: never"
    )
    offline_minutes: int = Field(description=_OFFLINE_HELP)
    reopen_minutes: int = Field(description=_REOPEN_HELP)
    first_answer_minutes: int = Field(description=_FIRST_HELP)
    next_answer_minutes: int = Field(description=_NEXT_HELP)
    sla_warning_percent: int = Field(description=_WARNING_HELP)
    asks_for_rating: bool = Field(description=_ASKS_HELP)
    tells_who_answers: bool = Field(description=_TELLS_HELP)
    ai_takeover: AiTakeover
    ai_takeover_minutes: int
    ai_reply_limit: int
    staff_channel_id: Ulid | None = Field(
        description="the channel whose bot serves the staff groups; null: its own bot"
    )
    staff_groups: list[StaffGroupOut]
    webhook: ChannelWebhookOut | None = Field(
        description="webhook data to enter at the provider; null: nothing to enter"
    )
    has_opening_hours: bool
    is_open: bool = Field(description="whether it is open now, by its opening hours")
    last_check: list[CheckResultOut] = Field(
        description="checks of the channel itself; empty: not checked yet"
    )
    created_at: datetime
    updated_at: datetime


class ChannelQuery(PageQuery):
    """Which channels to list."""

    kind: ChannelKind | None = None
    is_active: bool | None = None


class _NewChannel(RequestBody):
    name: Name | None = Field(default=None, description="null: the provider's name")
    is_active: bool = True
    language: Language | None = Field(default=None, description="null: DEFAULT_LANGUAGE")
    offline_policy: OfflinePolicy = OfflinePolicy.KEEP
    agent_ids: Agents = Field(default=[], description=_AGENT_IDS_HELP)


class NewTelegramChannel(_NewChannel):
    """A new Telegram bot; Telegram tells its name."""

    kind: Literal["telegram"] = "telegram"
    credentials: TelegramCredentials
    staff_groups: Groups = Field(default=[])


class _NewWhatsAppChannel(_NewChannel):
    staff_channel_id: Ulid | None = Field(default=None, description=_STAFF_CHANNEL_HELP)
    staff_groups: Groups | None = Field(
        default=None, description="null: the groups of the staff channel"
    )


class NewCloudChannel(_NewWhatsAppChannel):
    """A number at Meta's Cloud API; the response says once what to enter at Meta."""

    kind: Literal["whatsapp_cloud"]
    credentials: CloudCredentials


class NewWahaChannel(_NewWhatsAppChannel):
    """A number that is linked by QR code, through a WAHA server."""

    kind: Literal["whatsapp_waha"]
    credentials: WahaCredentials


def _read_kind(given: object) -> str | None:
    kind = given.get("kind", "telegram") if isinstance(given, Mapping) else None
    return f"<{kind}>" if isinstance(kind, str) else None


class NewChannel(
    RootModel[
        Annotated[
            Annotated[NewTelegramChannel, Tag("<telegram>")]
            | Annotated[NewCloudChannel, Tag("<whatsapp_cloud>")]
            | Annotated[NewWahaChannel, Tag("<whatsapp_waha>")],
            Discriminator(
                _read_kind,
                custom_error_type="kind",
                custom_error_message=f"`kind` must be one of: {', '.join(ChannelKind)}",
            ),
        ]
    ]
):
    """A new bot or number, by its `kind`; without `kind` it is a Telegram bot."""


class ChannelChanges(RequestBody):
    """The changes of a channel; omitted fields stay as they are."""

    name: Name | None = None
    is_active: bool | None = Field(
        default=None, description="false: pending messages stay until the channel is active again"
    )
    language: Language | None = Field(default=None, description="null: DEFAULT_LANGUAGE")
    icon_url: PictureUrl | None = Field(
        default=None, description="the address of a picture; null: delete it"
    )
    staff_channel_id: Ulid | None = Field(default=None, description=_STAFF_CHANNEL_HELP)
    staff_groups: Groups | None = None
    offline_policy: OfflinePolicy | None = None
    staff_mode: StaffMode | None = Field(default=None, description=_STAFF_MODE_HELP)
    agent_ids: Agents | None = Field(default=None, description=_AGENT_IDS_HELP)
    window_warning_minutes: Annotated[int, Field(ge=0, le=1380)] | None = Field(
        default=None,
        description="how long before the reply window closes the agent is warned; 0: never",
    )
    offline_minutes: Annotated[int, Field(ge=0, le=43200)] | None = Field(
        default=None, description=_OFFLINE_HELP
    )
    reopen_minutes: Annotated[int, Field(ge=0, le=43200)] | None = Field(
        default=None, description=_REOPEN_HELP
    )
    first_answer_minutes: Annotated[int, Field(ge=0, le=MAX_TARGET_MINUTES)] | None = Field(
        default=None, description=_FIRST_HELP
    )
    next_answer_minutes: Annotated[int, Field(ge=0, le=MAX_TARGET_MINUTES)] | None = Field(
        default=None, description=_NEXT_HELP
    )
    sla_warning_percent: Annotated[int, Field(ge=0, le=MAX_WARNING_PERCENT)] | None = Field(
        default=None, description=_WARNING_HELP
    )
    asks_for_rating: bool | None = Field(default=None, description=_ASKS_HELP)
    tells_who_answers: bool | None = Field(default=None, description=_TELLS_HELP)
    ai_takeover: AiTakeover | None = None
    ai_takeover_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    ai_reply_limit: Annotated[int, Field(ge=0, le=1000)] | None = None
