"""Actions of agents by the API reach customers on every kind of channel."""

import pytest

from sandbox.telegram.model.sample_files import SAMPLES
from tests.api.stage import ApiStage
from tests.flows.api_agents import start_api_conversation
from tests.flows.chat_message import ChatMessage
from tests.flows.conversation import find_received
from tests.flows.eventually import eventually
from tests.flows.files import list_media_files, upload_file
from tests.flows.stage import Stage
from tests.flows.test_api_erasure import MARK, find_rows_with, quiet

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_answer_reaches_the_customer_and_the_topic(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    question = await ann.says("which colour?")
    asked = (await stage.wait_for_state(ann, "which colour?", "received"))["id"]
    body = {"text": "red or blue", "reply_to": asked}
    said = await mia.post(f"/sessions/{session}/messages", body)
    assert said.status == 201, said.body
    heard = await ann.wait_for("red or blue")
    assert heard.reply_to == question
    shown = await topic.wait_for("red or blue")
    assert shown.reply_to == (await topic.wait_for("which colour?")).id
    await stage.wait_for_delivery(ann, "red or blue")

    await ann.says("blue please", reply_to=heard)
    assert (await topic.wait_for("blue please")).reply_to == shown.id
    listed = await mia.get(f"/sessions/{session}/messages")
    assert listed.status == 200, listed.body
    words = [each["message"] for each in listed.body["items"]]
    assert set(words) >= {"which colour?", "red or blue", "blue please"}


async def test_answers_arrive_in_the_order_of_their_replies(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    for number in range(5):
        said = await mia.post(f"/sessions/{session}/messages", {"text": f"part {number}"})
        assert said.status == 201, said.body
    await ann.wait_for("part 4")
    parts = [each.text for each in await ann.list_received() if each.text.startswith("part")]
    assert parts == [f"part {number}" for number in range(5)]


async def test_files_reach_the_customer(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    for kind in ("photo", "document", "video", "voice", "audio"):
        name, mime, data = SAMPLES[kind]
        said = await upload_file(mia, session, (name, mime, data))
        assert said.status == 201, said.body
        wanted = stage.capabilities.replacements.get(kind, kind)

        async def newest(wanted: str = wanted) -> ChatMessage | None:
            heard = (await ann.list_received())[-1]
            return heard if heard.kind == wanted else None

        heard = await eventually(newest, f"the customer gets {wanted}")
        assert await ann.download(heard) == data

        async def copied(kind: str = kind) -> ChatMessage | None:
            shown = [each for each in await topic.list_messages() if each.kind == kind]
            return shown[-1] if shown else None

        shown = await eventually(copied, f"the topic shows the {kind}")
        assert shown.text.startswith(f"{mia.name}:")
        assert await topic.download(shown) == data


async def test_a_customers_file_can_be_fetched(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    assert (await mia.post(f"/sessions/{session}/messages", {"text": "show me"})).status == 201
    await ann.wait_for("show me")
    data = SAMPLES["photo"][2]
    await ann.sends("photo", caption="this one", data=data)
    await topic.wait_for("this one")
    kept = await stage.wait_for_state(ann, "this one", "received")
    fetched = await mia.get(f"/messages/{kept['id']}/file")
    assert (fetched.status, fetched.raw) == (200, data)
    assert fetched.headers["Content-Type"] == SAMPLES["photo"][1]


async def test_typing_is_shown_to_the_customer(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    assert not await stage.provider.is_typing_shown(ann)
    answer = await mia.post(f"/sessions/{session}/typing")
    assert (answer.status, answer.body["shown"]) == (200, True)
    assert await stage.provider.is_typing_shown(ann)
    said = await mia.post(f"/sessions/{session}/messages", {"text": "here I am"})
    assert said.status == 201, said.body
    await ann.wait_for("here I am")


async def test_an_answer_is_changed_and_taken_back_where_that_can_be(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    said = await mia.post(f"/sessions/{session}/messages", {"text": "at ten"})
    await ann.wait_for("at ten")
    await stage.wait_for_delivery(ann, "at ten")
    changed = await mia.patch(f"/messages/{said.body['id']}", {"text": "at noon"})
    if stage.capabilities.can_edit_answers:
        assert changed.status == 200, changed.body
        await ann.wait_for("at noon")
        assert [each.text for each in await find_received(ann, "at ")] == ["at noon"]
    else:
        assert changed.status >= 400, changed.body
        assert [each.text for each in await find_received(ann, "at ")] == ["at ten"]


async def test_of_an_erased_customer_nothing_is_left(stage: Stage, api: ApiStage) -> None:
    before = set(list_media_files(stage))
    mia, ann, topic, session = await start_api_conversation(stage, api)
    ada, name, address = await api.admin(), ann.name, ann.address
    await api.change("UPDATE agents SET status = 'offline'")
    await ann.sends("photo", caption="my face", data=SAMPLES["photo"][2] + b"ann")
    shown = await topic.wait_for("my face")
    said = await ann.says(f"the {MARK} is broken")
    await topic.wait_for(f"the {MARK} is broken")
    await upload_file(mia, session, SAMPLES["document"])
    await mia.post(f"/sessions/{session}/messages", {"text": "zebras"})
    heard = await ann.wait_for("zebras")
    await stage.wait_for_delivery(ann, "zebras")
    await ann.reacts(heard, "👍")
    await ann.edits(said, f"my {MARK} is broken")
    await topic.wait_for(f"my {MARK} is broken", edited=True)
    tom = await stage.agent("Tom", online=False)
    await tom.writes(topic, f"is it a wooden {MARK}?")
    await ann.wait_for(f"is it a wooden {MARK}?")

    async def delivered() -> bool:
        """Check whether the answer's last status has arrived; statuses contain name and number."""
        rows = [row for row in await stage.load_messages(ann) if row["direction"] == "outbound"]
        return {row["delivery_state"] for row in rows} <= {"delivered", "read"}

    if stage.capabilities.reports_delivery:
        await eventually(delivered, "every answer is delivered")
    await ann.says(f"a {MARK}!")
    await topic.wait_for(f"a {MARK}!")
    await eventually(lambda: quiet(stage), "nothing waits to be sent")
    plain = address.partition("@")[0]
    assert await find_rows_with(api, plain) != []
    assert shown.file is not None
    rows = await stage.rows(
        "SELECT client_id AS id FROM contacts WHERE external_id = :address", address=address
    )
    if stage.capabilities.phones:
        found = (await ada.get("/clients", params={"phone": f"+{plain}"})).body["items"]
        assert [each["id"] for each in found] == [rows[0]["id"]]
    deleted = await api.erase(ada, rows[0]["id"])
    assert deleted.status == 204, deleted.body
    assert await find_rows_with(api, MARK, plain) == []
    assert await stage.load_messages(ann) == []
    contacts = "SELECT id FROM contacts WHERE external_id LIKE :address"
    assert await stage.rows(contacts, address=f"%{address}%") == []
    for table, column in (("inbox", "payload"), ("outbox", "payload"), ("clients", "name")):
        left = f"SELECT id FROM {table} WHERE {column} LIKE :what"  # noqa: S608 our own names
        for what in (name, "my face", "zebras"):
            assert await stage.rows(left, what=f"%{what}%") == [], (table, what)

    async def gone() -> bool:
        topics = await stage.telegram.topics(stage.group)
        return all(each["deleted"] for each in topics if each["name"] == name)

    await eventually(gone, "the topic is deleted")
    assert set(list_media_files(stage)) <= before
    await ann.says("hello again")
    await (await stage.topic(ann)).card("Session: #1")
