"""What is kept of channels' providers and has to be kept up: templates, links to phones."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.tables.whatsapp import LinkStatus, TemplateStatus, WhatsAppMessageTemplate, WhatsAppSession

templates = table_of(WhatsAppMessageTemplate)
links = table_of(WhatsAppSession)


@dataclass(slots=True)
class Upkeep:
    """How a channel's templates and its link stand; empty: there are none."""

    templates: int = 0
    approved: int = 0
    synced_at: datetime | None = None
    link: LinkStatus | None = None
    link_error: str | None = None
    phone: str | None = None

    @property
    def is_linked(self) -> bool:
        return self.link is LinkStatus.WORKING


async def upkeep_of(tx: AsyncSession) -> dict[str, Upkeep]:
    """Read how every channel's templates and link stand, by the channel's id."""
    found: dict[str, Upkeep] = {}
    approved = case((templates.c.status == TemplateStatus.APPROVED, 1), else_=0)
    counted = select(
        templates.c.channel_id,
        func.count().label("number"),
        func.sum(approved).label("approved"),
        func.max(templates.c.synced_at, type_=templates.c.synced_at.type).label("synced_at"),
    ).group_by(templates.c.channel_id)
    for row in await tx.execute(counted):
        found[row.channel_id] = Upkeep(row.number, int(row.approved), row.synced_at)
    for row in await tx.execute(select(links)):
        upkeep = found.setdefault(row.channel_id, Upkeep())
        upkeep.link, upkeep.link_error, upkeep.phone = row.status, row.error, row.phone
    return found
