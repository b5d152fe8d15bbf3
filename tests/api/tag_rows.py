"""Write tags directly into the database."""

from db.ids import TagId, new_id
from db.tables import Tag
from tests.api.stage import ApiStage


async def add_tag(api: ApiStage) -> TagId:
    """Add a tag that no session has."""
    name = new_id()
    tag = Tag(name=name, name_key=name)
    async with api.database.transaction() as tx:
        tx.add(tag)
    return tag.id
