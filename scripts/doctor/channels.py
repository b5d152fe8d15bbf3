"""Checks of channels added by the API: credentials, staff groups, webhooks, templates, links."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from db.database import Database
from db.queries.channels import channels as queries
from db.queries.channels.template_counts import TemplateCount, count_templates
from db.tables import Channel
from desk.accounts.encryption import Encryptor, WrongKeyError
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning
from desk.setup.providers import Credentials, Provider
from desk.setup.staff_groups import get_groups
from desk.urls.public import PublicAddress
from scripts.application.channels_of_settings import find_environment_channel
from scripts.configuration.settings import Settings
from scripts.wiring import Plugins, list_plugins

_STAFF = "staff groups"
_TEMPLATES = "templates"


async def check_channels(settings: Settings, database: Database) -> AsyncIterator[CheckResult]:
    """Check each active channel except the one that the settings name."""
    own = find_environment_channel(settings)
    rows = await database.run(queries.list_all)
    templates = await database.run(count_templates)
    checker = _ChannelChecker(
        settings, list_plugins(settings), {row.id: row for row in rows}, templates
    )
    for row in rows:
        if row.is_active and not own.matches(row):
            for finding in await checker.check_health(row):
                yield replace(finding, subject=f"channel {row.name}, {finding.subject}")


@dataclass(frozen=True, slots=True)
class _ChannelChecker:
    settings: Settings
    plugins: Plugins
    channels: dict[str, Channel]
    templates: dict[str, TemplateCount]

    async def check_health(self, row: Channel) -> list[CheckResult]:
        """Check one channel."""
        plugin = self.plugins.find(row.kind)
        if plugin is None:
            text = f"this version does not serve channels of the kind {row.kind}"
            remedy = "switch the channel off, or install a version that supports it"
            return [report_error("kind", text, remedy)]
        credentials = self._decrypt_credentials(row, plugin.credentials_name)
        if isinstance(credentials, CheckResult):
            return [credentials]
        provider = plugin.provider
        if plugin.traits.serves_staff:
            found = await provider.check_health(credentials, get_groups(row))
            return [*found.channel, *found.groups.values()]
        return [
            *(
                await provider.check_health(credentials, (), self._get_webhook_url(row, provider))
            ).channel,
            *(self._check_templates(row) if plugin.traits.reply_window is not None else ()),
            *await self._check_groups(row),
        ]

    def _decrypt_credentials(self, row: Channel, subject: str) -> Credentials | CheckResult:
        if row.credentials is None or self.settings.secret_key is None:
            remedy = "enter them in the console: Settings, Channels, Replace the credentials"
            return report_warning(subject, "missing, so the channel is not served", remedy)
        try:
            return Encryptor(*self.settings.secret_keys).decrypt(row.credentials)
        except WrongKeyError as error:
            text, _, remedy = str(error).partition(": ")
            return report_error(subject, text, remedy)

    def _get_webhook_url(self, row: Channel, provider: Provider) -> str | None:
        public = PublicAddress(self.settings.public_url)
        return (
            None if provider.webhook is None else public.url_for(provider.webhook.path_of(row.id))
        )

    async def _check_groups(self, row: Channel) -> list[CheckResult]:
        """Ask the bot that serves the staff groups about them."""
        remedy = "choose them in the console: Settings, Channels"
        server = self.channels.get(row.staff_channel_id or "")
        groups = get_groups(row)
        if server is None or not groups:
            return [
                report_warning(
                    _STAFF, "none: agents cannot answer its customers from Telegram", remedy
                )
            ]
        if not server.is_active:
            text = f"the bot that serves them ({server.name}) is switched off"
            remedy = "switch it on in the console: Settings, Channels"
            return [report_error(_STAFF, text, remedy)]
        credentials = self._decrypt_credentials(server, _STAFF)
        if isinstance(credentials, CheckResult):
            return [credentials]
        plugin = self.plugins.find(server.kind)
        if plugin is None:
            return []  # reported with the bot itself
        found = await plugin.provider.check_health(credentials, groups)
        return list(found.groups.values())

    def _check_templates(self, row: Channel) -> list[CheckResult]:
        """Report how many templates a number has, which are all it can send at times."""
        known = self.templates.get(row.id)
        if known is None:
            text = "none fetched: nothing can be sent 24 hours after a customer's last message"
            remedy = "write some in WhatsApp Manager, then in the console: Settings, Templates"
            return [report_warning(_TEMPLATES, text, remedy)]
        at = f"{known.synced_at:%Y-%m-%d %H:%M} UTC"
        return [report_ok(_TEMPLATES, f"{known.approved} of {known.number} approved, fetched {at}")]
