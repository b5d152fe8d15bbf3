"""Translations of customers' messages for staff, by a language model: `/translate` in a topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from db.ids import ConversationId, MessageId, SessionId
from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import find_message, list_session_messages
from db.tables import Direction, JobKind
from desk.conversations.threads import find_thread
from desk.jobs.ports import RunningJob
from desk.lanes import notice_key
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

_READ = 20


class Translates(Protocol):
    """Translates with a language model."""

    async def translate(self, text: str, language: str, session_id: SessionId) -> str:
        """Return a translation; empty if the model gives none. Raises nothing."""


@dataclass(frozen=True, slots=True)
class TranslateMessage:
    """Translate this message into the language of staff, and show it in the topic."""

    kind: ClassVar[JobKind] = JobKind.AI_TURN
    conversation_id: ConversationId
    message_id: MessageId

    @property
    def dedup_key(self) -> str:
        return f"{self.kind}:translate:{self.message_id}"

    def to_json(self) -> dict[str, Any]:
        return {"translate": self.message_id, "conversation": self.conversation_id}


async def ask_for_translation(
    uow: UnitOfWork, thread: Thread, message_id: MessageId | None
) -> str | None:
    """Have a message translated, or else the customer's last one; return why it cannot be."""
    if message_id is None and thread.session_id is not None:
        page = await list_session_messages(uow.tx, thread.session_id, start=None, limit=_READ)
        written = (
            row.id
            for row in (page.rows if page else [])
            if row.direction is Direction.INBOUND and row.message
        )
        message_id = next(written, None)
    row = None if message_id is None else await find_message(uow.tx, message_id)
    if row is None or row.conversation_id != thread.conversation_id or not row.message:
        return uow.text_for_staff("ai.nothing_to_translate")
    uow.jobs.enqueue(TranslateMessage(thread.conversation_id, row.id))
    return None


async def translate_message(
    transactions: RunsTransactions,
    model: Translates | None,
    job: RunningJob,
    payload: Mapping[str, Any],
) -> None:
    """Translate a message with no transaction open, and show the translation once."""
    message_id = MessageId(payload["translate"])

    async def read(uow: UnitOfWork) -> tuple[str, str, SessionId] | None:
        await job.ensure_held(uow.tx)
        row = await find_message(uow.tx, message_id)
        if row is None or not row.message or row.session_id is None:
            return None
        return row.message, uow.staff_language, row.session_id

    found = await transactions.run(read)
    if found is None:
        return
    text = "" if model is None else await model.translate(*found)

    async def show(uow: UnitOfWork) -> None:
        await job.ensure_held(uow.tx)
        thread = await find_thread(uow, ConversationId(payload["conversation"]))
        if thread is None:
            return
        why = "ai.no_model" if model is None else "ai.not_translated"
        words = uow.text_for_staff("ai.translation", text=text) if text else uow.text_for_staff(why)
        key = notice_key(thread.conversation_id, f"translation:{job.claimed.id}")
        uow.enqueue_staff_notice(thread, words, reply_to=message_id, dedup_key=key)

    await transactions.run(show)
