"""Answers by the API: the customer gets them as from a topic, and the topic shows them."""

import asyncio
from typing import Any

import pytest

from db.ids import SessionId, new_id
from db.tables import Role
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import log_in_agent, open_api, start_api_conversation
from tests.flows.eventually import eventually
from tests.flows.staff import Person
from tests.flows.stage import Stage, prepare_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def say(mia: Caller, session: SessionId, text: str, **more: Any) -> Any:
    answer = await mia.post(f"/sessions/{session}/messages", {"text": text, **more})
    assert answer.status == 201, answer.body
    return answer.body


async def test_an_answer_arrives_and_the_topic_shows_whose_it_is(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    said = await say(mia, session, "How can I help?")
    assert said["session_id"] == session
    assert (said["direction"], said["delivery_state"]) == ("outbound", "pending")
    assert (said["author_id"], said["author_name"]) == (mia.agent_id, mia.name)
    heard = await ann.wait_for("How can I help?")
    assert heard.text == "How can I help?"
    shown = await topic.wait_for("How can I help?")
    assert shown.text == f"{mia.name}: How can I help?"
    assert shown.entities == (("bold", f"{mia.name}:"),)
    await topic.card(f"Assigned to: {mia.name}")  # it was waiting: the agent who answers takes it
    await stage.wait_for_state(ann, "How can I help?", "sent")
    assert len([each for each in await ann.list_received() if "help" in each.text]) == 1


async def test_replies_reactions_and_edits_find_it_from_everywhere(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    max_ = await stage.agent("Max", online=False)
    question = await ann.says("which colour?")
    asked = (await stage.wait_for_state(ann, "which colour?", "received"))["id"]
    said = await say(mia, session, "red or blue", reply_to=asked)
    heard = await ann.wait_for("red or blue")
    assert heard.reply_to == question
    shown = await topic.wait_for("red or blue")
    assert shown.reply_to == (await topic.wait_for("which colour?")).id

    await max_.writes(topic, "or green", reply_to=shown)
    assert (await ann.wait_for("or green")).reply_to == heard.id
    await ann.says("blue please", reply_to=heard)
    assert (await topic.wait_for("blue please")).reply_to == shown.id
    await ann.reacts(heard, "👍")
    await max_.reacts(shown, "❤")

    async def reacted() -> bool:
        copy = await topic.wait_for("red or blue")
        there = await ann.wait_for("red or blue")
        return "👍" in copy.reactions and "❤" in there.reactions

    await eventually(reacted, "both sides see the other's reaction")

    async def read_reactions(message_id: str) -> Any:
        return (await mia.get(f"/messages/{message_id}")).body["reactions"]

    assert await read_reactions(said["id"]) == {"customer": "👍", "staff": "❤"}
    async with open_event_stream(api, mia.token, session=session) as ears:
        path = f"/messages/{asked}/reaction"
        answer = await mia.put(path, {"emoji": "🔥"})
        assert answer.body["reactions"] == {"customer": None, "staff": "🔥"}
        heard_event = await ears.wait_for_event("message.reaction", session=session)
        assert heard_event.data["message"]["id"] == asked

    async def burns() -> bool:
        return any(each.id == question and "🔥" in each.reactions for each in await ann.chat())

    await eventually(burns, "the customer sees the reaction")
    assert (await mia.put(path, {"emoji": None})).body["reactions"] is None
    assert (await mia.put(path, {"emoji": "x" * 17})).status == 422
    note = await say(mia, session, "only for us", internal=True)
    answer = await mia.put(f"/messages/{note['id']}/reaction", {"emoji": "🔥"})
    assert (answer.status, answer.problem) == (409, "conflict")


async def test_an_answer_in_the_topic_can_be_answered_by_the_api(
    stage: Stage, api: ApiStage
) -> None:
    _, ann, topic, session = await start_api_conversation(stage, api)
    max_ = await stage.agent("Max", online=False)
    caller = await log_in_agent(api, max_)
    written = await max_.writes(topic, "from the topic")
    kept = await stage.wait_for_state(ann, "from the topic", "sent")
    first = await ann.wait_for("from the topic")
    await say(caller, session, "and from the console", reply_to=kept["id"])
    assert (await ann.wait_for("and from the console")).reply_to == first.id
    assert (await topic.wait_for("and from the console")).reply_to == written.id


async def test_a_note_stays_among_staff(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    said = await say(mia, session, "a difficult one", internal=True)
    assert (said["direction"], said["delivery_state"]) == ("internal", "received")
    assert (await topic.wait_for("a difficult one")).text == f"// {mia.name}: a difficult one"
    await say(mia, session, "the last word")
    await ann.wait_for("the last word")
    assert not [each for each in await ann.list_received() if "difficult" in each.text]


async def test_many_at_once_arrive_in_the_order_of_their_replies(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    for number in range(8):
        await say(mia, session, f"part {number}")
    await ann.wait_for("part 7")
    parts = [each.text for each in await ann.list_received() if each.text.startswith("part")]
    assert parts == [f"part {number}" for number in range(8)]
    await topic.wait_for("part 7")
    shown = [line for text in await topic.texts() for line in text.split("\n") if "part" in line]
    assert shown == [f"{mia.name}: part {number}" for number in range(8)]


async def test_a_long_text_goes_in_parts_both_ways(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    await say(mia, session, ("word " * 3_000).strip() + " end")
    await ann.wait_for("end")
    parts = [each.text for each in await ann.list_received() if "word" in each.text]
    assert "".join(parts).count("word") == 3_000
    await topic.wait_for("word end")
    shown = [text for text in await topic.texts() if "word" in text]
    assert "".join(shown).count("word") == 3_000
    assert shown[0].startswith(f"{mia.name}: word")


async def test_the_same_key_sends_once(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    path, headers = f"/sessions/{session}/messages", {"Idempotency-Key": "once-1"}
    answers = await asyncio.gather(
        *(mia.post(path, {"text": "only once"}, headers=headers) for _ in range(6))
    )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.raw for answer in answers}) == 1
    again = await mia.post(path, {"text": "only once"}, headers=headers)
    assert again.raw == answers[0].raw
    other = await mia.post(path, {"text": "something else"}, headers=headers)
    assert (other.status, other.problem) == (422, "key-used-otherwise")
    elsewhere = await mia.post(
        f"/sessions/{new_id()}/messages", {"text": "only once"}, headers=headers
    )
    assert elsewhere.status == 422
    leo = await api.admin("Leo")  # another person's key is a different key
    theirs = await leo.post(path, {"text": "only once"}, headers=headers)
    assert theirs.body["id"] != answers[0].body["id"]
    await say(mia, session, "the end")
    await ann.wait_for("the end")
    assert len([each for each in await ann.list_received() if "only once" in each.text]) == 2
    assert not [each for each in await ann.list_received() if "something else" in each.text]


@pytest.mark.parametrize("key", ["", "two words", "ü", "x" * 191])
async def test_a_key_that_is_none(stage: Stage, api: ApiStage, key: str) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    answer = await mia.post(
        f"/sessions/{session}/messages", {"text": "x"}, headers={"Idempotency-Key": key}
    )
    assert answer.status == 422
    assert answer.faults == {"Idempotency-Key": "key"}


async def test_a_key_is_good_again_after_a_day(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    path, headers = f"/sessions/{session}/messages", {"Idempotency-Key": "daily"}
    first = await mia.post(path, {"text": "good morning"}, headers=headers)
    await api.change(
        "UPDATE idempotency_keys SET created_at = '2026-01-01 00:00:00.000000' WHERE user_id = :id",
        id=mia.user_id,
    )
    second = await mia.post(path, {"text": "good evening"}, headers=headers)
    assert second.status == 201
    assert second.body["id"] != first.body["id"]
    await ann.wait_for("good evening")


async def test_what_failed_leaves_its_key_free(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    path, headers = f"/sessions/{session}/messages", {"Idempotency-Key": "again"}
    wrong = {"text": "hello", "reply_to": new_id()}
    refused = await mia.post(path, wrong, headers=headers)
    assert (refused.status, refused.faults) == (422, {"reply_to": "unknown"})
    assert (await mia.post(path, {"text": "now right"}, headers=headers)).status == 201
    await ann.wait_for("now right")


async def test_who_may_not_answer(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    tom = await api.person("Tom")
    await say(mia, session, "mine now")
    answer = await tom.post(f"/sessions/{session}/messages", {"text": "me too"})
    assert (answer.status, answer.problem) == (404, "not-found")
    admin = await api.admin()
    await say(admin, session, "but I may")
    await ann.wait_for("but I may")
    rows = await api.rows("SELECT cs_id FROM sessions WHERE id = :id", id=session)
    assert rows[0]["cs_id"] == mia.agent_id


async def test_of_two_who_answer_at_once_one_has_it(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    tom = await api.person("Tom")
    path = f"/sessions/{session}/messages"
    answers = await asyncio.gather(
        *(each.post(path, {"text": f"I am {each.name}"}) for each in (mia, tom))
    )
    assert sorted(answer.status for answer in answers) == [201, 404]
    await ann.wait_for("I am ")
    rows = await api.rows("SELECT cs_id FROM sessions WHERE id = :id", id=session)
    assert rows[0]["cs_id"] == (mia if answers[0].status == 201 else tom).agent_id


async def test_what_is_answered_belongs_to_the_conversation(stage: Stage, api: ApiStage) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    _, bob, _, _ = await start_api_conversation(stage, api)
    theirs = (await stage.wait_for_state(bob, "hello", "received"))["id"]
    answer = await mia.post(
        f"/sessions/{session}/messages", {"text": "secret?", "reply_to": theirs}
    )
    assert (answer.status, answer.faults) == (422, {"reply_to": "unknown"})


async def test_an_answer_after_the_end_opens_the_next_session(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    max_: Person = await stage.agent("Max", online=False, role=Role.ADMIN)
    await say(mia, session, "bye")
    await max_.writes(topic, "/end")
    await topic.card("no open session")
    said = await say(mia, session, "one more thing")
    assert said["session_id"] != session
    await ann.wait_for("one more thing")
    await topic.card("Session: #2", f"Assigned to: {mia.name}")
    answer = await mia.post(f"/sessions/{session}/messages", {"text": "to the old one"})
    assert (answer.status, answer.problem) == (409, "conflict")
    assert "this session has ended" in answer.body["detail"]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"text": "missing"}),
        ({"text": ""}, {"text": "string_too_short"}),
        ({"text": "x" * 16_001}, {"text": "string_too_long"}),
        ({"text": "a\x00b"}, {"text": "value_error"}),
        ({"text": "x", "reply_to": "../../etc"}, {"reply_to": "string_pattern_mismatch"}),
        ({"text": "x", "internal": "yes"}, {"internal": "bool_type"}),
        ({"text": "x", "more": 1}, {"more": "extra_forbidden"}),
    ],
)
async def test_broken_input(
    stage: Stage, api: ApiStage, body: dict[str, Any], faults: dict[str, str]
) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    answer = await mia.post(f"/sessions/{session}/messages", body)
    assert (answer.status, answer.faults) == (422, faults)


async def test_a_customer_who_is_gone_is_told_by_the_state(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    await stage.telegram.deactivate(int(ann.address))
    said = await say(mia, session, "are you there?")
    shown = await topic.wait_for("are you there?")
    notice = await topic.wait_for("Not delivered")
    assert notice.reply_to in {None, shown.id}  # the two lanes do not wait for each other
    kept = await stage.wait_for_state(ann, "are you there?", "failed")
    assert kept["id"] == said["id"]


async def test_a_restart_forgets_no_key(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as own:
        headers, replies = {"Idempotency-Key": "over-night"}, []
        for _ in range(2):
            async with own.desk() as own.address, open_api(own) as client:
                if not replies:
                    mia, ann, _, session = await start_api_conversation(own, client)
                path = f"{own.address}/api/v1/sessions/{session}/messages"
                told = {"Authorization": f"Bearer {mia.token}", **headers}
                async with client.http.post(path, json={"text": "once"}, headers=told) as reply:
                    replies.append((reply.status, await reply.read()))
                await ann.wait_for("once")
        assert replies[0][0] == 201
        assert replies[0] == replies[1]
        await own.wait_for_state(ann, "once", "sent")
        assert len([each for each in await ann.list_received() if each.text == "once"]) == 1
