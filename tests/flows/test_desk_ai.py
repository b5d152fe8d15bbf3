"""What AI agents answer where agents have desks of their own: shown on the board, taken over."""

from tests.flows.api_agents import open_api
from tests.flows.desks import run_desks
from tests.flows.eventually import eventually

ARTICLE = {
    "title": "Opening hours",
    "text": "Our shop is open from Monday to Friday, from 9 to 17.",
    "language": "en",
    "questions": [
        {"passage": 0, "text": "When do you open?"},
        {"passage": 0, "text": "What are your opening hours?"},
    ],
}


async def test_a_session_of_an_ai_agent_is_taken_over_from_the_board(migrated_url: str) -> None:
    async with run_desks(migrated_url) as desks, open_api(desks) as api:
        admin = await api.admin("Root")
        await desks.change("UPDATE agents SET status = 'offline'")
        for path, body in (("/knowledge/articles", ARTICLE), ("/ai-agents", {"name": "Aria"})):
            made = await admin.post(path, body)
            assert made.status == 201, made.body
        channels = (await admin.get("/channels")).body["items"]
        customers = next(each for each in channels if each["username"] != "staff_bot")
        takeover = {"ai_takeover": "immediate", "ai_takeover_minutes": 1}
        changed = await admin.patch(f"/channels/{customers['id']}", takeover)
        assert changed.status == 200, changed.body

        async def is_served() -> bool:
            probe = await desks.customer("Probe")
            await probe.says("hello")
            held = "SELECT s.id FROM sessions s JOIN agents a ON a.id = s.cs_id WHERE a.kind = 'ai'"
            return bool(await desks.rows(held))

        await eventually(is_served, "the AI agent gets new sessions")
        mia, ann = await desks.desk_agent("Mia"), await desks.customer("Ann")
        await ann.says("What are your opening hours?")
        await ann.wait_for("from Monday to Friday")
        board = await desks.board(f"🤖 {ann.name}", "an AI agent answers")
        assert await mia.person.presses(board, f"Take over: {ann.name}") == "The session is yours."
        topic = await mia.topic(ann.name)
        await topic.card("What are your opening hours?", "from Monday to Friday", mia.name)
        await mia.writes(topic, "a person is here now")
        await ann.wait_for("a person is here now")
        await desks.board(without=f"🤖 {ann.name}")
