"""Replies while the window is closed become drafts with buttons, and are never sent twice."""

import pytest

from db.database import Database
from db.ids import MessageId
from db.tables import OutboxState, TemplateStatus
from desk.content import IncomingMessage
from desk.conversations import sessions
from desk.errors import Uncertain, WindowClosed
from desk.messages import (
    drafts,
    from_api,
    outbound,
    template_commands,
    template_messages,
    uncertain,
)
from desk.templates.lookup import find_template
from desk.templates.rendering import RenderingError
from desk.unit_of_work import UnitOfWork
from tests.desk.messages.window_scene import DAY, Scene, open_scene, state
from tests.desk.stage import GROUP, text, thread_of


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await open_scene(database)


async def release(scene: Scene, message_id: MessageId) -> bool:
    async def send(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, scene.ann)
        return await outbound.send_draft(uow, thread, message_id, scene.mia)

    return await scene.stage.run_in_uow(send)


async def test_while_it_is_open_answers_go_out(scene: Scene) -> None:
    scene.stage.later(DAY.total_seconds() - 60)
    message_id = await scene.answers("In time")
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("sent", False)


async def test_an_answer_after_it_is_a_draft_with_templates_to_choose_from(scene: Scene) -> None:
    first, second = await scene.template(), await scene.template(name="order")
    await scene.template(name="refused", status="REJECTED")
    await scene.template(name="strange", components=[{"type": "CAROUSEL"}])
    await scene.close()
    message_id = await scene.answers("Too late")
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("held", True)
    assert "Too late" not in scene.stage.sender.did("deliver")
    assert await scene.buttons() == [
        f"tpl:{first}:{message_id}",
        f"tpl:{second}:{message_id}",
        f"drop:{message_id}",
    ]
    assert all(len(each) <= 64 for each in await scene.buttons())
    [*_, notice] = await scene.notices()
    assert notice["reply_to"] == message_id
    kept = await scene.stage.message(message_id)
    assert (kept.message, kept.author_id) == ("Too late", scene.mia.agent_id)


async def test_where_there_is_no_template_it_says_so(scene: Scene) -> None:
    await scene.close()
    message_id = await scene.answers("Too late")
    assert "there is no approved template" in (await scene.told())[-1]
    assert await scene.buttons() == [f"drop:{message_id}"]


async def test_many_templates_come_page_by_page(scene: Scene) -> None:
    for number in range(19):
        await scene.template(name=f"t{number:02}")

    async def labels(page: int) -> list[str]:
        async def look(uow: UnitOfWork) -> list[str]:
            _, rows = await drafts.build_question(uow, await thread_of(uow, scene.ann), None, page)
            return [each["text"] for row in rows for each in row]

        return await scene.stage.run_in_uow(look)

    assert await labels(0) == [f"t{n:02} (en)" for n in range(8)] + ["▶"]
    assert await labels(1) == [f"t{n:02} (en)" for n in range(8, 16)] + ["◀", "▶"]
    assert await labels(2) == [f"t{n:02} (en)" for n in range(16, 19)] + ["◀"]
    assert await labels(99) == await labels(2)


async def test_an_answer_that_waited_until_it_closed_is_a_draft_too(scene: Scene) -> None:
    message_id = await scene.answers("In time, as it seemed")
    scene.stage.later(DAY.total_seconds() + 1)
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("held", True)
    assert "In time, as it seemed" not in scene.stage.sender.did("deliver")
    assert (await scene.told())[-1].startswith("Not sent: ")


async def test_all_parts_of_a_long_answer_become_one_draft(scene: Scene) -> None:
    message_id = await scene.answers("a" * 4000 + " " + "b" * 4000)
    other = await scene.answers("another")
    scene.stage.later(DAY.total_seconds() + 1)
    await scene.stage.deliver()
    assert await state(scene, message_id) == await state(scene, other) == ("held", True)
    assert len([each for each in await scene.told() if each.startswith("Not sent: ")]) == 2
    assert {row.state.value for row in await scene.stage.outbox()} == {"done", "failed"}


async def test_what_was_half_sent_when_it_closed_is_failed_not_a_draft(scene: Scene) -> None:
    scene.stage.sender.faults = [None, WindowClosed("131047")]
    message_id = await scene.answers("a" * 4000 + " " + "b" * 4000)
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("failed", True)
    assert "131047" in (await scene.told())[-1]


