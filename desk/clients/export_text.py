"""Write what is stored about a customer as a text that they can read."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial

from db.ids import ClientId, ConversationId, MessageId
from db.queries.clients import export
from db.queries.clients.clients import ClientRow, find_client
from db.queries.clients.export import ExportedConversation
from db.queries.messages.message_rows import MessageRow, list_messages_after
from db.tables import Direction
from desk.formatting.times import format_time
from desk.texts import Translate
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

_BATCH_SIZE = 200


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored about a person, without the messages."""

    clients: list[ClientRow]
    conversations: list[ExportedConversation]


async def iter_export(
    transactions: RunsTransactions, client_id: ClientId, say: Translate, zone: tzinfo
) -> AsyncIterator[bytes]:
    """Yield the text in pieces: years of messages do not fit into memory.

    What staff wrote for itself is left out. Yields nothing if the client is gone.
    """
    stored = await transactions.run(partial(_load, client_id))
    if not stored.clients:
        return
    yield "\n\n".join(_describe_client(each, say, zone) for each in stored.clients).encode()
    for conversation in stored.conversations:
        yield f"\n\n== {conversation.channel_name}: {conversation.external_id} ==\n".encode()
        after: MessageId | None = None
        while rows := await transactions.run(partial(_load_messages, conversation.id, after)):
            lines = [_describe(row, say, zone) for row in rows if not _is_internal(row)]
            yield "".join(f"{line}\n" for line in lines).encode()
            after = rows[-1].id


async def _load(client_id: ClientId, uow: UnitOfWork) -> _Stored:
    client = await find_client(uow.tx, client_id, viewer=None)
    merged = await export.list_merged_clients(uow.tx, client_id)
    conversations = await export.list_conversations(uow.tx, client_id)
    return _Stored([client, *merged] if client else [], list(conversations))


async def _load_messages(
    conversation_id: ConversationId, after: MessageId | None, uow: UnitOfWork
) -> list[MessageRow]:
    return await list_messages_after(uow.tx, conversation_id, after, most=_BATCH_SIZE)


def _is_internal(row: MessageRow) -> bool:
    return row.direction is Direction.INTERNAL


def _describe_client(client: ClientRow, say: Translate, zone: tzinfo) -> str:
    known = {
        "name": client.name,
        "username": client.username,
        "telegram": client.telegram_id,
        "phone": client.phone,
        "email": client.email,
        "language": client.language,
        "since": format_time(client.created_at, zone),
    }
    lines = [f"{say(f'export.{key}')}: {value}" for key, value in known.items() if value]
    # The fields are facts about the person. The note is a remark among staff, like their notes.
    lines += [f"{field['name']}: {field['value']}" for field in client.fields or []]
    return "\n".join(lines)


def _describe(row: MessageRow, say: Translate, zone: tzinfo) -> str:
    """Describe a message in a line, and its file by its name."""
    words = row.message or ""
    if row.file is not None:
        name = row.file.get("name") or row.message_type.value.lower()
        words = f"[{say('export.file')}: {name}] {words}".rstrip()
    if row.deleted_at is not None:
        words = f"[{say('export.deleted')}] {words}".rstrip()
    return f"{format_time(row.created_at, zone)} {row.author_name or '—'}: {words}"
