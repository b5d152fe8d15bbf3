"""Edit folding: merge an edit into an unsent answer that is right before it.

So customers get what the agent meant, also on channels that cannot edit sent messages.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy.ext.asyncio import AsyncSession

from db.queues import outbox
from db.queues.outbox import OutboxRow
from db.queues.payloads import PART_KEY
from db.tables import OutboxKind, OutboxState
from desk.content import Content
from desk.formatting.splitting import split_content


def can_fold_edit(rows: Sequence[OutboxRow]) -> bool:
    """Check whether a lane begins with an unsent answer and an edit of it."""
    if len(rows) < 2:  # noqa: PLR2004 the answer and the edit
        return False
    head, edit = rows[:2]
    waits = head.kind is OutboxKind.ANSWER and head.state is OutboxState.PENDING
    # Of a long answer some parts may have been sent already.
    return waits and PART_KEY not in head.payload and _is_edit_of(edit, head)


def take_foldable_edits(rows: Sequence[OutboxRow]) -> tuple[OutboxRow, ...]:
    """Return the edits that the answer at a lane's head can take in; the last one wins."""
    if not can_fold_edit(rows):
        return ()
    edits = tuple(takewhile(lambda row: _is_edit_of(row, rows[0]), rows[1:]))
    fits = len(split_content(Content.from_json(edits[-1].payload["content"]))) == 1
    return edits if fits else ()


def _is_edit_of(row: OutboxRow, answer: OutboxRow) -> bool:
    is_edit = row.kind is OutboxKind.EDIT and row.state is OutboxState.PENDING
    return is_edit and row.payload.get("message") == answer.message_id is not None


async def fold_edits(
    tx: AsyncSession, lanes: Mapping[str, Sequence[OutboxRow]], now: datetime
) -> None:
    """Replace the content of unsent answers with that of their edits, and settle the edits.

    The caller holds the lanes: the next one to claim them reads the answers again.
    """
    for rows in lanes.values():
        edits = take_foldable_edits(rows)
        if edits:
            content = edits[-1].payload["content"]
            await outbox.replace_payload(tx, rows[0].id, {**rows[0].payload, "content": content})
            await outbox.settle(tx, [edit.id for edit in edits], now)
