"""Canned replies: written, changed, deleted."""

from collections.abc import Mapping
from typing import Any

from db.ids import CannedReplyId, ChannelId, new_id
from db.queries import canned_replies as queries
from db.queries.accounts.accounts import BoundAgent
from db.queries.channels import channels
from db.tables import CannedReply
from desk.audit import note
from desk.canned.rendering import EXAMPLES, slot_of, unknown_variables
from desk.setup.errors import GoneError, ImpossibleError, UnfitError
from desk.unit_of_work import Desk

_SHOWN = 200


async def create(
    desk: Desk,
    *,
    shortcut: str,
    title: str,
    text: str,
    language: str,
    channel_id: ChannelId | None,
    by: BoundAgent,
) -> CannedReply:
    """Write a reply; raises UnfitError, and ImpossibleError where its place is taken."""
    _check_text(text)
    await _check_channel(desk, channel_id)
    slot = slot_of(channel_id, language, shortcut)
    await _check_free(desk, slot)
    reply = CannedReply(
        id=CannedReplyId(new_id()),
        shortcut=shortcut,
        title=title,
        text=text,
        language=language,
        channel_id=channel_id,
        unique_key=slot,
        created_at=desk.now,
        updated_at=desk.now,
    )
    desk.tx.add(reply)
    await desk.tx.flush()
    note(desk, by, "canned_reply.created", _subject(reply.id), {"shortcut": shortcut})
    return reply


async def change(
    desk: Desk, reply_id: CannedReplyId, values: Mapping[str, Any], *, by: BoundAgent
) -> CannedReply:
    """Change some of a reply; raises GoneError, UnfitError, ImpossibleError."""
    reply = await queries.find_reply(desk.tx, reply_id, lock=True)
    if reply is None:
        raise GoneError
    changed = {name: value for name, value in values.items() if getattr(reply, name) != value}
    if not changed:
        return reply
    if "text" in changed:
        _check_text(changed["text"])
    if "channel_id" in changed:
        await _check_channel(desk, changed["channel_id"])
    was = {name: getattr(reply, name) for name in changed}
    for name, value in changed.items():
        setattr(reply, name, value)
    slot = slot_of(reply.channel_id, reply.language, reply.shortcut)
    if slot != reply.unique_key:
        await _check_free(desk, slot)
        reply.unique_key = slot
    reply.updated_at = desk.now
    await desk.tx.flush()
    details = {name: {"from": _short(was[name]), "to": _short(changed[name])} for name in changed}
    note(desk, by, "canned_reply.changed", _subject(reply_id), details)
    return reply


async def delete(desk: Desk, reply_id: CannedReplyId, *, by: BoundAgent) -> None:
    """Delete a reply; raises GoneError."""
    reply = await queries.find_reply(desk.tx, reply_id, lock=True)
    if reply is None:
        raise GoneError
    details = {"shortcut": reply.shortcut, "title": reply.title, "text": _short(reply.text)}
    await queries.delete_reply(desk.tx, reply_id)
    note(desk, by, "canned_reply.deleted", _subject(reply_id), details)


def _check_text(text: str) -> None:
    if unknown := unknown_variables(text):
        known = ", ".join(EXAMPLES)
        raise UnfitError("text", f"{{{{{unknown[0]}}}}} is not known; known are {known}")


async def _check_channel(desk: Desk, channel_id: ChannelId | None) -> None:
    if channel_id is not None and await channels.find_channel(desk.tx, channel_id) is None:
        raise UnfitError("channel_id", "names a channel that there is not")


async def _check_free(desk: Desk, slot: str) -> None:
    with desk.tx.no_autoflush:
        taken = await queries.find_by_unique_key(desk.tx, slot)
    if taken is not None:
        raise ImpossibleError(
            f"there is a reply with this shortcut for this channel and language: {taken}"
        )


def _short(value: object) -> object:
    return value[:_SHOWN] if isinstance(value, str) else value


def _subject(reply_id: CannedReplyId) -> str:
    return f"canned_reply:{reply_id}"
