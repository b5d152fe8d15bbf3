"""Read and change templates: one row for each name and language of a channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, upsert
from db.ids import ChannelId, TemplateId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import TemplateStatus, WhatsAppMessageTemplate

templates = get_table(WhatsAppMessageTemplate)
# Meta keeps at most 6,000 templates for a number; nobody looks through more in a topic.
_MOST = 6_000
_SYNCED_COLUMNS = (
    "provider_id",
    "category",
    "status",
    "components",
    "is_named",
    "reason",
    "synced_at",
    "updated_at",
)


async def list_templates(
    tx: AsyncSession,
    channel_id: ChannelId,
    *,
    start: PageStart | None,
    limit: int,
    status: TemplateStatus | None = None,
    name: str | None = None,
) -> list[WhatsAppMessageTemplate]:
    """Read a page of a channel's templates and one more, newest first."""
    statement: Select[Any] = select(WhatsAppMessageTemplate)
    statement = statement.where(templates.c.channel_id == channel_id)
    if status is not None:
        statement = statement.where(templates.c.status == status)
    if name is not None:
        statement = statement.where(templates.c.name == name)
    paged = paginate(statement, templates.c.created_at, templates.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())


async def list_approved(
    tx: AsyncSession, channel_id: ChannelId, name: str | None = None
) -> list[WhatsAppMessageTemplate]:
    """Read a channel's approved templates in every language; `name`: only those of this name."""
    wanted = select(WhatsAppMessageTemplate).where(
        templates.c.channel_id == channel_id, templates.c.status == TemplateStatus.APPROVED
    )
    if name is not None:
        wanted = wanted.where(templates.c.name == name)
    ordered = wanted.order_by(templates.c.name, templates.c.language).limit(_MOST)
    return list((await tx.scalars(ordered)).all())


async def find_template(
    tx: AsyncSession, template_id: TemplateId
) -> WhatsAppMessageTemplate | None:
    """Read a template."""
    this = select(WhatsAppMessageTemplate).where(templates.c.id == template_id)
    return (await tx.scalars(this)).first()


async def save_templates(tx: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Add or update templates; existing ones keep their ids."""
    if rows:
        keys = ("channel_id", "name", "language")
        await tx.execute(upsert(tx, templates, keys, _get_synced_values), list(rows))


def _get_synced_values(new: Any) -> dict[str, Any]:
    return {name: new[name] for name in _SYNCED_COLUMNS}


async def mark_gone(tx: AsyncSession, channel_id: ChannelId, before: datetime) -> int:
    """Mark templates as GONE that were last seen before `before`, and return how many."""
    gone = update(templates).where(
        templates.c.channel_id == channel_id,
        templates.c.synced_at < before,
        templates.c.status != TemplateStatus.GONE,
    )
    result = await tx.execute(gone.values(status=TemplateStatus.GONE))
    return count_changed(result)


async def set_status(
    tx: AsyncSession,
    channel_id: ChannelId,
    name: str,
    language: str,
    *,
    status: TemplateStatus,
    reason: str | None,
) -> bool:
    """Save the provider's decision about a template; return False if the template is unknown."""
    this = update(templates).where(
        templates.c.channel_id == channel_id,
        templates.c.name == name,
        templates.c.language == language,
    )
    result = await tx.execute(this.values(status=status, reason=reason))
    return count_changed(result) > 0
