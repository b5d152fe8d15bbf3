"""Roles of people: customers who write commands, agents who were customers, members who left."""

import pytest

from tests.flows.eventually import eventually
from tests.flows.stage import Json, Stage
from tests.flows.test_binding import code_for

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "words",
    [
        "/status order 4711",
        "/link my order to my account",
        "/start promo",
        "/start@other_bot hello",
    ],
)
async def test_a_command_with_words_is_a_message(stage: Stage, words: str) -> None:
    ann = await stage.customer()
    await ann.says(words)
    await (await stage.topic(ann)).wait_for(words)
    [kept] = await stage.load_messages(ann)
    assert kept["message"] == words


async def test_start_with_words_greets_too(stage: Stage) -> None:
    ann = await stage.customer()
    await ann.says("/start\tpromo")
    await ann.wait_for(f"Hello {ann.name}!")


async def test_an_agent_is_no_customer_any_more(stage: Stage) -> None:
    agent_id = await stage.make_agent("Noor", online=False)
    noor = await stage.member("Noor")
    await stage.telegram.say(noor.user, "/start")

    async def list_topics() -> list[Json]:
        found = await stage.telegram.topics(stage.group)
        return [each for each in found if each["name"] == noor.name and not each["deleted"]]

    await eventually(list_topics, "Noor has a topic as a customer")
    await noor.tells_bot(f"/link {await code_for(stage, agent_id)}", "now linked to Noor")

    async def is_gone() -> bool:
        return not await list_topics()

    await eventually(is_gone, "the topic is removed")
    [session] = await stage.rows(
        "SELECT s.status FROM sessions s JOIN clients c ON c.id = s.client_id WHERE c.name = :name",
        name=noor.name,
    )
    assert session["status"] == "ENDED"
    assert not any("closed" in each["text"] for each in await stage.telegram.messages(noor.user))


async def test_what_an_agent_edits_in_private_is_nobodys_message(stage: Stage) -> None:
    mia = await stage.agent("Mia", online=False)
    said = await stage.telegram.say(mia.user, "/link ABCD-EFGH-JKMN-PQRS")
    await stage.telegram.edit(mia.user, mia.user, said["message_id"], "/link ABCD-EFGH")
    stranger = await stage.customer("Stranger")
    said = await stage.telegram.say(int(stranger.address), "/link ABCD-EFGH-JKMN-PQRS")
    await stage.telegram.edit(
        int(stranger.address), int(stranger.address), said["message_id"], "/link QRST-EFGH"
    )
    await mia.tells_bot("are you there?", "You are linked as")
    await stranger.says("hello")
    topic = await stage.topic(stranger)
    await topic.wait_for("hello")
    assert len(await topic.list_messages()) == 1
    assert await stage.rows("SELECT id FROM clients WHERE name = :name", name=mia.name) == []


async def test_a_restricted_member_may_be_gone(stage: Stage) -> None:
    mia = await stage.agent("Mia", online=False)
    await stage.telegram.member(stage.group, mia.user, "restricted", {"is_member": False})

    await stage.wait_until_unbound(mia)


async def test_a_member_without_a_new_right_is_understood(stage: Stage) -> None:
    """An older Bot API server does not name the rights that came later."""
    mia = await stage.agent("Mia", online=False)
    rights = {"can_send_messages": False, "is_member": False, "until_date": 0}
    member: Json = {"user": mia.user, "status": "restricted", **rights}
    before = {"user": mia.user, "status": "member"}
    change = {"chat": stage.group, "from": mia.user, "date": 1_800_000_000}
    await stage.telegram.inject(
        {"chat_member": {**change, "old_chat_member": before, "new_chat_member": member}}
    )

    await stage.wait_until_unbound(mia)
