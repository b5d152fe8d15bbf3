"""Permission to answer: agents linked by a code, members if the operator allows it, no others."""

from datetime import timedelta

import pytest

from db.ids import UserId
from db.tables.base import now_utc
from desk.accounts.binding import issue_link_code
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage, run_stage


async def code_for(stage: Stage, agent_id: str, *, age: timedelta = timedelta()) -> str:
    [row] = await stage.rows("SELECT user_id FROM agents WHERE id = :id", id=agent_id)
    async with stage.database.transaction() as tx:
        return await issue_link_code(tx, UserId(row["user_id"]), now=now_utc() - age)


async def opened(stage: Stage) -> tuple[Topic, Person]:
    """Open a topic by a customer's message; return it with a group member who is no agent."""
    ann = await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    return topic, await stage.member("Max")


@pytest.mark.parametrize("form", ["/link {}", "/start link_{}", "/LINK@osmo_bot {}"])
async def test_a_code_binds_once(migrated_url: str, form: str) -> None:
    async with run_stage(migrated_url) as stage:
        agent_id = await stage.make_agent("Mia Example", online=True)
        code = await code_for(stage, agent_id)
        ann = await stage.customer()
        await ann.says("hello")
        topic, max_ = await stage.topic(ann), await stage.member("Max")
        await max_.tells_bot(form.format(code), "now linked to Mia Example")
        await max_.writes(topic, "hello from Max")
        await ann.wait_for("hello from Max")
        kept = await stage.wait_for_state(ann, "hello from Max", "sent")
        assert kept["author_id"] == agent_id
        other = await stage.member("Tom")
        await other.tells_bot(form.format(code), "This code is not valid")
        await max_.tells_bot("what now?", "You are linked as Mia Example")
        clients = await stage.rows("SELECT name FROM clients")
        assert [row["name"] for row in clients] == [ann.name]  # no agent became a customer


