"""The reply window and templates from end to end: the topic, the API, the Graph sandbox."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from db.tables.base import now_utc
from tests.api.event_stream import open_event_stream
from tests.flows.api_agents import log_in_agent
from tests.flows.eventually import eventually
from tests.flows.files import build_form, upload_file
from tests.flows.stage import Stage
from tests.flows.template_stage import TemplateStage, run_template_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(shared_url: str) -> AsyncIterator[TemplateStage]:
    async with run_template_stage(shared_url) as made:
        yield made


async def test_too_late_for_words_but_not_for_a_template(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    await topic.card("Reply window: open until at least")
    await shop.close_window(ann)
    late = await mia.writes(topic, "Too late")
    notice = await topic.wait_for("Not sent: the 24-hour reply window")
    assert notice.reply_to == late.id
    assert notice.buttons == ("bill (en)", "hello (en)", "order (en)", "Discard")
    assert await mia.presses(notice, "hello (en)") == "Sent to the customer."
    await ann.wait_for(f"Hello {ann.name}, {mia.name} here.")
    await topic.wait_for(f"{mia.name}: Hello {ann.name}")
    rewritten = await topic.wait_for("chose the template hello", edited=True)
    assert rewritten.buttons == ("Discard",)
    assert "Too late" not in str(await ann.list_received())
    await ann.says("I am back")
    offer = await topic.wait_for("You can send this draft now")
    assert offer.reply_to == late.id
    assert await mia.presses(offer, "Send now") == "Sent to the customer."
    await ann.wait_for("Too late")
    await topic.wait_for(f"{mia.name} sent this draft.", edited=True)
    await topic.card("Reply window: open until at least")


async def test_what_a_template_needs_is_asked_for(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    await shop.close_window(ann)
    await mia.writes(topic, "/t")
    listed = await topic.wait_for("Templates that can be sent")
    assert await mia.presses(listed, "order (en)") == "Not sent: see the topic."
    needs = await topic.wait_for("The template order needs more values (3): header.1")
    assert needs.text.splitlines()[-1] == "/t order {{header.1}} | {{2}} | {{button.0}}"
    await mia.writes(topic, "/t order A7 | Monday | a7")
    await ann.wait_for(f"Dear {ann.name}, it comes on Monday.")
    await topic.wait_for("Sent to the customer:\nOrder A7")
    await mia.writes(topic, "/t oder A7")
    await topic.wait_for("There is no approved template oder, so nothing was sent. Did you mean")
    assert [each.kind for each in await ann.list_received()].count("template") == 1


async def test_two_who_press_at_once_send_one(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    max_ = await shop.stage.agent("Max")
    await shop.close_window(ann)
    await mia.writes(topic, "Too late")
    notice = await topic.wait_for("Not sent: the 24-hour reply window")
    answers = await asyncio.gather(
        mia.presses(notice, "hello (en)"), max_.presses(notice, "hello (en)")
    )
    assert sorted(answers) == ["Sent to the customer.", "This was already sent."]
    await ann.wait_for(f"Hello {ann.name}")
    await topic.wait_for("chose the template hello", edited=True)
    assert [each.kind for each in await ann.list_received()].count("template") == 1


async def test_an_anonymous_administrators_answer_becomes_a_draft_too(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    boss = await shop.stage.agent("Boss", online=False, admin=True)
    await shop.close_window(ann)
    wrote = await boss.writes(topic, "As the group", anonymous=True)
    asked = await topic.wait_for("Who should answer the customer?")
    told = await boss.presses(asked, "Send as me")
    assert told == "Not sent: the reply window is closed. It is now a draft."
    notice = await topic.wait_for("Not sent: the 24-hour reply window")
    assert notice.reply_to == wrote.id
    assert await boss.presses(notice, "hello (en)", anonymous=True) != "Sent to the customer."
    await ann.says("I am back")
    offer = await topic.wait_for("You can send this draft now")
    assert await mia.presses(offer, "Send now") == "Sent to the customer."
    await ann.wait_for("As the group")
    [kept] = [
        row for row in await shop.stage.load_messages(ann) if row["message"] == "As the group"
    ]
    assert kept["author_id"] == boss.agent_id


async def test_the_agent_is_told_before_it_closes_and_so_is_who_listens(
    shop: TemplateStage,
) -> None:
    mia, ann, topic = await shop.start_conversation()
    [row] = await shop.stage.rows(
        "SELECT v.id FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address",
        address=ann.address,
    )
    soon, lane = now_utc() + timedelta(minutes=30), f"timer:window:{row['id']}"
    caller, session = await log_in_agent(shop.api, mia), await shop.session(ann)
    async with open_event_stream(shop.api, caller.token, session=session) as ears:
        await shop.stage.change(
            "UPDATE conversations SET reply_until = :soon WHERE id = :id",
            soon=f"{soon:%Y-%m-%d %H:%M:%S.%f}",
            id=row["id"],
        )
        for table in ("inbox", "lanes"):
            await shop.stage.change(
                f"UPDATE {table} SET due_at = '2026-01-01 00:00:00.000000' WHERE lane = :lane",  # noqa: S608 our own names
                lane=lane,
            )
        told = await topic.wait_for("the reply window for this customer closes at")
        assert told.text.startswith(f"{mia.name}, the reply window")
        heard = await ears.wait_for_event("window.closing", session=session)
        assert heard.data["session"]["reply_until"].startswith(f"{soon:%Y-%m-%dT%H:%M}")


async def test_a_draft_can_be_discarded(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    await shop.close_window(ann)
    await mia.writes(topic, "Never mind")
    notice = await topic.wait_for("Not sent: the 24-hour reply window")
    assert await mia.presses(notice, "Discard") == "Discarded."
    gone = await topic.wait_for("discarded this draft", edited=True)
    assert gone.buttons == ()
    await ann.says("I am back")
    await topic.wait_for("I am back")
    await mia.writes(topic, "Welcome")
    await ann.wait_for("Welcome")
    assert "Never mind" not in str(await ann.list_received())


async def test_a_refusal_that_comes_late_keeps_the_words(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    await shop.graph.fail(to=ann.address, kind="failed", code=131047)
    wrote = await mia.writes(topic, "It seemed open")
    notice = await topic.wait_for("Not sent: the 24-hour reply window")
    assert (notice.reply_to, notice.buttons[-1]) == (wrote.id, "Discard")
    kept = await shop.stage.load_messages(ann)
    assert (kept[-1]["message"], kept[-1]["delivery_state"]) == ("It seemed open", "held")
    await topic.card("Reply window: closed: templates only")


async def test_the_api_refuses_with_what_may_be_sent_or_keeps_a_draft(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    caller, session = await log_in_agent(shop.api, mia), await shop.session(ann)
    shown = await caller.get(f"/sessions/{session}")
    assert shown.body["reply_until"] is not None
    await shop.close_window(ann)
    messages = f"/sessions/{session}/messages"
    refused = await caller.post(messages, {"text": "Too late"})
    assert (refused.status, refused.problem) == (409, "window-closed")
    listed = [(each["name"], each["variables"]) for each in refused.body["templates"]]
    assert listed == [
        ("bill", ["header"]),
        ("hello", ["name", "agent"]),
        ("order", ["header.1", "1", "2", "button.0"]),
    ]
    assert (await caller.post(messages, {"text": "A note", "internal": True})).status == 201
    kept = await caller.post(messages, {"text": "A draft", "if_closed": "draft"})
    assert (kept.status, kept.body["delivery_state"]) == (201, "held")
    await topic.wait_for("A draft")
    await topic.wait_for("Not sent: the 24-hour reply window")
    draft = f"/messages/{kept.body['id']}"
    again = await caller.post(f"{draft}/resend")
    assert (again.status, again.problem) == (409, "window-closed")
    await ann.says("I am back")
    await topic.wait_for("You can send this draft now")
    sent = await caller.post(f"{draft}/resend")
    assert (sent.status, sent.body["delivery_state"]) == (200, "pending")
    await ann.wait_for("A draft")
    assert (await caller.post(f"{draft}/resend")).status == 409


async def test_a_file_is_refused_or_kept_as_a_draft_too(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    caller, session = await log_in_agent(shop.api, mia), await shop.session(ann)
    await shop.close_window(ann)
    bill = ("bill.pdf", "application/pdf", b"%PDF-1.4 a bill")
    refused = await upload_file(caller, session, bill)
    assert (refused.status, refused.problem) == (409, "window-closed")
    kept = await upload_file(caller, session, bill, caption="Your bill", if_closed="draft")
    assert (kept.status, kept.body["delivery_state"]) == (201, "held")
    await topic.wait_for("Not sent: the 24-hour reply window")
    await ann.says("I am back")
    offer = await topic.wait_for("You can send this draft now")
    assert await mia.presses(offer, "Send now") == "Sent to the customer."
    await ann.wait_for("Your bill")


async def test_a_draft_is_discarded_by_the_api(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    caller, session = await log_in_agent(shop.api, mia), await shop.session(ann)
    await shop.close_window(ann)
    body = {"text": "Never mind", "if_closed": "draft"}
    kept = await caller.post(f"/sessions/{session}/messages", body)
    gone = await shop.api.ask("DELETE", f"/messages/{kept.body['id']}", token=caller.token)
    assert (gone.status, gone.body["delivery_state"]) == (200, "failed")
    await topic.wait_for("discarded this draft")


async def test_templates_are_previewed_and_sent_by_the_api(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    caller, session = await log_in_agent(shop.api, mia), await shop.session(ann)
    await shop.close_window(ann)
    path = f"/sessions/{session}/templates"
    missing = await caller.post(path, {"name": "order", "variables": []})
    assert missing.status == 422
    assert missing.faults == {
        "variables.header.1": "missing",
        "variables.2": "missing",
        "variables.button.0": "missing",
    }
    given = {"header.1": "A7", "2": "Monday", "button.0": "a7"}
    body = {"name": "order", "variables": [{"key": k, "value": v} for k, v in given.items()]}
    preview = await caller.post(path, {**body, "preview": True})
    text = f"Order A7\n\nDear {ann.name}, it comes on Monday.\n\n[Track] https://shop.example/a7"
    assert (preview.status, preview.body["text"]) == (200, text)
    assert preview.body["message"] is None
    assert {"key": "1", "value": ann.name} in preview.body["variables"]
    sent = await caller.post(path, body, headers={"Idempotency-Key": f"once-{session}"})
    same = await caller.post(path, body, headers={"Idempotency-Key": f"once-{session}"})
    assert sent.body["message"]["id"] == same.body["message"]["id"]
    await ann.wait_for("it comes on Monday.")
    await topic.wait_for(f"{mia.name}: Order A7")
    assert [each.kind for each in await ann.list_received()].count("template") == 1
    changed = await caller.patch(f"/messages/{sent.body['message']['id']}", {"text": "x"})
    assert changed.status == 409
    template = await caller.get(f"/templates/{sent.body['template']['id']}")
    assert [each["key"] for each in template.body["gaps"]] == ["header.1", "1", "2", "button.0"]
    unknown = await caller.post(path, {"name": "nothing"})
    assert unknown.faults == {"name": "unknown"}
    both = await caller.post(path, {})
    assert both.faults == {"template_id": "one_of_two"}


async def test_a_file_that_was_uploaded_goes_into_the_header(shop: TemplateStage) -> None:
    mia, ann, _ = await shop.start_conversation()
    caller, session = await log_in_agent(shop.api, mia), await shop.session(ann)
    pdf = b"%PDF-1.4 a bill"
    note = await upload_file(caller, session, ("bill.pdf", "application/pdf", pdf), internal="true")
    assert note.status == 201, note.body
    await shop.close_window(ann)
    body = {"name": "bill", "header_message_id": note.body["id"]}
    sent = await caller.post(f"/sessions/{session}/templates", body)
    assert sent.status == 200, sent.body
    assert sent.body["message"]["file"]["name"] == "bill.pdf"
    await ann.wait_for("Here is your bill.")
    [*_, heard] = await shop.graph.messages(ann.address)
    assert await shop.graph.media(heard["shown"]["header"]["document"]["id"]) == pdf
    other = await caller.post(f"/sessions/{session}/templates", {**body, "name": "hello"})
    assert other.status == 422
    assert list(other.faults) == ["variables.header"]


async def test_what_meta_decides_is_known_at_once(shop: TemplateStage) -> None:
    mia, ann, topic = await shop.start_conversation()
    order = shop.templates["order"]
    await shop.graph.change_template(order, "PAUSED")
    path = f"/channels/{shop.channel}/templates"

    async def is_(status: str) -> bool:
        found = await shop.ada.get(f"{path}?name=order")
        return [each["status"] for each in found.body["items"]] == [status]

    await eventually(lambda: is_("PAUSED"), "the template is paused")
    await mia.writes(topic, "/t order A7 | Monday | a7")
    await topic.wait_for("There is no approved template order")
    await shop.graph.change_template(order, "APPROVED")
    synced = await shop.ada.post(f"{path}/sync")
    assert (synced.status, synced.body) == (200, {"found": 3, "gone": 0})
    await eventually(lambda: is_("APPROVED"), "the template is approved again")
    assert "template" not in [each.kind for each in await ann.list_received()]


async def test_telegrams_customers_know_no_window(shop: TemplateStage) -> None:
    mia, bob = await shop.stage.agent("Mia"), await Stage.customer(shop.stage, "Bob")
    await bob.begins()
    await bob.says("hello")
    topic = await shop.stage.topic(bob)
    await topic.wait_for("hello")
    await mia.writes(topic, "/t")
    await topic.wait_for("There is no approved template")
    card = await topic.card("Session: #1")
    assert "Reply window" not in card.text
    [own] = await shop.stage.rows("SELECT id FROM channels WHERE kind = 'telegram'")
    answer = await shop.ada.post(f"/channels/{own['id']}/templates/sync")
    assert (answer.status, answer.problem) == (409, "conflict")


async def test_a_rule_sends_a_template_in_a_closed_window(shop: TemplateStage) -> None:
    _, ann, topic = await shop.start_conversation()
    uploaded = await shop.ada.post(
        "/reply-files", data=build_form("bill.pdf", "application/pdf", b"%PDF-1.4 bill")
    )
    assert uploaded.status == 201, uploaded.body
    templates = (await shop.ada.get(f"/channels/{shop.channel}/templates")).body["items"]
    ids = {each["name"]: each["id"] for each in templates}
    common = {"channel_id": shop.channel, "match_kind": "exact", "is_once_per_session": True}
    values = {"1": "{{first_name}}", "2": "Monday", "header.1": "77", "button.0": "77"}
    for rule in (
        {"name": "order", "trigger_keywords": ["my order"], "reply_values": values},
        {"name": "bill", "trigger_keywords": ["my bill"], "reply_file_id": uploaded.body["id"]},
    ):
        body = {**common, **rule, "reply_template_id": ids[rule["name"]]}
        made = await shop.ada.post("/auto-reply-rules", body)
        assert made.status == 201, made.body
        wrong = await shop.ada.post("/auto-reply-rules", {**body, "reply_buttons": ["Yes"]})
        assert (wrong.status, "reply_buttons" in wrong.faults) == (422, True)
    later = {**common, "name": "later", "trigger_keywords": ["later"], "delay_seconds": 1}
    made = await shop.ada.post(
        "/auto-reply-rules", {**later, "reply_template_id": ids["bill"], "reply_file_id": None}
    )
    assert made.status == 201, made.body

    await ann.says("my order")
    assert "Ann, it comes on Monday" in (await ann.wait_for("Dear ")).text
    await ann.says("my bill")
    got = await ann.wait_for("Here is your bill.")
    assert await ann.download(got) == b"%PDF-1.4 bill"
    await topic.wait_for("Rule bill:")
    # Without its header's file the template cannot be sent: staff is told, the customer is not.
    await ann.says("later")
    await topic.wait_for("later")
    await topic.wait_for("The auto-reply rule later did not answer")
