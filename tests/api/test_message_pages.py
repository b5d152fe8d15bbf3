"""One message, the messages around one, and reading up to one."""

import pytest

from db.ids import new_id
from tests.api.desk_actions import end, say
from tests.api.event_stream import open_event_stream
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage, Json, Person
from tests.api.test_inbox_lists import done
from tests.api.test_sessions import pages
from tests.flows.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_one_message_is_shown_to_whoever_sees_its_session(api: ApiStage) -> None:
    mia, tom, ada = await api.person("Mia"), await api.person("Tom"), await api.admin()
    session = await api.session(mia)
    [message] = await say(api, session, "hello")
    for person in (mia, ada):
        shown = await person.get(f"/messages/{message}")
        listed = (await person.get(f"/sessions/{session}/messages")).body["items"]
        assert listed == [shown.body]
        assert (shown.body["client_key"], shown.body["reactions"]) == (None, None)
    assert (await tom.get(f"/messages/{message}")).problem == "not-found"


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 9, 100])
async def test_a_page_has_the_message_in_its_middle(api: ApiStage, limit: int) -> None:
    mia, past = await api.person(), await HistoryBuilder.on_a_channel(api)
    first = await past.session(mia, ended=True, says=["1", "2", "3", "4"])
    second = await past.session(mia, again=first, says=["5", "6", "7", "8", "9"])
    conversation, _ = await past.of(first)
    path = f"/conversations/{conversation}/messages"
    everything = (await mia.get(path)).body["items"]
    for place, middle in enumerate(everything):
        page = (await mia.get(f"{path}?limit={limit}&around={middle['id']}")).body
        begin, close = max(0, place - limit // 2), place + limit - limit // 2
        assert page["items"] == everything[begin:close]
        assert (page["previous"] is None) == (begin == 0)
        assert (page["next"] is None) == (close >= len(everything))
        # The cursors lead on from there, both ways.
        for name, others in (
            ("previous", everything[max(0, begin - limit) : begin]),
            ("next", everything[close : close + limit]),
        ):
            if page[name] is not None:
                further = (await mia.get(f"{path}?limit={limit}&cursor={page[name]}")).body
                assert further["items"] == others
    of_session = f"/sessions/{second}/messages"
    whole = (await mia.get(of_session)).body["items"]
    page = (await mia.get(f"{of_session}?limit=3&around={whole[2]['id']}")).body
    assert page["items"] == whole[1:4]


async def test_only_a_visible_message_of_the_conversation_can_be_in_the_middle(
    api: ApiStage,
) -> None:
    mia, tom = await api.person("Mia"), await api.person("Tom")
    past = await HistoryBuilder.on_a_channel(api)
    first = await past.session(mia, ended=True, says=["1", "2"])
    toms = await past.session(tom, again=first, says=["secret"])
    elsewhere = await api.session(mia)
    [other] = await say(api, elsewhere, "hello")
    conversation, _ = await past.of(first)
    [secret] = (await tom.get(f"/sessions/{toms}/messages")).body["items"]
    path = f"/conversations/{conversation}/messages"
    for wrong in (secret["id"], other, new_id()):
        for where in (path, f"/sessions/{first}/messages"):
            answer = await mia.get(f"{where}?around={wrong}")
            assert (answer.status, answer.faults) == (422, {"around": "unknown"})
    assert (await mia.get(f"/sessions/{toms}/messages?around={secret['id']}")).status == 404
    assert (await (await api.person()).get(f"{path}?around={other}")).status == 404
    for query in ("around=x", f"around={other}&around={other}"):
        assert (await mia.get(f"{path}?{query}")).status == 422
    cursor = (await mia.get(f"{path}?limit=1")).body["next"]
    both = await mia.get(f"{path}?around={other}&cursor={cursor}")
    assert both.faults == {"around": "one_of_two"}
    assert len(await pages(mia, f"{path}?limit=1")) == 2


async def test_a_session_is_read_up_to_a_message(api: ApiStage) -> None:
    mia, tom = await api.person(), await api.person("Tom")
    session = await api.session(mia)
    written = [(await say(api, session, text))[0] for text in ("1", "2", "3")]
    await api.change(
        "UPDATE conversations SET unread_count = 3"
        " WHERE id = (SELECT conversation_id FROM sessions WHERE id = :id)",
        id=session,
    )

    async def unread() -> tuple[int, list[bool]]:
        count = (await mia.get(f"/sessions/{session}")).body["unread_count"]
        said = (await mia.get(f"/sessions/{session}/messages")).body["items"]
        return count, [each["is_read"] for each in reversed(said)]

    path = f"/sessions/{session}/read"
    assert (await tom.post(f"{path}?up_to={written[1]}")).status == 404
    assert (await mia.post(f"{path}?up_to=x")).faults == {"up_to": "string_pattern_mismatch"}
    assert await unread() == (3, [False] * 3)
    async with open_event_stream(api, mia.token, session=session) as ears:
        assert (await mia.post(f"{path}?up_to={written[1]}")).status == 204
        assert await unread() == (1, [True, True, False])
        heard = await ears.wait_for_event("message.read", session=session)
        assert heard.data["session"]["unread_count"] == 1
        # Again, or an earlier one: nothing changes, and nothing is told.
        for message in (written[1], written[0]):
            assert (await mia.post(f"{path}?up_to={message}")).status == 204
        assert await unread() == (1, [True, True, False])
        shown = (await mia.get(f"/sessions/{session}")).body
        conversation = f"/conversations/{shown['conversation_id']}/read"
        await done(lambda: mia.post(f"{conversation}?up_to={written[2]}"))
        assert await unread() == (0, [True] * 3)
        await say(api, session, "mark")
        await ears.wait_for_event("message.new", text="mark")
        assert [each.data["session"]["unread_count"] for each in ears.of("message.read")][-1] == 0
        assert len(ears.of("message.read")) == 2
    await end(api, session)
    assert (await mia.post(f"{path}?up_to={written[2]}")).status == 204


async def test_events_after_an_answers_position_are_those_that_it_lacks(api: ApiStage) -> None:
    mia, session = await api.person(), await api.session()
    await say(api, session, "before")
    path = f"/sessions/{session}/messages"
    assert "X-Event-Position" not in (await mia.get(path)).headers
    answer = await mia.get(path, headers={"X-Event-Position": "1"})
    position = answer.headers["X-Event-Position"]
    assert [each["message"] for each in answer.body["items"]] == ["before"]
    await say(api, session, "after")
    async with open_event_stream(api, mia.token, session=session, after=position) as ears:
        assert ears.texts() == ["after"]
    refused = await api.ask("GET", path, headers={"X-Event-Position": "1"})
    assert (refused.status, "X-Event-Position" in refused.headers) == (401, False)


async def test_new_names_of_tags_and_agents_are_told(api: ApiStage) -> None:
    mia, ada = await api.person("Mia"), await api.admin()
    session = await api.session(mia)
    tagged = await mia.patch(f"/sessions/{session}/tags", {"add": ["Renamed tag"]})
    tag = tagged.body["tags"][0]["id"]
    async with open_event_stream(api, mia.token) as ears:
        await ada.patch(f"/tags/{tag}", {"name": "Other name"})
        named = {"tag_id": tag, "tag_name": "Other name"}
        heard = await ears.wait_for_event("tag.changed", **named)
        assert set(heard.data) == {"type", "at", *named}
        await ada.delete(f"/tags/{tag}")
        await ears.wait_for_event("tag.changed", tag_id=tag, tag_name=None)

        async def change(by: Person, path: str, body: Json) -> Json:
            before = len(ears.of("agent.changed"))
            assert (await by.patch(path, body)).status == 200

            async def is_told() -> Json | None:
                told = ears.of("agent.changed")[before:]
                return told[0].data["agent"] if told else None

            return await eventually(is_told, f"{path} {body} is told")

        user, agent = f"/users/{mia.user_id}", f"/agents/{mia.agent_id}"
        shown = {"id": mia.agent_id, "name": "Mia Rose", "status": None}
        assert await change(mia, "/auth/me", {"name": "Mia Rose"}) == shown
        assert await change(ada, user, {"name": "Mia Lily"}) == {**shown, "name": "Mia Lily"}
        await change(ada, user, {"avatar_url": "https://example.com/a.png"})
        await change(ada, agent, {"capacity": 7})
        await change(ada, agent, {"level": "Advanced"})
        made = (await ada.post("/ai-agents", {"name": "Ava"})).body["id"]
        ava = {"id": made, "name": "Ava", "status": None}
        await ears.wait_for_event("agent.changed", agent=ava)
        await change(ada, f"/ai-agents/{made}", {"name": "Eva"})
        await ears.wait_for_event("agent.changed", agent={**ava, "name": "Eva"})
        assert (await ada.delete(f"/ai-agents/{made}")).status == 204
        new = {"name": "Kim", "email": "kim@desk.test", "role": "CS"}
        kim = (await ada.post("/users", new)).body
        shown = {"id": kim["agent_id"], "name": "Kim", "status": None}
        await ears.wait_for_event("agent.changed", agent=shown)
        await change(ada, f"/users/{kim['id']}", {"is_active": False})
        await change(ada, f"/users/{kim['id']}", {"is_active": True})


async def test_changes_of_clients_channels_and_canned_replies_are_told(api: ApiStage) -> None:
    mia, ada = await api.person(), await api.admin()
    session = await api.session(mia)
    client = (await mia.get(f"/sessions/{session}")).body["client"]["id"]
    channel = await api.channel()
    async with open_event_stream(api, mia.token) as ears:
        await mia.patch(f"/clients/{client}", {"name": "Ann of the bakery"})
        await ears.wait_for_event("client.changed", client_id=client)
        reply = (
            await ada.post("/canned-replies", {"shortcut": "a1", "title": "A", "text": "A"})
        ).body
        await ears.wait_for_event("canned_reply.changed", canned_reply_id=reply["id"])
        await ada.delete(f"/canned-replies/{reply['id']}")
        await ada.patch(f"/channels/{channel}", {"name": "Shop"})
        heard = await ears.wait_for_event("channel.changed", channel_id=channel)
        # They say what to load again, and nothing that the reader may not see.
        assert set(heard.data) == {"type", "at", "channel_id"}
        assert len(ears.of("canned_reply.changed")) == 2
    async with open_event_stream(api, mia.token, channel=channel) as ears:
        await ada.patch(f"/channels/{channel}", {"name": "Shop 2"})
        await ears.wait_for_event("channel.changed", channel_id=channel)
