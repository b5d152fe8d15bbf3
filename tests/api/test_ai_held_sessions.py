"""What an AI agent holds: every agent sees it while it is open, and may take it over."""

from db.ids import AgentId, SessionId
from db.tables import Agent, AgentKind
from tests.api.event_stream import open_event_stream
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage, Person
from tests.api.test_channel_deletion import ask_when_known
from tests.api.test_sessions import ids


async def held_by_ai(api: ApiStage, session: SessionId) -> AgentId:
    """Let an AI agent hold a session."""
    robot = Agent(kind=AgentKind.AI, name="Robot")
    async with api.database.transaction() as tx:
        tx.add(robot)
    await api.change(
        "UPDATE sessions SET cs_id = :robot WHERE id = :id", robot=robot.id, id=session
    )
    await api.change(
        "UPDATE conversations SET assigned_agent_id = :robot WHERE id ="
        " (SELECT conversation_id FROM sessions WHERE id = :id)",
        robot=robot.id,
        id=session,
    )
    return robot.id


async def sees(person: Person, session: SessionId, conversation: str, client: str) -> set[bool]:
    """Ask in every way whether a person sees a session."""
    said = await person.get(f"/conversations/{conversation}/messages")
    found = {
        session in await ids(person, "status=ACTIVE"),
        session in await ids(person, "limit=1"),
        session in await ids(person, "unread=true"),
        conversation in await ids(person, path="/conversations"),
        conversation in await ids(person, "unread=true", path="/conversations"),
        client in await ids(person, path="/clients"),
        bool(said.body.get("items")),
    }
    for path in (
        f"/sessions/{session}",
        f"/sessions/{session}/messages",
        f"/conversations/{conversation}",
        f"/clients/{client}",
        f"/clients/{client}/sessions",
    ):
        found.add((await person.get(path)).status == 200)
    return found


async def test_agents_see_it_and_one_takes_it_over(own_api: ApiStage) -> None:
    mia, ben = await own_api.person("Mia"), await own_api.person("Ben")
    past = await HistoryBuilder.on_a_channel(own_api)
    session = await past.session(says=["hello"], unread=1)
    where = await past.of(session)
    robot = await held_by_ai(own_api, session)
    async with (
        open_event_stream(own_api, mia.token) as mias,
        open_event_stream(own_api, ben.token) as bens,
    ):
        for each in (mia, ben):
            assert await sees(each, session, *where) == {True}
        shown = (await mia.get(f"/sessions/{session}")).body
        assert (shown["waiting"], shown["agent"]["kind"]) == (False, "ai")
        assert await ids(mia, "waiting=true") == []
        of_robot = f"agent_id={robot}"
        for query in ("", "&status=ACTIVE", "&unread=true", "&archived=true"):
            assert await ids(mia, of_robot + query) == [session]
        for query in ("&status=ENDED", "&waiting=true"):
            assert await ids(mia, of_robot + query) == []
        assert await ids(mia, f"agent_id={ben.agent_id}") == []
        assert (await ben.post(f"/conversations/{where[0]}/read")).status == 204
        await bens.wait_for_event("message.read", session=session)
        await own_api.change("UPDATE conversations SET unread_count = 1")
        taken = await ask_when_known(lambda: mia.post(f"/sessions/{session}/claim"))
        assert (taken.status, taken.body["agent"]["id"]) == (200, mia.agent_id), taken.body
        heard = await mias.wait_for_event("session.transferred", session=session)
        assert heard.data["from_agent_id"] == robot
        gone = await bens.wait_for_event("session.gone", session=session)
        assert "session" not in gone.data
    assert await sees(mia, session, *where) == {True}
    assert await sees(ben, session, *where) == {False}


async def test_once_it_has_ended_it_is_for_administrators(own_api: ApiStage) -> None:
    mia, ada = await own_api.person("Mia"), await own_api.admin()
    past = await HistoryBuilder.on_a_channel(own_api)
    session = await past.session(says=["hello"])
    robot = await held_by_ai(own_api, session)
    async with open_event_stream(own_api, mia.token) as ears:
        end = await ask_when_known(lambda: ada.post(f"/sessions/{session}/end"))
        assert end.status == 200
        await ears.wait_for_event("session.gone", session=session)
    assert (await mia.get(f"/sessions/{session}")).status == 404
    assert await ids(mia) == await ids(mia, f"agent_id={robot}") == []
    assert await ids(ada) == await ids(ada, f"agent_id={robot}") == [session]
