"""Write broadcasts directly into the database."""

from db.ids import BroadcastId
from db.tables import Broadcast
from tests.api.stage import ApiStage


async def add_broadcast(api: ApiStage) -> BroadcastId:
    """Add a draft."""
    broadcast = Broadcast(name="News", text="Hi {{name}}", author_name="Ada")
    async with api.database.transaction() as tx:
        tx.add(broadcast)
    return broadcast.id
