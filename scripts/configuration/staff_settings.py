"""Settings of Telegram, of the staff's own bot, and of where sessions are shown."""

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PlainValidator, SecretStr
from pydantic_settings import BaseSettings

from db.tables import StaffMode
from scripts.configuration import parsers

_LONGEST = 366 * 24


class StaffSettings(BaseSettings):
    """What agents need to have desks of their own."""

    telegram_bot_token: Annotated[SecretStr, PlainValidator(parsers.parse_bot_token)] | None = None
    telegram_api_url: Annotated[str, PlainValidator(parsers.parse_http_url)] = Field(
        default="https://api.telegram.org",
        description="the address of a Bot API server, such as http://127.0.0.1:8081",
    )
    telegram_mini_app_key: Annotated[str, PlainValidator(parsers.parse_public_key)] | None = Field(
        default=None,
        description="the public key of a test server, 64 hexadecimal digits; "
        "ignored with Telegram's own server",
    )
    telegram_staff_bot_token: (
        Annotated[SecretStr, PlainValidator(parsers.parse_bot_token)] | None
    ) = Field(
        default=None,
        description="the token of a second bot, for staff alone: agents answer in their own chats "
        "with it; it looks like 123456789:AA…, and comes from @BotFather (/newbot)",
    )
    staff_mode: Annotated[StaffMode, BeforeValidator(lambda value: str(value).lower())] = Field(
        default=StaffMode.GROUP,
        description="group (agents answer in the topics of the staff group) or personal (each "
        "agent in their own chat with the bot of TELEGRAM_STAFF_BOT_TOKEN); a channel may differ",
    )
    desk_topic_hours: int = Field(
        default=24,
        ge=0,
        le=_LONGEST,
        description="hours that a topic of an agent's own chat stays after its session ended or "
        "went to somebody else, or 0: for ever",
    )

    @property
    def mini_app_key(self) -> str | None:
        """Return the public key that signs Mini Apps' data; None: Telegram's own."""
        is_telegram = urlsplit(self.telegram_api_url).hostname == "api.telegram.org"
        return None if is_telegram else self.telegram_mini_app_key

    @property
    def console_frames(self) -> tuple[str, ...]:
        """Return the origins whose pages may frame the console as a Mini App."""
        telegram = "https://web.telegram.org"
        if self.mini_app_key is None:
            return (telegram,)
        test_server = urlsplit(self.telegram_api_url)
        return telegram, f"{test_server.scheme}://{test_server.netloc}"

    @property
    def staff_bot_id(self) -> str | None:
        """Return the id of the staff's own bot, if there is one."""
        return _read_bot_id(self.telegram_staff_bot_token)

    def find_contradictions(self) -> Iterable[str]:
        """Find settings of which each is well formed, and which do not go together."""
        staff_bot = self.staff_bot_id
        if staff_bot is not None and staff_bot == _read_bot_id(self.telegram_bot_token):
            yield (
                "TELEGRAM_STAFF_BOT_TOKEN is a token of the customers' bot (TELEGRAM_BOT_TOKEN); "
                "the staff needs a bot of its own: create a second one (@BotFather, /newbot), or "
                "leave the setting out"
            )
        if staff_bot is None and self.staff_mode is StaffMode.PERSONAL:
            hint = type(self).model_fields["telegram_staff_bot_token"].description
            yield f"STAFF_MODE personal needs TELEGRAM_STAFF_BOT_TOKEN; {hint}"


def _read_bot_id(token: SecretStr | None) -> str | None:
    return None if token is None else token.get_secret_value().partition(":")[0]
