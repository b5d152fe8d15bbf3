"""Answers that are edited, deleted and resolved by the API: both sides see it."""

import asyncio
from typing import Any

import pytest

from db.ids import SessionId, new_id
from db.tables import Role
from sandbox.telegram.model.sample_files import SAMPLES
from tests.api.stage import Answer, ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import log_in_agent, start_api_conversation
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.files import upload_file as send_file
from tests.flows.staff import Topic
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def say(mia: Caller, session: SessionId, text: str, **more: Any) -> str:
    answer = await mia.post(f"/sessions/{session}/messages", {"text": text, **more})
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def change(mia: Caller, message_id: str, text: str | None) -> Answer:
    return await mia.patch(f"/messages/{message_id}", {"text": text})


async def wait_until_gone(customer: Customer, text: str) -> None:
    """Wait until no message in the customer's chat contains this text."""

    async def none() -> bool:
        return not [each for each in await customer.list_received() if text in each.text]

    await eventually(none, f"{customer.name} does not see {text!r} any more")


async def test_a_change_reaches_the_customer_and_the_topic(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    message_id = await say(mia, session, "at nine o'clock")
    heard = await ann.wait_for("at nine o'clock")
    shown = await topic.wait_for("at nine o'clock")
    changed = await change(mia, message_id, "at ten o'clock")
    assert (changed.status, changed.body["message"]) == (200, "at ten o'clock")
    assert [each["message"] for each in changed.body["history"]] == ["at nine o'clock"]
    now = await ann.wait_for("at ten o'clock")
    assert (now.id, now.edited) == (heard.id, True)
    copy = await topic.wait_for("at ten o'clock", edited=True)
    assert (copy.id, copy.text) == (shown.id, f"{mia.name}: at ten o'clock")
    assert copy.entities == (("bold", f"{mia.name}:"),)
    same = await change(mia, message_id, "at ten o'clock")
    assert len(same.body["history"]) == 1


async def test_a_change_before_it_went_out(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), code=429, retry_after=1)
    message_id = await say(mia, session, "first words")
    assert (await change(mia, message_id, "second thoughts")).status == 200
    await stage.fast_forward(ann.wait_for("second thoughts"))
    assert not [each for each in await ann.list_received() if "first words" in each.text]


