"""An AI agent without a model, on every kind of channel: answers, offers, hands over, steers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from db.tables import ChannelKind
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import log_in_agent, open_api, wait_for_session
from tests.flows.chat_message import ChatMessage
from tests.flows.cloud import CloudCustomer
from tests.flows.customers import Customer, TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

ARTICLES: list[dict[str, Any]] = [
    {
        "title": "Opening hours",
        "text": "Our shop is open from Monday to Friday, from 9 to 17.",
        "language": "en",
        "questions": [
            {"passage": 0, "text": "When do you open?"},
            {"passage": 0, "text": "What are your opening hours?"},
        ],
    },
    {
        "title": "Delivery",
        "text": "A parcel goes out on the day of the order.",
        "language": "en",
        "questions": [{"passage": 0, "text": "When do you send my parcel?"}],
    },
]
QUESTION, ANSWER = "What are your opening hours?", ARTICLES[0]["text"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def admin(stage: Stage, world: tuple[ChannelKind, str]) -> AsyncIterator[Caller]:
    """An administrator who has switched an AI agent on for the customers' channel."""
    async with open_api(stage) as api:
        admin = await api.admin("Root")
        await stage.change("UPDATE agents SET status = 'offline' WHERE id = :id", id=admin.agent_id)
        for each in ARTICLES:
            made = await admin.post("/knowledge/articles", each)
            assert made.status == 201, made.body
        made = await admin.post("/ai-agents", {"name": "Aria"})
        assert made.status == 201, made.body
        await _switch_on(stage, api, admin, world[0])
        yield admin


async def _switch_on(stage: Stage, api: ApiStage, admin: Caller, kind: ChannelKind) -> None:
    [channel] = [
        each for each in (await admin.get("/channels")).body["items"] if each["kind"] == kind
    ]
    changed = await admin.patch(
        f"/channels/{channel['id']}", {"ai_takeover": "immediate", "ai_takeover_minutes": 1}
    )
    assert changed.status == 200, changed.body

    async def is_served() -> bool:
        """Check whether the running desk has read the change."""
        probe = await stage.customer("Probe")
        await probe.says("/start" if kind is ChannelKind.TELEGRAM else "hi")
        await stage.topic(probe)
        holders = await api.rows(
            "SELECT a.kind FROM sessions s JOIN agents a ON a.id = s.cs_id"
            " ORDER BY s.created_at DESC LIMIT 1"
        )
        return bool(holders and holders[0]["kind"] == "ai")

    await eventually(is_served, "the AI agent gets new sessions")


async def _hears(customer: Customer, text: str) -> list[str]:
    await customer.wait_for(text)
    return [each.text for each in await customer.list_received()]


async def test_it_answers_and_a_human_takes_over(stage: Stage, admin: Caller) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer()
    await ann.says(QUESTION)
    heard = await _hears(ann, ANSWER)
    assert heard[0].startswith("Aria, our automatic assistant")
    assert heard.count(ANSWER) == 1
    topic = await stage.topic(ann)
    shown = await topic.wait_for(f"Aria: {ANSWER}")
    assert shown.text.startswith("🤖 ")
    assert shown.buttons == ("👎 Wrong", "I take over")
    await topic.card("Aria")
    [message] = [
        each
        for each in await stage.load_messages(ann)
        if each["sender_type"] == "AI" and each["message"] == ANSWER
    ]
    assert '"confidence"' in str(message["attributes"])

    # A human's answer takes the session, and the AI is silent for a while.
    await mia.writes(topic, "I am here now.")
    await ann.wait_for("I am here now.")
    await topic.card(mia.name)
    await ann.says("thanks!")
    turns = "SELECT state, start_at FROM ai_turns WHERE session_id = :id ORDER BY id"
    rows = await stage.rows(turns, id=message["session_id"])
    assert [row["state"] for row in rows][:1] == ["done"]
    [judged] = await stage.rows(
        "SELECT judged_wrong FROM ai_conversation_logs WHERE reply_id = :id", id=message["id"]
    )
    assert judged["judged_wrong"]  # a human corrected it


async def test_it_calls_a_human_with_one_message(stage: Stage, admin: Caller) -> None:
    mia, ann = await stage.agent("Mia", capacity=5000), await stage.customer()
    await ann.says(QUESTION)
    await ann.wait_for(ANSWER)
    introduction = await ann.wait_for("our automatic assistant")
    if isinstance(ann, TelegramCustomer | CloudCustomer):
        await _chooses(ann, introduction, "A person")
    else:
        assert introduction.text.endswith("To reach a person, write: person")
        await ann.says("person")
    await _hears(ann, "who will answer here.")
    topic = await stage.topic(ann)
    notice = await topic.wait_for("hands this over")
    assert "the customer asked for a person" in notice.text
    assert f"The customer wrote: {QUESTION}" in notice.text
    heard = [each.text for each in await ann.list_received()]
    assert len([each for each in heard if "who will answer here" in each]) == 1
    assert mia.name


