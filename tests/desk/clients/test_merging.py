"""Merging two clients: what moves, what comes back, and what happens in between."""

import json
from dataclasses import replace

import pytest

from db.ids import ClientId, new_id
from desk.clients import clients
from desk.clients.erasure import ErasureStep, MergedClientError
from desk.clients.merging import ClientNotFoundError, MergeError
from desk.content import Person
from desk.messages.inbound import receive_address_change
from tests.desk.clients.merging_scene import Scene, scene
from tests.desk.stage import Stage


@pytest.fixture
async def on(stage: Stage) -> Scene:
    return await scene(stage)


async def test_all_of_the_other_moves_and_comes_back(on: Scene) -> None:
    ann = await on.comes(on.bot, "42", "Ann", language="id")
    bob = await on.comes(on.number, "628111222@c.us", "Annie", phone="+628111222")
    await on.comes(on.bot, "77", "Somebody else")
    kept, other = await on.client_of(ann), await on.client_of(bob)
    before = await on.clients(), await on.whose()
    assert await on.join(kept, other) == kept
    assert await on.whose() == [
        ("42", kept, None),
        ("628111222@c.us", kept, other),
        ("77", (await on.whose())[2][1], None),
    ]
    now = await on.client(kept)
    # Only values that the kept client lacked come from the other.
    assert (now["name"], now["phone"], now["language"]) == ("Ann", "+628111222", "id")
    assert (await on.client(other))["merged_into_id"] == kept
    told = await on.notices()
    join_id = await on.only_join()
    assert {(where, tuple(buttons)) for where, _, buttons in told} == {
        (ann, (f"unjoin:{join_id}",)),
        (bob, (f"unjoin:{join_id}",)),
    }
    assert {where: "Annie" in said for where, said, _ in told} == {ann: True, bob: False}

    await on.apart(join_id)
    assert (await on.clients(), await on.whose()) == before
    assert len(await on.notices()) == 4
    with pytest.raises(ClientNotFoundError):
        await on.apart(join_id)
    entries = await on.rows("SELECT action, subject FROM audit_log ORDER BY id")
    assert [tuple(each.values()) for each in entries] == [
        ("client.join", kept),
        ("client.take_apart", kept),
    ]


async def test_what_came_since_goes_to_whom_it_belongs(on: Scene) -> None:
    ann, bob = await on.comes(on.number, "628111222@c.us"), await on.comes(on.bot, "43", "Bob")
    kept, other = await on.client_of(ann), await on.client_of(bob)
    await on.join(kept, other)
    # The other's Telegram account writes to a second bot: it belongs to the same client.
    second = await on.comes(on.other_bot, "43", "Bob")
    assert await on.client_of(second) == kept
    await on.change("UPDATE sessions SET status = 'ENDED' WHERE conversation_id = :id", id=bob)
    await on.comes(on.bot, "43", "Bob")
    assert {each[1] for each in await on.whose()} == {kept}
    assert len(await on.whose()) == 4
    await on.apart(await on.only_join())
    assert [each[1:] for each in await on.whose()] == [(other, None)] * 3 + [(kept, None)]
    assert await on.client_of(second) == other


async def test_whoever_was_joined_goes_by_the_name_of_the_kept_one(on: Scene) -> None:
    ann, bob = await on.comes(on.bot, "42", username="ann"), await on.comes(on.bot, "43", "Bob")
    kept = await on.client_of(ann)
    await on.join(kept, await on.client_of(bob))
    await on.comes(on.bot, "43", "Bobby", username="bobby")
    assert ((await on.client(kept))["name"], (await on.client(kept))["username"]) == ("Ann", "ann")
    await on.comes(on.bot, "42", "Anna", username="anna")
    assert (await on.client(kept))["name"] == "Anna"


