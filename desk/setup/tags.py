"""Rename and delete tags."""

from db.ids import TagId
from db.name_keys import make_name_key
from db.queries import tags as queries
from desk.actors import Actor
from desk.audit import add_entry
from desk.conversations.tags import InvalidTagError, clean_tag_name
from desk.events import TagChanged
from desk.setup.errors import InvalidValueError, NotFoundError, NotPossibleError
from desk.unit_of_work import UnitOfWork


async def rename_tag(uow: UnitOfWork, tag_id: TagId, written: str, *, by: Actor) -> None:
    """Rename a tag; raise NotFoundError, InvalidValueError, or NotPossibleError if it is taken."""
    try:
        name = clean_tag_name(written)
    except InvalidTagError as error:
        raise InvalidValueError("name", str(error)) from error
    tag = await queries.find_counted_tag(uow.tx, tag_id)
    if tag is None:
        raise NotFoundError
    if tag.name == name:
        return
    taken = (await queries.find_tags(uow.tx, [name])).get(make_name_key(name))
    if taken is not None and taken.id != tag_id:
        raise NotPossibleError(f"there is a tag of this name already: {taken.name}")
    await queries.rename_tag(uow.tx, tag_id, name)
    add_entry(uow, by, "tag.renamed", _subject(tag_id), {"from": tag.name, "to": name})
    uow.events.add(TagChanged(tag_id))


async def delete_tag(uow: UnitOfWork, tag_id: TagId, *, by: Actor) -> None:
    """Delete a tag, and take it from every session; raise NotFoundError."""
    tag = await queries.find_counted_tag(uow.tx, tag_id)
    if tag is None:
        raise NotFoundError
    await queries.delete_tag(uow.tx, tag_id)
    add_entry(
        uow, by, "tag.deleted", _subject(tag_id), {"name": tag.name, "sessions": tag.sessions}
    )
    uow.events.add(TagChanged(tag_id))


def _subject(tag_id: TagId) -> str:
    return f"tag:{tag_id}"
