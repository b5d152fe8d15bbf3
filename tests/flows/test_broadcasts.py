"""Broadcasts in Telegram and over a restart, and with templates on a Cloud API number."""

from db.tables import Role
from tests.api.stage import Json, Person
from tests.flows.eventually import eventually
from tests.flows.stage import prepare_stage
from tests.flows.template_stage import run_template_stage


async def wait_until_done(ada: Person, broadcast_id: str) -> Json:
    async def found() -> Json | None:
        shown = (await ada.get(f"/broadcasts/{broadcast_id}")).body
        return shown if shown["state"] == "done" else None

    return await eventually(found, "the broadcast is done")


async def test_an_administrator_sends_a_text_from_the_group(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as stage:
        async with stage.desk():
            mia = await stage.agent("Mia", online=False)
            ada = await stage.agent("Ada", online=False, role=Role.ADMIN)
            ann, budi = await stage.customer("Ann"), await stage.customer("Budi", language="id")
            for each in (ann, budi):
                await each.says("hello")
                await (await stage.topic(each)).wait_for("hello")
            general = stage.general
            await mia.writes(general, "/broadcast")
            await general.wait_for("Only administrators can use /broadcast.")
            await ada.writes(general, "/broadcast")
            await general.wait_for("There are no broadcasts yet.")
            words = await ada.writes(general, "Hi {{first_name}}, we moved to Jalan Baru!")
            wrong = await ada.writes(general, "Hi {{nme}}")
            await ada.writes(general, "/broadcast", reply_to=wrong)
            await general.wait_for("{{nme}} is not a variable")
            await ada.writes(general, "/broadcast #gone", reply_to=words)
            await general.wait_for("there is no tag #gone")
            await ada.writes(general, "/broadcast everybody", reply_to=words)
            await general.wait_for("Variables: {{name}}, {{first_name}}, {{channel}}")
            await ada.writes(general, "/broadcast", reply_to=words)
            await general.wait_for("Hi Ann, we moved to Jalan Baru!")
            draft = await general.wait_for("Customers who would get it now: 2")
            assert "Hi …, we moved to Jalan Baru!: draft" in draft.text
            assert draft.buttons == ("Send it now", "Send it to me", "Cancel")
            assert "Only administrators" in await mia.presses(draft, "Send it now")
            await stage.telegram.say(ada.user, "/start")
            assert await ada.presses(draft, "Send it to me") == "Sent to you in private"
            assert await ada.presses(draft, "Send it now") == "It starts now"
        # The desk stops; the one that starts next sends it.
        async with stage.desk():
            await ann.wait_for("Hi Ann, we moved to Jalan Baru!")
            await budi.wait_for("Hi Budi, we moved to Jalan Baru!")
            await ada.writes(general, "/broadcast")
            await general.wait_for("2 sent, 0 waiting, 0 failed, 0 uncertain, 0 skipped")
            for each in (ann, budi):
                got = [m for m in await each.list_received() if "Jalan Baru" in m.text]
                assert len(got) == 1
            await ann.says("where is that?")
            topic = await stage.topic(ann)
            await topic.wait_for("where is that?")
            await topic.wait_for("📣 The customer got the broadcast")


async def test_who_did_not_write_lately_gets_the_template(migrated_sqlite_url: str) -> None:
    async with run_template_stage(migrated_sqlite_url) as on:
        _, ann, _ = await on.start_conversation()
        _, budi, _ = await on.start_conversation()
        await on.close_window(budi)
        body: Json = {"name": "Sale", "text": "Everything must go, {{first_name}}!"}
        plain = (await on.ada.post("/broadcasts", body)).body
        preview = (await on.ada.get(f"/broadcasts/{plain['id']}/preview")).body
        assert (preview["people"], preview["skipped"]) == (1, {"no_template": 1})
        for wrong, reason in (
            ({"name": "sale"}, "sale is no approved template of"),
            (
                {"name": "order", "values": {"9": "x"}},
                "9 is no variable of order; they are: ",
            ),
            ({"name": "order", "values": {"2": "Monday"}}, "needs also a value for header.1"),
            ({"name": "hello", "values": {"agent": "{{nme}}"}}, "{{nme}} is not a variable"),
        ):
            refused = await on.ada.post("/broadcasts", {**body, "template": wrong})
            assert refused.status == 422, refused.body
            assert reason in refused.body["errors"][0]["message"]
        template = {"name": "hello", "values": {"agent": "{{channel}}"}}
        made = (await on.ada.post("/broadcasts", {**body, "template": template})).body
        preview = (await on.ada.get(f"/broadcasts/{made['id']}/preview")).body
        assert (preview["people"], preview["skipped"]) == (2, {})
        await on.ada.post(f"/broadcasts/{made['id']}/start", {})
        await ann.wait_for("Everything must go, Ann!")
        await budi.wait_for(f"Hello {budi.name}, ")
        done = await wait_until_done(on.ada, made["id"])
        assert done["counts"] == {"sent": 2}
        # Chosen for all, it goes inside the window, too.
        always = {**template, "is_always_used": True}
        only = {"name": "Sale", "template": always, "audience": {"channel_ids": [on.channel]}}
        made = (await on.ada.post("/broadcasts", only)).body
        await on.ada.post(f"/broadcasts/{made['id']}/start", {})
        await ann.wait_for(f"Hello {ann.name}, ")
        await wait_until_done(on.ada, made["id"])
        # Meta's own setting counts as a stop.
        stop = {"wa_id": ann.address, "category": "marketing_messages", "value": "stop"}
        number = on.stage.number
        assert number is not None
        metadata = {"phone_number_id": number["id"]}
        value = {"messaging_product": "whatsapp", "metadata": metadata, "user_preferences": [stop]}
        await on.graph.notify("user_preferences", value, number=number["id"])

        async def is_skipped() -> bool:
            shown = (await on.ada.get(f"/broadcasts/{made['id']}/preview")).body
            return bool(shown["skipped"] == {"stopped": 1})

        await eventually(is_skipped, "who stopped at Meta is skipped")
