"""Nothing is lost, doubled or shown wrongly when the connection or the desk goes away."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.console.scene import PASSWORD, Scene
from tests.flows.stage import prepare_stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_answer_whose_response_was_lost_arrives_once(scene: Scene) -> None:
    customer = await scene.waiting_customer("Are you there?")
    desk = await scene.enter(await scene.agent("Ona"))
    await desk.page.keyboard.press("n")
    await expect(desk.page.locator(".who-name")).to_have_text(customer.name)
    lost = 0

    async def lose_first(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost > 1:
            await route.continue_()
            return
        await route.fetch()  # it reaches the desk
        await route.abort()

    await desk.page.route("**/api/v1/sessions/*/messages", lose_first)
    await desk.write("Yes, I am")
    await customer.wait_for("Yes, I am")
    await expect(desk.bubble("Yes, I am").locator(".delivery.is-sent")).to_be_visible()
    await expect(desk.bubble("Yes, I am")).to_have_count(1)
    assert lost >= 1
    assert [each.text for each in await customer.chat()].count("Yes, I am") == 1


async def test_a_refused_answer_says_why_and_goes_back_into_the_composer(scene: Scene) -> None:
    customer = await scene.waiting_customer("Hello?")
    desk = await scene.enter(await scene.agent("Rik"))
    await desk.page.keyboard.press("n")
    await expect(desk.bubble("Hello?")).to_be_visible()
    problem = '{"type": "urn:osmodesk:problem:conflict", "title": "Conflict", "detail": "not now"}'
    await desk.page.route(
        "**/api/v1/sessions/*/messages", lambda route: route.fulfill(status=409, body=problem)
    )
    await desk.write("Hello to you")
    refused = desk.bubble("Hello to you")
    await expect(refused).to_contain_text("not now")
    await desk.input.fill("More")
    await desk.page.reload()  # it is still there, and refused again
    await expect(refused).to_contain_text("not now")
    await desk.press(refused.get_by_role("button", name="Back to the composer"))
    await expect(desk.input).to_have_value("More\nHello to you")
    await expect(refused).to_have_count(0)
    assert not [each for each in await customer.chat() if "Hello to you" in each.text]


async def test_a_draft_survives_a_log_in_that_ended(scene: Scene) -> None:
    await scene.waiting_customer("One moment, please")
    email = await scene.agent("Eve")
    desk = await scene.enter(email)
    await desk.page.keyboard.press("n")
    await desk.input.fill("half a sentence")
    await scene.call("POST", "/auth/logout-all", email=email)
    await expect(desk.page.get_by_text("Your log-in has ended")).to_be_visible()
    await desk.log_in(email, PASSWORD)
    await expect(desk.input).to_have_value("half a sentence")
    await expect(desk.bubble("One moment, please")).to_be_visible()


async def test_a_person_decides_about_an_answer_that_may_have_arrived(scene: Scene) -> None:
    customer = await scene.waiting_customer("Did you send it?")
    desk = await scene.enter(await scene.agent("Una"))
    await desk.page.keyboard.press("n")
    await expect(desk.bubble("Did you send it?")).to_be_visible()
    telegram = scene.stage.telegram
    await telegram.fail("sendMessage", chat_id=int(customer.address), kind="drop_before")
    await desk.write("Yes, yesterday")
    bubble = desk.bubble("Yes, yesterday")
    await expect(bubble.locator(".delivery.is-uncertain")).to_be_visible()
    await desk.press(bubble.get_by_role("button", name="Send again"))
    await customer.wait_for("Yes, yesterday")
    await expect(bubble.locator(".delivery.is-sent")).to_be_visible()
    await expect(bubble).to_have_count(1)
    await expect(bubble.get_by_role("button", name="It arrived")).to_have_count(0)


@pytest_asyncio.fixture(loop_scope="session")
async def stopping_scene(
    browser: Browser, tmp_path: Path, migrated_sqlite: Path
) -> AsyncIterator[Scene]:
    """A scene whose desk the test starts and stops."""
    file = tmp_path / "osmodesk.db"
    shutil.copy(migrated_sqlite, file)
    async with prepare_stage(f"sqlite+aiosqlite:///{file}") as stage:
        scene = Scene(stage, browser)
        yield scene
        assert await scene.close_pages() == []


async def test_a_restart_of_the_desk_loses_no_message_answer_or_draft(
    stopping_scene: Scene,
) -> None:
    scene, stage = stopping_scene, stopping_scene.stage
    async with stage.desk() as address:
        stage.address = address
        customer = await scene.waiting_customer("Before the restart")
        desk = await scene.enter(await scene.agent("Rea"))
        await desk.page.keyboard.press("n")
        await expect(desk.bubble("Before the restart")).to_be_visible()
    await expect(desk.page.get_by_text("Reconnecting…")).to_be_visible()
    await desk.write("Written while it was away")
    await expect(desk.bubble("Written while it was away")).to_contain_text("Waiting for the server")
    await desk.input.fill("half a thought")
    await customer.says("During the restart")

    async with stage.desk(port=int(address.rpartition(":")[2])):
        await customer.wait_for("Written while it was away")
        await expect(desk.bubble("During the restart")).to_be_visible()
        await expect(desk.page.get_by_text("Reconnecting…")).to_have_count(0)
        await customer.says("After the restart")
        await expect(desk.bubble("After the restart")).to_be_visible()
        await expect(desk.input).to_have_value("half a thought")
        for text in ("Written while it was away", "During the restart", "After the restart"):
            await expect(desk.bubble(text)).to_have_count(1)
        await scene.close_pages()
