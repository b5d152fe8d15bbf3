"""The channels that were added by the API: their tokens, their staff groups, their webhooks."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.setup import TelegramProvider
from db.database import Database
from db.queries import channels as queries
from db.tables import Channel, ChannelKind
from desk.accounts.sealed import Seal, WrongKeyError
from desk.findings import Finding, bad, warn
from desk.setup.staff_groups import groups_of
from scripts.settings import Settings


async def examine_channels(settings: Settings, database: Database) -> AsyncIterator[Finding]:
    """Ask about each channel that is on, beside the one that the settings name."""
    token = settings.telegram_bot_token
    own = None if token is None else token.get_secret_value().partition(":")[0]
    provider = TelegramProvider(settings.telegram_api_url, settings.public_url)
    for row in await database.run(queries.everyone):
        if row.kind is ChannelKind.TELEGRAM and row.is_active and row.external_id != own:
            for finding in await _examine(row, settings, provider):
                yield replace(finding, subject=f"channel {row.name}, {finding.subject}")


async def _examine(row: Channel, settings: Settings, provider: TelegramProvider) -> list[Finding]:
    if row.credentials is None or settings.secret_key is None:
        remedy = f"PUT /api/v1/channels/{row.id}/credentials"
        return [warn("token", "has none, so it is not served", remedy)]
    try:
        credentials = Seal(settings.secret_key.get_secret_value()).unseal(row.credentials)
    except WrongKeyError as error:
        text, _, remedy = str(error).partition(": ")
        return [bad("token", text, remedy)]
    found = await provider.examine(credentials, groups_of(row))
    return [*found.channel, *found.groups.values()]
