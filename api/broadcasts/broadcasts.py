"""Broadcasts: administrators create, try, start and stop them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from api.access.caller import Caller
from api.broadcasts.models import (
    AudienceBody,
    AudienceOut,
    BroadcastChanges,
    BroadcastOut,
    BroadcastPreview,
    BroadcastQuery,
    BroadcastTemplate,
    BroadcastTemplateOut,
    ChannelPeople,
    NewBroadcastBody,
    RecipientOut,
    RecipientQuery,
    StartBody,
    TestBody,
)
from api.errors.problems import NotFound
from api.routing.idempotency import IdempotencyHeader, run_idempotent
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import BroadcastId, ChannelId, ConversationId, ReplyFileId, TagId
from db.queries.broadcasts import broadcasts as queries
from db.queries.broadcasts.audience import Audience
from db.queries.broadcasts.recipients import list_recipients as list_rows
from db.tables import Broadcast, RecipientState
from desk.broadcasts import lifecycle, trial
from desk.broadcasts.audience import from_json
from desk.broadcasts.content import TemplateChoice
from desk.broadcasts.lifecycle import BroadcastPlan
from desk.setup.errors import InvalidValueError
from desk.texts.customer_texts import OwnText
from desk.unit_of_work import UnitOfWork


async def list_broadcasts(uow: UnitOfWork, query: BroadcastQuery) -> Page[BroadcastOut]:
    """List broadcasts, the newest first."""
    rows = await queries.list_broadcasts(
        uow.tx, start=query.start, limit=query.limit, state=query.state
    )
    counts = await queries.count_recipients(uow.tx, [each.id for each in rows])
    return build_page(
        rows,
        query,
        lambda row: _to_schema(row, counts.get(row.id, {})),
        lambda row: Cursor(row.created_at, row.id),
    )


async def show(uow: UnitOfWork, broadcast_id: BroadcastId) -> BroadcastOut:
    """Show one broadcast, with how many recipients are in each state."""
    return await _show(uow, await _load(uow, broadcast_id))


async def create(
    uow: UnitOfWork, caller: Caller, body: NewBroadcastBody, key: IdempotencyHeader
) -> BroadcastOut:
    """Create a broadcast as a draft, which is sent when it is started."""

    async def work() -> BroadcastOut:
        made = await lifecycle.create(uow, _to_plan(body), by=caller.actor)
        return _to_schema(made, {})

    return await run_idempotent(
        uow, caller, key, work, request_text=body.model_dump_json(), model=BroadcastOut
    )


async def change(
    uow: UnitOfWork, caller: Caller, broadcast_id: BroadcastId, body: BroadcastChanges
) -> BroadcastOut:
    """Change a broadcast that has not begun, also one that is scheduled."""
    changed = await lifecycle.change(uow, broadcast_id, _read_changes(body), by=caller.actor)
    return await _show(uow, changed)


async def preview(uow: UnitOfWork, broadcast_id: BroadcastId) -> BroadcastPreview:
    """Count who would get a broadcast if it began now, and who would be skipped and why."""
    found = await trial.preview(uow, await _load(uow, broadcast_id))
    return BroadcastPreview(
        people=found.people,
        channels=[
            ChannelPeople(channel_id=channel_id, people=people)
            for channel_id, people in found.by_channel.items()
        ],
        skipped=dict(found.skipped),
        example_text=found.example.text or "",
    )


async def test(uow: UnitOfWork, caller: Caller, broadcast_id: BroadcastId, body: TestBody) -> None:
    """Send a broadcast to yourself; it is not counted, and goes to nobody else."""
    broadcast = await _load(uow, broadcast_id)
    if body.conversation_id is None:
        await trial.send_to_oneself(uow, broadcast, by=caller.actor)
    else:
        conversation_id = ConversationId(body.conversation_id)
        await trial.send_to_conversation(uow, broadcast, conversation_id, by=caller.actor)


async def start(
    uow: UnitOfWork,
    caller: Caller,
    broadcast_id: BroadcastId,
    body: StartBody,
    key: IdempotencyHeader,
) -> BroadcastOut:
    """Start a draft now or at a time, or give a scheduled broadcast another time."""

    async def work() -> BroadcastOut:
        started = await lifecycle.start(uow, broadcast_id, body.at, by=caller.actor)
        return await _show(uow, started)

    return await run_idempotent(
        uow, caller, key, work, request_text=body.model_dump_json(), model=BroadcastOut
    )


async def pause(
    uow: UnitOfWork, caller: Caller, broadcast_id: BroadcastId, key: IdempotencyHeader
) -> BroadcastOut:
    """Pause a running broadcast; messages that are being sent at this moment still go out."""
    return await _change(uow, caller, broadcast_id, key, lifecycle.pause)


async def resume(
    uow: UnitOfWork, caller: Caller, broadcast_id: BroadcastId, key: IdempotencyHeader
) -> BroadcastOut:
    """Go on with a paused broadcast."""
    return await _change(uow, caller, broadcast_id, key, lifecycle.resume)


async def cancel(
    uow: UnitOfWork, caller: Caller, broadcast_id: BroadcastId, key: IdempotencyHeader
) -> BroadcastOut:
    """Cancel a broadcast for good; messages that were sent stay, and others are not sent."""
    return await _change(uow, caller, broadcast_id, key, lifecycle.cancel)


async def list_recipients(
    uow: UnitOfWork, broadcast_id: BroadcastId, query: RecipientQuery
) -> Page[RecipientOut]:
    """List what became of a broadcast for each customer, the last change first."""
    await _load(uow, broadcast_id)
    rows = await list_rows(
        uow.tx, broadcast_id, start=query.start, limit=query.limit, state=query.state
    )
    return build_page(
        rows,
        query,
        RecipientOut.model_validate,
        lambda row: Cursor(row.changed_at, row.client_id),
    )


async def _change(
    uow: UnitOfWork,
    caller: Caller,
    broadcast_id: BroadcastId,
    key: IdempotencyHeader,
    change: Callable[..., Awaitable[Broadcast]],
) -> BroadcastOut:
    async def work() -> BroadcastOut:
        return await _show(uow, await change(uow, broadcast_id, by=caller.actor))

    return await run_idempotent(uow, caller, key, work, request_text="", model=BroadcastOut)


async def _load(uow: UnitOfWork, broadcast_id: BroadcastId) -> Broadcast:
    found = await queries.find_broadcast(uow.tx, broadcast_id)
    if found is None:
        raise NotFound
    return found


async def _show(uow: UnitOfWork, broadcast: Broadcast) -> BroadcastOut:
    return _to_schema(broadcast, await queries.count_recipients_of(uow.tx, broadcast.id))


def _to_plan(body: NewBroadcastBody) -> BroadcastPlan:
    return BroadcastPlan(
        body.name,
        _to_audience(body.audience),
        _to_wording(body),
        _to_choice(body.template),
        _to_file_id(body.file_id),
    )


def _read_changes(body: BroadcastChanges) -> dict[str, Any]:
    """Return the given fields as those of a plan."""
    given = body.model_fields_set
    if "entities" in given and "text" not in given:
        raise InvalidValueError("entities", "belong to the text: send both")
    changes: dict[str, Any] = {}
    if body.name is not None:
        changes["name"] = body.name
    if body.audience is not None:
        changes["audience"] = _to_audience(body.audience)
    if "text" in given:
        changes["wording"] = _to_wording(body)
    if "template" in given:
        changes["template"] = _to_choice(body.template)
    if "file_id" in given:
        changes["file_id"] = _to_file_id(body.file_id)
    return changes


def _to_wording(body: NewBroadcastBody | BroadcastChanges) -> OwnText | None:
    entities = [each.model_dump() for each in body.entities or ()]
    return None if body.text is None else OwnText(body.text, entities or None)


def _to_choice(given: BroadcastTemplate | None) -> TemplateChoice | None:
    if given is None:
        return None
    return TemplateChoice(given.name, given.values, given.is_always_used)


def _to_file_id(given: str | None) -> ReplyFileId | None:
    return None if given is None else ReplyFileId(given)


def _to_audience(body: AudienceBody) -> Audience:
    return Audience(
        [ChannelId(each) for each in body.channel_ids],
        [TagId(each) for each in body.tag_ids],
        body.languages,
        body.wrote_since,
        body.silent_since,
    )


def _to_schema(row: Broadcast, counts: Mapping[RecipientState, int]) -> BroadcastOut:
    template = TemplateChoice.load(row)
    return BroadcastOut(
        id=row.id,
        name=row.name,
        state=row.state,
        text=row.text,
        entities=row.entities,
        file_id=row.file_id,
        template=template and BroadcastTemplateOut.model_validate(template),
        audience=AudienceOut.model_validate(from_json(row.audience)),
        author_name=row.author_name,
        counts=dict(counts),
        is_listed=row.is_listed,
        starts_at=row.starts_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        created_at=row.created_at,
    )
