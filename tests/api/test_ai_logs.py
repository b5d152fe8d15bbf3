"""What AI agents did, and trials of them, in the API: administrators read it, nothing is sent."""

from datetime import timedelta
from typing import Any

from db.ids import AgentId, ChannelId, ConversationId, MessageId, SessionId, new_id
from db.queries.ai.budgets import name_day
from db.queries.ai.logs import AiLogEntry, judge_wrong, log_ai_conversation
from db.tables import AiAction, AiMode, AiTokenBudget, AiTurn, AiTurnState
from db.tables.base import now_utc
from tests.api.stage import ApiStage, Person

NOW = now_utc()
HOURS: dict[str, Any] = {
    "title": "Opening hours",
    "text": "Our shop is open from Monday to Friday, from 9 to 17.",
    "language": "en",
    "questions": [
        {"passage": 0, "text": "When do you open?"},
        {"passage": 0, "text": "What are your opening hours?"},
    ],
}
QUESTION = "What are your opening hours?"


class Past:
    """A session in which an AI agent was asked."""

    def __init__(self, api: ApiStage, admin: Person) -> None:
        self.api, self.admin = api, admin
        self.agent_id = ""
        self.places: dict[str, Any] = {}

    async def open(self) -> "Past":
        made = await self.admin.post("/ai-agents", {"name": "Aria"})
        assert made.status == 201, made.body
        self.agent_id = made.body["id"]
        session_id = await self.api.session()
        [row] = await self.api.rows(
            "SELECT conversation_id, channel_id FROM sessions s"
            " JOIN conversations c ON c.id = s.conversation_id WHERE s.id = :id",
            id=session_id,
        )
        self.places = {
            "session_id": SessionId(session_id),
            "conversation_id": ConversationId(row["conversation_id"]),
            "channel_id": ChannelId(row["channel_id"]),
            "agent_id": AgentId(self.agent_id),
        }
        return self

    async def asks(self, text: str, action: AiAction, **more: Any) -> str:
        """Let the customer ask, and log what the agent did."""
        message_id = await self.api.message(self.places["session_id"], text)
        entry = AiLogEntry(
            **self.places, user_message=text, action=action, message_id=message_id, **more
        )
        async with self.api.database.transaction() as tx:
            return await log_ai_conversation(tx, entry, now_utc())


async def test_logs_are_listed_filtered_and_shown(own_api: ApiStage) -> None:
    past = await Past(own_api, await own_api.admin()).open()
    admin, reply = past.admin, MessageId(new_id())
    first = await past.asks(QUESTION, AiAction.ANSWER, ai_response="At 9.", reply_id=reply)
    why = "no article answers the question"
    costs = {"model": "small", "tokens_in": 100, "tokens_out": 20, "cost": 0.25}
    second = await past.asks("Do you fly?", AiAction.HANDOVER, handover_reason=why, **costs)
    async with own_api.database.transaction() as tx:
        await judge_wrong(tx, reply, "thumbs down: Mia", NOW)

    async def listed(query: str = "") -> list[str]:
        answer = await admin.get(f"/ai-logs{query}")
        assert answer.status == 200, answer.body
        return [each["id"] for each in answer.body["items"]]

    assert await listed() == [second, first]
    page = (await admin.get("/ai-logs?limit=1")).body
    assert [each["id"] for each in page["items"]] == [second]
    assert await listed(f"?limit=1&cursor={page['next']}") == [first]
    assert await listed("?action=handover") == [second]
    assert await listed("?judged_wrong=true") == [first]
    assert await listed(f"?session_id={past.places['session_id']}&judged_wrong=false") == [second]
    assert await listed(f"?agent_id={new_id()}") == []
    assert await listed("?until=2020-01-01T00:00:00Z") == []
    shown = (await admin.get(f"/ai-logs/{second}")).body
    assert (shown["user_message"], shown["handover_reason"], shown["cost"]) == (
        "Do you fly?",
        why,
        0.25,
    )
    assert (shown["model"], shown["tokens_in"], shown["tokens_out"]) == ("small", 100, 20)
    wrong = (await admin.get(f"/ai-logs/{first}")).body
    assert (wrong["judged_wrong"], wrong["wrong_reason"]) == (True, "thumbs down: Mia")
    assert (await admin.get(f"/ai-logs/{new_id()}")).status == 404
    for query in ("?action=shouted", "?agent_id=x", "?since=soon", "?cursor=x"):
        assert (await admin.get(f"/ai-logs{query}")).status == 422


