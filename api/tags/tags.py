"""Tags of the desk: agents see and use them, administrators rename and delete them."""

from api.access.caller import Caller
from api.errors.problems import NotFound
from api.schemas.pagination import Page
from api.tags.models import TagOut, TagRename
from db.ids import TagId
from db.queries.tags import find_counted_tag
from db.queries.tags import list_tags as list_all_tags
from desk.setup import tags
from desk.unit_of_work import UnitOfWork


async def list_all(uow: UnitOfWork) -> Page[TagOut]:
    """List all tags by name; a desk has at most 1,000, so there is one page."""
    items = [TagOut.model_validate(each) for each in await list_all_tags(uow.tx)]
    return Page(items=items, next=None, previous=None)


async def rename(uow: UnitOfWork, caller: Caller, tag_id: TagId, body: TagRename) -> TagOut:
    """Rename a tag; every session that has it shows the new name."""
    await tags.rename_tag(uow, tag_id, body.name, by=caller.actor)
    renamed = await find_counted_tag(uow.tx, tag_id)
    if renamed is None:
        raise NotFound  # deleted in the meantime
    return TagOut.model_validate(renamed)


async def delete(uow: UnitOfWork, caller: Caller, tag_id: TagId) -> None:
    """Delete a tag, and take it from every session."""
    await tags.delete_tag(uow, tag_id, by=caller.actor)
