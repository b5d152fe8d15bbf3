"""Synchronize a channel's templates with its provider."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId, new_id
from db.queries.channels import templates as queries
from db.tables import TemplateStatus
from db.tables.base import now_utc
from desk.channels import ServedChannel
from desk.errors import DeliveryError
from desk.templates.ports import ProviderTemplate, SupportsTemplates
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_INTERVAL = 3600.0
# The delay after a failed fetch; it grows with each further failure.
_RETRY_AFTER, _MAX_RETRY_AFTER = 30.0, 1800.0
# The sizes of the columns; Meta has no longer names.
_NAME, _LANGUAGE, _CATEGORY, _REASON = 190, 16, 32, 500


class NoTemplatesError(Exception):
    """A channel has no templates to fetch; the text says why."""


@dataclass(frozen=True, slots=True)
class TemplateFetcher:
    """Fetches the templates of the channels that are served."""

    senders: Mapping[ChannelId, object]

    async def fetch(self, channel_id: ChannelId) -> list[ProviderTemplate]:
        """Fetch a channel's templates; raise NoTemplatesError, or DeliveryError if that fails."""
        sender = self.senders.get(channel_id)
        if sender is None:
            raise NoTemplatesError("this channel is not served at the moment")
        if not isinstance(sender, SupportsTemplates):
            raise NoTemplatesError("channels of this kind have no templates")
        return await sender.fetch_templates()


@dataclass(frozen=True, slots=True)
class SyncResult:
    """The result of a synchronization: templates found, and templates gone."""

    found: int
    gone: int


async def save_templates(
    tx: Transaction, channel_id: ChannelId, fetched: Sequence[ProviderTemplate], now: datetime
) -> SyncResult:
    """Store the fetched templates; stored ones that were not fetched are marked as gone."""
    rows = {(each.name, each.language): _to_row(channel_id, each, now) for each in fetched}
    await queries.save_templates(tx, list(rows.values()))
    gone = await queries.mark_gone(tx, channel_id, now)
    return SyncResult(len(rows), gone)


def _to_row(channel_id: ChannelId, fetched: ProviderTemplate, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "channel_id": channel_id,
        "provider_id": fetched.provider_id[:_NAME],
        "name": fetched.name[:_NAME],
        "language": fetched.language[:_LANGUAGE],
        "category": fetched.category[:_CATEGORY],
        "status": to_status(fetched.status),
        "components": fetched.components,
        "is_named": fetched.is_named,
        "reason": _to_reason(fetched.reason),
        "synced_at": now,
        "created_at": now,
    }


def to_status(provider_status: str) -> TemplateStatus:
    """Map the provider's status of a template to ours."""
    known = {each.value: each for each in TemplateStatus}
    others = {
        "PENDING_DELETION": TemplateStatus.GONE,
        "DELETED": TemplateStatus.GONE,
        "IN_APPEAL": TemplateStatus.PENDING,
        "REINSTATED": TemplateStatus.APPROVED,
        "FLAGGED": TemplateStatus.APPROVED,  # a warning: it can be sent until it is paused
        "LIMIT_EXCEEDED": TemplateStatus.DISABLED,
    }
    key = provider_status.upper()
    return known.get(key) or others.get(key, TemplateStatus.OTHER)


def _to_reason(given: str | None) -> str | None:
    return None if given in {None, "", "NONE"} else str(given)[:_REASON]


async def update_status(
    uow: UnitOfWork,
    channel: ServedChannel,
    name: str,
    language: str,
    *,
    status: str,
    reason: str | None = None,
) -> bool:
    """Store the provider's decision about a template, as its webhook reports it.

    Returns False if the template is not known here; the next synchronization adds it.
    """
    return await queries.set_status(
        uow.tx, channel.id, name, language, status=to_status(status), reason=_to_reason(reason)
    )


async def sync_forever(
    database: Database,
    templates: TemplateFetcher,
    channel: ServedChannel,
    *,
    every: float = _INTERVAL,
) -> None:
    """Fetch a channel's templates now and every `every` seconds, until cancelled."""
    failures = 0
    while True:
        try:
            await _sync_once(database, templates, channel)
            failures, pause = 0, every
        except (DeliveryError, NoTemplatesError) as error:
            log.warning("templates.not_fetched", channel=channel.id, reason=str(error))
            failures, pause = failures + 1, min(_MAX_RETRY_AFTER, _RETRY_AFTER * 2**failures)
        except DATABASE_ERRORS as error:
            log.warning("templates.database_away", error=describe_error(error))
            pause = _RETRY_AFTER
        await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311 no secret


async def _sync_once(
    database: Database, templates: TemplateFetcher, channel: ServedChannel
) -> None:
    fetched = await templates.fetch(channel.id)
    found = await database.run(lambda tx: save_templates(tx, channel.id, fetched, now_utc()))
    log.info("templates.synced", channel=channel.id, found=found.found, gone=found.gone)
