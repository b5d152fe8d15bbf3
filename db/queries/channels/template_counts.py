"""Count the stored templates of each channel."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.tables import TemplateStatus, WhatsAppMessageTemplate

templates = get_table(WhatsAppMessageTemplate)


@dataclass(frozen=True, slots=True)
class TemplateCount:
    """The number of a channel's templates."""

    number: int
    approved: int
    synced_at: datetime


async def count_templates(tx: AsyncSession) -> dict[str, TemplateCount]:
    """Count every channel's templates, by channel id; channels without templates are left out."""
    approved = case((templates.c.status == TemplateStatus.APPROVED, 1), else_=0)
    counted = select(
        templates.c.channel_id,
        func.count().label("number"),
        func.sum(approved).label("approved"),
        func.max(templates.c.synced_at).label("synced_at"),
    ).group_by(templates.c.channel_id)
    return {
        row.channel_id: TemplateCount(row.number, int(row.approved), row.synced_at)
        for row in await tx.execute(counted)
    }
