"""Customers renamed and blocked by the API: the card and the topic show it, and it lasts."""

from tests.flows.eventually import eventually
from tests.flows.test_api_steering import scene


async def test_a_customer_who_is_renamed_stays_so(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]
        path = f"/clients/{client['id']}"
        renamed = await on.mia.patch(path, {"name": "  Ann   of the Bakery ", "phone": "+62 811"})
        assert renamed.status == 200, renamed.body
        assert (renamed.body["name"], renamed.body["phone"]) == ("Ann of the Bakery", "+62811")
        await on.topic.wait_for(f"{on.mia.name} renamed this customer to Ann of the Bakery.")
        await on.topic.card("Customer: Ann of the Bakery")
        await on.ann.says("it is still me")
        await on.topic.wait_for("it is still me")
        assert (await on.mia.get(path)).body["name"] == "Ann of the Bakery"
        assert (await on.mia.get("/conversations?q=bakery")).body["items"] != []
        assert (await on.mia.patch(path, {"phone": None})).body["phone"] is None
        [entry] = await on.api.audit("client.rename")
        assert (entry["user_id"], entry["subject"]) == (on.mia.user_id, client["id"])
        assert "Bakery" not in str(await on.api.rows("SELECT * FROM audit_log"))
        for wrong in ({"name": " "}, {"name": ""}, {"name": "x\x00y"}, {"name": "x" * 191}):
            assert set((await on.mia.patch(path, wrong)).faults) == {"name"}
        for number in ("", "abc", "12", "+" * 5, "1" * 40):
            assert set((await on.mia.patch(path, {"phone": number})).faults) == {"phone"}


async def test_what_a_blocked_customer_writes_is_stored_and_not_shown(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]
        path = f"/clients/{client['id']}"
        assert (await on.mia.post(f"{path}/block")).body["is_blocked"] is True
        await on.topic.wait_for(f"{on.mia.name} blocked this customer")
        await on.topic.card("blocked: messages are stored and not shown")
        await on.ann.says("do you hear me?")
        await on.ann.says("hello?")
        bob = await on.stage.customer("Bob")
        await bob.says("I come after Ann")
        await (await on.stage.topic(bob)).wait_for("I come after Ann")
        assert [row["message"] for row in await on.stage.load_messages(on.ann)] == ["hello"]
        stored = "SELECT message, session_id FROM messages ORDER BY id"
        kept = [tuple(row.values()) for row in await on.stage.rows(stored)]
        assert ("do you hear me?", None) in kept
        assert ("hello?", None) in kept
        told = [each for each in await on.topic.texts() if "is blocked and wrote again" in each]
        assert len(told) == 1
        assert "do you hear me?" not in await on.topic.texts()
        # Blocking twice is the same as blocking once.
        assert (await on.tom.post(f"{path}/block")).status == 200
        assert len(await on.api.audit("client.block")) == 1

        assert (await on.tom.post(f"{path}/unblock")).body["is_blocked"] is False
        await on.topic.wait_for(f"{on.tom.name} unblocked this customer.")
        await on.ann.says("and now?")
        await on.topic.wait_for("and now?")

        async def as_before() -> bool:
            return "blocked" not in (await on.topic.card("Customer:")).text

        await eventually(as_before, "the card says no more that they are blocked")
        assert len(await on.api.audit("client.unblock")) == 1