async def test_a_name_that_staff_gave_is_kept_and_given_back(on: Scene) -> None:
    ann, bob = await on.comes(on.bot, "42"), await on.comes(on.bot, "43", "Bob")
    kept, other = await on.client_of(ann), await on.client_of(bob)
    await on.on_client(lambda uow: clients.rename(uow, other, "Bob the Baker", by=on.ada))
    await on.join(kept, other)
    joined = await on.client(kept)
    assert (joined["name"], bool(joined["is_renamed"])) == ("Bob the Baker", True)
    await on.apart(await on.only_join())
    apart = await on.client(kept)
    assert (apart["name"], bool(apart["is_renamed"])) == ("Ann", False)
    # Renamed since the merge: that name stays.
    await on.join(kept, other)
    await on.on_client(lambda uow: clients.rename(uow, kept, "The Bakers", by=on.ada))
    await on.apart(await on.only_join())
    assert (await on.client(kept))["name"] == "The Bakers"
    assert bool((await on.client(kept))["is_renamed"])


async def test_who_was_blocked_comes_in_by_no_other_door(on: Scene) -> None:
    ann, bob = await on.comes(on.bot, "42"), await on.comes(on.bot, "43")
    kept, other = await on.client_of(ann), await on.client_of(bob)

    async def blocked() -> tuple[bool, bool]:
        found = [(await on.client(each))["is_blocked"] for each in (kept, other)]
        return bool(found[0]), bool(found[1])

    await on.on_client(lambda uow: clients.block(uow, other, by=on.ada))
    await on.join(kept, other)
    assert (await on.client(kept))["is_blocked"]
    await on.apart(await on.only_join())
    assert await blocked() == (False, True)
    # A block set since the merge holds for both.
    await on.join(kept, other)
    await on.on_client(lambda uow: clients.unblock(uow, kept, by=on.ada))
    await on.apart(await on.only_join())
    assert await blocked() == (False, False)


async def test_joining_twice_or_the_other_way_is_joining_once(on: Scene) -> None:
    ann, bob = await on.comes(on.bot, "42"), await on.comes(on.bot, "43")
    kept, other = await on.client_of(ann), await on.client_of(bob)
    for pair in ((kept, other), (kept, other), (other, kept), (kept, kept), (other, other)):
        assert await on.join(*pair) == kept
    await on.only_join()
    assert len(await on.notices()) == 2
    with pytest.raises(ClientNotFoundError):
        await on.join(kept, ClientId(new_id()))


async def test_a_chain_is_one_person_and_is_undone_from_its_end(on: Scene) -> None:
    people = [await on.comes(on.bot, str(number)) for number in (1, 2, 3)]
    one, two, three = [await on.client_of(each) for each in people]
    await on.join(two, three)
    first = await on.only_join()
    await on.join(one, three)  # they are two clients again
    assert [each[1:] for each in await on.whose()] == [(one, None), (one, two), (one, three)]
    with pytest.raises(MergeError, match="undo that merge first"):
        await on.apart(first)
    fourth = await on.comes(on.other_bot, "3")
    assert await on.client_of(fourth) == one
    [last] = await on.rows(
        "SELECT id FROM client_merges WHERE undone_at IS NULL AND id <> :id", id=first
    )
    await on.apart(last["id"])
    assert {each[1:] for each in await on.whose()} == {(one, None), (two, None), (two, three)}
    await on.apart(first)
    assert {each[1:] for each in await on.whose()} == {(one, None), (two, None), (three, None)}
    assert await on.client_of(fourth) == three


async def test_staff_is_asked_once_about_those_with_one_number(on: Scene) -> None:
    ann = await on.comes(on.bot, "42")
    bob = await on.comes(on.number, "628111234@c.us", "Bob", phone="628111234")
    assert await on.notices() == []
    kept, other = await on.client_of(ann), await on.client_of(bob)
    for typed in ("+62 811-1234", "0062 811 1234"):
        await on.on_client(lambda uow, it=typed: clients.set_phone(uow, kept, it, by=on.ada))
        assert (await on.client(kept))["phone"] == "+628111234"
        button = f"join:{kept}:{other}"
        told = await on.notices()
        assert {where: buttons for where, _, buttons in told} == {ann: [button], bob: [button]}
        assert len(told) == 2
    assert len(f"join:{new_id()}:{new_id()}") <= 64  # Telegram's limit for a button's data
    # A third client with the same number is asked about too.
    await on.comes(on.number, "1@lid", "Cid", phone="+62 811 1234")
    assert len(await on.notices()) == 2 + 4


