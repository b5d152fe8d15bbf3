"""Customers are addressed in their language, staff in the operator's, others in English."""

import re
from typing import Any

import pytest

from desk.texts import LANGUAGES, load_catalogue, translate
from tests.flows.stage import run_stage


async def test_customers_and_staff_are_spoken_to_in_their_languages(migrated_url: str) -> None:
    async with run_stage(migrated_url, default_language="id") as stage:
        mia = await stage.agent("Mia")
        budi = await stage.customer("Budi", language="id")
        await budi.says("/start")
        await budi.wait_for(f"Halo {budi.name}!")
        john = await stage.customer("John", language="en")
        await john.says("/start")
        await john.wait_for(f"Hello {john.name}!")
        zoe = await stage.customer("Zoe", language="fr-CA")
        await zoe.says("/start")
        await zoe.wait_for(f"Hello {zoe.name}!")

        await budi.says("tolong")
        topic = await stage.topic(budi)
        card = await topic.card(f"Pelanggan: {budi.name}", "Bahasa: id")
        assert card.buttons == ("Akhiri", "Tunda", "Alihkan", "Tag", "Pelanggan")
        await mia.writes(topic, "/end")
        await budi.wait_for("Percakapan ini sudah ditutup.")
        await topic.wait_for(f"Sesi 1 diakhiri oleh {mia.name}.")


async def test_who_tells_no_language_gets_the_desks(migrated_sqlite_url: str) -> None:
    async with run_stage(migrated_sqlite_url, default_language="id") as stage:
        ann = await stage.customer("Ann", language="")
        await ann.says("hello")
        await ann.wait_for("di antrean nomor 1")


def shape(language: str) -> dict[str, Any]:
    return {
        f"{theme}.{name}": set(re.findall(r"\{\w*\}", text))
        for theme, texts in load_catalogue(language).items()
        for name, text in texts.items()
    }


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_language_has_the_same_texts_and_placeholders(language: str) -> None:
    assert shape(language) == shape("en")


def test_unknown_languages_fall_back_to_english() -> None:
    assert (
        translate("fr", "card.end") == translate(None, "card.end") == translate("en-GB", "card.end")
    )
