"""Edit folding: merge an edit into an unsent answer that is right before it.

So customers get what the agent meant, also on channels that cannot edit sent messages. An answer
that was deleted while it was being sent, and was refused for a while, is not sent any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from db.database import Transaction
from db.ids import MessageId
from db.queries.messages.revisions import DELETED_UNSENT, mark_deleted_unsent
from db.queues import outbox
from db.queues.outbox import OutboxRow
from db.queues.payloads import AnswerPayload, DeletePayload, EditPayload
from db.tables import OutboxState
from desk.formatting.splitting import split_content


def may_fold(rows: Sequence[OutboxRow]) -> bool:
    """Check whether a lane begins with an unsent answer that was edited, or may be deleted.

    Whoever deletes an answer cancels it, unless it is being sent: so only one that was put back
    can have a deletion behind it.
    """
    if _list_edits(rows[:2]):
        return True
    return _get_unsent_answer(rows[:1]) is not None and rows[0].due_at > rows[0].created_at


def find_deleted(rows: Sequence[OutboxRow]) -> dict[MessageId, list[int]]:
    """Find unsent answers with a deletion behind them; return their rows and their edits' rows."""
    found: dict[MessageId, list[int]] = {}
    for number, row in enumerate(rows):
        if not isinstance(row.payload, DeletePayload) or row.message_id is None:
            continue
        waits = [
            each
            for each in rows[:number]
            if each.message_id == row.message_id and each.state is OutboxState.PENDING
        ]
        if any(isinstance(each.payload, AnswerPayload) for each in waits):
            found[row.message_id] = [each.id for each in waits]
    return found


def fold_waiting_edits(rows: Sequence[OutboxRow]) -> tuple[AnswerPayload, list[int]] | None:
    """Return the answer at a lane's head with its edits folded in, and the ids of the edits.

    The last edit wins. Returns None if there is none, or if its text needs several messages.
    """
    answer, edits = _get_unsent_answer(rows), _list_edits(rows)
    if answer is None or not edits:
        return None
    last = edits[-1][1].content
    # Of a long answer some parts may have been sent already.
    if answer.is_part or len(split_content(last)) > 1:
        return None
    return replace(answer, content=last), [row_id for row_id, _ in edits]


def _get_unsent_answer(rows: Sequence[OutboxRow]) -> AnswerPayload | None:
    if not rows or rows[0].state is not OutboxState.PENDING:
        return None
    answer = rows[0].payload
    return answer if isinstance(answer, AnswerPayload) else None


def _list_edits(rows: Sequence[OutboxRow]) -> list[tuple[int, EditPayload]]:
    """List the edits right behind the unsent answer at a lane's head, with their rows' ids."""
    edits: list[tuple[int, EditPayload]] = []
    if _get_unsent_answer(rows) is None or rows[0].message_id is None:
        return edits
    for row in rows[1:]:
        edit = row.payload
        if not isinstance(edit, EditPayload) or row.state is not OutboxState.PENDING:
            break
        if edit.message != rows[0].message_id:
            break
        edits.append((row.id, edit))
    return edits


async def fold_edits(
    tx: Transaction, lanes: Mapping[str, Sequence[OutboxRow]], now: datetime
) -> None:
    """Replace the content of unsent answers with that of their edits, and settle the edits.

    The caller holds the lanes: the next one to claim them reads the answers again.
    """
    for rows in lanes.values():
        if folded := fold_waiting_edits(rows):
            answer, edit_ids = folded
            await outbox.replace_payload(tx, rows[0], answer)
            await outbox.settle(tx, edit_ids, now)


async def drop_deleted(
    tx: Transaction, rows: Sequence[OutboxRow], now: datetime
) -> tuple[list[OutboxRow], list[MessageId]]:
    """Cancel the deleted answers of a lane; return the other rows, and what was not sent at all.

    The deletion itself stays: it deletes the parts of a long answer that were sent.
    """
    unsent: list[MessageId] = []
    dropped: set[int] = set()
    for message_id, ids in find_deleted(rows).items():
        dropped.update(ids)
        await outbox.settle(tx, ids, now, OutboxState.FAILED, DELETED_UNSENT)
        if not await outbox.has_started_sending(tx, message_id):
            await mark_deleted_unsent(tx, message_id, now)
            unsent.append(message_id)
    return [row for row in rows if row.id not in dropped], unsent
