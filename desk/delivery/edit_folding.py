"""Edit folding: merge an edit into an unsent answer that is right before it.

So customers get what the agent meant, also on channels that cannot edit sent messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from db.database import Transaction
from db.queues import outbox
from db.queues.outbox import OutboxRow
from db.queues.payloads import AnswerPayload, EditPayload
from db.tables import OutboxState
from desk.formatting.splitting import split_content


def can_fold_edit(rows: Sequence[OutboxRow]) -> bool:
    """Check whether a lane begins with an unsent answer and an edit of it."""
    return bool(_list_edits(rows[:2]))


def fold_waiting_edits(rows: Sequence[OutboxRow]) -> tuple[AnswerPayload, list[int]] | None:
    """Return the answer at a lane's head with its edits folded in, and the ids of the edits.

    The last edit wins. Returns None if there is none, or if its text needs several messages.
    """
    answer, edits = _get_unsent_answer(rows), _list_edits(rows)
    if answer is None or not edits:
        return None
    last = edits[-1][1].content
    if len(split_content(last)) > 1:
        return None
    return replace(answer, content=last), [row_id for row_id, _ in edits]


def _get_unsent_answer(rows: Sequence[OutboxRow]) -> AnswerPayload | None:
    if not rows or rows[0].state is not OutboxState.PENDING:
        return None
    answer = rows[0].payload
    # Of a long answer some parts may have been sent already.
    return answer if isinstance(answer, AnswerPayload) and not answer.is_part else None


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
