"""What customers read, in the operator's own words, on every kind of channel."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.tables import ChannelKind, Role
from tests.api.stage import ApiStage
from tests.flows.channel_stages import run_channel_stage
from tests.flows.chat_message import ChatMessage
from tests.flows.conversation import start_conversation
from tests.flows.customers import Customer, build_entities
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = "Good bye, {{first_name}}! See {{channel}}."
LONG = "word " * 819 + "."  # 4,096 characters
# The processes load changed channels within seconds: an end or two may have the former words.
_MOST_ENDS = 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(world: tuple[ChannelKind, str], own_url: str) -> AsyncIterator[Stage]:
    """Run a stage whose customers may write as much as they like."""
    async with run_channel_stage(world[0], own_url, customer_limit=0) as made:
        yield made


async def end_session(admin: Person, ann: Customer, topic: Topic) -> list[ChatMessage]:
    """End the customer's session and return what they got of it."""
    seen = len(await ann.list_received())
    await admin.writes(topic, "/end")

    async def told() -> list[ChatMessage]:
        return (await ann.list_received())[seen:]

    return await eventually(told, "the customer is told of the end")


async def end_with_words(admin: Person, ann: Customer, topic: Topic, words: str) -> ChatMessage:
    """End sessions until the desk uses these words for it."""
    for number in range(_MOST_ENDS):
        told = await end_session(admin, ann, topic)
        if words in told[-1].text:
            return told[-1]
        again = f"again {number}, {words.split(maxsplit=1)[0]}"
        await ann.says(again)
        await topic.wait_for(again)
    raise AssertionError(f"the desk never says {words!r}")


async def find_channel(stage: Stage, ann: Customer) -> str:
    [found] = await stage.rows(
        "SELECT channel_id FROM contacts WHERE external_id = :address", address=ann.address
    )
    return str(found["channel_id"])


async def test_an_administrator_words_what_customers_read(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic = await start_conversation(stage)
    ada = await stage.agent("Ada", online=False, role=Role.ADMIN)
    await mia.writes(topic, "/texts ended en Bye")
    await topic.wait_for("Only administrators can use /texts.")
    await ada.writes(topic, "/texts")
    await topic.wait_for("\nended\n")
    await ada.writes(topic, "/texts goodbye")
    await topic.wait_for("There is no text goodbye.")
    for wrong, reason in (
        (
            "en Bye {{plase}}",
            "{{plase}} is not a variable of this text; the variables are {{name}}",
        ),
        ("en Bye {name}", "variables need double braces: {{name}}"),
        ("en Bye {{name", "a variable is not complete"),
        ("Bye all", "with en or id before the text"),
    ):
        await ada.writes(topic, f"/texts ended {wrong}")
        await topic.wait_for(reason)
    await ada.writes_at_length(topic, f"/texts ended en {LONG}.")
    await topic.wait_for("the text has 4097 characters, and the limit is 4096")
    assert (await end_session(ada, ann, topic))[-1].text.startswith("This conversation is closed.")

    order = f"/texts ended en {OWN}"
    entities = build_entities(order, {"bold": "{{first_name}}", "italic": "See"})
    await ada.writes(topic, order, entities=entities)
    await topic.wait_for("Good bye, Ann! See ")
    await ann.says("I am here again")
    await topic.wait_for("I am here again")
    told = await end_with_words(ada, ann, topic, "Good bye, ")
    assert ann.find_marks(told) == {("bold", "Ann"), ("italic", "See")}

    await ada.writes(topic, "/texts ended id Sampai jumpa, {{first_name}}!")
    await topic.wait_for("Sampai jumpa, Ann!")
    await ada.writes(topic, "/texts ended en reset")
    await topic.wait_for("read the built-in text again:")
    await ann.says("and once more")
    await topic.wait_for("and once more")
    await end_with_words(ada, ann, topic, "This conversation is closed.")

    boss = await api.person("Boss", role=Role.ADMIN, capacity=0)
    path = f"/channels/{await find_channel(stage, ann)}/texts"
    long = {"name": "ended", "language": "en", "text": LONG}
    assert (await boss.put(path, long)).status == 200
    await ann.says("a long good bye")
    await topic.wait_for("a long good bye")
    assert (await end_with_words(ada, ann, topic, "word word")).text == LONG
    assert (await boss.delete(f"{path}?name=ended&language=en")).status == 204
    [kept] = await stage.rows(
        "SELECT count(*) AS many FROM audit_log WHERE action = 'channel.text_changed'"
        " AND subject = :subject",
        subject=f"channel:{await find_channel(stage, ann)}",
    )
    assert kept["many"] == 5


async def test_customers_are_told_who_answers_where_the_channel_wants_it(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, topic = await start_conversation(stage)
    boss = await api.person("Boss", role=Role.ADMIN, capacity=0)
    channel = await find_channel(stage, ann)
    changed = await boss.patch(f"/channels/{channel}", {"tells_who_answers": True})
    assert (changed.status, changed.body["tells_who_answers"]) == (200, True)
    words = f"{mia.name} is with you now."

    async def claimed_with_words() -> bool:
        """Claim and end until the desk has loaded the channel."""
        await mia.writes(topic, "/claim")
        await topic.card(f"Assigned to: {mia.name}")
        await mia.writes(topic, "/end")
        await topic.card("no open session")
        is_told = words in [each.text for each in await ann.list_received()]
        await ann.says("hello again")
        await topic.card("nobody (waiting)")
        return is_told

    for _ in range(_MOST_ENDS):
        if await claimed_with_words():
            break
    before = len([each for each in await ann.list_received() if each.text == words])
    await mia.writes(topic, "my answer")
    await ann.wait_for("my answer")
    await mia.writes(topic, "my second answer")
    await ann.wait_for("my second answer")
    texts = [each.text for each in await ann.list_received()]
    assert texts.count(words) == before + 1
    assert texts[-3:] == [words, "my answer", "my second answer"]
    assert (await boss.patch(f"/channels/{channel}", {"tells_who_answers": False})).status == 200
