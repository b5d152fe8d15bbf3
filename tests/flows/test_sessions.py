"""Sessions: given out, waited for, claimed, ended, begun anew in the same topic."""

import pytest

from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person
from tests.flows.stage import Stage, prepared, staged


async def holder(stage: Stage, customer: Customer) -> str | None:
    rows = await stage.rows(
        "SELECT a.name FROM sessions s JOIN conversations v ON v.id = s.conversation_id"
        " JOIN contacts c ON c.id = v.contact_id LEFT JOIN agents a ON a.id = s.cs_id"
        " WHERE c.external_id = :address AND s.status = 'ACTIVE'",
        address=customer.address,
    )
    return rows[0]["name"] if rows else None


async def active(stage: Stage, agent: Person) -> int:
    [row] = await stage.rows(
        "SELECT active_sessions AS n FROM agents WHERE id = :id", id=agent.agent_id
    )
    return int(row["n"])


async def arrive(stage: Stage, *names: str) -> list[Customer]:
    """Let customers write one after the other, each when the one before was taken in."""
    made = []
    for name in names:
        customer = await stage.customer(name)
        await customer.says(f"{name} is here")
        await (await stage.topic(customer)).card(customer.name)
        made.append(customer)
    return made


@pytest.mark.parametrize("by", ["command", "button"])
async def test_an_ended_session_begins_anew_in_the_same_topic(migrated_url: str, by: str) -> None:
    async with staged(migrated_url) as stage:
        mia = await stage.agent("Mia")
        [ann] = await arrive(stage, "Ann")
        topic = await stage.topic(ann)
        card = await topic.card("Session: #1", f"Assigned to: {mia.name}")
        if by == "button":
            assert await mia.presses(card, "End") == "The session is ended."
        else:
            await mia.writes(topic, "/end")
        await ann.hears("This conversation is closed.")
        await topic.shows(f"Session 1 was ended by {mia.name}.")
        ended = await topic.card("Session: no open session")
        assert (ended.id, ended.buttons) == (card.id, ())
        assert await active(stage, mia) == 0

        await ann.says("one more thing")
        await topic.shows("one more thing")
        again = await topic.card("Session: #2", f"Assigned to: {mia.name}")
        assert (again.id, again.buttons) == (card.id, ("End",))
        assert len(await stage.telegram.topics(stage.group)) == 2  # General and Ann's
        assert [(row["number"], row["status"]) for row in await stage.kept(ann)] == [
            (1, "ENDED"),
            (2, "ACTIVE"),
        ]
        await mia.writes(topic, "/end")
        await topic.shows("Session 2 was ended")
        await mia.writes(topic, "/end")
        await topic.shows("There is no open session here.")


async def test_an_answer_after_the_end_opens_a_session_of_the_answerers(migrated_url: str) -> None:
    async with staged(migrated_url) as stage:
        mia = await stage.agent("Mia")
        [ann] = await arrive(stage, "Ann")
        topic = await stage.topic(ann)
        await mia.writes(topic, "/end")
        await topic.card("no open session")
        await mia.writes(topic, "I forgot to say: thank you")
        await ann.hears("I forgot to say")
        await topic.card("Session: #2", f"Assigned to: {mia.name}")


async def test_waiting_customers_are_told_once_and_given_out_in_order(migrated_url: str) -> None:
    async with staged(migrated_url) as stage:
        mia = await stage.agent("Mia", online=False, capacity=2)
        ann, bob, cid = await arrive(stage, "Ann", "Bob", "Cid")
        for place, customer in enumerate((ann, bob, cid), 1):
            await customer.hears(f"number {place} in the queue")
        await ann.says("still here")
        await (await stage.topic(ann)).shows("still here")
        assert len([one for one in await ann.heard() if "in the queue" in one.text]) == 1

        await mia.tells_bot("/online", "You are online: new sessions come to you. Open now: 2 of 2")
        await ann.hears(f"{mia.name} is with you now.")
        await bob.hears(f"{mia.name} is with you now.")
        assert await holder(stage, cid) is None
        await (await stage.topic(ann)).card(f"Assigned to: {mia.name}")
        await (await stage.topic(cid)).card("Assigned to: nobody: waiting")

        await mia.writes(await stage.topic(ann), "/end")
        await cid.hears(f"{mia.name} is with you now.")
        assert await holder(stage, cid) == mia.name
        assert await active(stage, mia) == 2


