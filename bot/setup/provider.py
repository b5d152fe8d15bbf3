"""Identify and check Telegram bots when a channel is set up."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bot_factory import Bot, make_bot
from bot.setup.bot_api import (
    BotApiRefusedError,
    BotApiUnreachableError,
    delete_webhook,
    get_me,
)
from bot.setup.health_check import (
    BOT,
    SettingNames,
    check_groups,
    check_threaded_mode,
    check_token,
    check_webhook,
)
from desk.setup.errors import InvalidCredentialsError, ProviderUnavailableError
from desk.setup.findings import report_error
from desk.setup.providers import Credentials, HealthCheck, Identity, Webhook

# For all calls together, because a person waits for the result.
_TIMEOUT_SECONDS = 25.0
_SETTING_NAMES = SettingNames(
    token="the channel's token",  # noqa: S106 a name, no password
    replace_group="add {new}, then remove the old one",
)


@dataclass(frozen=True, slots=True)
class TelegramProvider:
    """A Bot API server; `public_url` is the base URL of webhooks, or None if we poll."""

    api_url: str
    public_url: str | None
    # We register the webhook ourselves, with a derived secret.
    webhook: Webhook | None = None

    def complete(self, credentials: Credentials) -> Credentials:
        """Return the credentials unchanged: a token is all that is needed."""
        return credentials

    async def identify(self, credentials: Credentials) -> Identity:
        """Return the bot of this token.

        Raise InvalidCredentialsError or ProviderUnavailableError.
        """
        try:
            async with make_bot(credentials["token"], self.api_url).context() as bot:
                me = await get_me(bot)
        except BotApiUnreachableError as error:
            raise ProviderUnavailableError(f"{self.api_url}: {error}") from None
        except BotApiRefusedError as error:
            if not error.is_unauthorized:
                raise ProviderUnavailableError(f"{self.api_url}: {error}") from None
            reason = "Telegram refuses it: copy it again (@BotFather, /mybots, the bot, API Token)"
            raise InvalidCredentialsError("credentials.token", reason) from None
        username = me.get("username")
        names = (str(me[key]) for key in ("first_name", "last_name") if me.get(key))
        title = " ".join(names) or str(username or me["id"])
        return Identity(str(me["id"]), title[:120], str(username) if username else None)

    async def disconnect(self, credentials: Credentials) -> None:
        """Remove the bot's webhook, if we set one."""
        if self.public_url is None:
            return
        async with make_bot(credentials["token"], self.api_url).context() as bot:
            try:
                await delete_webhook(bot)
            except BotApiUnreachableError as error:
                raise ProviderUnavailableError(f"{self.api_url}: {error}") from None
            except BotApiRefusedError as error:
                # A revoked token has no webhook that anybody could remove.
                if not error.is_unauthorized:
                    raise ProviderUnavailableError(f"{self.api_url}: {error}") from None

    async def check_health(
        self,
        credentials: Credentials,
        groups: Sequence[str],
        webhook: str | None = None,  # derived from the token, below public_url
    ) -> HealthCheck:
        """Check the token, each staff group with the bot's rights in it, and the webhook."""
        try:
            async with (
                asyncio.timeout(_TIMEOUT_SECONDS),
                make_bot(credentials["token"], self.api_url).context() as bot,
            ):
                return await self._check(bot, groups)
        except TimeoutError:
            text = f"{self.api_url} did not answer everything within {_TIMEOUT_SECONDS:.0f} s"
            return HealthCheck((report_error(BOT, text, "try again later"),))

    async def _check(self, bot: Bot, groups: Sequence[str]) -> HealthCheck:
        found, me = await check_token(bot, self.api_url, _SETTING_NAMES)
        if me is None:
            return HealthCheck(tuple(found))
        found.append(check_threaded_mode(me))
        group_results = await check_groups(bot, groups, int(me["id"]), _SETTING_NAMES)
        found.append(await check_webhook(bot, self.public_url))
        return HealthCheck(tuple(found), group_results)