async def test_wrong_old_and_missing_codes_bind_nobody(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        agent_id = await stage.make_agent("Mia", online=True)
        old = await code_for(stage, agent_id, age=timedelta(minutes=11))
        _, max_ = await opened(stage)
        await max_.tells_bot("/link ABCD-EFGH-JKMN-PQRS", "This code is not valid")
        await max_.tells_bot(f"/link {old}", "This code is not valid")
        await max_.tells_bot("/link", "Send /link CODE")
        await max_.tells_bot("/start link_'; DROP TABLE users", "This code is not valid")
        assert await stage.rows("SELECT id FROM users WHERE telegram_id IS NOT NULL") == []


async def test_a_stranger_is_told_once_in_a_topic_and_nothing_goes_out(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer()
        await ann.says("hello")
        topic = await stage.topic(ann)
        max_ = await stage.member("Max")
        first = await max_.writes(topic, "hi Ann")
        await max_.writes(topic, "are you there?")
        await max_.writes(topic, "/end")
        await mia.writes(topic, "this is Mia")
        await ann.wait_for("this is Mia")
        await mia.writes(topic, "/help")
        # everything that was to be said before is there now
        await topic.wait_for("Start with // to write")
        told = [one for one in await topic.list_messages() if "not linked to an agent" in one.text]
        assert [one.reply_to for one in told] == [first.id]
        assert not [
            one for one in await ann.list_received() if "hi Ann" in one.text or "there" in one.text
        ]
        inside = [row for row in await stage.load_messages(ann) if row["message"] == "hi Ann"]
        assert [(row["direction"], row["author_id"]) for row in inside] == [("internal", None)]

        bob = await stage.customer("Bob")
        await bob.says("me too")
        other = await stage.topic(bob)
        await max_.writes(other, "hi Bob")
        # another topic: the notice is shown there too
        await other.wait_for("not linked to an agent")


async def test_members_become_agents_by_answering(migrated_url: str) -> None:
    async with run_stage(migrated_url, staff_enrolment="members") as stage:
        ann = await stage.customer()
        await ann.says("hello")
        topic = await stage.topic(ann)
        max_ = await stage.member("Max")
        await max_.writes(topic, "hello from Max")
        await ann.wait_for("hello from Max")
        await topic.card(f"Assigned to: {max_.name}")
        shown = await max_.tells_bot("/status", f"{max_.name}: online. Open sessions: 1.")
        assert "Against your capacity count: 1 of 10." in shown.text
        # Now he is online: the next customer is assigned to him.
        bob = await stage.customer("Bob")
        await bob.says("hello")
        await (await stage.topic(bob)).card(f"Assigned to: {max_.name}")


async def test_a_press_alone_makes_no_member_an_agent(migrated_url: str) -> None:
    async with run_stage(migrated_url, staff_enrolment="members") as stage:
        topic, max_ = await opened(stage)
        card = await topic.card("nobody (waiting)")
        assert "for agents only" in await max_.presses(card, "Claim")
        assert await stage.rows("SELECT id FROM agents") == []
        await max_.writes(topic, "now I answer")
        await topic.card(f"Assigned to: {max_.name}")


@pytest.mark.parametrize("form", ["/link {}", "/start link_{}"])
async def test_a_code_that_a_group_has_seen_is_void(migrated_url: str, form: str) -> None:
    async with run_stage(migrated_url) as stage:
        agent_id = await stage.make_agent("Mia", online=True)
        code = await code_for(stage, agent_id)
        topic, max_ = await opened(stage)
        said = await max_.writes(topic, form.format(code))
        await topic.wait_for("everybody here could read this code")

        async def is_deleted() -> bool:
            return all(each.id != said.id for each in await topic.all())

        await eventually(is_deleted, "the message with the code is deleted")
        await max_.tells_bot(f"/link {code}", "This code is not valid")
        assert await stage.rows("SELECT id FROM users WHERE telegram_id IS NOT NULL") == []
        kept = await stage.rows("SELECT id FROM messages WHERE message LIKE '%link%'")
        assert kept == [], "it is not in the history either"


@pytest.mark.parametrize("how", ["left", "kicked"])
async def test_who_leaves_the_group_is_bound_no_longer(migrated_url: str, how: str) -> None:
    async with run_stage(migrated_url) as stage:
        mia = await stage.agent("Mia")
        topic, _ = await opened(stage)
        await stage.telegram.member(stage.group, mia.user, how)

        async def unbound() -> bool:
            return not await stage.rows("SELECT id FROM users WHERE telegram_id IS NOT NULL")

        await eventually(unbound, "Mia's Telegram account is unbound")
        await stage.telegram.member(stage.group, mia.user, "member")
        await mia.writes(topic, "I am back")
        await topic.wait_for("not linked to an agent")


@pytest.mark.parametrize("enrolment", ["code", "members"])
async def test_a_disabled_user_is_no_agent(migrated_url: str, enrolment: str) -> None:
    async with run_stage(migrated_url, staff_enrolment=enrolment) as stage:
        mia, tom = await stage.agent("Mia"), await stage.agent("Tom", online=False)
        await stage.change("UPDATE users SET is_active = :no WHERE name = :mia", no=0, mia=mia.name)
        ann = await stage.customer()
        await ann.says("hello")
        await ann.wait_for("number 1 in the queue")  # Mia is online and is assigned nothing
        topic = await stage.topic(ann)
        card = await topic.card("nobody (waiting)")
        await mia.writes(topic, "Mia says")
        await topic.wait_for("not linked to an agent")
        assert "for agents only" in await mia.presses(card, "Claim")
        await mia.writes(stage.general, "/online")
        await stage.general.wait_for("This works for agents only")
        await tom.writes(topic, "Tom says")
        await ann.wait_for("Tom says")
        assert not [one for one in await ann.list_received() if "Mia says" in one.text]
