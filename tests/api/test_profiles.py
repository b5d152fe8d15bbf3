"""What staff enters about people and channels: e-mail, pictures, level, description, phone."""

import pytest

from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage

PICTURE = "https://example.com/a.png?size=40&x=%20"


async def test_a_clients_e_mail_and_picture(own_api: ApiStage) -> None:
    mia, past = await own_api.person("Mia"), await HistoryBuilder.on_a_channel(own_api)
    _, client = await past.of(await past.session(mia, name="Andi", says=["hi"]))
    before = (await mia.get(f"/clients/{client}")).body
    assert (before["email"], before["avatar_url"]) == (None, None)
    given = {"email": "andi@example.com", "avatar_url": PICTURE}
    changed = await mia.patch(f"/clients/{client}", given)
    assert changed.status == 200, changed.body
    assert {name: changed.body[name] for name in given} == given
    assert changed.body["name"] == "Andi"
    assert changed.body["updated_at"] > before["updated_at"]
    [found] = (await mia.get("/clients?q=ndi@exam")).body["items"]
    assert found["id"] == client
    ada = await own_api.admin()
    assert "andi@example.com" in str((await ada.get(f"/clients/{client}/export")).body)
    [entry] = await own_api.audit("client.profile")
    assert "andi@example.com" not in str(entry)
    removed = await mia.patch(f"/clients/{client}", {"email": None})
    assert (removed.body["email"], removed.body["avatar_url"]) == (None, PICTURE)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a b@example.com"),
        ("email", "x" * 190 + "@example.com"),
        ("avatar_url", "javascript:alert(1)"),
        ("avatar_url", 'https://example.com/"onload="x'),
        ("avatar_url", "https://example.com/a b"),
        ("avatar_url", "https://example.com/" + "a" * 500),
    ],
)
async def test_what_is_no_address_is_refused(own_api: ApiStage, field: str, value: str) -> None:
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    _, client = await past.of(await past.session(says=["hi"]))
    refused = await ada.patch(f"/clients/{client}", {field: value})
    assert refused.status == 422
    assert list(refused.faults) == [field]


async def test_an_agents_profile(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person("Mia")
    path = f"/agents/{mia.agent_id}"
    assert (await ada.get(path)).body["level"] == "Basic"
    given = {"level": "Advanced", "description": "Sales\nand returns", "phone": "+62 811 234567"}
    changed = (await ada.patch(path, given)).body
    assert (changed["level"], changed["description"]) == ("Advanced", "Sales\nand returns")
    assert changed["phone"] == "+62811234567"
    users = f"/users/{mia.user_id}"
    assert (await ada.patch(users, {"avatar_url": PICTURE})).body["avatar_url"] == PICTURE
    assert (await ada.get(path)).body["avatar_url"] == PICTURE
    own = "https://example.com/own.png"
    assert (await ada.patch(path, {"avatar_url": own})).body["avatar_url"] == own
    assert (await ada.patch(path, {"level": "Genius"})).status == 422
    assert (await ada.patch(path, {"is_active": False})).problem == "conflict"
    await ada.patch(users, {"is_active": False})
    assert (await ada.get(path)).body["is_active"] is False
    await ada.patch(users, {"is_active": True})
    assert (await ada.get(path)).body["is_active"] is True


async def test_an_ai_agent_is_switched_off_and_on(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    made = await ada.post("/ai-agents", {"name": "Bot"})
    assert made.status == 201, made.body
    path = f"/agents/{made.body['id']}"
    off = (await ada.patch(path, {"is_active": False})).body
    assert (off["is_active"], off["status"]) == (False, "offline")
    assert (await ada.patch(path, {"capacity": 3})).problem == "conflict"
    on = (await ada.patch(path, {"is_active": True})).body
    assert (on["is_active"], on["status"]) == (True, "online")


async def test_a_channels_icon(own_api: ApiStage) -> None:
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    path = f"/channels/{past.channel_id}"
    shown = await ada.patch(path, {"icon_url": PICTURE})
    assert (shown.status, shown.body["icon_url"]) == (200, PICTURE), shown.body
    assert (await ada.patch(path, {"icon_url": None})).body["icon_url"] is None
