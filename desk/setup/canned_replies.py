"""Create, change and delete canned replies."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from db.ids import CannedReplyId, ChannelId, new_id
from db.queries import canned_replies as queries
from db.queries.accounts.agents import find_agent
from db.queries.channels import channels
from db.tables import CannedReply
from desk.actors import Actor
from desk.audit import add_entry, describe_changes, shorten
from desk.canned.actions import CannedActions
from desk.canned.rendering import EXAMPLE_VALUES, find_unknown_variables, slot_key
from desk.conversations.tags import InvalidTagError, clean_tag_name
from desk.events import CannedReplyChanged
from desk.setup.errors import InvalidValueError, NotFoundError, NotPossibleError
from desk.unit_of_work import UnitOfWork


async def create(
    uow: UnitOfWork,
    *,
    shortcut: str,
    title: str,
    text: str,
    language: str,
    channel_id: ChannelId | None,
    by: Actor,
    actions: CannedActions | None = None,
) -> CannedReply:
    """Create a reply; raise InvalidValueError, or NotPossibleError if its shortcut is taken."""
    check_text(text)
    stored = await _check_actions(uow, actions)
    _require_content(text, stored)
    await _check_channel(uow, channel_id)
    unique_key = slot_key(channel_id, language, shortcut)
    await _check_free(uow, unique_key)
    reply = CannedReply(
        id=CannedReplyId(new_id()),
        shortcut=shortcut,
        title=title,
        text=text,
        actions=stored,
        language=language,
        channel_id=channel_id,
        unique_key=unique_key,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.tx.add(reply)
    await uow.tx.flush()
    _record(uow, by, "canned_reply.created", reply.id, {"shortcut": shortcut})
    return reply


async def change(
    uow: UnitOfWork, reply_id: CannedReplyId, values: Mapping[str, Any], *, by: Actor
) -> CannedReply:
    """Change fields of a reply; raise NotFoundError, InvalidValueError or NotPossibleError."""
    reply = await queries.find_reply(uow.tx, reply_id, lock=True)
    if reply is None:
        raise NotFoundError
    if "actions" in values:
        values = {**values, "actions": await _check_actions(uow, values["actions"])}
    changed = {name: value for name, value in values.items() if getattr(reply, name) != value}
    if not changed:
        return reply
    if "text" in changed:
        check_text(changed["text"])
    if "channel_id" in changed:
        await _check_channel(uow, changed["channel_id"])
    _require_content(changed.get("text", reply.text), changed.get("actions", reply.actions))
    before = {name: getattr(reply, name) for name in changed}
    for name, value in changed.items():
        setattr(reply, name, value)
    unique_key = slot_key(reply.channel_id, reply.language, reply.shortcut)
    if unique_key != reply.unique_key:
        await _check_free(uow, unique_key)
        reply.unique_key = unique_key
    reply.updated_at = uow.now
    await uow.tx.flush()
    details = describe_changes(before, changed)
    _record(uow, by, "canned_reply.changed", reply_id, details)
    return reply


async def delete(uow: UnitOfWork, reply_id: CannedReplyId, *, by: Actor) -> None:
    """Delete a reply; raise NotFoundError."""
    reply = await queries.find_reply(uow.tx, reply_id, lock=True)
    if reply is None:
        raise NotFoundError
    details = {"shortcut": reply.shortcut, "title": reply.title, "text": shorten(reply.text)}
    await queries.delete_reply(uow.tx, reply_id)
    _record(uow, by, "canned_reply.deleted", reply_id, details)


def check_text(text: str) -> None:
    """Raise InvalidValueError if a text has a variable that nothing fills in."""
    if unknown := find_unknown_variables(text):
        known = ", ".join(EXAMPLE_VALUES)
        raise InvalidValueError(
            "text", f"{{{{{unknown[0]}}}}} is not a known variable; the known ones are {known}"
        )


def _require_content(text: str, actions: Mapping[str, Any] | None) -> None:
    if not text and actions is None:
        raise InvalidValueError("text", "is needed where the reply does nothing else")


async def _check_actions(uow: UnitOfWork, actions: CannedActions | None) -> dict[str, Any] | None:
    """Return the actions as they are stored, None if there are none; raise InvalidValueError."""
    if actions is None or actions == CannedActions():
        return None
    if actions.ways > 1:
        raise InvalidValueError("actions", "of transfer, snooze and end, one is possible")
    try:
        tags = [clean_tag_name(each) for each in actions.tags]
    except InvalidTagError as error:
        raise InvalidValueError("actions.tags", str(error)) from None
    if actions.agent_id is not None and await find_agent(uow.tx, actions.agent_id) is None:
        raise InvalidValueError("actions.agent_id", "is not an agent who can log in")
    return {**asdict(actions), "tags": tags}


async def _check_channel(uow: UnitOfWork, channel_id: ChannelId | None) -> None:
    if channel_id is not None and await channels.find_channel(uow.tx, channel_id) is None:
        raise InvalidValueError("channel_id", "names a channel that does not exist")


async def _check_free(uow: UnitOfWork, unique_key: str) -> None:
    with uow.tx.no_autoflush:
        taken = await queries.find_by_unique_key(uow.tx, unique_key)
    if taken is not None:
        raise NotPossibleError(
            f"a reply with this shortcut exists already for this channel and language: {taken}"
        )


def _record(
    uow: UnitOfWork, by: Actor, action: str, reply_id: CannedReplyId, details: dict[str, Any]
) -> None:
    """Record a change in the audit log, and announce it."""
    add_entry(uow, by, action, f"canned_reply:{reply_id}", details)
    uow.events.add(CannedReplyChanged(reply_id))