@pytest.mark.parametrize("typed", ["0811 1234", "8111234"])
async def test_a_number_without_its_country_is_nobodys_in_particular(on: Scene, typed: str) -> None:
    for address in ("42", "43"):
        client = await on.client_of(await on.comes(on.bot, address))
        await on.on_client(lambda uow, it=client: clients.set_phone(uow, it, typed, by=on.ada))
    assert await on.notices() == []


async def test_who_goes_on_as_somebody_known_may_be_the_same(on: Scene) -> None:
    ann = await on.comes(on.number, "628111222@c.us")
    bob = await on.comes(on.number, "628333444@c.us", "Bob")
    kept, other = await on.client_of(ann), await on.client_of(bob)
    new = Person("628333444@c.us", "Ann")
    for _ in range(2):
        await on.on_client(
            lambda uow: receive_address_change(uow, on.number, "628111222@c.us", new)
        )
    [(where, text_, buttons)] = await on.notices()
    assert (where, buttons) == (ann, [f"join:{kept}:{other}"])
    assert "628333444@c.us" in text_
    assert [each[1:] for each in await on.whose()] == [(kept, None), (other, None)]


async def test_who_is_deleted_goes_with_whoever_was_joined_to_them(on: Scene) -> None:
    people = [await on.comes(on.bot, str(number)) for number in (1, 2, 3)]
    one, two, three = [await on.client_of(each) for each in people]
    await on.join(one, two)
    await on.apart(await on.only_join())
    await on.join(two, three)
    with pytest.raises(MergedClientError):
        await on.erase(three)
    assert await on.erase(two) is ErasureStep.DONE
    assert [row["id"] for row in await on.rows("SELECT id FROM clients")] == [one]
    assert await on.rows("SELECT id FROM client_merges") == []
    assert [each[1] for each in await on.whose()] == [one]


async def test_a_name_in_anothers_topic_is_forgotten_with_its_owner(on: Scene) -> None:
    ann, bob = await on.comes(on.bot, "42"), await on.comes(on.bot, "43", "Bobolink")
    kept, other = await on.client_of(ann), await on.client_of(bob)
    await on.on_client(lambda uow: clients.set_phone(uow, kept, "+628111234", by=on.ada))
    await on.on_client(lambda uow: clients.set_phone(uow, other, "+628111234", by=on.ada))
    await on.join(kept, other)
    await on.apart(await on.only_join())
    assert await on.erase(other) is ErasureStep.DONE
    for table in ("outbox", "client_merges", "audit_log", "events"):
        rows = await on.rows(f"SELECT * FROM {table}")  # noqa: S608 a name of ours
        assert "Bobolink" not in json.dumps(rows, default=str), table


async def test_the_note_and_the_fields_of_both_stay(on: Scene) -> None:
    ann, bob = await on.comes(on.bot, "42", "Ann"), await on.comes(on.other_bot, "43", "Annie")
    kept, other = await on.client_of(ann), await on.client_of(bob)
    number = {"name": "Number", "value": "7"}
    home, work = ({"name": "Address", "value": each} for each in ("Elm Street", "Oak Lane"))
    tom = replace(on.ada, name="Tom")
    await on.on_client(lambda uow: clients.set_note(uow, kept, "In the evening", by=on.ada))
    await on.on_client(lambda uow: clients.set_fields(uow, kept, [number, home], by=on.ada))
    await on.on_client(lambda uow: clients.set_note(uow, other, "Likes tea", by=tom))
    await on.on_client(lambda uow: clients.set_fields(uow, other, [number, work], by=tom))
    before = await on.clients()
    await on.join(kept, other)
    now = await on.client(kept)
    note = json.loads(now["note"])
    assert note["text"] == "In the evening\n\nLikes tea"
    assert json.loads(now["fields"]) == [number, home, work]
    await on.apart(await on.only_join())
    assert await on.clients() == before
    # What was changed since the merge stays with the client who was kept.
    await on.join(kept, other)
    await on.on_client(lambda uow: clients.set_note(uow, kept, "Only mornings", by=on.ada))
    await on.apart(await on.only_join())
    assert json.loads((await on.client(kept))["note"])["text"] == "Only mornings"
    assert json.loads((await on.client(other))["note"])["text"] == "Likes tea"
    assert "tea" not in str(await on.rows("SELECT * FROM audit_log"))
