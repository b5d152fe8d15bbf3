"""Broadcasts on every kind of channel: who gets them, and what an answer to one does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from db.tables import AgentStatus
from sandbox.telegram.model.sample_files import SAMPLES
from tests.api.stage import ApiStage, Json, Person
from tests.flows.api_agents import open_api
from tests.flows.customers import Customer, TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.files import build_form
from tests.flows.stage import BOT_ID, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(stage: Stage) -> AsyncIterator[ApiStage]:
    """Open the API of the stage, as its clients call it."""
    async with open_api(stage) as client:
        yield client


async def write_first(stage: Stage, customer: Customer) -> None:
    """Let a customer write, and end the session that it opened."""
    await customer.says(f"hello from {customer.name}")
    topic = await stage.topic(customer)
    await topic.wait_for(f"hello from {customer.name}")
    agent = await stage.agent("Eve", online=False)
    await agent.writes(topic, "Good bye then.")
    await customer.wait_for("Good bye then.")
    await agent.writes(topic, "/end")
    await topic.wait_for(f"was ended by {agent.name}")


async def create(ada: Person, since: datetime, text: str, **more: object) -> Json:
    """Create a broadcast for those who wrote since then."""
    audience = {"wrote_since": since.isoformat()}
    body = {"name": "News", "text": text, "audience": audience, **more}
    made = await ada.post("/broadcasts", body)
    assert made.status == 201, made.body
    return dict(made.body)


async def wait_until_done(ada: Person, broadcast: Json) -> Json:
    """Wait until a broadcast is done, and return it."""

    async def found() -> Json | None:
        shown = (await ada.get(f"/broadcasts/{broadcast['id']}")).body
        return shown if shown["state"] == "done" else None

    return await eventually(found, "the broadcast is done")


async def test_everybody_gets_it_once_except_who_stopped_it(stage: Stage, api: ApiStage) -> None:
    ada, since = await api.admin(status=AgentStatus.OFFLINE), datetime.now(UTC)
    ann, budi, cut = [await stage.customer(name) for name in ("Ann", "Budi", "Cut")]
    for each in (ann, budi, cut):
        await write_first(stage, each)
    await cut.says("/stop")
    await cut.wait_for("You will get no more news from us.")
    made = await create(ada, since, "Hi {{first_name}}, see {{channel}}!")
    preview = (await ada.get(f"/broadcasts/{made['id']}/preview")).body
    assert (preview["people"], preview["skipped"]) == (2, {"stopped": 1})
    assert preview["example_text"].startswith("Hi Ann, see ")
    started = await ada.post(f"/broadcasts/{made['id']}/start", {})
    assert started.body["state"] == "running", started.body
    done = await wait_until_done(ada, made)
    assert done["counts"] == {"sent": 2, "skipped": 1}
    for each in (ann, budi):
        await each.wait_for(f"Hi {each.name.split()[0]}, see ")
        texts = [message.text for message in await each.list_received()]
        assert sum(text.startswith("Hi ") for text in texts) == 1
    assert not any(message.text.startswith("Hi ") for message in await cut.list_received())
    rows = (await ada.get(f"/broadcasts/{made['id']}/recipients?state=skipped")).body["items"]
    assert [(row["client_name"], row["reason"]) for row in rows] == [(cut.name, "stopped")]

    # It opened no session; an answer to it does, and the topic shows what it may answer.
    client = (await ada.get(f"/broadcasts/{made['id']}/recipients?state=sent")).body["items"][0]
    sessions = "SELECT status FROM sessions WHERE client_id = :id"
    kept = await stage.rows(sessions, id=client["client_id"])
    assert [row["status"] for row in kept] == ["ENDED"]
    topic = await stage.topic(ann)
    assert not any("📣" in text for text in await topic.texts())
    await ann.says("I want two of them")
    await topic.wait_for("I want two of them")
    shown = await topic.texts()
    [notice] = [text for text in shown if "📣" in text]
    assert "“News”" in notice
    assert f"Hi {ann.name.split()[0]}, see " in notice
    assert shown.index(notice) < next(n for n, text in enumerate(shown) if "two of them" in text)
    await ann.says("or three")
    await topic.wait_for("or three")
    assert sum("📣" in text for text in await topic.texts()) == 1


async def test_a_customer_stops_and_resumes(stage: Stage, api: ApiStage) -> None:
    ada, since = await api.admin(status=AgentStatus.OFFLINE), datetime.now(UTC)
    ann = await stage.customer("Dewi", language="id")
    await write_first(stage, ann)
    words = ("/stop", "/resume") if await _has_commands(stage) else ("Berhenti.", "LANJUT")
    topic = await stage.topic(ann)
    client = (await ada.get(f"/clients?q={ann.name.split()[0]}")).body["items"][0]

    async def stopped_at() -> object:
        shown = (await ada.get(f"/clients/{client['id']}")).body
        return shown["contacts"][0]["marketing_stopped_at"]

    assert await stopped_at() is None
    await ann.says(words[0])
    await topic.wait_for("The customer stopped broadcasts")
    assert await stopped_at() is not None
    made = await create(ada, since, "Not for her")
    assert (await ada.get(f"/broadcasts/{made['id']}/preview")).body["people"] == 0
    # A broadcast to nobody ends at once.
    assert (await ada.post(f"/broadcasts/{made['id']}/start", {})).status == 200
    assert (await wait_until_done(ada, made))["counts"] == {"skipped": 1}
    await ann.says(words[1])
    await topic.wait_for("The customer wants broadcasts again")
    assert await stopped_at() is None
    assert (await ada.get(f"/broadcasts/{made['id']}/preview")).body["people"] == 1


async def test_a_file_is_tried_out_and_sent(stage: Stage, api: ApiStage) -> None:
    ada, since = await api.admin(status=AgentStatus.OFFLINE), datetime.now(UTC)
    ann, budi = [await stage.customer(name) for name in ("Ann", "Budi")]
    for each in (ann, budi):
        await write_first(stage, each)
    name, mime, data = SAMPLES["photo"]
    file = await ada.post("/reply-files", data=build_form(name, mime, data))
    assert file.status == 201, file.body
    made = await create(ada, since, "Look, {{first_name}}!", file_id=file.body["id"])
    assert (await ada.delete(f"/reply-files/{file.body['id']}")).status == 409
    path = f"/broadcasts/{made['id']}"

    # To the administrator's own chat with the bot, and to a conversation of one's own.
    user = await stage.telegram.add_user(ada.name)
    await stage.change(
        "UPDATE users SET telegram_id = :telegram_id WHERE id = :id",
        telegram_id=str(user["id"]),
        id=ada.user_id,
    )
    own = TelegramCustomer(stage.telegram, user, BOT_ID)
    await own.says("/start")
    assert (await ada.post(f"{path}/test", {})).status == 204
    tried = await own.wait_for(f"Look, {ada.name.split()[0]}!")
    assert (tried.kind, await own.download(tried)) == ("photo", data)
    [conversation] = await stage.rows(
        "SELECT v.id FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address",
        address=ann.address,
    )
    tested = await ada.post(f"{path}/test", {"conversation_id": conversation["id"]})
    assert tested.status == 204, tested.body
    await ann.wait_for("Look, Ann!")
    shown = (await ada.get(path)).body
    assert (shown["state"], shown["counts"]) == ("draft", {})

    assert (await ada.post(f"{path}/start", {})).status == 200
    assert (await wait_until_done(ada, made))["counts"] == {"sent": 2}
    await budi.wait_for("Look, Budi!")
    for each, times in ((ann, 2), (budi, 1)):
        got = [one for one in await each.list_received() if one.text.startswith("Look, ")]
        assert [one.kind for one in got] == ["photo"] * times
        assert await each.download(got[-1]) == data
    assert not any("Look" in one for one in await stage.general.texts())


async def test_the_longest_text_arrives_whole(stage: Stage, api: ApiStage) -> None:
    ada, since = await api.admin(status=AgentStatus.OFFLINE), datetime.now(UTC)
    ann = await stage.customer("Ann")
    await write_first(stage, ann)
    text = f"Sale! {'word ' * 817}news."  # 4,096 characters
    bold = [{"type": "bold", "offset": 0, "length": 5}]
    made = await create(ada, since, text, entities=bold)
    assert (await ada.post(f"/broadcasts/{made['id']}/start", {})).status == 200
    await wait_until_done(ada, made)
    await ann.wait_for("news.")
    received = await ann.list_received()
    got = [each for each in received if "word" in each.text or "news." in each.text]
    # WhatsApp's own marks take two characters more, which do not fit.
    assert len(got) == (1 if await _has_commands(stage) else 2)
    assert " ".join(one.text.replace("*", "") for one in got).split() == text.split()
    assert ("bold", "Sale!") in ann.find_marks(got[0])


async def _has_commands(stage: Stage) -> bool:
    rows = await stage.rows("SELECT kind FROM channels WHERE is_active = 1 ORDER BY created_at")
    return rows[-1]["kind"] == "telegram"