async def test_a_long_answer_becomes_short_and_long_again(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    message_id = await say(mia, session, ("long " * 1_500).strip())

    async def parts(*, of: int) -> bool:
        texts = [each.text for each in await ann.list_received() if "long" in each.text]
        shown = [each for each in await topic.texts() if "long" in each]
        return "".join(texts).count("long") == of == "".join(shown).count("long")

    await eventually(lambda: parts(of=1_500), "all of it on both sides")
    await change(mia, message_id, "long no more")
    await eventually(lambda: parts(of=1), "the short text on both sides")
    await change(mia, message_id, ("long " * 1_200).strip())
    await eventually(lambda: parts(of=1_200), "the long text on both sides")


async def test_a_caption_is_changed_and_taken_off(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    said = await send_file(mia, session, SAMPLES["photo"], caption="our new shop")
    heard = await ann.wait_for("our new shop")
    await topic.wait_for("our new shop")
    assert (await change(mia, said.body["id"], "our old shop")).status == 200
    assert (await ann.wait_for("our old shop")).id == heard.id
    assert (await topic.wait_for("our old shop")).text == f"{mia.name}: our old shop"
    assert (await change(mia, said.body["id"], None)).body["message"] is None
    await wait_until_gone(ann, "our old shop")
    too_long = await change(mia, said.body["id"], "x" * 1025)
    assert (too_long.status, too_long.problem) == (409, "conflict")


async def test_an_answer_of_the_topic_is_changed_and_the_topic_told(
    stage: Stage, api: ApiStage
) -> None:
    _, ann, topic, _ = await start_api_conversation(stage, api)
    max_ = await stage.agent("Max", online=False)
    caller = await log_in_agent(api, max_)
    written = await max_.writes(topic, "it costs nothing")
    kept = await stage.wait_for_state(ann, "it costs nothing", "sent")
    await change(caller, kept["id"], "it costs ten")
    assert (await ann.wait_for("it costs ten")).edited
    notice = await topic.wait_for(f"{max_.name} edited this answer")
    assert notice.text.endswith("it costs ten")
    assert notice.reply_to == written.id


async def test_a_note_is_changed_and_deleted_among_staff(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    note = await say(mia, session, "grumpy", internal=True)
    shown = await topic.wait_for("grumpy")
    await change(mia, note, "tired")
    assert (await topic.wait_for("tired", edited=True)).text == f"// {mia.name}: tired"
    deleted = await mia.delete(f"/messages/{note}")
    assert deleted.body["deleted_at"]
    notice = await topic.wait_for(f"{mia.name} deleted this note")
    assert notice.reply_to == shown.id
    await say(mia, session, "goodbye")
    await ann.wait_for("goodbye")
    assert not [each for each in await ann.chat() if each.text in {"grumpy", "tired"}]


@pytest.mark.parametrize("kind", ["text", "file"])
async def test_what_is_taken_back_goes_and_is_kept(stage: Stage, api: ApiStage, kind: str) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    if kind == "text":
        message_id = await say(mia, session, "the wrong price")
    else:
        said = await send_file(mia, session, SAMPLES["photo"], caption="the wrong price")
        message_id = said.body["id"]
    await ann.wait_for("the wrong price")
    shown = await topic.wait_for("the wrong price")
    deleted = await mia.delete(f"/messages/{message_id}")
    assert (deleted.status, deleted.body["message"]) == (200, "the wrong price")
    assert deleted.body["deleted_at"]
    await wait_until_gone(ann, "the wrong price")
    notice = await topic.wait_for(f"{mia.name} deleted this answer")
    assert notice.reply_to == shown.id
    assert (await topic.wait_for("the wrong price")).id == shown.id
    again = await mia.delete(f"/messages/{message_id}")
    assert again.body["deleted_at"] == deleted.body["deleted_at"]
    late = await change(mia, message_id, "the right price")
    assert (late.status, late.problem) == (409, "conflict")
    audited = await api.audit("answer.delete")
    assert len([each for each in audited if each["subject"] == message_id]) == 1


async def test_what_waits_is_never_sent(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    # Refused until the fault is cleared: on a busy machine, one pause may be over too early.
    chat = int(ann.address)
    await stage.telegram.fail("sendMessage", chat_id=chat, code=429, retry_after=10, times=100)
    message_id = await say(mia, session, "sent too soon")

    async def waits_again() -> bool:
        sql = "SELECT state FROM outbox WHERE message_id = :id AND error IS NOT NULL"
        return [row["state"] for row in await api.rows(sql, id=message_id)] == ["pending"]

    await eventually(waits_again, "Telegram asks for a pause")
    deleted = await mia.delete(f"/messages/{message_id}")
    assert deleted.body["delivery_state"] == "failed"
    await stage.telegram.clear_faults()
    await say(mia, session, "instead of that")
    await stage.fast_forward(ann.wait_for("instead of that"))
    calls = await stage.telegram.calls("sendMessage", chat)
    assert "sent too soon" not in [call["params"].get("text") for call in calls if call["ok"]]


async def test_what_telegram_keeps_is_told(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    message_id = await say(mia, session, "carved in stone")
    await ann.wait_for("carved in stone")
    shown = await topic.wait_for("carved in stone")
    words = "message can't be deleted"
    await stage.telegram.fail(
        "deleteMessage", chat_id=int(ann.address), code=400, description=words
    )
    assert (await mia.delete(f"/messages/{message_id}")).body["deleted_at"]
    notice = await topic.wait_for("This answer could not be deleted")
    assert notice.reply_to == shown.id
    assert words in notice.text
    rows = await api.rows("SELECT deleted_at FROM messages WHERE id = :id", id=message_id)
    assert rows[0]["deleted_at"] is None
    await ann.wait_for("carved in stone")
    assert (await mia.delete(f"/messages/{message_id}")).status == 200
    await wait_until_gone(ann, "carved in stone")


async def test_what_the_customer_deleted_first_is_deleted(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    message_id = await say(mia, session, "for your eyes only")
    heard = await ann.wait_for("for your eyes only")
    await topic.wait_for("for your eyes only")
    await stage.telegram.delete(int(ann.address), int(heard.id))
    assert (await mia.delete(f"/messages/{message_id}")).status == 200
    await say(mia, session, "read and burnt?")
    await ann.wait_for("read and burnt?")
    rows = await api.rows("SELECT deleted_at FROM messages WHERE id = :id", id=message_id)
    assert rows[0]["deleted_at"] is not None
    assert not [each for each in await topic.texts() if "could not be deleted" in each]


async def test_what_customers_said_stays(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    await say(mia, session, "mine")
    theirs = (await stage.wait_for_state(ann, "hello", "received"))["id"]
    for answer in (await change(mia, theirs, "hi"), await mia.delete(f"/messages/{theirs}")):
        assert (answer.status, answer.problem) == (409, "conflict")
        assert "customer's message" in answer.body["detail"]


async def test_others_messages_are_not_there(stage: Stage, api: ApiStage) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    message_id = await say(mia, session, "private")
    tom = await api.person("Tom")
    for answer in (
        await change(tom, message_id, "hacked"),
        await tom.delete(f"/messages/{message_id}"),
        await tom.post(f"/messages/{message_id}/resend"),
        await tom.post(f"/messages/{message_id}/settle"),
        await change(tom, new_id(), "nothing"),
    ):
        assert (answer.status, answer.problem) == (404, "not-found")


# Uncertain answers


async def make_uncertain(
    stage: Stage, api: ApiStage, text: str, kind: str = "drop_after"
) -> tuple[Caller, Customer, Topic, str, ChatMessage]:
    """Produce an uncertain answer; return its notice too."""
    mia, ann, topic, session = await start_api_conversation(stage, api)
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), kind=kind)
    message_id = await say(mia, session, text)
    notice = await topic.wait_for("may or may not have arrived")
    await stage.wait_for_state(ann, text, "uncertain")
    return mia, ann, topic, message_id, notice


async def told(ann: Customer, text: str) -> int:
    return len([each for each in await ann.list_received() if text in each.text])


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
@pytest.mark.parametrize("verb", ["resend", "settle"])
async def test_a_person_settles_it_once(stage: Stage, api: ApiStage, kind: str, verb: str) -> None:
    mia, ann, topic, message_id, notice = await make_uncertain(stage, api, "did it arrive?", kind)
    arrived = 1 if kind == "drop_after" else 0
    answers = await asyncio.gather(*(mia.post(f"/messages/{message_id}/{verb}") for _ in range(3)))
    assert sorted(each.status for each in answers) == [200, 409, 409]
    await stage.wait_for_state(ann, "did it arrive?", "sent")
    words = "sent this to the customer again" if verb == "resend" else "marked this as arrived"
    told_so = await topic.wait_for(f"{mia.name} {words}")
    assert told_so.reply_to == (await topic.wait_for(f"{mia.name}: did it arrive?")).id
    max_ = await stage.agent("Max", online=False, role=Role.ADMIN)
    for button in ("Send again", "It arrived"):
        assert await max_.presses(notice, button) == "This was already settled."
    expected = arrived + (1 if verb == "resend" else 0)
    assert await told(ann, "did it arrive?") == expected


async def test_the_button_comes_first(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, message_id, notice = await make_uncertain(stage, api, "button or console?")
    tom = await stage.agent("Tom", online=False)
    refused = await tom.presses(notice, "It arrived")
    assert refused.startswith("This reply is in another agent's session.")
    max_ = await stage.agent("Max", online=False, role=Role.ADMIN)
    assert await max_.presses(notice, "It arrived") == "Noted: it arrived."
    for verb in ("resend", "settle"):
        answer = await mia.post(f"/messages/{message_id}/{verb}")
        assert (answer.status, answer.problem) == (409, "conflict")
    assert await told(ann, "button or console?") == 1


async def test_whoever_has_the_next_session_may_decide(stage: Stage, api: ApiStage) -> None:
    """The question may come, or come again, when the customer is talking with somebody else."""
    mia, ann, topic, _, notice = await make_uncertain(stage, api, "before the end", "drop_before")
    [row] = await stage.rows("SELECT id FROM sessions ORDER BY id DESC LIMIT 1")
    assert (await mia.post(f"/sessions/{row['id']}/end")).status == 200
    await ann.says("one more thing")
    await topic.wait_for("one more thing")
    tom = await stage.agent("Tom", online=False)
    await tom.writes(topic, "I am here")
    await ann.wait_for("I am here")
    assert await tom.presses(notice, "Send again") == "Sent to the customer."
    await ann.wait_for("before the end")


async def test_an_uncertain_answer_is_settled_before_it_is_deleted(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, _, message_id, _ = await make_uncertain(stage, api, "perhaps there")
    refused = await mia.delete(f"/messages/{message_id}")
    assert (refused.status, refused.problem) == (409, "conflict")
    assert "settle" in refused.body["detail"]
    changed = await change(mia, message_id, "surely there")
    assert changed.status == 200
    assert (await mia.post(f"/messages/{message_id}/resend")).status == 200
    await ann.wait_for("surely there")


async def test_a_file_of_which_nobody_knows_is_sent_again(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    await stage.telegram.fail("sendPhoto", chat_id=int(ann.address), kind="drop_before")
    said = await send_file(mia, session, SAMPLES["photo"], caption="a picture")
    await topic.wait_for("may or may not have arrived")
    answer = await mia.post(f"/messages/{said.body['id']}/resend")
    assert answer.body["delivery_state"] == "pending"
    assert (await ann.wait_for("a picture")).kind == "photo"
    await stage.wait_for_state(ann, "a picture", "sent")


async def test_what_arrived_for_certain_is_not_settled(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    message_id = await say(mia, session, "certain")
    await ann.wait_for("certain")
    for verb in ("resend", "settle"):
        answer = await mia.post(f"/messages/{message_id}/{verb}")
        assert (answer.status, answer.problem) == (409, "conflict")
