"""Canned replies: agents list and use them, administrators write them."""

from json import dumps
from typing import Any

from api.access.caller import Caller
from api.access.session_access import find_visible_session
from api.canned.models import (
    Actions,
    CannedReplyChanges,
    CannedReplyOut,
    CannedReplyQuery,
    NewCannedReply,
    Preview,
    PreviewBody,
    TextToPreview,
)
from api.errors.problems import NotFound
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import CannedReplyId, ChannelId, SessionId
from db.queries import canned_replies as queries
from db.queries.conversations import threads
from db.tables import CannedReply
from desk.canned.actions import CannedActions, read_actions
from desk.canned.lookup import build_values
from desk.canned.rendering import EXAMPLE_VALUES
from desk.formatting.variables import render
from desk.setup import canned_replies
from desk.unit_of_work import UnitOfWork


async def list_replies(uow: UnitOfWork, query: CannedReplyQuery) -> Page[CannedReplyOut]:
    """List canned replies, the newest first."""
    rows = await queries.list_replies(
        uow.tx,
        start=query.start,
        limit=query.limit,
        channel_id=None if query.channel_id is None else ChannelId(query.channel_id),
        language=query.language,
        shortcut=query.shortcut,
        words=query.q,
    )
    return build_page(rows, query, _to_schema, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, reply_id: CannedReplyId) -> CannedReplyOut:
    """Show one canned reply."""
    return _to_schema(await _load_reply(uow, reply_id))


async def create(uow: UnitOfWork, caller: Caller, body: NewCannedReply) -> CannedReplyOut:
    """Create a canned reply; a shortcut is unique for each channel and language."""
    made = await canned_replies.create(
        uow,
        shortcut=body.shortcut,
        title=body.title,
        text=body.text,
        language=body.language or "",
        channel_id=None if body.channel_id is None else ChannelId(body.channel_id),
        by=caller.actor,
        actions=_read_actions(body.actions),
    )
    return _to_schema(made)


async def change(
    uow: UnitOfWork, caller: Caller, reply_id: CannedReplyId, body: CannedReplyChanges
) -> CannedReplyOut:
    """Change a canned reply; messages that were sent with it stay as they are."""
    return _to_schema(
        await canned_replies.change(uow, reply_id, _read_changes(body), by=caller.actor)
    )


def _read_changes(body: CannedReplyChanges) -> dict[str, Any]:
    given = body.model_dump(include=body.model_fields_set)
    if "actions" in given:
        given["actions"] = _read_actions(body.actions)
    needed = ("shortcut", "title", "text")  # null means: not changed
    given = {name: each for name, each in given.items() if name not in needed or each is not None}
    return {**given, "language": body.language or ""} if "language" in given else given


def _read_actions(body: Actions | None) -> CannedActions | None:
    return None if body is None else read_actions(body.model_dump())


async def delete(uow: UnitOfWork, caller: Caller, reply_id: CannedReplyId) -> None:
    """Delete a canned reply; messages that were sent with it stay."""
    await canned_replies.delete(uow, reply_id, by=caller.actor)


async def preview(
    uow: UnitOfWork, caller: Caller, reply_id: CannedReplyId, body: PreviewBody
) -> Preview:
    """Fill in a canned reply for a session or with examples; nothing is sent."""
    reply = await _load_reply(uow, reply_id)
    if body.session_id is None:
        return Preview(text=render(reply.text, EXAMPLE_VALUES))
    place = await find_visible_session(uow, caller, SessionId(body.session_id))
    [thread] = await threads.read_by_ids(uow.tx, [place.conversation_id])
    return Preview(text=render(reply.text, build_values(uow, thread, caller.name)))


async def preview_text(uow: UnitOfWork, body: TextToPreview) -> Preview:
    """Fill in a text with examples before it is stored; unknown variables are refused as there."""
    canned_replies.check_text(body.text)
    return Preview(text=render(body.text, EXAMPLE_VALUES))


async def _load_reply(uow: UnitOfWork, reply_id: CannedReplyId) -> CannedReply:
    row = await queries.find_reply(uow.tx, reply_id)
    if row is None:
        raise NotFound
    return row


def _to_schema(row: CannedReply) -> CannedReplyOut:
    return CannedReplyOut(
        id=row.id,
        shortcut=row.shortcut,
        title=row.title,
        text=row.text,
        actions=None if row.actions is None else Actions.model_validate_json(dumps(row.actions)),
        language=row.language or None,
        channel_id=row.channel_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
