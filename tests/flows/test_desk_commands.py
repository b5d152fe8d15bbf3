"""The agent's commands in a topic of their own chat: typed, pressed, after a restart, forged."""

from tests.flows.chat_message import ChatMessage
from tests.flows.desks import DeskAgent, OwnTopic, forge_press, prepare_desks, run_desks
from tests.flows.eventually import eventually


async def ask(mia: DeskAgent, topic: OwnTopic, command: str, answer: str) -> ChatMessage:
    """Write a command and wait for its answer below it."""
    written = str((await mia.writes(topic, command))["message_id"])

    async def told() -> ChatMessage | None:
        below = [each for each in await topic.shown() if each.reply_to == written]
        return next((each for each in below if answer in each.text), None)

    return await eventually(told, f"{command[:60]!r} is answered with {answer!r}")


async def test_commands_and_their_buttons_work_over_a_restart(migrated_url: str) -> None:
    async with prepare_desks(migrated_url) as desks:
        async with desks.desk() as desks.address:
            mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
            tom = await desks.desk_agent("Tom", online=False)
            await ann.says("hello")
            topic = await mia.topic(ann.name)
            await topic.wait_for("hello")
            tagged = await ask(mia, topic, "/tag refund, VIP", "Tags: #refund, #VIP")
            await ask(mia, topic, f"/tag {'x' * 1000}", "at most 50 characters")
            asked = await ask(mia, topic, "/transfer", "Who should get this session?")
            assert asked.buttons == (tom.name,)
            when = await ask(mia, topic, "/snooze", "Until when")
            await ask(mia, topic, "/snooze 2020-01-01 09:00", "has passed")
        async with desks.desk() as desks.address:
            assert (await mia.presses(tagged, "✕ refund"))["text"] == "Tags: #VIP"
            await topic.card("Tags: #VIP")
            await mia.presses(when, when.buttons[0])
            await topic.card("Put aside until")
            await ann.says("still there?")
            await topic.wait_for("still there?")
            for data in ("do:snooze:@1", "do:x", f"do:tag:-id={'0' * 26}", "end:nobody", "pick:x"):
                answer = await forge_press(desks, mia.user, mia, when, data)
                assert answer
                assert "now" not in answer
            # Somebody else's press of this button: its topic is not theirs.
            stranger = DeskAgent(desks.telegram, await desks.member("Max"))
            refused = await forge_press(desks, stranger.user, mia, tagged, "do:tag:-x")
            assert "agents only" in refused
            await ask(mia, topic, "/history", "no earlier sessions")
            await ask(mia, topic, "/client", ann.name)
            said = await mia.writes(topic, "a mistake")
            await ann.wait_for("a mistake")
            await mia.says("/delete", thread=topic.thread, reply_to=said["message_id"])
            await topic.wait_for("deleted this answer")
            await mia.presses(asked, tom.name)
            await mia.presses(await topic.wait_for("Why does"), "knows this better")
            await (await tom.topic(ann.name)).card("hello", "still there?")
            await mia.says("/end", thread=topic.thread)
            await mia.hears(f"goes on with {tom.name}")


async def test_the_title_of_a_topic_follows_its_session(migrated_url: str) -> None:
    async with run_desks(migrated_url) as desks:
        mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
        await ann.says("hello")
        topic = await mia.topic(ann.name)
        await wait_for_icon(mia, topic, "❓")
        await mia.writes(topic, "good day")
        await wait_for_icon(mia, topic, "💬")
        await mia.writes(topic, "/priority urgent")
        await wait_for_icon(mia, topic, "‼️")
        urgent = await mia.topic(f"‼️ {ann.name}")
        assert urgent.thread == topic.thread
        await mia.writes(topic, "/snooze 2h")
        await mia.topic(f"📆 {ann.name}")
        await ann.says("me again")
        await mia.topic(f"‼️ {ann.name}")
        await mia.writes(topic, "/priority normal")
        await mia.topic(ann.name)
        await wait_for_icon(mia, topic, "💬")
        # The next waiting customer is taken in the own chat, too.
        await mia.says("/offline")
        bob = await desks.customer("Bob")
        await bob.says("anybody?")
        await desks.board(bob.name)
        await mia.says("/next")
        await mia.hears(f"{bob.name} is yours now")
        await mia.topic(bob.name)


async def wait_for_icon(mia: DeskAgent, topic: OwnTopic, icon: str) -> None:
    async def shown() -> bool:
        found = await mia.list_topics()
        return any(
            each["icon"] == icon for each in found if each["message_thread_id"] == topic.thread
        )

    await eventually(shown, f"the topic has the icon {icon}")


async def test_a_topic_whose_id_was_lost_is_used_after_all(migrated_url: str) -> None:
    async with run_desks(migrated_url) as desks:
        mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
        # Telegram opens the topic, and nobody hears which it is.
        await desks.telegram.fail(
            "createForumTopic", chat_id=mia.user["id"], kind="drop_after", times=1
        )
        await ann.says("hello")
        topic = await desks.fast_forward(mia.topic(ann.name))
        await desks.fast_forward(topic.wait_for("hello"))
        assert len(await mia.list_topics()) == 1
        await mia.writes(topic, "good day")
        await ann.wait_for("good day")
