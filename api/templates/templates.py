"""A channel's templates: agents list them, administrators fetch them again."""

from api.access.caller import Caller
from api.channels.serializers import load_channel
from api.errors.problems import Conflict, NotFound, ProviderRefused, ServiceUnavailable
from api.routing.transactions import Transactions
from api.schemas.pagination import Cursor, Page, build_page
from api.templates.models import (
    TemplateOut,
    TemplateQuery,
    TemplateSyncOut,
    template_to_schema,
)
from db.ids import ChannelId, TemplateId
from db.queries.channels import templates as queries
from desk import errors
from desk.audit import add_entry
from desk.templates.ports import ProviderTemplate
from desk.templates.sync import NoTemplatesError, TemplateFetcher, save_templates
from desk.unit_of_work import UnitOfWork


async def list_templates(
    uow: UnitOfWork, channel_id: ChannelId, query: TemplateQuery
) -> Page[TemplateOut]:
    """List a channel's templates in every language, the newest first."""
    await load_channel(uow, channel_id)
    rows = await queries.list_templates(
        uow.tx,
        channel_id,
        start=query.start,
        limit=query.limit,
        status=query.status,
        name=query.name,
    )
    return build_page(rows, query, template_to_schema, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, template_id: TemplateId) -> TemplateOut:
    """Show a template with its variables."""
    row = await queries.find_template(uow.tx, template_id)
    if row is None:
        raise NotFound
    return template_to_schema(row)


async def sync(
    transactions: Transactions, caller: Caller, channel_id: ChannelId, templates: TemplateFetcher
) -> TemplateSyncOut:
    """Fetch a channel's templates from its provider now; otherwise that happens once an hour."""
    await transactions.run(lambda uow: load_channel(uow, channel_id))
    fetched = await _fetch_templates(templates, channel_id)

    async def work(uow: UnitOfWork) -> TemplateSyncOut:
        found = await save_templates(uow.tx, channel_id, fetched, uow.now)
        add_entry(uow, caller.actor, "channel.templates_synced", f"channel:{channel_id}")
        return TemplateSyncOut(found=found.found, gone=found.gone)

    return await transactions.run(work)


async def _fetch_templates(
    templates: TemplateFetcher, channel_id: ChannelId
) -> list[ProviderTemplate]:
    try:
        return await templates.fetch(channel_id)
    except NoTemplatesError as error:
        raise Conflict(str(error)) from None
    except (errors.Rejected, errors.ChannelStopped) as error:
        raise ProviderRefused(str(error)) from None
    except errors.DeliveryError as error:
        raise ServiceUnavailable(f"nothing was changed: {error}", after=5) from None
