"""Merging two clients while something else changes them."""

import asyncio

import pytest

from db.database import Database
from desk.clients.erasure import ConcurrentChangeError, ErasureStep, MergedClientError
from desk.clients.merging import ClientNotFoundError
from tests.desk.clients.merging_scene import Scene, scene
from tests.desk.stage import open_stage


@pytest.fixture
async def many(mariadb_database: Database) -> Scene:
    return await scene(await open_stage(mariadb_database))


async def test_two_who_join_at_once_join_once(many: Scene) -> None:
    ann, bob = await many.comes(many.bot, "42"), await many.comes(many.bot, "43")
    kept, other = await many.client_of(ann), await many.client_of(bob)
    pairs = [(kept, other), (other, kept)] * 3
    found = await asyncio.gather(*(many.join(*pair) for pair in pairs))
    assert len(set(found)) == 1
    await many.only_join()
    assert {each[1] for each in await many.whose()} == {found[0]}


async def test_undone_by_two_at_once_it_is_undone_once(many: Scene) -> None:
    ann, bob = await many.comes(many.bot, "42"), await many.comes(many.bot, "43")
    kept, other = await many.client_of(ann), await many.client_of(bob)
    await many.join(kept, other)
    join_id = await many.only_join()
    found = await asyncio.gather(*(many.apart(join_id) for _ in range(4)), return_exceptions=True)
    assert [type(each) for each in found if each is not None] == [ClientNotFoundError] * 3
    assert [each[1] for each in await many.whose()] == [kept, other]


async def test_messages_that_come_in_meanwhile_lose_nothing(many: Scene) -> None:
    """Also for their first messages on other channels: the contact is created during the merge."""
    for number in range(6):
        ann = await many.comes(many.number, f"a{number}@lid")
        bob = await many.comes(many.bot, f"b{number}")
        kept, other = await many.client_of(ann), await many.client_of(bob)
        await many.change("UPDATE sessions SET status = 'ENDED'")
        await asyncio.gather(
            many.comes(many.bot, f"b{number}"),
            many.join(kept, other),
            many.comes(many.other_bot, f"b{number}"),
            many.comes(many.number, f"a{number}@lid"),
        )
        theirs = [
            each for each in await many.whose() if each[0] in {f"a{number}@lid", f"b{number}"}
        ]
        assert {each[1] for each in theirs} == {kept}
        assert len(theirs) == 5
        await asyncio.gather(many.apart(await many.only_join()), many.comes(many.bot, f"b{number}"))
        await many.whose()


async def test_a_deletion_and_a_join_at_once_leave_no_piece(many: Scene) -> None:
    for number in range(6):
        ann = await many.comes(many.bot, f"a{number}")
        bob = await many.comes(many.bot, f"b{number}")
        kept, other = await many.client_of(ann), await many.client_of(bob)
        first, second = await asyncio.gather(
            many.erase((kept, other)[number % 2]), many.join(kept, other), return_exceptions=True
        )
        assert first is ErasureStep.DONE or isinstance(
            first, (MergedClientError, ConcurrentChangeError)
        ), first
        assert second == kept or isinstance(second, ClientNotFoundError), second
        if not (isinstance(second, ClientNotFoundError) or first is ErasureStep.DONE):
            assert await many.erase(kept) is ErasureStep.DONE
        elif isinstance(second, ClientNotFoundError):
            assert await many.erase((other, kept)[number % 2]) is ErasureStep.DONE
    for table in ("clients", "contacts", "conversations", "sessions", "client_merges"):
        assert await many.rows(f"SELECT id FROM {table}") == [], table  # noqa: S608 as above
