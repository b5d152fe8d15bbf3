"""Tags on sessions. An agent needs no permission for a new tag: its first use creates it."""

import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from db.ids import SessionId
from db.name_keys import make_name_key
from db.queries import tags as queries
from db.queries.tags import TagRow
from db.tables import MAX_TAG_LENGTH
from desk.actors import Actor
from desk.audit import add_entry
from desk.events import SessionTagsChanged
from desk.unit_of_work import UnitOfWork

MAX_TAGS_OF_SESSION = 20
MAX_TAGS_OF_DESK = 1000
# Control characters, separators of lines and paragraphs, halves of pairs.
_CONTROLS = frozenset({"Cc", "Zl", "Zp", "Cs"})


class TagFault(StrEnum):
    """What is wrong with a tag; the value is the reason in English, with placeholders."""

    EMPTY = "a tag needs at least one character"
    TOO_LONG = "a tag has at most {most} characters, this one has {length}"
    COMMA = "a tag has no comma: give several tags one by one"
    CONTROL = "a tag is one line without control characters"
    TOO_MANY = "a session has at most {most} tags, this one would have {number}: remove some first"
    DESK_IS_FULL = "the desk has {most} tags already: use one of them, or have an admin delete some"


class InvalidTagError(Exception):
    """A tag that no session can have; nothing was changed. The text says why, in English."""

    def __init__(self, fault: TagFault, **values: object) -> None:
        super().__init__(fault.format(**values))
        self.fault, self.values = fault, values


async def change_tags(
    uow: UnitOfWork,
    session_id: SessionId,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    by: Actor,
) -> Sequence[TagRow]:
    """Give a session tags, take others from it, and return those that it has then, by name.

    Names are compared without regard to case; a name to remove that the session does not have is
    ignored. The caller has locked the session's thread and checked the right to change it. Raises
    InvalidTagError.
    """
    added = _list_different(map(clean_tag_name, add))
    before = await list_tags(uow, session_id)
    leaving = {make_name_key(each) for each in remove} - {make_name_key(each) for each in added}
    removed = [each for each in before if make_name_key(each.name) in leaving]
    kept = {make_name_key(each.name) for each in before} - leaving
    new = [each for each in added if make_name_key(each) not in kept]
    if new and len(kept) + len(new) > MAX_TAGS_OF_SESSION:
        number = len(kept) + len(new)
        raise InvalidTagError(TagFault.TOO_MANY, most=MAX_TAGS_OF_SESSION, number=number)
    if not new and not removed:
        return before
    found = await _find_or_create(uow, new)
    await queries.remove_session_tags(uow.tx, session_id, [each.id for each in removed])
    await queries.add_session_tags(uow.tx, session_id, [each.id for each in found])
    uow.events.add(SessionTagsChanged(session_id))
    # Ids, because a tag may name the customer, and entries stay when a client is deleted.
    details = {"added": [each.id for each in found], "removed": [each.id for each in removed]}
    add_entry(uow, by, "session.tags", session_id, details)
    return await list_tags(uow, session_id)


async def list_tags(uow: UnitOfWork, session_id: SessionId) -> Sequence[TagRow]:
    """List the tags of a session, by name."""
    return (await queries.list_tags_of_sessions(uow.tx, [session_id])).get(session_id, ())


def clean_tag_name(written: str) -> str:
    """Return a tag's name as it is stored: without `#` before it and without needless spaces.

    Raises InvalidTagError.
    """
    if any(unicodedata.category(each) in _CONTROLS for each in written.strip()):
        raise InvalidTagError(TagFault.CONTROL)
    name = " ".join(written.strip().removeprefix("#").split())
    if not name:
        raise InvalidTagError(TagFault.EMPTY)
    if "," in name:
        raise InvalidTagError(TagFault.COMMA)
    if len(name) > MAX_TAG_LENGTH:
        raise InvalidTagError(TagFault.TOO_LONG, most=MAX_TAG_LENGTH, length=len(name))
    return name


async def _find_or_create(uow: UnitOfWork, names: Sequence[str]) -> list[TagRow]:
    """Return the tags of these names; create those that the desk does not have."""
    found = await queries.find_tags(uow.tx, names)
    missing = [each for each in names if make_name_key(each) not in found]
    if missing:
        if await queries.count_tags(uow.tx) + len(missing) > MAX_TAGS_OF_DESK:
            raise InvalidTagError(TagFault.DESK_IS_FULL, most=MAX_TAGS_OF_DESK)
        await queries.add_tags(uow.tx, missing, uow.now)
        found |= await queries.find_tags(uow.tx, missing)
    return list(found.values())


def _list_different(names: Iterable[str]) -> list[str]:
    different: dict[str, str] = {}
    for each in names:
        different.setdefault(make_name_key(each), each)
    return list(different.values())
