"""Schemas of messages."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.schemas.base import ResponseModel, Ulid
from db.ids import MessageId
from db.queries.messages.message_rows import MessageRow
from db.tables import DeliveryState, Direction, MessageType, SenderType
from desk.messages.edits import ORIGINAL_MISSING
from desk.messages.from_api import CLIENT_KEY
from desk.messages.reactions import REACTIONS

# Attributes that have a field of their own.
_OWN_FIELDS = {CLIENT_KEY, REACTIONS}


class FileOut(ResponseModel):
    """A file of a message."""

    url: str = Field(description="download address; needs an access token")
    name: str | None
    mime_type: str | None
    size: int | None = Field(description="in bytes")


class EarlierText(ResponseModel):
    """The text of a message before it was edited."""

    message: str | None
    until: datetime


class Reactions(ResponseModel):
    """The reactions to a message: the last one of each side."""

    customer: str | None = None
    staff: str | None = None


class MessageOut(ResponseModel):
    """A message of a customer, an agent or the system."""

    id: Ulid
    session_id: Ulid | None = Field(
        description="null: written while no session was open, on the business's own phone or "
        "before the number was linked"
    )
    conversation_id: Ulid
    sender_type: SenderType
    direction: Direction = Field(description="internal: a note that only staff sees")
    message_type: MessageType
    message: str | None = Field(description="the text, or the caption of a file")
    entities: list[dict[str, Any]] | None = Field(
        description="formatting in Telegram's form: offsets and lengths in UTF-16 code units"
    )
    file: FileOut | None
    attributes: dict[str, Any] | None = Field(
        description="other data: coordinates, a shared contact, an album's id; over_limit: it is "
        "not shown in the topic, because the customer wrote too much in a minute"
    )
    client_key: str | None = Field(
        description="the Idempotency-Key of the request that sent it; null: there was none"
    )
    reactions: Reactions | None
    reply_to_id: Ulid | None
    author_id: Ulid | None = Field(description="the agent who wrote it")
    author_name: str | None
    is_read: bool
    delivery_state: DeliveryState
    delivery_error: str | None
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None = Field(description="when it was deleted from the customer's chat")
    history: list[EarlierText] = Field(description="earlier texts, oldest first")

    @classmethod
    def from_row(cls, row: MessageRow) -> "MessageOut":
        """Convert a message's row; the provider's reference to its file stays private."""
        return cls(
            id=row.id,
            session_id=row.session_id,
            conversation_id=row.conversation_id,
            sender_type=row.sender_type,
            direction=row.direction,
            message_type=row.message_type,
            message=row.message,
            entities=row.entities,
            file=_file_to_schema(row.id, row.file),
            attributes=_list_attributes(row.attributes),
            client_key=(row.attributes or {}).get(CLIENT_KEY),
            reactions=(row.attributes or {}).get(REACTIONS),
            reply_to_id=row.reply_to_id,
            author_id=row.author_id,
            author_name=row.author_name,
            is_read=row.is_read,
            delivery_state=row.delivery_state,
            delivery_error=row.delivery_error,
            created_at=row.created_at,
            edited_at=row.edited_at,
            deleted_at=row.deleted_at,
            history=[
                EarlierText(**_earlier_to_fields(each))
                for each in row.history or ()
                if ORIGINAL_MISSING not in each
            ],
        )


def _list_attributes(stored: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the attributes without what has a field of its own."""
    left = {name: each for name, each in (stored or {}).items() if name not in _OWN_FIELDS}
    return left or None


def _file_to_schema(message_id: MessageId, file: dict[str, Any] | None) -> FileOut | None:
    if file is None:
        return None
    url = f"/api/v1/messages/{message_id}/file"
    return FileOut(
        url=url, name=file.get("name"), mime_type=file.get("mime"), size=file.get("size")
    )


def _earlier_to_fields(kept: dict[str, Any]) -> dict[str, Any]:
    return {"message": kept["message"], "until": datetime.fromisoformat(kept["until"])}
