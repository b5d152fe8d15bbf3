"""Show and change clients."""

from api.access.caller import Caller
from api.access.permissions import visibility_scope
from api.clients.models import (
    ClientChanges,
    ClientDetail,
    ClientOut,
    ClientQuery,
    ContactOut,
    MergeOut,
)
from api.errors.problems import NotFound, ValidationFailed
from api.schemas.pagination import Cursor, Page, build_page
from api.sessions.lists import build_session_page
from api.sessions.models import ClientSessionQuery, SessionOut
from db.ids import ClientId
from db.queries.clients import merging
from db.queries.clients.client_lists import list_clients
from db.queries.clients.clients import ClientRow, find_client, list_contacts
from db.queries.clients.merging import MergeRow
from desk.clients import clients
from desk.phones import parse_typed
from desk.unit_of_work import UnitOfWork

# The largest number of other clients with the same phone number that is listed.
_MAX_SAME_PHONE = 10
_PROFILE = {"email", "avatar_url"}


async def list_all(uow: UnitOfWork, caller: Caller, query: ClientQuery) -> Page[ClientOut]:
    """List the clients of whom I may see a session, the newest first."""
    found = await list_clients(
        uow.tx,
        viewer=visibility_scope(caller),
        words=query.q,
        phone=query.phone and parse_typed(query.phone, uow.default_region),
        start=query.start,
        limit=query.limit,
    )
    scan_end = None if found.scan_end is None else Cursor(found.scan_end.at, found.scan_end.id)
    return build_page(found.rows, query, ClientOut.model_validate, _cursor_of, scan_end=scan_end)


async def show(uow: UnitOfWork, caller: Caller, client_id: ClientId) -> ClientDetail:
    """Show a client with their contacts; the id of a merged client shows the surviving client."""
    return await build_detail(uow, caller, await load_visible_client(uow, caller, client_id))


async def list_sessions(
    uow: UnitOfWork, caller: Caller, client_id: ClientId, query: ClientSessionQuery
) -> Page[SessionOut]:
    """List a client's sessions that I may see, the newest first."""
    client = await load_visible_client(uow, caller, client_id)
    return await build_session_page(uow, caller, query, client.id)


async def change(
    uow: UnitOfWork, caller: Caller, client_id: ClientId, body: ClientChanges
) -> ClientDetail:
    """Change a client's name, phone, e-mail, picture, language, note or own fields.

    Topics show the name and the note. No customer ever sees the note.
    """
    client_id = (await load_visible_client(uow, caller, client_id)).id
    if body.name is not None:
        name = " ".join(body.name.split())
        if not name:
            raise ValidationFailed.field("name", "must not be blank", "blank")
        await clients.rename(uow, client_id, name, by=caller.actor)
    if "phone" in body.model_fields_set:
        await clients.set_phone(uow, client_id, body.phone, by=caller.actor)
    if "language" in body.model_fields_set:
        await clients.set_language(uow, client_id, body.language, by=caller.actor)
    if "note" in body.model_fields_set:
        await clients.set_note(uow, client_id, body.note, by=caller.actor)
    if "fields" in body.model_fields_set:
        fields = [each.model_dump() for each in body.fields or []]
        await clients.set_fields(uow, client_id, fields or None, by=caller.actor)
    profile = {name: getattr(body, name) for name in _PROFILE & body.model_fields_set}
    if profile:
        await clients.set_profile(uow, client_id, profile, by=caller.actor)
    return await build_detail(uow, caller, await load_visible_client(uow, caller, client_id))


async def block(uow: UnitOfWork, caller: Caller, client_id: ClientId) -> ClientDetail:
    """Block a client: their messages are stored and not shown until someone unblocks them.

    Blocking a client who is blocked changes nothing.
    """
    client_id = (await load_visible_client(uow, caller, client_id)).id
    await clients.block(uow, client_id, by=caller.actor)
    return await build_detail(uow, caller, await load_visible_client(uow, caller, client_id))


async def unblock(uow: UnitOfWork, caller: Caller, client_id: ClientId) -> ClientDetail:
    """Unblock a client; unblocking a client who is not blocked changes nothing."""
    client_id = (await load_visible_client(uow, caller, client_id)).id
    await clients.unblock(uow, client_id, by=caller.actor)
    return await build_detail(uow, caller, await load_visible_client(uow, caller, client_id))


async def load_visible_client(uow: UnitOfWork, caller: Caller, client_id: ClientId) -> ClientRow:
    """Load a client whom the caller may see, also by the id of a merged client; raises NotFound."""
    row = await find_client(uow.tx, client_id, viewer=visibility_scope(caller))
    if row is None:
        kept = await merging.find_surviving_client(uow.tx, client_id)
        if kept is not None and kept != client_id:
            row = await find_client(uow.tx, kept, viewer=visibility_scope(caller))
    if row is None:
        raise NotFound
    return row


async def build_detail(uow: UnitOfWork, caller: Caller, row: ClientRow) -> ClientDetail:
    """Build the schema of a client with contacts, merges and clients with the same phone."""
    shown = ClientOut.model_validate(row)
    contacts = [ContactOut.model_validate(each) for each in await list_contacts(uow.tx, row.id)]
    joins = [merge_to_schema(each) for each in await merging.list_merges(uow.tx, row.id)]
    same = await _find_same_phone(uow, caller, row)
    return ClientDetail(**dict(shown), contacts=contacts, joins=joins, same_phone=same)


async def _find_same_phone(uow: UnitOfWork, caller: Caller, row: ClientRow) -> list[str]:
    if row.phone is None:
        return []
    found = await merging.list_clients_by_phone(
        uow.tx, row.phone, besides=row.id, most=_MAX_SAME_PHONE
    )
    viewer = visibility_scope(caller)
    return [each for each in found if await find_client(uow.tx, each, viewer=viewer) is not None]


def merge_to_schema(row: MergeRow) -> MergeOut:
    """Convert a merge to its schema."""
    return MergeOut(
        id=row.id,
        client_id=row.merged_id,
        name=row.name,
        username=row.username,
        phone=row.phone,
        by_name=row.by_name,
        created_at=row.created_at,
    )


def _cursor_of(row: ClientRow) -> Cursor:
    return Cursor(row.created_at, row.id)
