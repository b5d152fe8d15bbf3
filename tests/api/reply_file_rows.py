"""Files of auto-replies for tests of the API."""

from typing import Any

from db.ids import ReplyFileId, new_id
from db.tables import ReplyFile
from tests.api.stage import ApiStage


async def add_reply_file(api: ApiStage, **fields: Any) -> ReplyFileId:
    """Add a file of auto-replies, without its bytes."""
    values = {"message_type": "IMAGE", "name": "menu.png", "mime": "image/png", **fields}
    file = ReplyFile(id=ReplyFileId(new_id()), size=3, sha256="0" * 64, **values)
    async with api.database.transaction() as tx:
        tx.add(file)
    return file.id
