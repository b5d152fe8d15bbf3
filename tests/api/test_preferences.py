"""What each user prefers in the console."""

import pytest

from tests.api.stage import ApiStage

DEFAULTS = {
    "language": None,
    "theme": "auto",
    "first_list": "mine",
    "single_keys": True,
    "enter_sends": True,
    "sound": True,
    "notifications": False,
    "saved_views": [],
}


async def test_one_changes_ones_own_and_what_is_left_out_stays(own_api: ApiStage) -> None:
    mia, tom, path = await own_api.person(), await own_api.person(), "/auth/me/preferences"
    assert (await mia.get(path)).body == DEFAULTS
    changed = await mia.patch(path, {"language": "id", "sound": False})
    assert changed.body == {**DEFAULTS, "language": "id", "sound": False}
    await mia.patch(path, {"language": None, "theme": "dark"})
    assert (await mia.get(path)).body == {**DEFAULTS, "theme": "dark", "sound": False}
    assert (await tom.get(path)).body == DEFAULTS
    refunds = {"name": "Refunds", "list": "waiting", "channel_id": None, "tag_id": mia.agent_id}
    await mia.patch(path, {"saved_views": [refunds]})
    await mia.patch(path, {"theme": "dark"})
    assert (await mia.get(path)).body["saved_views"] == [{**refunds, "agent_id": None}]
    await mia.patch(path, {"saved_views": []})
    # What a later version stored is passed over.
    stored = '{"theme": "dark", "sound": false, "font": "large"}'
    await own_api.change(
        "UPDATE users SET preferences = :p WHERE id = :id", p=stored, id=mia.user_id
    )
    assert (await mia.get(path)).body == {**DEFAULTS, "theme": "dark", "sound": False}


@pytest.mark.parametrize(
    "body",
    [
        {"language": "xx"},
        {"theme": None},
        {"sound": "yes"},
        {"font": "large"},
        {"first_list": "all"},
        {"saved_views": [{"name": "Refunds", "list": "open"}]},
        {"saved_views": [{"name": "x" * 51, "list": "all"}]},
        {"saved_views": [{"name": "x", "list": "all"}] * 21},
        [],
    ],
)
async def test_only_known_preferences_are_stored(own_api: ApiStage, body: object) -> None:
    mia = await own_api.person()
    assert (await mia.patch("/auth/me/preferences", body)).status == 422
    assert (await mia.get("/auth/me/preferences")).body == DEFAULTS
