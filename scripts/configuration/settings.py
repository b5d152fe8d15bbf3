"""The settings: environment variables, or the same names in `.env` of the current folder."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainValidator, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from db.url import DatabaseUrl, parse_database_url
from desk.reports.schedule import Rhythm, SummarySchedule
from desk.retention import Retention
from desk.session_times import SessionTimes, TurnTimes
from scripts.configuration import parsers
from scripts.configuration.env_file import find_env_file_errors
from scripts.configuration.monitoring_settings import MonitoringSettings
from scripts.configuration.staff_settings import StaffSettings

_RANDOM = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
_SECRET = f"{parsers.SECRET_LENGTH} characters or more; create one with: {_RANDOM}"
_TOKEN = "looks like 123456789:AA…, and comes from @BotFather (/newbot, or /mybots > API Token)"  # noqa: S105 a hint, no password
_GROUP = (
    "looks like -1001234567890, separate several with commas; in the link to one of the group's "
    "messages, t.me/c/1234567890/5, it is the first number with -100 in front"
)

_OPENAI_URL = "https://api.openai.com/v1"
# Of a million tokens, in and out.
Prices = tuple[float, float]
_YEAR = 366 * 24 * 60
_MOST_DAYS = 36_500


def _to_lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class SettingsError(Exception):
    """Settings are missing or malformed; the text has one line for each error."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))


