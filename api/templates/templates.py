"""A channel's templates: listed by agents, fetched anew by administrators."""

from api.access.caller import Caller
from api.channels.serializers import read
from api.errors.problems import Conflict, NotFound, ProviderRefused, Unavailable
from api.routing.context import Transactions
from api.schemas.pagination import Cursor, Page, page_of
from api.templates.models import SyncOut, TemplateOut, TemplateQuery, shown
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
    await read(uow, channel_id)
    rows = await queries.list_templates(
        uow.tx,
        channel_id,
        start=query.start,
        limit=query.limit,
        status=query.status,
        name=query.name,
    )
    return page_of(rows, query, shown, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, template_id: TemplateId) -> TemplateOut:
    """Show a template with what it leaves out."""
    row = await queries.find_template(uow.tx, template_id)
    if row is None:
        raise NotFound
    return shown(row)


async def sync(
    within: Transactions, caller: Caller, channel_id: ChannelId, templates: TemplateFetcher
) -> SyncOut:
    """Fetch a channel's templates from its provider now; it is done once an hour anyway."""
    await within.run(lambda uow: read(uow, channel_id))
    fetched = await _fetched(templates, channel_id)

    async def work(uow: UnitOfWork) -> SyncOut:
        found = await save_templates(uow.tx, channel_id, fetched, uow.now)
        add_entry(uow, caller.agent, "channel.templates_synced", f"channel:{channel_id}")
        return SyncOut(found=found.found, gone=found.gone)

    return await within.run(work)


async def _fetched(templates: TemplateFetcher, channel_id: ChannelId) -> list[ProviderTemplate]:
    try:
        return await templates.fetch(channel_id)
    except NoTemplatesError as error:
        raise Conflict(str(error)) from None
    except (errors.Rejected, errors.ChannelStopped) as error:
        raise ProviderRefused(str(error)) from None
    except errors.DeliveryError as error:
        raise Unavailable(f"nothing was changed: {error}", after=5) from None
