"""Tags of sessions, on both engines: names, limits, what follows from a change."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from db.database import Database
from db.ids import SessionId
from db.queries.tags import add_tags, count_tags
from db.tables import AuditEntry, Event, Session
from desk.actors import SYSTEM
from desk.conversations.tags import (
    MAX_TAGS_OF_DESK,
    MAX_TAGS_OF_SESSION,
    InvalidTagError,
    TagFault,
    change_tags,
)
from tests.desk.stage import Stage, open_stage


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database)


async def open_session(stage: Stage, name: str = "Ana") -> SessionId:
    conversation = await stage.customer(name, name)
    async with stage.database.transaction() as tx:
        found = await tx.scalar(select(Session.id).where(Session.conversation_id == conversation))
    assert found is not None
    return found


async def list_events(stage: Stage) -> list[str]:
    async with stage.database.transaction() as tx:
        return list(await tx.scalars(select(Event.records).order_by(Event.id)))


async def tag(stage: Stage, session: SessionId, *add: str, remove: Sequence[str] = ()) -> list[str]:
    """Change the tags, and return the names of all."""
    found = await stage.run_in_uow(
        lambda uow: change_tags(uow, session, add=add, remove=remove, by=SYSTEM)
    )
    return [each.name for each in found]


async def test_names_that_look_the_same_are_one_tag(stage: Stage) -> None:
    session, other = await open_session(stage), await open_session(stage, "Ben")
    assert await tag(stage, session, "  Refund ", "#late", "REFUND") == ["late", "Refund"]
    assert await tag(stage, session, "refund", "two   words") == ["late", "Refund", "two words"]
    assert await tag(stage, other, "\N{FULLWIDTH LATIN SMALL LETTER R}EFUND") == ["Refund"]
    assert await tag(stage, other, "\N{FIRE}", remove=["rEfUnD", "unknown"]) == ["\N{FIRE}"]
    # What is added and removed at once stays.
    assert await tag(stage, other, "a", remove=["A", "\N{FIRE}"]) == ["a"]


async def test_a_change_is_told_and_recorded_once(stage: Stage) -> None:
    session = await open_session(stage)
    before = len(await list_events(stage))
    await tag(stage, session, "refund")
    await tag(stage, session, "Refund")
    await tag(stage, session, remove=["vip"])
    [event] = (await list_events(stage))[before:]
    assert "session.tags" in event
    async with stage.database.transaction() as tx:
        [entry] = await tx.scalars(select(AuditEntry).where(AuditEntry.action == "session.tags"))
    assert entry.subject == session
    assert entry.details is not None
    assert "refund" not in json.dumps(entry.details)
    assert (len(entry.details["added"]), entry.details["removed"]) == (1, [])


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", TagFault.EMPTY),
        (" # ", TagFault.EMPTY),
        ("x" * 1000, TagFault.TOO_LONG),
        ("a,b", TagFault.COMMA),
        ("a\nb", TagFault.CONTROL),
        ("a\x00", TagFault.CONTROL),
        ("a\N{LINE SEPARATOR}b", TagFault.CONTROL),
        ("\ud800", TagFault.CONTROL),
    ],
)
async def test_a_bad_name_changes_nothing(stage: Stage, name: str, fault: TagFault) -> None:
    session = await open_session(stage)
    await tag(stage, session, "kept")
    with pytest.raises(InvalidTagError) as raised:
        await tag(stage, session, "fine", name, remove=["kept"])
    assert raised.value.fault is fault
    assert "{" not in str(raised.value)
    assert await tag(stage, session) == ["kept"]


async def test_there_are_not_too_many(stage: Stage) -> None:
    session, other = await open_session(stage), await open_session(stage, "Ben")
    most = [f"tag {number:02}" for number in range(MAX_TAGS_OF_SESSION)]
    assert await tag(stage, session, *most) == most
    with pytest.raises(InvalidTagError, match="at most 20 tags, this one would have 21"):
        await tag(stage, session, "one more")
    assert "one more" in await tag(stage, session, "one more", remove=most[:1])
    async with stage.database.transaction() as tx:
        await add_tags(tx, [f"filler {n}" for n in range(MAX_TAGS_OF_DESK - 21)], stage.now)
    with pytest.raises(InvalidTagError, match="the desk has 1000 tags already"):
        await tag(stage, other, "too many")
    assert await tag(stage, other, "filler 1") == ["filler 1"]


async def test_the_same_new_tag_on_many_sessions_at_once(stage: Stage) -> None:
    sessions = [await open_session(stage, f"Ana {number}") for number in range(5)]
    found = await asyncio.gather(*(tag(stage, each, "new", "old") for each in sessions))
    assert found == [["new", "old"]] * 5
    async with stage.database.transaction() as tx:
        assert await count_tags(tx) == 2
