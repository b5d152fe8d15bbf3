"""Other agents in a session: shown at once, and stored nowhere."""

import pytest

from tests.api.desk_actions import say
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_agents_see_each_other_in_a_session(api: ApiStage) -> None:
    mia, ada, tom = await api.person("Mia"), await api.admin(), await api.person("Tom")
    session = await api.session(mia)
    path = f"/sessions/{session}/presence"
    async with (
        open_event_stream(api, ada.token) as adas,
        open_event_stream(api, tom.token) as toms,
    ):
        answer = await mia.post(path, {"state": "viewing"})
        assert (answer.status, answer.body) == (200, {"others": []})
        heard = await adas.wait_for_event("presence", session=session, state="viewing")
        assert heard.data["agent"] == {"id": mia.agent_id, "name": mia.name}
        assert heard.id is None  # no place in the event log
        mias = {"agent_id": mia.agent_id, "name": mia.name, "state": "viewing"}
        assert (await ada.post(path, {"state": "viewing"})).body == {"others": [mias]}
        await mia.post(path, {"state": "composing"})
        await adas.wait_for_event("presence", session=session, state="composing")
        assert (await ada.post(path, {"state": "left"})).body["others"][0]["state"] == "composing"
        await mia.post(path, {"state": "left"})
        await adas.wait_for_event("presence", session=session, state="left")
        assert (await ada.post(path, {"state": "viewing"})).body == {"others": []}
        # Tom does not see the session, and so nobody in it.
        assert (await tom.post(path, {"state": "viewing"})).problem == "not-found"
        waiting = await api.session()
        await say(api, waiting, "hello")
        await toms.wait_for_event("message.new", session=waiting)
        assert toms.of("presence") == []
        await mia.post(f"/sessions/{waiting}/presence", {"state": "viewing"})
        await toms.wait_for_event("presence", session=waiting)
    # Nothing of it is in the log.
    stored = str(await api.rows("SELECT records FROM events"))
    assert "presence" not in stored
    assert "composing" not in stored


async def test_streams_of_one_session_are_told_of_that_one(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person()
    one, other = await api.session(mia), await api.session(mia)
    async with open_event_stream(api, ada.token, session=one) as ears:
        await mia.post(f"/sessions/{other}/presence", {"state": "viewing"})
        await mia.post(f"/sessions/{one}/presence", {"state": "viewing"})
        await ears.wait_for_event("presence", session=one)
        assert [each.session for each in ears.of("presence")] == [one]


@pytest.mark.parametrize("body", [{}, {"state": "asleep"}, {"state": None}, {"state": 1}, [], "x"])
async def test_only_three_states_are_known(api: ApiStage, body: object) -> None:
    mia = await api.person()
    session = await api.session(mia)
    assert (await mia.post(f"/sessions/{session}/presence", body)).status == 422
