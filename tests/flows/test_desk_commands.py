"""The agent's commands in a topic of their own chat: typed, pressed, after a restart, forged."""

from db.tables import Role
from tests.flows.chat_message import ChatMessage
from tests.flows.desks import (
    DeskAgent,
    DeskStage,
    OwnTopic,
    forge_press,
    prepare_desks,
    run_desks,
)
from tests.flows.eventually import eventually
from tests.flows.staff import Person


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
        await mia.hears("You are offline")
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


async def test_every_command_works_in_the_own_chat(migrated_url: str) -> None:
    async with prepare_desks(migrated_url) as desks:
        async with desks.desk() as desks.address:
            mia = await desks.desk_agent("Mia", role=Role.ADMIN)
            ann = await desks.customer("Ann")
            await ann.says("hello")
            topic = await mia.topic(ann.name)
            await topic.wait_for("hello")
            tom = await desks.desk_agent("Tom", online=False)
            shown = await ask(mia, topic, "/client", f"Name: {ann.name}")
            urgency = await ask(mia, topic, "/priority", "The priority is: normal")
            spoken = await ask(mia, topic, "/lang", "We write to this customer in English")
            given = await ask(mia, topic, "/assign", "Who should get this session?")
            await ask_what_needs_no_button(mia, topic)
        async with desks.desk() as desks.address:
            # Pressed by somebody else, by another agent, by who may, and a second time.
            stranger = await desks.member("Max")
            for below, data, answers in (
                (urgency, "do:priority:urgent", ("now: urgent", "is: urgent")),
                (spoken, "do:lang:id", ("Bahasa Indonesia from now on",) * 2),
                (shown, "do:block:", ("blocked this customer", "blocked already")),
            ):
                refused = await forge_press(desks, stranger.user, mia, below, data)
                assert "agents only" in refused, data
                refused = await forge_press(desks, tom.user, mia, below, data)
                assert f"{mia.name} has this session" in refused, data
                for answer in answers:
                    assert answer in await forge_press(desks, mia.user, mia, below, data), data
            await topic.card("Priority: urgent", "blocked: messages")
            await mia.writes(topic, "/unblock")
            await topic.wait_for("unblocked this customer")
            await mia.writes(topic, "/r hi")
            await ann.wait_for("Good day!")
            await ann.says("/status")
            await ann.wait_for(f"{mia.name} sedang membantu Anda")
            for _ in range(2):
                data = f"do:assign:{tom.agent_id}"
                assert tom.name in await forge_press(desks, mia.user, mia, given, data)
            moved = await tom.topic(f"‼️ {ann.name}")
            await tom.writes(moved, "/end")
            await tom.hears("Session 1 was ended")
            await ask_outside_of_topics(desks, mia, tom, stranger)
        heard = [each.text for each in await ann.list_received()]
        assert not [each for each in heard if each.startswith("/")]


async def ask_what_needs_no_button(mia: DeskAgent, topic: OwnTopic) -> None:
    for command, answer in {
        "/merge": "I found no other customer",
        "/claim": f"{mia.name} already has this session",
        "/reopen": "The session is open already",
        "/nonsense": "I do not know /nonsense, so nothing was sent",
        "/unblock": "This customer is not blocked",
        "/delete": "as a reply to the answer",
        "/history": "no earlier sessions",
        "/r add hi Good day!": "Send it with /r hi",
        "/ai": "Write /ai on, /ai off or /suggest",
        "/help": "/transfer – ",  # noqa: RUF001 as in texts
    }.items():
        await ask(mia, topic, command, answer)
    for command, notice in {
        "/t": "no approved template",
        "/try price": "No auto-reply rule",
        "/r": "/r hi — ",
        "/r good": "/r hi — ",
    }.items():
        await mia.writes(topic, command)
        await topic.wait_for(notice)


async def ask_outside_of_topics(
    desks: DeskStage, mia: DeskAgent, tom: DeskAgent, stranger: Person
) -> None:
    """Play what is about no session, typed and pressed."""
    bob = await desks.customer("Bob")
    await mia.says("/away")
    await mia.hears("You are away")
    await tom.says("/offline")
    await tom.hears("You are offline")
    await bob.says("anybody?")
    await desks.board(bob.name)
    await mia.says("/status")
    status = await mia.hears(f"{mia.name}: away. Open sessions: 0.")
    for _ in range(2):
        assert "You are busy" in (await mia.presses(status, "busy"))["text"]
    await mia.hears(f"{mia.name}: busy. Open sessions: 0.")
    forged = await forge_press(desks, stranger.user, mia, status, "presence:online")
    assert "agents only" in forged
    await mia.says("/next")
    await mia.hears(f"{bob.name} is yours now")
    await mia.says("/inbox")
    await mia.hears("Your sessions: 1. Waiting customers: 0.")
    await mia.writes(await mia.topic(bob.name), "/inbox")
    await mia.hears("Your sessions: 1. Waiting customers: 0.", after=int(status.id))
    await mia.says("/help")
    shown = await mia.hears("What you write here is sent to nobody")
    assert "/broadcast – " in shown.text  # noqa: RUF001 as in texts
    # An administrator's commands, for all channels or for that of the topic.
    assert "/qr" not in shown.text
    for command, answer in {
        "/hours": "is always open",
        "/sla": "/sla",
        "/texts": "What customers of",
        "/broadcast": "no broadcasts",
    }.items():
        await mia.says(command)
        await mia.hears(answer)
    offered = await mia.says("A word to all of you")
    await mia.hears("Which session is this for?", after=int(status.id))
    await mia.says("/broadcast", reply_to=offered["message_id"])
    draft = await mia.hears("would get it now: 2", after=int(status.id))
    await mia.presses(draft, "Send it now")
    await bob.wait_for("A word to all of you")
