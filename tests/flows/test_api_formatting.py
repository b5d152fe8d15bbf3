"""Formatting of what the API sends: it arrives, in the topic and at the customer, or is refused."""

import json
from typing import Any

import aiohttp

from sandbox.telegram.model.sample_files import SAMPLES
from tests.flows.files import build_form
from tests.flows.test_api_steering import scene

TEXT = "😀 *Big* sale, see our shop"
BOLD = {"type": "bold", "offset": 3, "length": 5}
LINK = {"type": "text_link", "offset": 19, "length": 8, "url": "https://shop.example/a?b=1"}
ITALIC = {"type": "italic", "offset": 23, "length": 4}


async def test_formatting_arrives_and_plain_text_stays_plain(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        path = on.path("messages")
        plain = "2 * 3 * 4 = _24_ and `x` <b>y</b>"
        assert (await on.mia.post(path, {"text": plain})).body["entities"] is None
        heard = await on.ann.wait_for(plain)
        assert (heard.text, heard.entities) == (plain, ())
        body = {"text": TEXT, "entities": [LINK, BOLD, ITALIC]}
        said = await on.mia.post(path, body)
        assert said.status == 201, said.body
        assert said.body["entities"] == [LINK, BOLD, ITALIC]
        heard = await on.ann.wait_for(TEXT)
        assert heard.text == TEXT
        marked = {("bold", "*Big*"), ("text_link", "our shop"), ("italic", "shop")}
        assert set(heard.entities) == marked
        shown = await on.topic.wait_for(TEXT)
        assert marked <= set(shown.entities)
        # A change of the text has the formatting that comes with it, and no other.
        changed = {"text": "no sale", "entities": [{"type": "code", "offset": 3, "length": 4}]}
        edited = await on.mia.patch(f"/messages/{said.body['id']}", changed)
        assert edited.status == 200, edited.body
        heard = await on.ann.wait_for("no sale")
        assert heard.entities == (("code", "sale"),)
        assert (await on.mia.patch(f"/messages/{said.body['id']}", {"text": "sold"})).status == 200
        assert (await on.ann.wait_for("sold")).entities == ()
        note = await on.mia.post(path, {**body, "internal": True})
        assert note.body["entities"] == [LINK, BOLD, ITALIC]


async def test_a_caption_is_formatted(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        path, (name, mime, data) = on.path("files"), SAMPLES["photo"]

        def form(entities: str) -> aiohttp.FormData:
            return build_form(name, mime, data, caption=TEXT, entities=entities)

        said = await on.mia.post(path, data=form(json.dumps([BOLD])))
        assert (said.status, said.body["entities"]) == (201, [BOLD]), said.body
        assert (await on.ann.wait_for(TEXT)).entities == (("bold", "*Big*"),)
        for wrong in ("{", "[" * 5000, '"bold"', json.dumps([{**BOLD, "offset": 27}])):
            refused = await on.mia.post(path, data=form(wrong))
            assert (refused.status, {each[:8] for each in refused.faults}) == (422, {"entities"})


REFUSED: list[tuple[Any, str]] = [
    ([{"type": "bold", "offset": 1, "length": 3}], "entities.0"),
    ([BOLD, {"type": "bold", "offset": 20, "length": 8}], "entities.1"),
    ([{"type": "bold", "offset": 27, "length": 1}], "entities.0"),
    ([{"type": "bold", "offset": -1, "length": 2}], "entities.0.offset"),
    ([{"type": "bold", "offset": 3, "length": 0}], "entities.0.length"),
    ([{"type": "bold", "offset": 3.5, "length": 1}], "entities.0.offset"),
    ([{"type": "blink", "offset": 3, "length": 1}], "entities.0.type"),
    ([{"type": "text_link", "offset": 3, "length": 1}], "entities.0.url"),
    ([{**BOLD, "url": "https://shop.example"}], "entities.0.url"),
    ([{**LINK, "url": "javascript:alert(1)"}], "entities.0.url"),
    ([{**LINK, "url": "https://shop.example/ x"}], "entities.0.url"),
    ([BOLD, {"type": "italic", "offset": 5, "length": 6}], "entities.0"),
    ([{**BOLD, "user": {"id": 7}}], "entities.0.user"),
    ([BOLD] * 101, "entities"),
    ("bold", "entities"),
]


async def test_what_does_not_fit_is_refused(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        for entities, field in REFUSED:
            body = {"text": TEXT, "entities": entities}
            refused = await on.mia.post(on.path("messages"), body)
            assert refused.status == 422, entities
            assert list(refused.faults) == [field]
        assert TEXT not in str(await on.ann.chat())
