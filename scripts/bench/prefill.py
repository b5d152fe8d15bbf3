"""Fills a database as years of use would: messages of sessions that ended long ago."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.dialect import get_table
from db.ids import ChannelId, new_id
from db.tables import (
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    DeliveryState,
    Direction,
    Message,
    MessageLink,
    MessageType,
    Session,
    SessionStatus,
    Side,
)
from db.tables.base import now_utc
from desk.actors import ActorKind

_PER_SESSION = 20
_SESSIONS_AT_ONCE = 500


async def prefill_database(database: Database, messages: int, *, longest: int = 0) -> None:
    """Write `messages` messages, 20 in each session, each with a copy at the provider.

    Sessions start one minute apart. `longest` adds one more session with that many messages.
    """
    channel_id = ChannelId(new_id())

    async def add_channel(tx: AsyncSession) -> None:
        tx.add(
            Channel(
                id=channel_id,
                kind=ChannelKind.TELEGRAM,
                external_id="1",
                name="old",
                is_active=False,
            )
        )

    await database.run(add_channel)
    sessions = messages // _PER_SESSION
    first = now_utc() - timedelta(days=100, minutes=sessions)
    for done in range(0, sessions, _SESSIONS_AT_ONCE):
        rows = _Rows(channel_id)
        for number in range(done, min(sessions, done + _SESSIONS_AT_ONCE)):
            rows.add_session(first + timedelta(minutes=number), _PER_SESSION)
        await database.run(rows.write)
    if longest:
        rows = _Rows(channel_id)
        rows.add_session(first + timedelta(minutes=sessions), longest)
        await database.run(rows.write)


class _Rows:
    """Rows for several sessions, each of a different customer."""

    def __init__(self, channel_id: str) -> None:
        self._channel_id = channel_id
        self.tables: dict[type[Any], list[dict[str, Any]]] = {
            kind: [] for kind in (Client, Contact, Conversation, Session, Message, MessageLink)
        }

    async def write(self, tx: AsyncSession) -> None:
        for kind, rows in self.tables.items():
            await tx.execute(insert(get_table(kind)), rows)

    def add_session(self, old: datetime, messages: int) -> None:
        """Add an ended session whose messages are one second apart."""
        channel_id = self._channel_id
        client, contact, conversation, session = (new_id() for _ in range(4))
        self.tables[Client].append(
            {"id": client, "name": "Old customer", "is_blocked": False, "created_at": old}
        )
        self.tables[Contact].append(
            {
                "id": contact,
                "client_id": client,
                "channel_id": channel_id,
                "external_id": contact,
                "created_at": old,
            }
        )
        self.tables[Conversation].append(
            {
                "id": conversation,
                "contact_id": contact,
                "channel_id": channel_id,
                "unread_count": 0,
                "session_count": 1,
                "is_active": False,
                "last_message_at": old,
                "created_at": old,
            }
        )
        self.tables[Session].append(
            {
                "id": session,
                "conversation_id": conversation,
                "client_id": client,
                "number": 1,
                "status": SessionStatus.ENDED,
                "created_at": old,
                "ended_at": old,
            }
        )
        for number in range(messages):
            self._message(conversation, session, number, old + timedelta(seconds=number))

    def _message(self, conversation: str, session: str, number: int, sent_at: datetime) -> None:
        message = new_id()
        self.tables[Message].append(
            {
                "id": message,
                "session_id": session,
                "conversation_id": conversation,
                "sender_type": (ActorKind.CUSTOMER if number % 2 else ActorKind.HUMAN).sender_type,
                "direction": Direction.INBOUND if number % 2 else Direction.OUTBOUND,
                "message_type": MessageType.TEXT,
                "message": f"An old message of some sixty characters, the {number}th.",
                "is_read": True,
                "delivery_state": DeliveryState.SENT,
                "created_at": sent_at,
            }
        )
        self.tables[MessageLink].append(
            {
                "message_id": message,
                "channel_id": self._channel_id,
                "side": Side.STAFF,
                "chat": "-1",
                "provider_id": str(number),
            }
        )