async def test_what_it_suggests_is_sent_or_dropped_once(stage: Stage, admin: Caller) -> None:
    mia, ann = await stage.agent("Mia", capacity=5000), await stage.customer()
    caller = await log_in_agent(admin.stage, mia)
    await ann.says("hello")
    await ann.wait_for("What can I help you with?")
    session, topic = await wait_for_session(stage, ann), await stage.topic(ann)
    assert (await caller.put(f"/sessions/{session}/ai", {"mode": "suggest"})).status == 204
    await topic.card(mia.name)

    async def list_open() -> list[Any]:
        return list((await caller.get(f"/suggestions?session_id={session}")).body["items"])

    async with open_event_stream(admin.stage, caller.token, session=session) as events:

        def heard() -> list[str | None]:
            return [each.data["suggestion_id"] for each in events.of("session.suggestion")]

        await ann.says(QUESTION)
        await events.wait_for_event("session.suggestion")
        notice = await topic.wait_for("suggests an answer")
        [draft] = await list_open()
        assert heard() == [draft["id"]]
        assert (draft["text"], draft["agent_name"], draft["state"]) == (ANSWER, "Aria", "suggested")
        assert draft["confidence"] > 0.5
        assert draft["why"]["passages"][0]["title"] == "Opening hours"

        path, key = f"/suggestions/{draft['id']}", {"Idempotency-Key": draft["id"]}
        bold = [{"type": "bold", "offset": 0, "length": 12}]
        edited = {"text": "From 9 to 17, dear Ann.", "entities": bold}
        sent = await caller.post(f"{path}/send", edited, headers=key)
        assert (sent.status, sent.body["author_name"]) == (201, mia.name), sent.body
        assert sent.body["entities"] == bold
        again = await caller.post(f"{path}/send", edited, headers=key)
        assert (again.status, again.body["id"]) == (201, sent.body["id"])
        said = await ann.wait_for("dear Ann.")
        assert ann.find_marks(said) == {("bold", "From 9 to 17")}
        await topic.wait_for("dear Ann.")
        for late in ("send", "drop"):
            second = await admin.post(f"{path}/{late}", {} if late == "send" else None)
            told = f"{mia.name} sent this suggestion."
            assert (second.status, second.body["detail"]) == (409, told)
        assert await mia.presses(notice, "Send") == told
        assert (await topic.wait_for(told, edited=True)).buttons == ()
        settled = (await caller.get(path)).body
        assert (settled["state"], settled["message_id"]) == ("done", sent.body["id"])

        await ann.says(f"{QUESTION} Please.")
        [other] = await eventually(list_open, "there is another suggestion")
        dropped = await caller.post(f"/suggestions/{other['id']}/drop")
        assert (dropped.status, dropped.body["state"]) == (200, "dropped"), dropped.body
        await topic.wait_for(f"{mia.name} dropped this suggestion.")
        assert await list_open() == []

        async def is_told() -> bool:
            return heard() == [draft["id"], None, other["id"], None]

        await eventually(is_told, "each change of the suggestion is told")
    heard_by_ann = [each.text for each in await ann.list_received()]
    assert heard_by_ann.count(said.text) == 1
    assert ANSWER not in heard_by_ann


async def test_it_offers_articles_to_choose_from(stage: Stage, admin: Caller) -> None:
    [aria] = (await admin.get("/ai-agents")).body["items"]
    never = {"config": {"confidence_threshold": 1.0}}
    assert (await admin.patch(f"/ai-agents/{aria['id']}", never)).status == 200
    await stage.agent("Mia", capacity=5000)
    ann = await stage.customer()
    await ann.says(QUESTION)
    offer = await ann.wait_for("Is it one of these?")
    topic = await stage.topic(ann)
    await _chooses(ann, offer, "Opening hours")
    assert (await _hears(ann, ANSWER)).count(ANSWER) == 1
    await topic.wait_for("chosen by the customer")
    # The choice is a message of the history, and a person is one of the choices.
    await topic.wait_for("Opening hours" if offer.buttons else "1")
    await ann.says(QUESTION)

    async def is_offered_again() -> ChatMessage | None:
        offers = [each for each in await ann.list_received() if "Is it one of" in each.text]
        return offers[1] if len(offers) > 1 else None

    again = await eventually(is_offered_again, "articles are offered again")
    await _chooses(ann, again, "A person")
    await _hears(ann, "who will answer here.")


async def _chooses(ann: Customer, offer: ChatMessage, choice: str) -> None:
    """Press a button below an offer, or answer its number where there are no buttons."""
    if isinstance(ann, TelegramCustomer):
        await ann.telegram.press(ann.user, ann.user, int(offer.id), text=choice)
    elif isinstance(ann, CloudCustomer):
        await ann.graph.presses(offer.id, choice)
    else:
        [line] = [each for each in offer.text.splitlines() if each.endswith(choice)]
        await ann.says(line.partition(".")[0])
