"""A bot's descriptions follow the operator's words while the desk runs."""

from aiogram.methods import GetMyDescription, GetMyShortDescription

from bot.bot_factory import Bot, make_bot
from db.tables import Role
from tests.flows.eventually import eventually
from tests.flows.stage import TOKEN, Stage, run_stage


async def test_descriptions_are_set_changed_and_removed(migrated_sqlite_url: str) -> None:
    async with run_stage(migrated_sqlite_url) as stage:
        bot = make_bot(TOKEN, stage.url)
        try:
            ada = await stage.agent("Ada", role=Role.ADMIN)
            own = "bot.description"
            await ada.tells_bot(f"/texts {own} en We sell tea.", "We sell tea.")
            await _wait_for(bot, "en", "We sell tea.")
            await _wait_for(bot, "", "We sell tea.")
            await ada.tells_bot(f"/texts {own} id Kami menjual teh.", "Kami menjual teh.")
            await _wait_for(bot, "id", "Kami menjual teh.")
            await ada.tells_bot(f"/texts {own} en reset", "has no text of its own there")
            await _wait_for(bot, "en", "")
            await ada.tells_bot(f"/texts {own} en {'x' * 513}", "the limit is 512")
            short = "bot.short_description"
            await ada.tells_bot(f"/texts {short} en Tea!", "Tea!")

            async def is_short() -> bool:
                return (
                    await bot(GetMyShortDescription(language_code="en"))
                ).short_description == "Tea!"

            await eventually(is_short, "the short description is set")
            assert (
                await bot(GetMyDescription(language_code="id"))
            ).description == "Kami menjual teh."
            await _refuse_others(stage)
        finally:
            await bot.session.close()


async def _wait_for(bot: Bot, language: str, text: str) -> None:
    async def is_set() -> bool:
        found = await bot(GetMyDescription(language_code=language or None))
        return found.description == text

    await eventually(is_set, f"the description is {text!r} in {language or 'other languages'}")


async def _refuse_others(stage: Stage) -> None:
    mia = await stage.agent("Mia")
    await mia.tells_bot("/texts welcome", "Only administrators can use /texts.")
