"""Sessions: assignment, two agents who claim at once, and an agent who goes offline with some."""

import pytest

from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.sessions import active, holder
from tests.flows.stage import Stage, prepare_stage, run_stage


async def arrive(stage: Stage, *names: str) -> list[Customer]:
    """Write as customers one after the other, each when the one before was received."""
    made = []
    for name in names:
        customer = await stage.customer(name)
        await customer.says(f"{name} is here")
        await (await stage.topic(customer)).card(customer.name)
        made.append(customer)
    return made


async def test_two_who_press_claim_at_once(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        mia, tom = await stage.agent("Mia", online=False), await stage.agent("Tom", online=False)
        [ann] = await arrive(stage, "Ann")
        card = await (await stage.topic(ann)).card("nobody (waiting)")
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
    async with run_stage(migrated_url) as stage:
        mia, tom = await stage.agent("Mia", capacity=3), await stage.agent("Tom", capacity=2)
        customers = await arrive(stage, "Ann", "Bob", "Cid", "Dee", "Eve", "Fay")
        held = [await holder(stage, each) for each in customers]
        first, second = (mia, tom) if held[0] == mia.name else (tom, mia)
        # In turn, until Tom has no capacity: then Mia, then nobody.
        assert held[:4] == [first.name, second.name, first.name, second.name]
        assert held[4:] == [mia.name, None]
        await customers[5].wait_for("number 1 in the queue")

        # Tom becomes free first: he gets the waiting one; then Mia ends two, and has the fewest.
        toms = customers[held.index(tom.name)]
        await tom.writes(await stage.topic(toms), "/end")
        await customers[5].wait_for(f"{tom.name} is with you now.")
        for customer in [each for each in customers[:5] if await holder(stage, each) == mia.name]:
            await mia.writes(await stage.topic(customer), "/end")
            await customer.wait_for("closed")
        [gus] = await arrive(stage, "Gus")
        assert await holder(stage, gus) == mia.name


OFFLINE = {
    "keep, nobody else there": ("keep", False, "Mia"),
    "hand back, nobody else there": ("hand_back", False, "nobody (waiting)"),
    "pass on, nobody else there": ("pass_on", False, "Mia"),
    "keep": ("keep", True, "Mia"),
    "hand back": ("hand_back", True, "Tom"),
    "pass on": ("pass_on", True, "Tom"),
}


@pytest.mark.parametrize(("policy", "heir", "then"), OFFLINE.values(), ids=OFFLINE)
async def test_sessions_of_somebody_who_goes_offline(
    migrated_sqlite_url: str, policy: str, heir: bool, then: str
) -> None:
    async with prepare_stage(migrated_sqlite_url) as stage:
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
    async with run_stage(migrated_sqlite_url) as stage:
        mia = await stage.agent("Mia", capacity=1)
        await arrive(stage, "Ann", "Bob")
        await mia.tells_bot(
            "/status",
            "online. Open sessions: 1. Against your capacity count: 1 of 1. Waiting customers: 1.",
        )
        await mia.writes(stage.general, "/status")
        await stage.general.wait_for("Open sessions: 1. Against your capacity count: 1 of")
        stranger = await stage.customer("Sam")
        await stranger.says("/online")
        await stranger.wait_for("This works for agents only.")
