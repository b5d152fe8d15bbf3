"""A kind of channel of somebody else needs its plug-in, and one line in the list of them."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import ChannelId
from db.queries.channels import channels as channel_queries
from desk.accounts.encryption import Encryptor
from desk.plugins.plugin import ChannelPlugins
from scripts.wiring import list_plugins
from tests.flows.eventually import eventually
from tests.flows.staff import Topic
from tests.flows.stage import BOT_ID, SECRET_KEY, Json, Stage, prepare_stage
from tests.plugins.pager.plugin import KIND, PATH, build_pager_plugin
from tests.plugins.pager.provider import run_company

PAGER = "0815"


async def add_channel(stage: Stage, url: str) -> ChannelId:
    """Add a channel of pagers, whose staff group the stage's bot serves."""

    async def work(tx: AsyncSession) -> ChannelId:
        credentials = Encryptor(SECRET_KEY).encrypt({"url": url})
        groups = [str(stage.group["id"])]
        made = await channel_queries.save_channel(
            tx, KIND, url, credentials=credentials, staff_groups=groups
        )
        [bot] = [
            each for each in await channel_queries.list_all(tx) if each.external_id == str(BOT_ID)
        ]
        made.staff_channel_id = bot.id
        return made.id

    return await stage.database.run(work)


async def find_topic(stage: Stage) -> Topic:
    async def found() -> Json | None:
        topics = await stage.telegram.topics(stage.group)
        return next((each for each in topics if each["name"] == f"Pager {PAGER}"), None)

    made = await eventually(found, "a topic for the pager")
    return Topic(stage.telegram, stage.group, made["message_thread_id"])


async def test_a_message_comes_in_and_an_answer_goes_out(migrated_url: str) -> None:
    async with run_company() as company, prepare_stage(migrated_url) as stage:
        others = [each for each in list_plugins(stage.settings) if each.kind is not KIND]
        plugins = ChannelPlugins([*others, build_pager_plugin()])
        async with stage.desk(plugins=plugins) as address:
            channel_id, mia = await add_channel(stage, company.url), await stage.agent()
            webhook = f"{address}{PATH}/{channel_id}"

            async def taken() -> bool:
                return await company.call(webhook, 1, PAGER, "call me") == 200

            await eventually(taken, "the desk serves the channel")
            assert await taken()  # the same page again, which is one message
            topic = await find_topic(stage)
            await topic.wait_for("call me")
            await mia.writes(topic, "at once")

            async def answered() -> bool:
                return bool(company.pages)

            await eventually(answered, "the pager gets the answer")
        pages = [text for pager, text in company.pages if pager == PAGER]
        assert pages == ["at once"]
        received = await stage.rows("SELECT id FROM messages WHERE direction = 'inbound'")
        assert len(received) == 1