async def test_turns_and_usage_are_shown(own_api: ApiStage) -> None:
    past = await Past(own_api, await own_api.admin()).open()
    message_id = await own_api.message(past.places["session_id"], QUESTION)
    turns = [
        AiTurn(
            **past.places,
            mode=AiMode.AUTOMATIC,
            state=state,
            first_message_id=message_id,
            last_message_id=message_id,
            start_at=NOW,
            deadline_at=NOW,
            created_at=NOW + timedelta(seconds=number),
        )
        for number, state in enumerate((AiTurnState.DONE, AiTurnState.WAITING))
    ]
    today = NOW.date()
    days = [
        AiTokenBudget(budget=name_day(day), tokens=tokens, cost=cost, changed_at=NOW)
        for day, tokens, cost in (
            (today, 120, 0.5),
            (today - timedelta(days=1), 80, 0.0),
            (today - timedelta(days=60), 7, 0.1),
        )
    ]
    async with own_api.database.transaction() as tx:
        tx.add_all([*turns, *days])
    admin = past.admin
    open_turn = (await admin.get("/ai-turns?state=waiting")).body["items"]
    assert [(each["id"], each["action"]) for each in open_turn] == [(turns[1].id, None)]
    assert len((await admin.get("/ai-turns")).body["items"]) == 2
    shown = await admin.get(f"/ai-turns/{turns[0].id}")
    assert (shown.body["state"], shown.body["last_message_id"]) == ("done", message_id)
    assert (await admin.get(f"/ai-turns/{new_id()}")).status == 404
    usage = (await admin.get("/ai-usage")).body["days"]
    assert [(each["tokens"], each["cost"]) for each in usage] == [(120, 0.5), (80, 0.0)]
    yesterday = (await admin.get(f"/ai-usage?until={today - timedelta(days=1)}")).body["days"]
    assert [each["tokens"] for each in yesterday] == [80]
    assert (await admin.get("/ai-usage?since=yesterday")).status == 422


async def test_a_question_is_tried_with_and_without_changes(own_api: ApiStage) -> None:
    past = await Past(own_api, await own_api.admin()).open()
    admin, path = past.admin, f"/ai-agents/{past.agent_id}/ask"
    assert (await admin.post("/knowledge/articles", HOURS)).status == 201
    tried = await admin.post(path, {"question": QUESTION})
    assert tried.status == 200, tried.body
    assert (tried.body["action"], tried.body["text"]) == ("answer", HOURS["text"])
    assert tried.body["passages"][0]["title"] == "Opening hours"
    strict = {"question": QUESTION, "config": {"confidence_threshold": 1.0}}
    offered = (await admin.post(path, strict)).body
    assert (offered["action"], offered["choices"]) == ("offer", ["Opening hours"])
    assert offered["text"] == "Is it one of these?"
    keyword = {"question": QUESTION, "config": {"handover_rules": {"keywords": ["hours"]}}}
    handed = (await admin.post(path, keyword)).body
    assert (handed["action"], handed["text"]) == ("handover", "")
    assert handed["reason"] == "the customer used the word “hours”"
    hello = (await admin.post(path, {"question": "halo kak", "language": "id"})).body
    assert (hello["action"], hello["text"]) == ("clarify", "Halo! Ada yang bisa kami bantu?")
    # Nothing was stored, and nothing of the configuration has changed.
    assert (await admin.get("/ai-logs")).body["items"] == []
    assert await own_api.rows("SELECT id FROM ai_turns") == []
    assert (await admin.get(f"/ai-agents/{past.agent_id}")).body["config"][
        "confidence_threshold"
    ] is None
    for wrong in ({}, {"question": ""}, {**strict, "config": {"mode": "loud"}}):
        assert (await admin.post(path, wrong)).status == 422
    assert (await admin.post(f"/ai-agents/{new_id()}/ask", strict)).status == 404


async def test_past_questions_are_replayed_side_by_side(own_api: ApiStage) -> None:
    past = await Past(own_api, await own_api.admin()).open()
    admin, path = past.admin, f"/ai-agents/{past.agent_id}/replay"
    why = "no article answers the question"
    await past.asks("Do you fly to the moon?", AiAction.HANDOVER, handover_reason=why)
    await past.asks("Something", AiAction.DROPPED, handover_reason="a human was faster")
    await past.asks(QUESTION, AiAction.HANDOVER, handover_reason=why)
    assert (await admin.post("/knowledge/articles", HOURS)).status == 201
    replayed = await admin.post(f"{path}?limit=1", {})
    assert replayed.status == 200, replayed.body
    [turn] = replayed.body["items"]
    assert (turn["question"], turn["is_changed"]) == (QUESTION, True)
    assert (turn["before"]["action"], turn["before"]["reason"]) == ("handover", why)
    assert (turn["after"]["action"], turn["after"]["text"]) == ("answer", HOURS["text"])
    assert replayed.body["counts"] == {
        "questions": 1,
        "answered_before": 0,
        "answered_after": 1,
        "handed_over_before": 1,
        "handed_over_after": 0,
        "changed": 1,
    }
    older = (await admin.post(f"{path}?limit=1&cursor={replayed.body['next']}", {})).body
    assert [each["question"] for each in older["items"]] == ["Do you fly to the moon?"]
    assert (older["counts"]["changed"], older["next"]) == (0, None)
    # What a change of the configuration would do, without the change.
    strict = {"config": {"handover_rules": {"keywords": ["hours"]}}}
    after = (await admin.post(path, strict)).body
    assert [each["after"]["action"] for each in after["items"]] == ["handover", "handover"]
    sent = "SELECT id FROM outbox WHERE kind IN ('answer', 'notice')"
    assert await own_api.rows(sent) == []
    assert (await admin.post(f"/ai-agents/{new_id()}/replay", {})).status == 404
    assert (await admin.post(f"{path}?limit=99", {})).status == 422
