"""Customers' own commands: help, status, end, language, privacy."""

from db.tables import Role
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.sessions import holder
from tests.flows.stage import Stage, prepare_stage, run_stage


async def press(stage: Stage, customer: Customer, below: ChatMessage, button: str) -> None:
    user = int(customer.address)
    await stage.telegram.press(user, user, int(below.id), text=button)


async def test_a_customer_asks_how_it_stands_and_ends_it(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia", online=False), await stage.customer("Ann")
        await ann.says("/help")
        await ann.wait_for("Just write here")
        assert [each["name"] for each in await stage.telegram.topics(stage.group)] == ["General"]
        await ann.says("hello")
        topic = await stage.topic(ann)
        await topic.wait_for("hello")
        await ann.says("/status")

        async def is_told_place() -> bool:
            heard = [each.text for each in await ann.list_received()]
            return sum("You are number 1 in the queue" in each for each in heard) == 2

        await eventually(is_told_place, "the customer is told their place again")
        await mia.writes(topic, "/claim")
        await topic.card(f"Assigned to: {mia.name}")
        await ann.says("/status")
        await ann.wait_for(f"{mia.name} is with you.")
        await ann.says("/status of my order?")
        await topic.wait_for("/status of my order?")
        await ann.says("/end")
        await ann.wait_for("This conversation is closed.")
        await topic.wait_for(f"Session 1 was ended by {ann.name}.")
        assert await holder(stage, ann) is None
        await ann.says("/end")
        await ann.wait_for("There is no open conversation.")
        assert "/end" not in await topic.texts()


async def test_a_chosen_language_stays(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as stage:
        async with stage.desk():
            ann = await stage.customer("Ann", language="en")
            await ann.says("hello")
            await (await stage.topic(ann)).wait_for("hello")
            await ann.says("/language")
            asked = await ann.wait_for("Which language should we use?")
            assert asked.buttons == ("English", "Bahasa Indonesia")
        async with stage.desk():
            await press(stage, ann, asked, "Bahasa Indonesia")
            await ann.wait_for("Mulai sekarang kami memakai bahasa Indonesia.")
            await ann.says("apa kabar?")
            topic = await stage.topic(ann)
            await topic.wait_for("apa kabar?")
            await topic.card("Language: id")
            assert "Bahasa Indonesia" not in await topic.texts()
            await ann.says("/help")
            await ann.wait_for("Silakan tulis saja di sini")


async def test_a_copy_of_the_data_is_sent_when_an_admin_grants_it(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer("Ann", language="id")
        await ann.says("my order is late")
        topic = await stage.topic(ann)
        await topic.wait_for("my order is late")
        await mia.writes(topic, "on its way")
        await ann.wait_for("on its way")
        await ann.sends("document", caption="the bill")
        await topic.wait_for("the bill")
        await mia.writes(topic, "// a difficult customer")
        await mia.writes(topic, "/client note never satisfied")
        await topic.card("Note: never satisfied")
        await mia.writes(topic, "/client field Address: 12 Elm Street")
        await topic.wait_for("Saved.")
        await ann.says("/privacy")
        told = await ann.wait_for("Kami menyimpan nama")
        await press(stage, ann, told, "Minta salinan data saya")
        asked = await topic.wait_for("The customer asks for a copy of their data.")
        assert await mia.presses(asked, "Send the copy") == "Only an administrator can do this."
        zoe = await stage.agent("Zoe", role=Role.ADMIN)
        assert f"{zoe.name} granted it" in await zoe.presses(asked, "Send the copy")
        await topic.wait_for("on its way to the customer")
        heard = await ann.wait_for("Ini salinan data")
        assert heard.kind == "document"
        written = (await ann.download(heard)).decode()
        assert f"Nama: {ann.name}" in written
        for words in (f"{ann.name}: my order is late", f"{mia.name}: on its way", "the bill"):
            assert words in written
        assert "Address: 12 Elm Street" in written
        # What staff writes for itself is not in it.
        assert "difficult" not in written
        assert "never satisfied" not in written
        assert await stage.rows("SELECT id FROM messages WHERE message LIKE 'Ini salinan%'") == []


async def test_data_is_deleted_when_the_customer_asks_and_an_admin_grants_it(
    migrated_url: str,
) -> None:
    async with run_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer("Ann")
        await ann.says("hello")
        topic = await stage.topic(ann)
        await topic.wait_for("hello")
        await ann.says("/privacy")
        told = await ann.wait_for("We store your name")
        await press(stage, ann, told, "Ask for a copy of my data")
        await topic.wait_for("The customer asks for a copy of their data.")
        await press(stage, ann, told, "Ask to delete my data")
        asked = await topic.wait_for("The customer asks to delete all their data.")
        await press(stage, ann, told, "Ask to delete my data")
        await ann.wait_for("Your request was passed on already.")
        assert await mia.presses(asked, "Delete all data") == "Only an administrator can do this."
        assert await stage.rows("SELECT id FROM clients") != []
        zoe = await stage.agent("Zoe", role=Role.ADMIN)
        assert f"{zoe.name} granted it" in await zoe.presses(asked, "Delete all data")

        async def is_erased() -> bool:
            return await stage.rows("SELECT id FROM clients") == []

        await eventually(is_erased, "everything of the customer is deleted")
