"""Lists of sessions leave out those of archived conversations, page by page."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.dialect import get_table
from db.ids import SessionId
from db.queries.conversations.session_lists import list_sessions
from db.queries.conversations.session_statements import SessionFilter
from db.tables import Conversation, Session, SessionStatus
from tests.db.test_lists import LIMIT, Filled, Start, fill


async def test_sessions_of_archived_conversations_are_left_out_page_by_page(
    database: Database,
) -> None:
    """Follow a list to its end: the youngest and the oldest sessions are not archived."""
    filled = await fill(database)
    archived = filled.conversations[20:380]

    async def archive(tx: AsyncSession) -> None:
        its = get_table(Conversation)
        await tx.execute(update(its).where(its.c.id.in_(archived)).values(is_active=False))
        of_these = get_table(Session)
        ended = of_these.c.conversation_id.in_(archived)
        await tx.execute(update(of_these).where(ended).values(status=SessionStatus.ENDED))

    await filled.database.run(archive)
    listed = [*filled.sessions[:20], *filled.sessions[380:]]
    numbers = [*reversed([*range(20), *range(380, 400)])]
    # Every tenth waits; of the others every third is the first agent's.
    seen = [filled.sessions[each] for each in numbers if each % 10 == 0 or each % 3 == 0]
    assert await follow(filled, SessionFilter()) == listed[::-1]
    assert await follow(filled, SessionFilter(oldest_first=True)) == listed
    assert await follow(filled, SessionFilter(viewer=filled.agents[0])) == seen
    assert await follow(filled, SessionFilter(archived=True)) == filled.sessions[::-1]


async def follow(filled: Filled, wanted: SessionFilter) -> list[SessionId]:
    """List a session list's ids, page by page, in their order."""
    found: list[SessionId] = []
    start: Start | None = None
    while True:
        async with filled.database.transaction() as tx:
            page = await list_sessions(tx, wanted, start=start, limit=LIMIT)
        rows = page.rows[:LIMIT]
        found += [row.id for row in rows]
        if len(page.rows) > LIMIT:
            start = Start(rows[-1].created_at, rows[-1].id)
        elif page.scan_end is not None:
            start = Start(page.scan_end.at, page.scan_end.id)
        else:
            return found
