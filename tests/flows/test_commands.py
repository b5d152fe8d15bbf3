"""The agent's commands in a topic: typed, pressed, after a restart, by the wrong person."""

import itertools
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from db.tables import Role
from tests.flows.api_agents import log_in_agent, open_api, wait_for_session
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.sessions import holder
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage, prepare_stage, run_stage

_NUMBERS = itertools.count(1)


@dataclass
class Scene:
    """A customer whose session Mia holds, and Tom, who is an agent too."""

    stage: Stage
    mia: Person
    tom: Person
    ann: Customer
    topic: Topic

    async def asks(self, by: Person, command: str, answer: str) -> ChatMessage:
        """Write a command and wait for its answer below it."""
        written = await by.writes(self.topic, command)

        async def told() -> ChatMessage | None:
            below = [m for m in await self.topic.list_messages() if m.reply_to == written.id]
            return next((each for each in below if answer in each.text), None)

        return await eventually(told, f"{command[:60]!r} is answered with {answer!r}")

    async def press_data(self, by: Person, below: ChatMessage, data: str) -> str:
        """Send a press with any data, as a client program may; return the bot's answer."""
        messages = await self.stage.telegram.messages(self.stage.group)
        shown = next(each for each in messages if str(each["message_id"]) == below.id)
        name = f"forged-{next(_NUMBERS)}"
        query: dict[str, Any] = {"id": name, "chat_instance": "1", "data": data}
        query |= {"from": by.user, "message": shown}
        await self.stage.telegram.inject({"callback_query": query})

        async def answered() -> dict[str, Any] | None:
            calls = await self.stage.calls("answerCallbackQuery")
            return next((each for each in calls if name in str(each["params"])), None)

        answer = await eventually(answered, f"the press of {data!r} is answered")
        return str(answer["params"].get("text", ""))


async def start(stage: Stage, *, language: str = "en") -> Scene:
    mia, ann = await stage.agent("Mia"), await stage.customer("Ann", language=language)
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    return Scene(stage, mia, await stage.agent("Tom"), ann, topic)


