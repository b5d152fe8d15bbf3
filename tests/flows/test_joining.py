"""One person on Telegram and on WhatsApp: staff is asked, merges the clients, unmerges them."""

from typing import Any

from tests.flows.customers import TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.linked_number import LinkedNumber, run_linked_number
from tests.flows.staff import Topic

PHONE = "628111234567"
QUESTION = "has the same phone number as this customer"
JOIN, UNDO = "Same person: merge", "Undo"


async def shares(customer: TelegramCustomer, phone: str, user_id: int | None = None) -> None:
    contact: dict[str, Any] = {"phone_number": phone, "first_name": "Ann"}
    if user_id is not None:
        contact["user_id"] = user_id
    await customer.telegram.say(customer.user, contact=contact)


async def start_on_both(on: LinkedNumber) -> tuple[Any, TelegramCustomer, Topic, Topic]:
    """Let one customer write to the number, and one to the bot."""
    # New customers are assigned to the agent of the group, not to the administrator.
    admin = on.admin.agent_id
    await on.stage.change("UPDATE agents SET capacity = 0 WHERE id = :id", id=admin)
    linked, bob = await on.customer("Annie", phone=PHONE), await on.stage.customer("Bob")
    assert isinstance(bob, TelegramCustomer)
    await linked.says("hello from WhatsApp")
    topic = await on.topic(linked)
    await topic.wait_for("hello from WhatsApp")
    await bob.says("hello from Telegram")
    other = await on.stage.topic(bob)
    await other.wait_for("hello from Telegram")
    return linked, bob, topic, other


async def clients(on: LinkedNumber, **query: str) -> list[dict[str, Any]]:
    answer = await on.admin.get("/clients", params=query)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["items"]
    return found


async def test_who_shares_one_number_on_both_is_joined_by_a_button(migrated_url: str) -> None:
    async with run_linked_number(migrated_url) as on:
        mia = await on.stage.agent("Mia")
        annie, bob, topic, other = await start_on_both(on)
        assert {each["phone"] for each in await clients(on)} == {f"+{PHONE}", None}
        # A number is not believed if it is another person's or unverified.
        await shares(bob, f"+{PHONE}")
        await shares(bob, f"+{PHONE}", user_id=4711)
        await bob.says("that was a friend's card")
        await other.wait_for("that was a friend's card")
        assert not [text for text in await other.texts() if QUESTION in text]
        await shares(bob, f"+{PHONE}", user_id=int(bob.address))
        asked = await other.wait_for(QUESTION)
        assert asked.text.startswith("Annie (Shop) ")
        assert (await topic.wait_for(QUESTION)).text.startswith(f"{bob.name} (")

        assert await mia.presses(asked, JOIN) == "Merged."
        told = await topic.wait_for(f"{mia.name} merged this customer with {bob.name}")
        await other.wait_for(f"{mia.name} merged this customer with Annie")
        assert await mia.presses(asked, JOIN) == "These customers are already merged."
        [one] = await clients(on, phone="00628111-234-567")
        shown = (await on.admin.get(f"/clients/{one['id']}")).body
        assert {each["external_id"] for each in shown["contacts"]} == {
            bob.address,
            f"{PHONE}@c.us",
        }
        assert [each["by_name"] for each in shown["joins"]] == [mia.name]
        seen = (await on.admin.get(f"/clients/{one['id']}/sessions")).body["items"]
        assert len(seen) == 2
        # Each conversation continues where it is.
        await mia.writes(topic, "to WhatsApp")
        await mia.writes(other, "to Telegram")
        await annie.wait_for("to WhatsApp")
        await bob.wait_for("to Telegram")
        await annie.says("still Annie there")
        await topic.wait_for("still Annie there")

        assert await mia.presses(told, UNDO) == "The merge was undone."
        await other.wait_for(f"{mia.name} undid the merge")
        assert await mia.presses(told, UNDO) == "This button is out of date."
        assert len(await clients(on)) == 2
        await bob.says("and I am Bob")
        await other.wait_for("and I am Bob")
        assert len(await clients(on)) == 2
        [question] = [text for text in await other.texts() if QUESTION in text]
        assert question == asked.text


async def test_who_may_not_see_both_says_nothing_of_them(migrated_url: str) -> None:
    async with run_linked_number(migrated_url) as on:
        mia = await on.stage.agent("Mia")
        _, bob, topic, other = await start_on_both(on)
        tom = await on.stage.agent("Tom")
        await shares(bob, PHONE, user_id=int(bob.address))
        asked = await topic.wait_for(QUESTION)
        refused = "You need access to both customers. Please ask an admin."
        assert await tom.presses(asked, JOIN) == refused
        # An agent who holds only one of them cannot either.
        await on.stage.change(
            "UPDATE sessions SET cs_id = :tom WHERE conversation_id ="
            " (SELECT v.id FROM conversations v JOIN contacts c ON c.id = v.contact_id"
            " WHERE c.external_id = :bob)",
            tom=tom.agent_id,
            bob=bob.address,
        )
        for agent in (mia, tom):
            assert await agent.presses(asked, JOIN) == refused
        assert len(await clients(on)) == 2

        async def none_joined() -> bool:
            return await on.stage.rows("SELECT id FROM client_merges") == []

        await eventually(none_joined, "nobody was joined")
        await other.wait_for(QUESTION)