async def test_the_claim_button_is_for_one_only(migrated_url: str) -> None:
    async with staged(migrated_url) as stage:
        mia, tom = await stage.agent("Mia", online=False), await stage.agent("Tom", online=False)
        stranger = await stage.member("Sam")
        [ann] = await arrive(stage, "Ann")
        topic = await stage.topic(ann)
        card = await topic.card("nobody: waiting")
        assert card.buttons == ("Claim", "End")
        assert "for agents only" in await stranger.presses(card, "Claim")
        assert "for agents only" in await stranger.presses(card, "End")
        assert await mia.presses(card, "Claim") == "The session is yours."
        await topic.card(f"Assigned to: {mia.name}")
        assert (await active(stage, mia), await active(stage, tom)) == (1, 0)
        await tom.writes(topic, "/claim")
        await topic.shows("already has this session.")
        await tom.writes(topic, "Tom answers all the same")
        await ann.hears("Tom answers all the same")
        assert await holder(stage, ann) == mia.name


async def test_two_who_press_claim_at_once(migrated_url: str) -> None:
    async with staged(migrated_url) as stage:
        mia, tom = await stage.agent("Mia", online=False), await stage.agent("Tom", online=False)
        [ann] = await arrive(stage, "Ann")
        card = await (await stage.topic(ann)).card("nobody: waiting")
        presses = [
            await stage.telegram.press(one.user, stage.group, int(card.id), text="Claim")
            for one in (mia, tom, mia)
        ]

        async def answers() -> list[str] | None:
            found = [await stage.telegram.callback(press) for press in presses]
            done = all(each["answered"] for each in found)
            return [each["text"] for each in found] if done else None

        said = await eventually(answers, "all three presses are answered")
        name = await holder(stage, ann)
        assert sorted(said) in (
            sorted(
                [
                    "The session is yours.",
                    "The session is already yours.",
                    f"{mia.name} already has this session.",
                ]
            ),
            sorted(["The session is yours."] + [f"{tom.name} already has this session."] * 2),
        )
        assert name in {mia.name, tom.name}
        assert await active(stage, mia) + await active(stage, tom) == 1


async def test_the_one_with_fewest_sessions_then_the_longest_idle(migrated_url: str) -> None:
    async with staged(migrated_url) as stage:
        mia, tom = await stage.agent("Mia", capacity=3), await stage.agent("Tom", capacity=2)
        customers = await arrive(stage, "Ann", "Bob", "Cid", "Dee", "Eve", "Fay")
        held = [await holder(stage, each) for each in customers]
        first, second = (mia, tom) if held[0] == mia.name else (tom, mia)
        # In turn, until Tom has no room: then Mia, then nobody.
        assert held[:4] == [first.name, second.name, first.name, second.name]
        assert held[4:] == [mia.name, None]
        await customers[5].hears("number 1 in the queue")

        # Tom gets free first: he takes who waits; then Mia ends two, and has the fewest.
        toms = customers[held.index(tom.name)]
        await tom.writes(await stage.topic(toms), "/end")
        await customers[5].hears(f"{tom.name} is with you now.")
        for customer in [each for each in customers[:5] if await holder(stage, each) == mia.name]:
            await mia.writes(await stage.topic(customer), "/end")
            await customer.hears("closed")
        [gus] = await arrive(stage, "Gus")
        assert await holder(stage, gus) == mia.name


OFFLINE = {
    "keep, nobody else there": ("keep", False, "Mia"),
    "hand back, nobody else there": ("hand_back", False, "nobody: waiting"),
    "pass on, nobody else there": ("pass_on", False, "Mia"),
    "keep": ("keep", True, "Mia"),
    "hand back": ("hand_back", True, "Tom"),
    "pass on": ("pass_on", True, "Tom"),
}


@pytest.mark.parametrize(("policy", "heir", "then"), OFFLINE.values(), ids=OFFLINE)
async def test_sessions_of_somebody_who_goes_offline(
    migrated_sqlite_url: str, policy: str, heir: bool, then: str
) -> None:
    async with prepared(migrated_sqlite_url) as stage:
        async with stage.desk():
            await stage.change("UPDATE channels SET offline_policy = :policy", policy=policy)
        async with stage.desk():
            mia = await stage.agent("Mia")
            [ann] = await arrive(stage, "Ann")
            if heir:
                await stage.agent("Tom")
            await mia.tells_bot("/offline", "You are offline")
            await (await stage.topic(ann)).card(f"Assigned to: {then}")


async def test_status_tells_where_an_agent_stands(migrated_sqlite_url: str) -> None:
    async with staged(migrated_sqlite_url) as stage:
        mia = await stage.agent("Mia", capacity=1)
        await arrive(stage, "Ann", "Bob")
        await mia.tells_bot("/status", "online. Open sessions: 1 of 1. Waiting customers: 1.")
        await mia.writes(stage.general, "/status")
        await stage.general.shows("Open sessions: 1 of 1")
        stranger = await stage.customer("Sam")
        await stranger.says("/online")
        await stranger.hears("This works for agents only.")
