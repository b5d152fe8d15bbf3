"""Export all data of a client as JSON."""

from collections.abc import AsyncIterator
from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.access.caller import Caller
from api.clients.models import ClientOut
from api.errors.problems import NotFound
from api.messages.models import MessageOut
from api.routing.route import JSON
from api.routing.transactions import Transactions
from api.schemas.base import ResponseModel
from db.ids import ClientId, ConversationId, MessageId
from db.queries.clients.clients import find_client
from db.queries.clients.export import (
    ExportedConversation,
    ExportedHandover,
    ExportedSession,
    list_conversations,
    list_handovers,
    list_merged_clients,
    list_sessions,
)
from db.queries.messages.message_rows import list_messages_after
from desk.audit import add_entry
from desk.unit_of_work import UnitOfWork

_BATCH_SIZE = 200


class ClientExport(ResponseModel):
    """Everything except the messages, which follow as `messages`."""

    exported_at: datetime
    client: ClientOut
    joined: list[ClientOut] = Field(
        description="clients who were merged into this one, each with their own data"
    )
    conversations: list[ExportedConversation]
    sessions: list[ExportedSession]
    handovers: list[ExportedHandover] = Field(description="who got a session, and why")


async def export_client(
    request: web.Request, transactions: Transactions, caller: Caller, client_id: ClientId
) -> web.StreamResponse:
    """Export all data of a client as a file; the messages come last, the oldest first."""
    head = await transactions.run(lambda uow: _load_header(uow, caller, client_id))
    response = web.StreamResponse(
        headers={
            "Content-Type": JSON,
            "Content-Disposition": f'attachment; filename="client-{client_id}.json"',
        }
    )
    await response.prepare(request)
    try:
        # Write one object while reading: years of messages do not fit into memory.
        await response.write(head.model_dump_json().removesuffix("}").encode() + b',"messages":[')
        separator = b""
        async for piece in _iter_messages(transactions, [each.id for each in head.conversations]):
            await response.write(separator + piece)
            separator = b","
        await response.write(b"]}")
        await response.write_eof()
    except ConnectionError:
        response.force_close()  # the client has disconnected
    return response


async def _load_header(uow: UnitOfWork, caller: Caller, client_id: ClientId) -> ClientExport:
    client = await find_client(uow.tx, client_id, viewer=None)
    if client is None:
        raise NotFound
    add_entry(uow, caller.actor, "client.export", client_id)
    return ClientExport(
        exported_at=uow.now,
        client=ClientOut.model_validate(client),
        joined=[
            ClientOut.model_validate(each) for each in await list_merged_clients(uow.tx, client_id)
        ],
        conversations=list(await list_conversations(uow.tx, client_id)),
        sessions=list(await list_sessions(uow.tx, client_id)),
        handovers=list(await list_handovers(uow.tx, client_id)),
    )


async def _iter_messages(
    transactions: Transactions, ids: list[ConversationId]
) -> AsyncIterator[bytes]:
    """Yield the messages of conversations in batches, each joined by commas and never empty."""
    for conversation_id in ids:
        after: MessageId | None = None
        while True:

            async def more(
                uow: UnitOfWork,
                of: ConversationId = conversation_id,
                since: MessageId | None = after,
            ) -> list[MessageOut]:
                rows = await list_messages_after(uow.tx, of, since, most=_BATCH_SIZE)
                return [MessageOut.from_row(row) for row in rows]

            found = await transactions.run(more)
            if not found:
                break
            yield b",".join(each.model_dump_json().encode() for each in found)
            after = MessageId(found[-1].id)
