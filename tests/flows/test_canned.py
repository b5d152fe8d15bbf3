"""Canned replies in a topic: sent as the agent's answer, listed, and explained when mistyped."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.tables import Role
from tests.api.stage import Person as Caller
from tests.flows.api_agents import open_api
from tests.flows.customers import Customer
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada(stage: Stage) -> AsyncIterator[Caller]:
    async with open_api(stage) as api:
        admin = await api.person("Ada", role=Role.ADMIN, capacity=0)
        for shortcut, text, language in (
            ("hello", "Hello {{first_name}}, {{agent}} here.", None),
            ("hello", "Halo {{first_name}}, dengan {{agent}}.", "id"),
            ("help-me", "Have you tried {{channel}}?", None),
        ):
            body = {"shortcut": shortcut, "title": f"A {shortcut}", "text": text}
            answer = await admin.post("/canned-replies", {**body, "language": language})
            assert answer.status == 201, answer.body
        yield admin


async def talking(stage: Stage, *, language: str = "en") -> tuple[Person, Customer, Topic]:
    mia, ann = await stage.agent("Mia"), await stage.customer(language=language)
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    return mia, ann, topic


async def test_a_reply_is_sent_as_the_agents_answer(stage: Stage, ada: Caller) -> None:
    mia, ann, topic = await talking(stage)
    wrote = await mia.writes(topic, "/r hello")
    heard = await ann.wait_for(f"Hello Ann, {mia.name} here.")
    told = await topic.wait_for("Sent to the customer:")
    assert told.text.endswith(heard.text)
    assert told.reply_to == wrote.id
    kept = await stage.wait_for_state(ann, "Hello Ann", "sent")
    assert (kept["author_id"], kept["message"]) == (mia.agent_id, heard.text)
    await topic.card(f"Assigned to: {mia.name}")


async def test_it_speaks_the_customers_language(stage: Stage, ada: Caller) -> None:
    mia, ann, topic = await talking(stage, language="id-ID")
    await mia.writes(topic, "/R Hello")
    await ann.wait_for(f"Halo Ann, dengan {mia.name}.")


async def test_a_customers_name_is_never_taken_for_a_variable(stage: Stage, ada: Caller) -> None:
    mia = await stage.agent("Mia")
    ann = await stage.customer("{{agent}}")
    await ann.says("hello")
    topic = await stage.topic(ann)
    await mia.writes(topic, "/r hello")
    await ann.wait_for(f"Hello {{{{agent}}}}, {mia.name} here.")


async def test_alone_it_lists_them(stage: Stage, ada: Caller) -> None:
    mia, ann, topic = await talking(stage)
    await mia.writes(topic, "/r")
    told = await topic.wait_for("Canned replies")
    assert told.text.splitlines()[1:] == ["/r hello — A hello", "/r help-me — A help-me"]
    assert "Hello Ann" not in " ".join(each.text for each in await ann.list_received())


@pytest.mark.parametrize(
    ("wrote", "told"),
    [
        ("/r helo", "There is no canned reply helo, so nothing was sent. Did you mean /r hello"),
        ("/r hello there", "Did you mean /r hello"),
        ("/r \N{PILE OF POO}", "so nothing was sent. Write /r to see the list."),
        ("/r " + "x" * 4000, "so nothing was sent. Write /r to see the list."),
    ],
    ids=["near", "too much", "strange", "endless"],
)
async def test_an_unknown_one_sends_nothing(
    stage: Stage, ada: Caller, wrote: str, told: str
) -> None:
    mia, ann, topic = await talking(stage)
    await mia.writes(topic, wrote)
    await topic.wait_for(told)
    await mia.writes(topic, "the end")
    await ann.wait_for("the end")
    assert (
        len([each for each in await stage.load_messages(ann) if each["direction"] == "outbound"])
        == 1
    )


async def test_an_edited_command_changes_the_answer_and_is_never_shown(
    stage: Stage, ada: Caller
) -> None:
    mia, ann, topic = await talking(stage)
    wrote = await mia.writes(topic, "/r hello")
    await ann.wait_for("Hello Ann")
    await mia.edits(wrote, "/r help-me")
    await ann.wait_for("Have you tried OsmoDesk?")
    await mia.edits(wrote, "/r nonsense")
    await topic.wait_for("There is no canned reply nonsense")
    assert all("/r" not in each.text for each in await ann.list_received())


async def test_who_is_no_agent_sends_nothing(stage: Stage, ada: Caller) -> None:
    _, ann, topic = await talking(stage)
    max_ = await stage.member("Max")
    await max_.writes(topic, "/r hello")
    await topic.wait_for("not linked to an agent")
    assert [
        each for each in await stage.load_messages(ann) if each["direction"] == "outbound"
    ] == []


async def test_an_anonymous_administrator_is_asked_who_sends_it(stage: Stage, ada: Caller) -> None:
    _, ann, topic = await talking(stage)
    boss = await stage.agent("Boss", admin=True)
    await boss.writes(topic, "/r help-me", anonymous=True)
    asked = await topic.wait_for("Who should answer")
    await topic.wait_for("This will be sent:")
    assert await boss.presses(asked, "Send as me") == "Sent to the customer."
    await ann.wait_for("Have you tried OsmoDesk?")


async def test_by_the_api_it_is_filled_in_for_a_session(stage: Stage, ada: Caller) -> None:
    mia, ann, topic = await talking(stage)
    await mia.writes(topic, "/r hello")
    [session] = {each["session_id"] for each in await stage.load_messages(ann)}
    listed = (await ada.get("/canned-replies?shortcut=hello&language=id")).body["items"]
    path = f"/canned-replies/{listed[0]['id']}/preview"
    assert (await ada.post(path, {})).body == {"text": "Halo Ann, dengan Mia."}
    answer = await ada.post(path, {"session_id": session})
    assert answer.body == {"text": f"Halo Ann, dengan {ada.name}."}
