"""AI agents in the API: administrators create and change them, everyone reads them."""

from typing import Any

from db.ids import new_id
from db.queries.ai.configs import get_agent_ai_config
from db.tables import AiAction, AiTakeover
from desk.ai.config import HandoverRules, Product, to_config
from tests.api.reply_file_rows import add_reply_file
from tests.api.stage import ApiStage
from tests.api.test_ai_logs import Past

CONFIG: dict[str, Any] = {
    "mode": "suggest",
    "style": "friendly, short",
    "knowledge": "We open at nine.",
    "products": [{"name": "Gayo", "price": "Rp 75.000", "description": "250 g"}],
    "article_tags": ["order"],
    "model": "small",
    "temperature": 0.2,
    "confidence_threshold": 0.7,
    "handover_conditions": ["The customer wants to sue."],
    "handover_rules": {"keywords": ["lawyer"], "languages": ["en", "id"], "complaints": 3},
    "follow_ups": [{"keyword": "price", "text": "Still interested?", "delay_minutes": 30}],
    "pictures": [],
    "working_hours": {
        "time_zone": "Asia/Jakarta",
        "week": {"monday": [{"opens": "09:00", "closes": "17:00"}]},
    },
    "reply_limit": 5,
    "reply_limit_notice": "A person goes on.",
}

PICTURE = {"keyword": "menu", "caption": "Our menu"}


async def test_an_ai_agent_is_created_changed_and_read(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    channel = await own_api.channel()
    config = {**CONFIG, "pictures": [{**PICTURE, "file_id": await add_reply_file(own_api)}]}
    new = {"name": "Aria", "level": "Advanced", "channel_ids": [channel], "config": config}
    made = await ada.post("/ai-agents", new)
    assert made.status == 201, made.body
    agent_id, config = made.body["id"], made.body["config"]
    assert (made.body["name"], made.body["level"], made.body["status"]) == (
        "Aria",
        "Advanced",
        "online",
    )
    assert {name: config[name] for name in CONFIG if name not in _COMPLETED} == {
        name: value for name, value in new["config"].items() if name not in _COMPLETED
    }
    assert config["handover_rules"] == {**CONFIG["handover_rules"], "answers": 0}
    assert config["working_hours"]["week"]["monday"] == [{"opens": "09:00", "closes": "17:00"}]
    listed = (await mia.get("/agents?kind=ai")).body["items"]
    assert [(each["id"], each["channel_ids"]) for each in listed] == [(agent_id, [channel])]

    # A change leaves what it does not name.
    changes = {
        "name": "Bima",
        "level": "Basic",
        "config": {"mode": "automatic", "working_hours": None},
    }
    changed = await ada.patch(f"/ai-agents/{agent_id}", changes)
    assert changed.status == 200, changed.body
    assert (changed.body["name"], changed.body["level"]) == ("Bima", "Basic")
    assert changed.body["config"] == {**config, "mode": "automatic", "working_hours": None}
    assert (await mia.get(f"/ai-agents/{agent_id}")).body == changed.body
    assert [each["id"] for each in (await mia.get("/ai-agents")).body["items"]] == [agent_id]

    async with own_api.database.transaction() as tx:
        row = await get_agent_ai_config(tx, agent_id)
        assert await get_agent_ai_config(tx, mia.agent_id) is None
    assert row is not None
    read = to_config(row)
    assert read.products == (Product("Gayo", "Rp 75.000", "250 g"),)
    assert read.handover_rules == HandoverRules(("lawyer",), ("en", "id"), 3, 0)
    assert [len(await own_api.audit(f"ai_agent.{each}")) for each in ("created", "changed")] == [
        1,
        1,
    ]


# The API adds the defaults of what these leave out.
_COMPLETED = {"handover_rules", "working_hours"}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"mode": "loud"}, "config.mode"),
    ({"temperature": 3}, "config.temperature"),
    ({"confidence_threshold": 1.5}, "config.confidence_threshold"),
    ({"products": [{"price": "1"}]}, "config.products.0.name"),
    ({"handover_rules": {"languages": ["english"]}}, "config.handover_rules.languages.0"),
    ({"follow_ups": [{"keyword": "x", "delay_minutes": 0}]}, "config.follow_ups.0"),
    ({"pictures": [{"keyword": "x", "file_id": new_id()}]}, "config.pictures.0"),
    ({"working_hours": {"time_zone": "Mars", "week": {}}}, "config.working_hours.time_zone"),
    ({"unknown": 1}, "config.unknown"),
]


async def test_a_wrong_configuration_is_refused(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    for config, field in WRONG:
        refused = await ada.post("/ai-agents", {"name": "Aria", "config": config})
        assert (refused.status, refused.problem) == (422, "invalid"), refused.body
        assert refused.body["errors"][0]["field"].startswith(field)
    unknown = await ada.post(
        "/ai-agents", {"name": "Aria", "channel_ids": ["01KAPQ4M6Q9Y0JX7T0ZV3F9B2D"]}
    )
    assert unknown.body["errors"][0]["field"] == "channel_ids"


async def test_a_deleted_ai_agent_stays_as_author_alone(own_api: ApiStage) -> None:
    past = await Past(own_api, await own_api.admin()).open()
    ada, path = past.admin, f"/ai-agents/{past.agent_id}"
    await past.asks("When do you open?", AiAction.ANSWER, ai_response="At 9.")
    named = await own_api.channel(ai_takeover=AiTakeover.IMMEDIATE)
    await ada.patch(f"/agents/{past.agent_id}", {"channel_ids": [named]})
    assert (await ada.patch(path, {"config": CONFIG})).status == 200
    refused = await ada.delete(path)
    assert (refused.status, "channels name this AI agent" in refused.body["detail"]) == (409, True)

    await own_api.change("UPDATE channels SET ai_takeover = 'off' WHERE id = :id", id=named)
    assert (await ada.delete(path)).status == 204
    assert (await ada.delete(path)).status == 404
    assert (await ada.get(path)).status == 404
    assert (await ada.patch(path, {"name": "Bima"})).status == 404
    assert (await ada.post(f"{path}/ask", {"question": "hi"})).status == 404
    agent = f"/agents/{past.agent_id}"
    assert (await ada.patch(agent, {"is_active": True})).status == 404
    for listed in ("/ai-agents", "/agents?kind=ai"):
        assert (await ada.get(listed)).body["items"] == []
    [log] = (await ada.get(f"/ai-logs?agent_id={past.agent_id}")).body["items"]
    assert log["ai_response"] == "At 9."
    [row] = await own_api.rows("SELECT knowledge, products, mode FROM agent_ai_configs")
    assert (row["knowledge"], row["products"], row["mode"]) == ("", "[]", "automatic")
    assert len(await own_api.audit("ai_agent.deleted")) == 1
    assert (await ada.post("/ai-agents", {"name": "Aria"})).status == 201