async def test_the_providers_refusal_closes_it(scene: Scene) -> None:
    template = await scene.template()
    scene.stage.sender.faults = [WindowClosed("131047")]
    message_id = await scene.answers("As it seemed")
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("held", True)
    assert await scene.until() == scene.stage.now
    assert await scene.buttons() == [f"tpl:{template}:{message_id}", f"drop:{message_id}"]


async def test_when_the_customer_writes_again_the_draft_can_be_sent_once(scene: Scene) -> None:
    await scene.close()
    message_id = await scene.answers("Too late")
    scene.stage.later(3600)
    await scene.writes("Hello again")
    assert await scene.buttons() == [f"draft:{message_id}", f"drop:{message_id}"]
    assert await release(scene, message_id)
    assert not await release(scene, message_id)
    await scene.stage.deliver()
    assert scene.stage.sender.did("deliver").count("Too late") == 1
    assert await state(scene, message_id) == ("sent", False)
    await scene.writes("And more")  # nothing is offered while the window is open
    assert (
        len([each for each in await scene.told() if "wrote again. You can send this draft" in each])
        == 1
    )


async def test_a_draft_that_was_edited_goes_out_as_it_reads_by_then(scene: Scene) -> None:
    await scene.close()
    place = str(int(scene.stage.at))
    message_id = await scene.answers("Too late")

    async def edit(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, scene.ann)
        await outbound.edit_from_topic(
            uow, thread, IncomingMessage(text("Better so"), GROUP, place)
        )

    before = len(await scene.stage.outbox())
    await scene.stage.run_in_uow(edit)
    assert len(await scene.stage.outbox()) == before
    await scene.writes("Hello again")
    assert await release(scene, message_id)
    await scene.stage.deliver()
    heard = [
        each for each in scene.stage.sender.did("deliver") if each in {"Too late", "Better so"}
    ]
    assert heard == ["Better so"]


async def test_what_may_have_arrived_is_a_draft_if_it_is_to_be_sent_again_too_late(
    scene: Scene,
) -> None:
    scene.stage.sender.faults = [Uncertain("no answer came")]
    message_id = await scene.answers("Did it arrive?")
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("uncertain", True)
    [row] = [each for each in await scene.stage.outbox() if each.state is OutboxState.UNCERTAIN]
    row_id = row.id
    assert row_id is not None
    await scene.close()

    async def again(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, scene.ann)
        return await uncertain.resend(uow, thread, scene.mia, row_id)

    assert await scene.stage.run_in_uow(again)
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("held", True)
    assert scene.stage.sender.did("deliver").count("Did it arrive?") == 1
    assert not await scene.stage.run_in_uow(again)


async def test_a_discarded_draft_is_not_sent_and_stays_in_the_history(scene: Scene) -> None:
    await scene.close()
    message_id = await scene.answers("Too late")

    async def discard(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, scene.ann)
        return await drafts.discard(uow, thread, scene.mia, message_id)

    assert await scene.stage.run_in_uow(discard)
    assert not await scene.stage.run_in_uow(discard)
    await scene.writes("Hello again")
    assert not await release(scene, message_id)
    await scene.stage.deliver()
    assert "Too late" not in scene.stage.sender.did("deliver")
    kept = await scene.stage.message(message_id)
    assert (kept.message, kept.deleted_at) == ("Too late", scene.stage.now)


async def test_a_draft_of_somebody_elses_conversation_is_nobodys_here(scene: Scene) -> None:
    await scene.close()
    message_id = await scene.answers("Too late")
    bob = await scene.stage.customer("Bob", "43")

    async def elsewhere(uow: UnitOfWork) -> tuple[bool, bool]:
        thread = await thread_of(uow, bob)
        sent = await outbound.send_draft(uow, thread, message_id, scene.mia)
        return sent, await drafts.discard(uow, thread, scene.mia, message_id)

    assert await scene.stage.run_in_uow(elsewhere) == (False, False)
    assert await state(scene, message_id) == ("held", True)


