"""Handle `/history`: the customer's earlier sessions, in a few lines."""

from bot.commands.call import Answer, Call
from db.queries.conversations.session_lists import list_sessions
from db.queries.conversations.session_rows import SessionRow
from db.queries.conversations.session_statements import SessionFilter
from db.tables import SessionStatus
from desk.conversations.rights import may_change

_MAX_SESSIONS = 10
_PREVIEW = 120


async def history(call: Call) -> Answer:
    """List the newest ended sessions of the customer, on all channels, that the agent may see.

    Those of this conversation stand in its topic, so that everybody here may see them.
    """
    wanted = SessionFilter(client=call.thread.client_id, status=SessionStatus.ENDED)
    page = await list_sessions(call.uow.tx, wanted, start=None, limit=_MAX_SESSIONS * 2)
    seen = [row for row in page.rows if _may_see(call, row)][:_MAX_SESSIONS]
    if not seen:
        return Answer(call.say("command.history_none"))
    lines = [call.say("command.history_title"), *(_describe(call, row) for row in seen)]
    return Answer("\n\n".join(lines))


def _may_see(call: Call, row: SessionRow) -> bool:
    if row.conversation_id == call.thread.conversation_id:
        return True
    return may_change(call.by, holder=row.cs_id, is_open=False)


def _describe(call: Call, row: SessionRow) -> str:
    begin = f"{row.created_at.astimezone(call.uow.zone):%Y-%m-%d %H:%M}"
    parts = [f"#{row.number}", row.channel_name, begin, row.cs_name or call.say("card.nobody")]
    line = " · ".join(parts)
    if row.tags:
        line += " · " + " ".join(f"#{each.name}" for each in row.tags)
    if row.last_message:
        said = " ".join(row.last_message.split())
        line += f"\n{row.last_author_name or '?'}: {said[:_PREVIEW]}{'…' * (len(said) > _PREVIEW)}"
    return line
