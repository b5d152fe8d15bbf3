"""Checks of the Telegram settings: the token, the staff groups, the webhook."""

from collections.abc import AsyncIterator
from dataclasses import replace

from pydantic import SecretStr

from bot.bot_factory import Bot, make_bot
from bot.setup.health_check import (
    BOT,
    GROUP,
    STAFF_BOT,
    SettingNames,
    check_groups,
    check_threaded_mode,
    check_token,
    check_topic_mode,
    check_webhook,
)
from desk.setup.findings import CheckResult, report_warning
from scripts.configuration.settings import Settings


async def check_telegram(settings: Settings) -> AsyncIterator[CheckResult]:
    """Check every Telegram setting with the Bot API."""
    if settings.telegram_bot_token is None:
        yield report_warning(
            BOT,
            "TELEGRAM_BOT_TOKEN is not set",
            "get one from @BotFather with /newbot, unless you add channels in another way",
        )
        return
    token = settings.telegram_bot_token.get_secret_value()
    async with make_bot(token, settings.telegram_api_url).context() as bot:
        async for finding in _check_bot(bot, settings):
            yield finding
    if settings.telegram_staff_bot_token is not None:
        async for finding in _check_staff_bot(settings, settings.telegram_staff_bot_token):
            yield finding


async def _check_staff_bot(settings: Settings, token: SecretStr) -> AsyncIterator[CheckResult]:
    names = SettingNames(token="TELEGRAM_STAFF_BOT_TOKEN")  # noqa: S106 a name, no password
    async with make_bot(token.get_secret_value(), settings.telegram_api_url).context() as bot:
        found, me = await check_token(bot, settings.telegram_api_url, names)
        for finding in found:
            yield replace(finding, subject=STAFF_BOT)
        if me is not None:
            yield check_topic_mode(me)
            yield replace(await check_webhook(bot, settings.public_url), subject=STAFF_BOT)


async def _check_bot(bot: Bot, settings: Settings) -> AsyncIterator[CheckResult]:
    names = SettingNames()
    found, me = await check_token(bot, settings.telegram_api_url, names)
    for finding in found:
        yield finding
    if me is None:
        return
    yield check_threaded_mode(me)
    groups = settings.telegram_staff_group
    if not groups:
        yield report_warning(
            GROUP,
            "TELEGRAM_STAFF_GROUP is not set: agents cannot answer from Telegram",
            "create a group, switch on topics, add the bot as an administrator, set its id",
        )
    for finding in (await check_groups(bot, groups, int(me["id"]), names)).values():
        yield finding
    yield await check_webhook(bot, settings.public_url)
