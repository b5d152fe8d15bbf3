"""Search what was said, and show where it was found."""

import re
from datetime import datetime

from pydantic import Field

from api.access.caller import Caller
from api.schemas.base import ResponseModel, SearchText, Ulid
from api.schemas.pagination import Page
from api.sessions.lists import build_session_page
from api.sessions.models import SessionOut, SessionQuery
from db.ids import ClientId, SessionId
from db.queries.conversations.search_hits import find_hits
from db.queries.messages.message_rows import MessageRow
from db.tables import Direction, SenderType
from desk.unit_of_work import UnitOfWork

# Characters of a message that are shown before and after the words.
_BEFORE, _AFTER = 60, 100


class SearchQuery(SessionQuery):
    """The words to search for, and in which sessions."""

    q: SearchText = Field(
        description="text in the newest 500 messages, or in the customer's name, username, phone"
        " number, e-mail address or own fields. A page searches a limited number of sessions: it"
        " may be empty; continue with `next`"
    )


class SearchHit(ResponseModel):
    """The newest message of a session that has the words, in three pieces around them."""

    message_id: Ulid = Field(description="for `around` of the session's messages")
    before: str
    match: str = Field(description="the words as they were written; empty: in another spelling")
    after: str
    sender_type: SenderType
    direction: Direction
    author_name: str | None
    created_at: datetime


class SearchResult(ResponseModel):
    """A session that was found."""

    session: SessionOut
    hit: SearchHit | None = Field(description="null: the words are in the customer's name")


async def search(uow: UnitOfWork, caller: Caller, query: SearchQuery) -> Page[SearchResult]:
    """Search the sessions that I may see, the newest first, and show what was found in each."""
    client = None if query.client_id is None else ClientId(query.client_id)
    page = await build_session_page(uow, caller, query, client, archived=query.archived)
    hits = await find_hits(uow.tx, [SessionId(each.id) for each in page.items], query.q)
    return Page(
        items=[
            SearchResult(session=each, hit=_to_hit(hits.get(SessionId(each.id)), query.q))
            for each in page.items
        ],
        next=page.next,
        previous=page.previous,
    )


def _to_hit(row: MessageRow | None, words: str) -> SearchHit | None:
    if row is None or row.message is None:
        return None
    before, match, after = cut_out(row.message, words)
    return SearchHit(
        message_id=row.id,
        before=before,
        match=match,
        after=after,
        sender_type=row.sender_type,
        direction=row.direction,
        author_name=row.author_name,
        created_at=row.created_at,
    )


def cut_out(text: str, words: str) -> tuple[str, str, str]:
    """Return what stands before the words, the words, and what follows, each on one line.

    A database may ignore accents, which this does not: then all of it follows nothing.
    """
    found = re.search(re.escape(words), text, re.IGNORECASE)
    begin, end = found.span() if found else (0, 0)
    pieces = text[max(0, begin - _BEFORE) : begin], text[begin:end], text[end : end + _AFTER]
    before, match, after = (re.sub(r"\s", " ", each) for each in pieces)
    return before, match, after