async def test_a_session_is_tagged_and_given_on_over_a_restart(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as stage:
        async with stage.desk():
            scene = await start(stage)
            tagged = await scene.asks(scene.mia, "/tag refund, VIP", "Tags: #refund, #VIP")
            await scene.asks(
                scene.mia, f"/tag {'x' * 1000}", "at most 50 characters, this one has 1000"
            )
            await scene.topic.card("Tags: #refund #VIP")
            await scene.asks(scene.mia, "/tag a\u2028b", "without control characters")
            why = f"{scene.mia.name} has this session. Only {scene.mia.name} or an administrator"
            await scene.asks(scene.tom, "/tag late", why)
            asked = await scene.asks(scene.mia, "/transfer", "Who should get this session?")
            assert asked.buttons == (scene.tom.name,)
            await scene.asks(
                scene.mia, "/transfer Nobody because", "There is no agent Nobody because"
            )
        async with stage.desk():
            stranger = await stage.member("Max")
            assert "agents only" in await stranger.presses(tagged, "✕ refund")
            assert why in await scene.tom.presses(tagged, "✕ refund")
            assert await scene.mia.presses(tagged, "✕ refund") == "Tags: #VIP"
            data = f"do:tag:-id={'0' * 26}"
            assert await scene.press_data(scene.mia, tagged, data) == "This button is out of date."
            assert (
                await scene.press_data(scene.mia, tagged, "do:x") == "This button is out of date."
            )
            why = f"Why does {scene.tom.name} get this session?"
            assert why in await scene.mia.presses(asked, scene.tom.name)
            assert "has the session now" in await scene.mia.presses(asked, "knows this better")
            told = await scene.topic.wait_for(f"{scene.mia.name} transferred this session")
            assert "knows this better" in told.text
            assert await holder(stage, scene.ann) == scene.tom.name
            late = f"do:transfer:{scene.tom.agent_id}/reason_knows"
            assert f"{scene.tom.name} has this session." in await scene.press_data(
                scene.mia, asked, late
            )
            await scene.tom.writes(scene.topic, f"/transfer {scene.mia.name} she knows Ann")
            await scene.topic.wait_for("she knows Ann")
            assert await holder(stage, scene.ann) == scene.mia.name
            await scene.asks(scene.mia, f"/assign {scene.tom.name}", "Only an administrator")
            zoe = await stage.agent("Zoe", role=Role.ADMIN)
            await zoe.writes(scene.topic, f"/assign {scene.tom.name}")
            await scene.topic.wait_for(f"{zoe.name} transferred this session from {scene.mia.name}")


async def test_an_answer_is_taken_back_and_the_session_reopened(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        scene = await start(stage)
        wrong = await scene.mia.writes(scene.topic, "Your code is 1234")
        await scene.ann.wait_for("Your code is 1234")
        await scene.topic.card("First answer: after 0:")
        hello = await scene.topic.wait_for("hello")
        await scene.asks(scene.mia, "/delete", "as a reply to the answer")
        await scene.mia.writes(scene.topic, "/delete", reply_to=hello)
        await scene.topic.wait_for("A customer's message cannot be deleted")
        await scene.mia.writes(scene.topic, "/delete", reply_to=wrong)
        await scene.topic.wait_for(f"{scene.mia.name} deleted this answer")
        await scene.mia.writes(scene.topic, "/delete", reply_to=wrong)
        await scene.topic.wait_for("This was deleted already.")
        await scene.asks(scene.mia, "/reopen", "The session is open already.")
        await scene.mia.writes(scene.topic, "/end")
        await scene.topic.wait_for("Session 1 was ended")
        await scene.asks(scene.mia, "/tag late", "There is no open session here.")
        await scene.asks(scene.tom, "/reopen", f"{scene.mia.name} had this session.")
        shown = await scene.asks(scene.mia, "/history", "Earlier sessions")
        assert "#1" in shown.text
        assert "/reopen – " in (await scene.asks(scene.mia, "/help", "/reopen – ")).text  # noqa: RUF001
        await scene.mia.writes(scene.topic, "/reopen")
        await scene.topic.wait_for("Session 1 was reopened")
        assert await holder(stage, scene.ann) == scene.mia.name


async def test_a_note_and_own_fields_of_the_customer(migrated_url: str) -> None:
    async with run_stage(migrated_url, default_language="id") as stage:
        scene = await start(stage)
        await scene.asks(scene.mia, "/client note Hanya sore hari", "Tersimpan.")
        await scene.topic.card("Catatan: Hanya sore hari")
        await scene.asks(scene.mia, "/client field Alamat:  Jalan  Mawar 3", "Tersimpan.")
        await scene.asks(scene.mia, "/client field alamat: Jalan Melati 4", "Tersimpan.")
        await scene.asks(scene.mia, "/client field Alamat", "/client field KOLOM: ISI")
        await scene.asks(scene.mia, "/client field " + "x" * 41 + ": y", "terlalu panjang")
        await scene.asks(scene.mia, "/client note " + "x" * 2001, "terlalu panjang")
        told = await scene.asks(scene.mia, "/client", "Alamat: Jalan Melati 4")
        assert "Mawar" not in told.text
        assert f"Catatan {scene.mia.name}, " in told.text
        assert "Hanya sore hari" in told.text
        await scene.asks(scene.tom, "/client note x", f"{scene.mia.name} menangani sesi ini.")
        await scene.asks(scene.mia, "/client field Alamat: -", "Tersimpan.")
        await scene.asks(scene.mia, "/client note -", "Tersimpan.")
        assert "Hanya sore" not in (await scene.asks(scene.mia, "/client", "Nama:")).text


async def test_the_customers_details_are_shown_changed_and_merged(migrated_url: str) -> None:
    async with run_stage(migrated_url, default_language="id") as stage:
        scene = await start(stage)
        shown = await scene.asks(scene.mia, "/client", f"Nama: {scene.ann.name}")
        assert shown.buttons == ("Blokir", "Riwayat", "Gabungkan")
        await scene.asks(scene.mia, "/client email nonsense", "bukan alamat email")
        await scene.asks(scene.mia, "/client email ann@example.com", "Tersimpan.")
        await scene.asks(scene.mia, "/client", "Email: ann@example.com")
        await scene.asks(scene.mia, "/client phone +62 811 1234 567", "Tersimpan.")
        await scene.asks(scene.mia, "/client phone abc", "bukan nomor telepon")
        spoken = await scene.asks(scene.mia, "/lang", "dalam English")
        assert spoken.buttons == ("Bahasa Indonesia",)
        await scene.asks(scene.mia, "/lang klingon", "Pilihannya: en, id")
        await scene.asks(scene.tom, "/lang id", f"{scene.mia.name} menangani sesi ini.")
        assert "Bahasa Indonesia" in await scene.mia.presses(spoken, "Bahasa Indonesia")
        await scene.ann.says("/status")
        await scene.ann.wait_for(f"{scene.mia.name} sedang membantu Anda")
        await scene.asks(scene.mia, "/lang", "ini sudah dipilih")
        async with open_api(stage) as api:
            caller = await log_in_agent(api, scene.mia)
            [found] = (await caller.get(f"/clients?q={scene.ann.name}")).body["items"]
            path = f"/clients/{found['id']}"
            assert found["language"] == "id"
            assert (await caller.patch(path, {"language": "xx"})).status == 422
            assert (await caller.patch(path, {"language": "en"})).body["language"] == "en"
        await scene.asks(scene.mia, "/lang", "dalam English; ini sudah dipilih")
        bob = await stage.customer("Bob")
        await bob.says("hello again")
        await (await stage.topic(bob)).wait_for("hello again")
        # Bob is Tom's customer, whom Mia does not see.
        await scene.asks(scene.mia, f"/merge {bob.name}", "Tidak ada pelanggan lain")
        zoe = await stage.agent("Zoe", role=Role.ADMIN)
        offered = await scene.asks(zoe, f"/merge {bob.name}", "Pelanggan mana")
        assert offered.buttons == (bob.name,)
        assert await zoe.presses(offered, offered.buttons[0]) == "Digabungkan."
        assert f"{scene.mia.name} memblokir" in await scene.mia.presses(shown, "Blokir")
        await scene.topic.wait_for("memblokir pelanggan ini")
        await scene.asks(scene.mia, "/block", "sudah diblokir")
        await scene.mia.writes(scene.topic, "/unblock")
        await scene.topic.wait_for("membuka blokir pelanggan ini")
        await scene.asks(scene.mia, "/r add", "Hanya admin")
        await scene.asks(zoe, "/r add Hours {{oops}}", "variabel yang tidak saya kenal")
        await scene.asks(zoe, "/r add hours Kami buka sampai jam lima.", "Kirim dengan /r hours")
        await scene.asks(zoe, "/r add hours Lagi", "Balasan cepat hours sudah ada")
        await scene.mia.writes(scene.topic, "/r jam lima")
        await scene.topic.wait_for("/r hours — Kami buka")


async def test_the_next_customer_is_taken_and_stands_in_the_inbox(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        scene = await start(stage)
        for agent in (scene.mia, scene.tom):
            await agent.tells_bot("/offline", "You are offline")
        await scene.tom.tells_bot("/next", "No customer is waiting")
        bob, cleo = await stage.customer("Bob"), await stage.customer("Cleo")
        for each in (bob, cleo):
            await each.says("anybody?")
            await (await stage.topic(each)).wait_for("anybody?")
        async with open_api(stage) as api:
            caller = await log_in_agent(api, scene.tom)
            queue = (await caller.get("/queue")).body["items"]
            assert [each["client"]["name"] for each in queue] == [bob.name, cleo.name]
            await scene.tom.writes(stage.general, "/next")
            taken = await stage.general.wait_for(f"{bob.name} is yours now: session 1")
            assert "https://t.me/c/" in taken.text
            answer = await caller.post("/queue/next", None)
            assert (answer.status, answer.body["client"]["name"]) == (200, cleo.name)
            assert (await caller.post("/queue/next", None)).status == 409
        await scene.tom.writes(stage.general, "/help")
        told = await stage.general.wait_for("Customers are answered in their topics")
        await check_who_sees(stage, told, scene.tom)
        assert "/next – " in told.text  # noqa: RUF001 as in texts
        assert "/hours" not in told.text
        inbox = await scene.tom.tells_bot("/inbox", "Your sessions: 2. Waiting customers: 0.")
        assert bob.name in inbox.text
        await wait_for_session(stage, bob)


async def check_who_sees(stage: Stage, told: ChatMessage, only: Person | None) -> None:
    """Check that one person alone sees a message of the group; None: everybody does."""
    messages = await stage.telegram.messages(stage.group)
    shown = next(each for each in messages if str(each["message_id"]) == told.id)
    assert shown.get("receiver_user") == (only and only.user)


async def test_what_concerns_one_person_is_shown_to_them_alone(migrated_sqlite_url: str) -> None:
    async with run_stage(migrated_sqlite_url) as stage:
        scene = await start(stage)
        await check_who_sees(stage, await scene.asks(scene.mia, "/help", "/transfer"), scene.mia)
        written = await scene.mia.writes(stage.general, "/inbox")
        told = await stage.general.wait_for("Your sessions: 1.")
        assert told.reply_to == written.id
        await check_who_sees(stage, told, scene.mia)
        # What others should know, or somebody must know, is for all.
        await check_who_sees(stage, await scene.asks(scene.mia, "/tag x", "Tags: #x"), None)
        await check_who_sees(stage, await scene.asks(scene.mia, "/nonsense", "nothing was"), None)
        # A server that does not know such messages, or refuses one, gets it for all.
        refusal = "Bad Request: USER_NOT_PARTICIPANT"
        await stage.telegram.fail(
            "sendMessage", chat_id=stage.group["id"], code=400, description=refusal
        )
        await check_who_sees(stage, await scene.asks(scene.tom, "/help", "/transfer"), None)


async def test_a_session_is_put_aside_over_a_restart(migrated_url: str) -> None:
    zone = ZoneInfo("Asia/Jakarta")
    async with prepare_stage(migrated_url, timezone=zone, default_language="id") as stage:
        async with stage.desk():
            scene = await start(stage)
            await scene.asks(scene.mia, "/snooze 2020-01-01 09:00", "Waktu ini sudah lewat")
            await scene.asks(scene.mia, "/snooze kapan-kapan", "Saya tidak mengerti waktu ini")
            asked = await scene.asks(scene.mia, "/snooze", "Sampai kapan sesi ini ditunda?")
            assert asked.buttons[0].startswith("Dalam 1 jam (")
            await scene.asks(scene.tom, "/snooze 2h", f"{scene.mia.name} menangani sesi ini.")
        async with stage.desk() as address:
            for data in ("do:snooze:@", "do:snooze:@99999999999", "do:snooze:@1"):
                assert "Tidak ada yang diubah" in await scene.press_data(scene.mia, asked, data)
            assert "ditunda sampai" in await scene.mia.presses(asked, asked.buttons[0])
            await scene.topic.card("Ditunda sampai: ")
            assert await active_and_snoozed(stage) == (1, 1)
            await scene.ann.says("are you there?")
            await scene.topic.wait_for(f"{scene.mia.name}, pelanggan menulis")
            assert await active_and_snoozed(stage) == (1, 0)
            await scene.asks(scene.mia, "/snooze 2h", "ditunda sampai")
            await let_snooze_time_come(stage)
            await scene.topic.wait_for(f"{scene.mia.name}, sesi ini ditunda sampai sekarang.")
            assert await active_and_snoozed(stage) == (1, 0)
            stage.address = address
            async with open_api(stage) as api:
                caller = await log_in_agent(api, scene.mia)
                session = await wait_for_session(stage, scene.ann)
                path = f"/sessions/{session}/snooze"
                past = await caller.post(path, {"until": "2020-01-01T00:00:00Z"})
                assert past.status == 409
                snoozed = await caller.post(path, {"until": "2026-12-31T02:00:00Z"})
                assert snoozed.body["snoozed_until"] == "2026-12-31T02:00:00Z"
                await scene.topic.card("Ditunda sampai: 2026-12-31 09:00")
                assert (await caller.delete(path)).body["snoozed_until"] is None


async def let_snooze_time_come(stage: Stage) -> None:
    past = {"past": "2020-01-01 00:00:00.000000"}
    await stage.change(
        "UPDATE sessions SET snoozed_until = :past WHERE snoozed_until > :past", **past
    )
    waits = "UPDATE inbox SET due_at = :past WHERE state = 'pending' AND provider_id LIKE 'timer:%'"
    await stage.change(waits, **past)
    await stage.skip_delays()


async def active_and_snoozed(stage: Stage) -> tuple[int, int]:
    [row] = await stage.rows(
        "SELECT COUNT(*) AS n, COUNT(snoozed_until) AS s FROM sessions WHERE status = 'ACTIVE'"
    )
    return row["n"], row["s"]


async def test_an_urgent_customer_is_next(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage, open_api(stage) as api:
        scene = await start(stage)
        for agent in (scene.mia, scene.tom):
            await agent.tells_bot("/offline", "You are offline")
        waiting = [await stage.customer(name) for name in ("Bob", "Cleo", "Dan")]
        topics = []
        for each in waiting:
            await each.says("anybody?")
            topics.append(await stage.topic(each))
            await topics[-1].wait_for("anybody?")
        await scene.asks(scene.mia, "/priority soon", "There is no such priority")
        asked = await scene.tom.writes(topics[2], "/priority")
        offered = await topics[2].wait_for("The priority is: normal.")
        assert (offered.reply_to, offered.buttons) == (asked.id, ("low", "high", "urgent"))
        assert await scene.tom.presses(offered, "urgent") == "The priority is now: urgent."
        again = await scene.press_data(scene.tom, offered, "do:priority:urgent")
        assert again == "The priority is: urgent."
        await topics[2].card("Priority: urgent")
        caller = await log_in_agent(api, scene.tom)
        session = await wait_for_session(stage, waiting[0])
        path = f"/sessions/{session}/priority"
        assert (await caller.put(path, {"priority": "low"})).body["priority"] == "low"
        assert (await caller.put(path, {"priority": "mild"})).status == 422
        order = [each["client"]["name"] for each in (await caller.get("/queue")).body["items"]]
        assert order == [each.name for each in (waiting[2], waiting[1], waiting[0])]
        listed = (await caller.get("/sessions?priority=urgent")).body["items"]
        assert [each["client"]["name"] for each in listed] == [waiting[2].name]
        await scene.tom.tells_bot("/next", f"{waiting[2].name} is yours now")
