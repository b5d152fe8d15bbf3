"""What customers read, in the operator's own words, in the API."""

import json
from typing import Any

from tests.api.stage import ApiStage

BOLD = {"type": "bold", "offset": 3, "length": 8}
WAITING: dict[str, Any] = {"name": "waiting", "language": "en", "text": "No {{place}}, {{name}}!"}

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"text": "{{plase}}"}, "text", "the variables are {{place}}, {{name}}"),
    ({"text": "{{Ann Smith}}"}, "text", "{{Ann Smith}} is not a variable"),
    ({"text": "{place}"}, "text", "double braces: {{place}}"),
    ({"text": "{{place}"}, "text", "not complete"),
    ({"text": "x" * 4097}, "text", "4097 characters, and the limit is 4096"),
    ({"text": "😀" * 2049}, "text", "4098 characters"),
    ({"text": "\u2800 "}, "text", "the text is empty"),
    ({"text": ""}, "text", ""),
    ({"name": "topic.ended"}, "name", "they are welcome"),
    ({"language": "fr"}, "language", ""),
    ({"entities": [{**BOLD, "length": 100}]}, "entities", "more than the text"),
    ({"entities": [{**BOLD, "type": "mention"}]}, "entities.0", ""),
    ({"entities": [{**BOLD, "type": "text_link"}]}, "entities.0.text_link.url", ""),
    ({"name": "ai.person", "text": "x" * 21}, "text", "the limit is 20"),
    (
        {"name": "ai.person", "text": "Me", "entities": [BOLD]},
        "entities",
        "cannot be formatted",
    ),
    ({"name": "bot.description", "text": "{{name}}"}, "text", "it has none"),
]


async def test_a_text_is_listed_set_tried_and_reset(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    channel = await own_api.channel()
    path = f"/channels/{channel}/texts"
    listed = (await ada.get(path)).body["items"]
    names = [each["name"] for each in listed]
    assert {"welcome", "waiting_until", "ended", "when.today", "ai.person"} <= set(names)
    assert {"bot.description", "bot.short_description"} <= set(names)
    assert all(each["text"] == each["default_text"] and not each["is_own"] for each in listed)
    assert {each["language"] for each in listed} == {"en", "id"}
    [waiting] = [each for each in listed if (each["name"], each["language"]) == ("waiting", "en")]
    assert waiting["variables"] == ["place", "name", "first_name", "channel"]
    assert "number {{place}} in the queue" in waiting["text"]

    tried = await ada.post(f"{path}/preview", {**WAITING, "entities": [BOLD]})
    assert tried.body == {
        "text": "No 2, Ann Smith!",
        "entities": [{"type": "bold", "offset": 3, "length": 1}],
    }
    assert (await ada.get(path)).body["items"] == listed, "a preview stores nothing"
    kept = await ada.put(path, {**WAITING, "entities": [BOLD]})
    assert kept.status == 200, kept.body
    assert (kept.body["is_own"], kept.body["entities"]) == (True, [BOLD])
    only = (await ada.get(f"{path}?language=en")).body["items"]
    assert [each["name"] for each in only if each["is_own"]] == ["waiting"]
    shown = await ada.post(f"{path}/preview", {"name": "waiting", "language": "en"})
    assert shown.body["text"] == "No 2, Ann Smith!"
    for _ in range(2):  # the second changes nothing
        assert (await ada.delete(f"{path}?name=waiting&language=en")).status == 204
    assert (await ada.get(path)).body["items"] == listed
    for name in ("waiting", "ended"):
        for language in ("en", "id"):
            body = {"name": name, "language": language, "text": "Hi!"}
            assert (await ada.put(path, body)).status == 200
    assert (await ada.delete(f"{path}?language=id")).status == 204
    only = (await ada.get(path)).body["items"]
    assert [each["language"] for each in only if each["is_own"]] == ["en", "en"]
    assert (await ada.delete(path)).status == 204
    assert (await ada.get(path)).body["items"] == listed
    entries = [json.loads(each["details"]) for each in await own_api.audit("channel.text_changed")]
    assert [(each["from"], each["to"]) for each in entries[:2]] == [
        (None, WAITING["text"]),
        (WAITING["text"], None),
    ]


async def test_what_cannot_be_sent_is_refused(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    path = f"/channels/{channel}/texts"
    for changes, field, reason in WRONG:
        body = {**WAITING, **changes}
        for answer in (await ada.put(path, body), await ada.post(f"{path}/preview", body)):
            assert answer.status == 422, (changes, answer.body)
            assert any(
                each["field"].startswith(field) and reason in each["message"]
                for each in answer.body["errors"]
            ), (changes, answer.body)
    [row] = await own_api.rows("SELECT texts FROM channels WHERE id = :id", id=channel)
    assert row["texts"] is None


async def test_a_number_has_no_description(own_api: ApiStage) -> None:
    ada, channel = await own_api.admin(), await own_api.channel()
    await own_api.change("UPDATE channels SET kind = 'whatsapp_cloud' WHERE id = :id", id=channel)
    path = f"/channels/{channel}/texts"
    names = {each["name"] for each in (await ada.get(path)).body["items"]}
    assert "welcome" in names
    assert not any(name.startswith("bot.") for name in names)
    body = {"name": "bot.description", "language": "en", "text": "Hello"}
    assert (await ada.put(path, body)).status == 422
