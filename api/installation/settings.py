"""The settings that an operator may read; they contain no secrets."""

from dataclasses import asdict, dataclass
from importlib.metadata import version

from pydantic import Field

from api.schemas.base import ResponseModel


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings without their secrets."""

    database: str
    redis: bool
    public_url: str | None
    telegram_api_url: str
    telegram_bot_token: bool
    telegram_limits: str
    staff_enrolment: str
    default_language: str
    openai: bool
    openai_base_url: str
    openai_model: str
    cors_origins: tuple[str, ...]


class SettingsOut(ResponseModel):
    """What is installed and configured; a secret is only shown as set or not set."""

    version: str
    database: str = Field(description="`sqlite` or `mysql`")
    redis: bool = Field(description="REDIS_URL is set")
    public_url: str | None = Field(description="null: updates are fetched by polling")
    telegram_api_url: str
    telegram_bot_token: bool = Field(description="TELEGRAM_BOT_TOKEN is set")
    telegram_limits: str
    staff_enrolment: str
    default_language: str
    openai: bool = Field(description="OPENAI_API_KEY is set")
    openai_base_url: str
    openai_model: str
    cors_origins: list[str]


async def show(installation: Installation) -> SettingsOut:
    """Show the version, and the services that it is configured to use."""
    said = {**asdict(installation), "cors_origins": list(installation.cors_origins)}
    return SettingsOut(version=version("osmodesk"), **said)