class Settings(StaffSettings, MonitoringSettings):
    """Every setting; a field's description says what its value looks like and where to get it."""

    model_config = SettingsConfigDict(
        # No decoding: pydantic expects JSON for lists, but our lists are separated by commas.
        enable_decoding=False,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[DatabaseUrl, PlainValidator(parsers.parse_database_setting)] = Field(
        default_factory=lambda: parse_database_url("sqlite+aiosqlite:///osmodesk.db"),
        description="for example mysql://user:pass@host:3306/db",
    )
    telegram_bot_token: Annotated[SecretStr, PlainValidator(parsers.parse_bot_token)] | None = (
        Field(default=None, description=_TOKEN)
    )
    telegram_staff_group: Annotated[tuple[str, ...], PlainValidator(parsers.parse_group_ids)] = (
        Field(default=(), description=_GROUP)
    )
    # `off` is for your own server and for benchmarks: Telegram itself blocks bots that send too
    # fast.
    telegram_limits: Annotated[Literal["telegram", "off"], BeforeValidator(_to_lower)] = Field(
        default="telegram", description="telegram, or off (only with your own Bot API server)"
    )
    whatsapp_api_url: Annotated[str, PlainValidator(parsers.parse_http_url)] = Field(
        default="https://graph.facebook.com",
        description="the address of a Graph API server, without the version",
    )
    # `off` is for benchmarks and tests: Meta rejects calls that are too fast, and blocks numbers.
    whatsapp_limits: Annotated[Literal["whatsapp", "off"], BeforeValidator(_to_lower)] = Field(
        default="whatsapp",
        description="whatsapp, or off (only with a test server in place of WhatsApp)",
    )
    public_url: Annotated[str, PlainValidator(parsers.parse_public_url)] | None = Field(
        default=None,
        description="looks like https://desk.example.com and leads to HOST:PORT; "
        "leave it out to fetch updates by polling",
    )
    staff_enrolment: Annotated[Literal["code", "members"], BeforeValidator(_to_lower)] = Field(
        default="code",
        description="code (agents bind their account by a one-time code) or members "
        "(every member of the staff group may answer)",
    )
    redis_url: Annotated[str, PlainValidator(parsers.parse_redis_url)] | None = Field(
        default=None, repr=False, description="looks like redis://:password@127.0.0.1:6379/0"
    )
    # Loopback: the network cannot reach us until the operator decides so. Behind a reverse proxy
    # this stays right; a container or a Procfile platform sets HOST=0.0.0.0.
    host: Annotated[str, PlainValidator(parsers.parse_host)] = Field(
        default="127.0.0.1", description="127.0.0.1 behind a reverse proxy, 0.0.0.0 in a container"
    )
    port: int = Field(
        default=8080, ge=0, le=65535, description="a port from 0 (any free port) to 65535"
    )
    cors_origins: Annotated[frozenset[str], PlainValidator(parsers.parse_origins)] = Field(
        default=frozenset(),
        description="looks like https://console.example.com, separate several with commas: "
        "web pages of these origins may call the API",
    )
    trusted_proxies: Annotated[
        tuple[IPv4Network | IPv6Network, ...], PlainValidator(parsers.parse_networks)
    ] = Field(
        default=(),
        description="looks like 127.0.0.1 or 10.0.0.0/8, separate several with commas: the reverse "
        "proxies whose X-Forwarded-For header is trusted",
    )
    webhook_allow_private: bool = Field(
        default=False,
        description="true (outgoing webhooks may use http and private addresses) or false",
    )
    default_language: Annotated[Literal["en", "id"], BeforeValidator(_to_lower)] = Field(
        default="en", description="en (English) or id (Indonesian)"
    )
    default_region: Annotated[str, PlainValidator(parsers.parse_region)] | None = Field(
        default=None,
        description="two letters of a country, such as ID or GB: phone numbers that agents type "
        "without a country code are of that country",
    )
    timezone: Annotated[ZoneInfo, PlainValidator(parsers.parse_time_zone)] = Field(
        default=ZoneInfo("UTC"),
        description="a time zone such as Asia/Jakarta: reports count days and hours in it",
    )
    summary: Annotated[Literal["off", "daily", "weekly"], BeforeValidator(_to_lower)] = Field(
        default="off",
        description="off, daily, or weekly (on Mondays): a summary of the figures, with a picture, "
        "in the staff group",
    )
    summary_hour: int = Field(
        default=8, ge=0, le=23, description="the hour of the summary in TIMEZONE, from 0 to 23"
    )
    session_idle_minutes: int = Field(
        default=60,
        ge=1,
        le=_YEAR,
        description="minutes, from 1: a session in which nobody wrote "
        "for so long does not count against its agent's capacity",
    )
    session_end_minutes: int = Field(
        default=1380,
        ge=0,
        le=_YEAR,
        description="minutes without a message after which a session ends by itself, or 0: never",
    )
    session_reminder_minutes: int = Field(
        default=60,
        ge=0,
        le=_YEAR,
        description="minutes between the reminder and the end of a session, or 0: no reminder",
    )
    nobody_free_minutes: int = Field(
        default=30,
        ge=0,
        le=_YEAR,
        description="minutes that customers wait for an agent before "
        "staff is warned, and between two warnings, or 0: never",
    )
    agent_silence_minutes: int = Field(
        default=60,
        ge=0,
        le=_YEAR,
        description="minutes without a sign of life after which an agent who is online is set away "
        "if customers wait, or 0: never",
    )
    keep_settled_days: int = Field(
        default=7,
        ge=7,
        le=_MOST_DAYS,
        description="days, from 7: how long handled updates and settled deliveries are kept",
    )
    keep_ai_log_days: int = Field(
        default=30,
        ge=0,
        le=_MOST_DAYS,
        description="days for which the log of AI answers is kept, or 0: for ever",
    )
    keep_rule_answer_days: int = Field(
        default=30,
        ge=0,
        le=_MOST_DAYS,
        description="days for which it is kept what auto-reply rules answered, or 0: for ever",
    )
    archive_days: int = Field(
        default=90,
        ge=0,
        le=_MOST_DAYS,
        description="days without a message after which a conversation is archived, or 0: never",
    )
    customer_limit: int = Field(
        default=30,
        ge=0,
        description="messages of one customer that are shown to staff in a minute, or 0: all",
    )
    media_dir: Path = Field(
        default=Path("media"),
        description="a writable folder, shared by web and worker processes",
    )
    jwt_secret: Annotated[SecretStr, PlainValidator(parsers.parse_long_secret)] | None = Field(
        default=None, description=_SECRET
    )
    jwt_secret_old: Annotated[SecretStr, PlainValidator(parsers.parse_long_secret)] | None = Field(
        default=None,
        description="the JWT_SECRET before this one, whose access tokens are still accepted",
    )
    secret_key: Annotated[SecretStr, PlainValidator(parsers.parse_long_secret)] | None = Field(
        default=None, description=f"{_SECRET}; keep it: it decrypts the channels' credentials"
    )
    secret_key_old: Annotated[SecretStr, PlainValidator(parsers.parse_long_secret)] | None = Field(
        default=None,
        description="the SECRET_KEY before this one: what it encrypted is still decrypted; "
        "osmodesk db reseal encrypts it anew",
    )
    openai_api_key: Annotated[SecretStr, PlainValidator(parsers.parse_api_key)] | None = Field(
        default=None,
        description="looks like sk-…; create it on the provider's page, or leave it out",
    )
    openai_base_url: Annotated[str, PlainValidator(parsers.parse_http_url)] = Field(
        default=_OPENAI_URL,
        description="the address of an OpenAI-compatible server, including /v1",
    )
    openai_model: str = Field(
        default="gpt-4.1-mini", min_length=1, description="the name of a model of that server"
    )
    openai_model_basic: str | None = Field(
        default=None, description="the model for AI agents of the level Basic"
    )
    openai_model_advanced: str | None = Field(
        default=None, description="the model for AI agents of the level Advanced"
    )
    openai_embedding_model: str | None = Field(
        default=None, description="a model for embeddings, such as text-embedding-3-small"
    )
    ai_tokens_per_session: int = Field(
        default=100_000, ge=0, description="the most tokens of a session, or 0: no limit"
    )
    ai_tokens_per_day: int = Field(
        default=2_000_000, ge=0, description="the most tokens of all sessions of a day, or 0"
    )
    ai_prices: Annotated[Mapping[str, Prices], PlainValidator(parsers.parse_prices)] = Field(
        default_factory=dict,
        description="what a million tokens cost, in and out, in any currency: "
        "gpt-4.1-mini=0.40/1.60,gpt-4.1=2/8",
    )
    ai_deadline_seconds: int = Field(
        default=20,
        ge=5,
        le=600,
        description="seconds, from 5, after which a human is called if an AI agent has no answer",
    )
    ai_calls_at_once: int = Field(
        default=200, ge=1, le=1000, description="calls of the model at once in one process"
    )

    @property
    def secret_keys(self) -> tuple[str, str | None]:
        """Return SECRET_KEY, which the command has to require, and the one before it."""
        return _reveal(self.secret_key, self.secret_key_old)

    @property
    def jwt_secrets(self) -> tuple[str, str | None]:
        """Return JWT_SECRET, which the command has to require, and the one before it."""
        return _reveal(self.jwt_secret, self.jwt_secret_old)

    @property
    def has_language_model(self) -> bool:
        """Return whether AI agents can ask a model: only servers of one's own need no key."""
        is_own_server = self.openai_base_url != _OPENAI_URL
        return self.openai_api_key is not None or is_own_server

    @property
    def summary_schedule(self) -> SummarySchedule | None:
        """Return when the staff group gets a summary; None: never."""
        if self.summary == "off":
            return None
        return SummarySchedule(Rhythm(self.summary), self.summary_hour, self.timezone)

    @property
    def retention(self) -> Retention:
        """Return how long finished rows are kept."""
        return Retention(
            settled=timedelta(days=self.keep_settled_days),
            ai_logs=_days_or_none(self.keep_ai_log_days),
            rule_answers=_days_or_none(self.keep_rule_answer_days),
            archive=_days_or_none(self.archive_days),
        )

    @property
    def session_times(self) -> SessionTimes:
        """Return when sessions stop counting, are reminded of, and end."""
        end, nobody_free = self.session_end_minutes, self.nobody_free_minutes
        return SessionTimes(
            idle=timedelta(minutes=self.session_idle_minutes),
            end=timedelta(minutes=end) if end else None,
            reminder=timedelta(minutes=self.session_reminder_minutes),
            nobody_free=timedelta(minutes=nobody_free) if nobody_free else None,
            silence=timedelta(minutes=silence) if (silence := self.agent_silence_minutes) else None,
            keep_topics=timedelta(hours=hours) if (hours := self.desk_topic_hours) else None,
            turns=TurnTimes(deadline=timedelta(seconds=self.ai_deadline_seconds)),
        )


def _days_or_none(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None


def _reveal(current: SecretStr | None, old: SecretStr | None) -> tuple[str, str | None]:
    assert current is not None  # noqa: S101 the commands ask for it
    return current.get_secret_value(), None if old is None else old.get_secret_value()


def load_settings(*, required: Iterable[str] = (), env_file: Path = Path(".env")) -> Settings:
    """Read the settings, and require those named in `required`.

    Raises SettingsError with one line for each error; no line repeats a value.
    """
    if errors := find_env_file_errors(env_file):
        raise SettingsError(errors)
    try:
        settings = Settings(_env_file=env_file, _env_file_encoding="utf-8-sig")
    except ValidationError as error:
        raise SettingsError(dict.fromkeys(map(_format_error, error.errors()))) from None
    if errors := list(settings.find_contradictions()):
        raise SettingsError(errors)
    missing = [need.lower() for need in required if not getattr(settings, need.lower())]
    if missing:
        raise SettingsError(f"{name.upper()} is missing; {_get_hint(name)}" for name in missing)
    return settings


def _format_error(error: Any) -> str:
    name = str(error["loc"][0])
    reason = error.get("ctx", {}).get("error")
    problem = str(reason) if isinstance(reason, ValueError) else "has an invalid value"
    return f"{name.upper()} {problem}; {_get_hint(name)}"


def _get_hint(name: str) -> str:
    return Settings.model_fields[name].description or ""
