"""Ratings while the desk is away: what a customer chooses meanwhile is kept when it is back."""

from tests.flows.eventually import eventually
from tests.flows.stage import Stage, prepare_stage

WORDS = "How was it, {{first_name}}?"


async def allow_ratings(stage: Stage) -> None:
    """Have every channel ask, in the operator's own words."""
    await stage.change(
        "UPDATE channels SET settings = :settings, texts = :texts",
        settings='{"asks_for_rating": true}',
        texts='{"en": {"rating": {"text": "' + WORDS + '"}}}',
    )


async def test_a_rating_survives_a_restart(migrated_sqlite_url: str) -> None:
    async with prepare_stage(migrated_sqlite_url) as stage:
        async with stage.desk():
            pass  # it creates the channel of its bot
        await allow_ratings(stage)
        mia, ann = await stage.agent("Mia"), await stage.customer()
        async with stage.desk():
            await ann.says("hello")
            topic = await stage.topic(ann)
            await mia.writes(topic, "Good morning!")
            await ann.wait_for("Good morning!")
            await mia.writes(topic, "/end")
            question = await ann.wait_for("How was it, Ann?")
        assert question.buttons == ("1", "2", "3", "4", "5")
        await stage.telegram.press(int(ann.address), int(ann.address), int(question.id), text="5")
        async with stage.desk():
            await topic.wait_for(f"★★★★★ The customer rated session 1 ({mia.name}): 5 of 5.")
            thanks = await ann.wait_for("You gave us 5 of 5.")
            assert (thanks.id, thanks.buttons) == (question.id, question.buttons)

            async def is_kept() -> bool:
                rows = await stage.rows("SELECT rating FROM conversation_metrics")
                return [row["rating"] for row in rows] == [5]

            await eventually(is_kept, "the rating is kept once, and no session was opened")
