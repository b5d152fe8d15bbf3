"""One timeline over all conversations of a client, also of those who were merged into them."""

from heapq import merge
from itertools import islice

from api.access.caller import Caller
from api.access.permissions import visibility_scope
from api.clients.clients import load_visible_client
from api.messages.models import MessageOut
from api.messages.pages import message_cursor
from api.schemas.pagination import Page, PageQuery, build_page
from db.ids import ClientId
from db.queries.clients.clients import list_contacts
from db.queries.messages.message_rows import list_conversation_messages
from desk.unit_of_work import UnitOfWork

# A person has a few addresses; of more, the newest count.
_MAX_CONVERSATIONS = 50


async def list_messages(
    uow: UnitOfWork, caller: Caller, client_id: ClientId, query: PageQuery
) -> Page[MessageOut]:
    """List a client's messages on all channels that I may see, the newest first."""
    client = await load_visible_client(uow, caller, client_id)
    contacts = (await list_contacts(uow.tx, client.id))[-_MAX_CONVERSATIONS:]
    viewer, start = visibility_scope(caller), query.start
    pages = [
        await list_conversation_messages(
            uow.tx, each.conversation_id, viewer=viewer, start=start, limit=query.limit
        )
        for each in contacts
    ]
    is_rising = start is not None and start.back
    rows = merge(*pages, key=lambda row: row.id, reverse=not is_rising)
    return build_page(
        list(islice(rows, query.limit + 1)), query, MessageOut.from_row, message_cursor
    )
