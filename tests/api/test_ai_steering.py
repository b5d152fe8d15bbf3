"""Steer AI agents in a session by the API: their mode, answers judged wrong, translations."""

from db.ids import MessageId, SessionId, new_id
from db.tables import AiAction
from sandbox.app import serve
from sandbox.openai.client import OpenAISandbox
from tests.api.stage import ApiStage, run_api
from tests.api.test_ai_logs import Past

ASKED = "Jam berapa buka?"


async def test_the_mode_of_a_session_and_wrong_answers(own_api: ApiStage) -> None:
    past = await Past(own_api, await own_api.admin()).open()
    admin, session = past.admin, past.places["session_id"]

    async def set_mode(mode: str, of: SessionId = session) -> int:
        return (await admin.put(f"/sessions/{of}/ai", {"mode": mode})).status

    async def stored() -> list[str]:
        rows = await own_api.rows("SELECT mode FROM ai_sessions WHERE session_id = :id", id=session)
        return [row["mode"] for row in rows]

    assert await set_mode("suggest") == 204
    assert await stored() == ["suggest"]
    assert await set_mode("off") == 204
    assert await stored() == ["off"]
    assert await set_mode("sometimes") == 422
    assert await set_mode("off", SessionId(new_id())) == 404

    reply = await own_api.message(session, "At 9.")
    refused = await admin.post(f"/messages/{reply}/wrong")
    assert (refused.status, refused.body["detail"]) == (
        409,
        "this message is no answer of an AI agent",
    )
    log = await past.asks(ASKED, AiAction.ANSWER, ai_response="At 9.", reply_id=MessageId(reply))
    assert (await admin.post(f"/messages/{reply}/wrong")).status == 204
    assert (await admin.post(f"/messages/{reply}/wrong")).status == 204
    judged = (await admin.get(f"/ai-logs/{log}")).body
    assert (judged["judged_wrong"], judged["wrong_reason"][:11]) == (True, "thumbs down")


async def test_a_message_is_translated_and_nothing_is_sent(migrated_url: str) -> None:
    async with serve() as sandbox, OpenAISandbox(sandbox.url) as model:
        await model.answers("What time do you open?", times=0)
        async with run_api(migrated_url, openai_base_url=model.api_url) as api:
            past = await Past(api, await api.admin()).open()
            asked = await api.message(past.places["session_id"], ASKED)
            path = f"/messages/{asked}/translate"
            translated = await past.admin.post(path, {"language": "en"})
            assert (translated.status, translated.body) == (
                200,
                {"message_id": asked, "language": "en", "text": "What time do you open?"},
            )
            [call] = await model.calls("chat")
            assert ASKED in call["text"]
            await model.fault(status=500, times=5)
            failed = await past.admin.post(path, {})
            assert (failed.status, "Retry-After" in failed.headers) == (424, True)
            assert (await past.admin.post(f"/messages/{new_id()}/translate", {})).status == 404
            assert await api.rows("SELECT id FROM outbox") == []


async def test_without_a_model_nothing_is_translated(own_api: ApiStage) -> None:
    past = await Past(own_api, await own_api.admin()).open()
    asked = await own_api.message(past.places["session_id"], ASKED)
    refused = await past.admin.post(f"/messages/{asked}/translate", {})
    assert (refused.status, "OPENAI_API_KEY" in refused.body["detail"]) == (409, True)