async def test_an_answer_by_the_api_is_shown_in_the_topic_as_a_draft(scene: Scene) -> None:
    await scene.close()

    async def answer(uow: UnitOfWork) -> MessageId:
        thread = await thread_of(uow, scene.ann)
        return await from_api.reply_from_api(uow, thread, scene.mia, text("By the API"))

    message_id = await scene.stage.run_in_uow(answer)
    await scene.stage.deliver()
    assert await state(scene, message_id) == ("held", True)
    assert "Mia: By the API" in scene.stage.sender.did("deliver")


async def test_the_end_of_a_session_is_not_told_to_who_cannot_hear_it(scene: Scene) -> None:
    await scene.close()

    async def end(uow: UnitOfWork) -> None:
        await sessions.end(uow, await thread_of(uow, scene.ann), scene.mia)

    before = len(await scene.told())
    await scene.stage.run_in_uow(end)
    await scene.stage.deliver()
    assert not any("closed. If you need us" in each for each in scene.stage.sender.did("deliver"))
    assert len(await scene.told()) == before + 1  # the notice that it ended


# Templates


async def send(scene: Scene, name: str, *given: str) -> bool:
    async def work(uow: UnitOfWork) -> bool:
        thread = await thread_of(uow, scene.ann)
        template = await find_template(uow, thread, name)
        assert template is not None
        return await template_commands.try_send(uow, thread, scene.mia, template, given)

    return await scene.stage.run_in_uow(work)


async def test_a_template_goes_out_at_any_time_and_is_shown(scene: Scene) -> None:
    await scene.template()
    await scene.close()
    assert await send(scene, "hello")
    await scene.stage.deliver()
    [*_, sent, shown] = scene.stage.sender.deliveries
    assert (sent.content.text, sent.destination.chat) == ("Hello Ann!", "42")
    assert sent.content.attributes is not None
    assert sent.content.attributes["template"] == {
        "name": "hello",
        "language": "en",
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "parameter_name": "name", "text": "Ann"}],
            }
        ],
    }
    assert shown.content.text == "Mia: Hello Ann!"
    assert shown.content.attributes is None


async def test_one_that_waited_until_it_closed_goes_out_all_the_same(scene: Scene) -> None:
    await scene.template()
    assert await send(scene, "hello")
    scene.stage.later(DAY.total_seconds() + 1)
    await scene.stage.deliver()
    assert "Hello Ann!" in scene.stage.sender.did("deliver")


async def test_what_a_template_lacks_is_asked_for_with_the_command_to_complete(
    scene: Scene,
) -> None:
    await scene.template(
        name="order", components=[{"type": "BODY", "text": "{{name}}: {{order}} on {{day}}"}]
    )
    assert not await send(scene, "order")
    [*_, notice] = await scene.notices()
    words, line = notice["content"]["text"].rsplit("\n", 1)
    assert "needs more values (2): order (text), day (text)" in words
    assert line == "/t order {{order}} | {{day}}"
    [code] = notice["content"]["entities"]
    assert (code["offset"], code["length"]) == (len(words) + 1, len(line))
    assert not await send(scene, "order", "{{order}}", "{{day}}")
    assert "order is still a placeholder" in (await scene.told())[-1]
    assert not await send(scene, "order", "A7", "")
    assert "needs more values (1): day (text)" in (await scene.told())[-1]
    assert await send(scene, "order", "A7", "Monday")
    await scene.stage.deliver()
    assert "Ann: A7 on Monday" in scene.stage.sender.did("deliver")


async def test_the_customers_language_goes_first(scene: Scene) -> None:
    await scene.template()
    await scene.template(language="id", components=[{"type": "BODY", "text": "Halo {{nama}}!"}])
    await scene.stage.change("clients", language="id-ID")
    assert await send(scene, "hello")
    await scene.stage.deliver()
    assert "Halo Ann!" in scene.stage.sender.did("deliver")


async def test_one_that_was_paused_meanwhile_is_not_sent(scene: Scene) -> None:
    await scene.template()

    async def work(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, scene.ann)
        template = await find_template(uow, thread, "hello")
        assert template is not None
        template.status = TemplateStatus.PAUSED
        await template_messages.send_template(uow, thread, scene.mia, template, {})

    with pytest.raises(RenderingError, match="only approved ones"):
        await scene.stage.run_in_uow(work)
    assert "Hello Ann!" not in [row.payload.get("text") for row in await scene.stage.outbox()]
