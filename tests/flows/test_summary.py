"""The summary in the staff group: the job draws, the courier sends, after a restart in between."""

from datetime import timedelta

from db.tables.base import now_utc
from tests.flows.eventually import eventually
from tests.flows.stage import Stage, prepare_stage

_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


async def make_due(stage: Stage) -> None:
    """Let a day pass: the summary that is planned is due, and what happened was yesterday."""

    async def is_planned() -> bool:
        planned = "SELECT id FROM jobs WHERE kind = 'send_summary' AND state = 'pending'"
        return bool(await stage.rows(planned))

    await eventually(is_planned, "a summary is planned")
    yesterday = f"{now_utc() - timedelta(days=1):{_FORMAT}}"
    await stage.change("UPDATE conversation_metrics SET opened_at = :at", at=yesterday)
    await stage.change(
        "UPDATE jobs SET run_at = :at, dedup_key = 'summary:yesterday'"
        " WHERE kind = 'send_summary' AND state = 'pending'",
        at=yesterday,
    )


async def test_it_comes_as_a_picture_or_as_text_where_pictures_are_refused(
    migrated_url: str,
) -> None:
    async with prepare_stage(migrated_url, summary="daily", summary_hour=0) as stage:
        async with stage.desk():
            ann = await stage.customer()
            await ann.says("hello")
            await (await stage.topic(ann)).wait_for("hello")
        await make_due(stage)
        async with stage.desk():
            told = await stage.general.wait_for("Summary of")
            assert told.kind == "photo"
            assert "Sessions: 1 (0)" in told.text
            assert (await stage.general.download(told)).startswith(b"\x89PNG")
        await stage.telegram.fail(
            "sendPhoto", code=400, description="Bad Request: not enough rights to send photos"
        )
        await stage.change("DELETE FROM outbox WHERE dedup_key LIKE 'summary:%'")
        await make_due(stage)
        async with stage.desk():

            async def came() -> bool:
                return any(each.kind == "text" for each in await stage.general.list_messages())

            await eventually(came, "the summary comes as text")
        summaries = [each for each in await stage.general.texts() if "Summary of" in each]
        assert len(summaries) == 2
        assert summaries[0] == summaries[1]
