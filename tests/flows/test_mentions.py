"""Colleagues who are named in notes are told once, and see no more than before."""

from db.tables import Role
from tests.api.event_stream import open_event_stream
from tests.api.stage import Person as Caller
from tests.flows.eventually import eventually
from tests.flows.staff import Json, Person
from tests.flows.stage import Stage
from tests.flows.test_api_steering import Scene, scene

ONCE = {"Idempotency-Key": "one-note-of-a-test"}


async def private_texts(stage: Stage, person: Person) -> list[str]:
    """List what the bot told a person about mentions in their own chat."""
    said = await stage.telegram.messages(int(person.user["id"]))
    return [each["text"] for each in said if each.get("text", "").startswith("📣")]


async def wait_until_told(on: Scene, person: Person, *texts: str) -> None:
    async def is_told() -> bool:
        return await private_texts(on.stage, person) == list(texts)

    await eventually(is_told, f"{person.name} is told {texts}")


async def wait_for_count(caller: Caller, number: int) -> list[Json]:
    """Wait until the number is this, and return the list, which has as many."""

    async def is_so() -> bool:
        return bool((await caller.get("/mentions/count")).body == {"unread": number})

    await eventually(is_so, f"{number} unread mentions")
    listed: list[Json] = (await caller.get("/mentions?unread=true")).body["items"]
    assert len(listed) == number
    return listed


async def test_a_note_by_the_api_names_a_colleague(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        path = on.path("messages")
        async with (
            open_event_stream(on.api, on.tom.token) as toms,
            open_event_stream(on.api, on.mia.token) as mias,
        ):
            note = {"text": f"@{on.tom.name} do you know them? @{on.mia.name}", "internal": True}
            said = (await on.mia.post(path, note, headers=ONCE)).body
            assert (await on.mia.post(path, note, headers=ONCE)).body["id"] == said["id"]
            # Mia has the session since she wrote in it.
            told = (
                f"📣 {on.mia.name} mentioned you in a note:\n\n{note['text']}\n\n"
                f"Of this conversation you see only this note in the console, because"
                f" {on.mia.name} has it. {on.mia.name} or an administrator can transfer it to you."
            )
            await wait_until_told(on, on.tom_in_group, told)
            agent = {"id": on.tom.agent_id, "name": on.tom.name, "status": None}
            await toms.wait_for_event("mentions.changed", agent=agent)
            assert mias.of("mentions.changed") == []
        [mention] = await wait_for_count(on.tom, 1)
        assert mention["message"]["id"] == mention["message_id"] == said["id"]
        assert (mention["message"]["author_name"], mention["is_read"]) == (on.mia.name, False)
        # Nobody else; not the customer, not the author.
        await wait_for_count(on.mia, 0)
        assert note["text"] not in str(await on.ann.chat())
        # An edit notifies only those who were not named before.
        changed = {"text": f"@{on.tom.name} and @{on.ada.name}: do you know them?"}
        assert (await on.mia.patch(f"/messages/{said['id']}", changed)).status == 200
        [hers] = await wait_for_count(on.ada, 1)
        assert hers["session"]["id"] == on.session
        await wait_for_count(on.tom, 1)
        read = {"conversation_id": mention["conversation_id"]}
        assert (await on.tom.post("/mentions/read", read)).status == 204
        assert (await on.tom.post("/mentions/read", read)).status == 204
        await wait_for_count(on.tom, 0)
        [kept] = (await on.tom.get("/mentions")).body["items"]
        assert kept["is_read"] is True
        await wait_for_count(on.ada, 1)
        assert (await on.tom.post("/mentions/read", {"conversation_id": "x"})).status == 422
        assert len(await private_texts(on.stage, on.tom_in_group)) == 1
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
        assert (await on.api.erase(on.ada, client)).status == 204
        assert await on.api.rows("SELECT * FROM mentions") == []
        kept_notices = await on.api.rows("SELECT payload FROM outbox")
        assert "do you know them" not in str(kept_notices)


async def test_a_mention_gives_no_rights(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        assert (await on.mia.post(on.path("claim"))).status == 200
        note = await on.mia_in_group.writes(on.topic, f"// @{on.tom.name.lower()} look, please")
        await on.stage.wait_for_state(on.ann, f"// @{on.tom.name.lower()} look, please", "received")
        [mention] = await wait_for_count(on.tom, 1)
        assert mention["message"]["message"].endswith(" look, please")
        assert (mention["session"], mention["agent"]["name"]) == (None, on.mia.name)
        assert on.ann.name not in str(mention)
        assert "hello" not in str(mention)
        [told] = await eventually_told(on, on.tom_in_group)
        assert on.ann.name not in told
        assert (await on.tom.get(on.path("messages"))).status == 404
        # Who gets the session sees the note, and has read it with their first words there.
        moved = {"agent_id": on.tom.agent_id, "reason": "knows them"}
        assert (await on.mia.post(on.path("transfer"), moved)).status == 200
        [mention] = await wait_for_count(on.tom, 1)
        assert mention["session"]["id"] == on.session
        await on.tom_in_group.writes(on.topic, "I am here now")
        await on.ann.wait_for("I am here now")
        await wait_for_count(on.tom, 0)
        # A change of the note names the administrator, who sees every conversation.
        await on.mia_in_group.edits(note, f"// @{on.ada.name} look, please")
        [mention] = await wait_for_count(on.ada, 1)
        assert mention["message"]["message"] == f"// @{on.ada.name} look, please"
        assert len(await private_texts(on.stage, on.tom_in_group)) == 1


async def eventually_told(on: Scene, person: Person) -> list[str]:
    async def found() -> list[str]:
        return await private_texts(on.stage, person)

    return await eventually(found, f"{person.name} is told")


async def test_who_is_no_agent_and_who_asks_as_a_customer_names_nobody(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        await on.ann.says(f"@{on.tom.name} are you there?")
        stranger = await on.stage.member("Stranger")
        await stranger.writes(on.topic, f"// @{on.tom.name} hello")
        await on.mia_in_group.writes(on.topic, f"@{on.tom.name} will help you")
        await on.ann.wait_for(f"@{on.tom.name} will help you")
        zoe = await on.stage.agent("Zoe", role=Role.ADMIN, online=False)
        await zoe.tells_bot("/status", "Open sessions: 0")
        words = f"// @{zoe.name} and @{on.tom.name}, who is it?"
        await on.mia_in_group.writes(on.topic, words)
        # An administrator sees every conversation.
        title = f"📣 {on.mia.name} mentioned you in a note about {on.ann.name}:"
        await wait_until_told(on, zoe, f"{title}\n\n{words}")
        await wait_for_count(on.tom, 1)
