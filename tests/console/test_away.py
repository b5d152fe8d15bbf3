"""A laptop that slept, a network that was gone, a second tab, files: nothing is lost or doubled."""

import pytest
from playwright.async_api import FilePayload, Request, expect

from tests.console.scene import Scene
from tests.console.stalling_proxy import run_stalling_proxy

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORGET_FILES = """() => new Promise((done) => {
  indexedDB.deleteDatabase("osmodesk").addEventListener("success", done);
})"""


async def test_a_laptop_that_slept_knows_what_happened(scene: Scene) -> None:
    customer = await scene.waiting_customer("Before the sleep")
    async with run_stalling_proxy(scene.stage.address) as proxy:
        email = await scene.agent("Sila")
        desk = await scene.enter(email, address=proxy.address, has_clock=True)
        await desk.page.keyboard.press("n")
        await expect(desk.bubble("Before the sleep")).to_be_visible()
        await desk.input.fill("half a dream")
        # Its connections are dead, and nothing says so; the clock jumps when it wakes up.
        proxy.stall()
        await customer.says("While it slept")
        await desk.page.clock.fast_forward("45:00")
        await expect(desk.bubble("While it slept")).to_be_visible()
        await expect(desk.page.get_by_text("Reconnecting…")).to_have_count(0)
        await expect(desk.input).to_have_value("half a dream")
        await desk.write("Awake again")
        await customer.wait_for("Awake again")
        await customer.says("Good morning")
        await expect(desk.bubble("Good morning")).to_be_visible()
        for text in ("While it slept", "Awake again", "Good morning"):
            await expect(desk.bubble(text)).to_have_count(1)


async def test_without_a_network_one_writes_on_and_a_file_survives_a_reload(scene: Scene) -> None:
    customer = await scene.waiting_customer("Please send the plan")
    desk = await scene.enter(await scene.agent("Nele"))
    await desk.page.keyboard.press("n")
    await expect(desk.bubble("Please send the plan")).to_be_visible()
    await desk.page.context.set_offline(True)
    await expect(desk.page.get_by_text("Reconnecting…")).to_be_visible()
    await customer.says("Are you still there?")
    await desk.write("I am looking for it")
    plan = FilePayload(name="plan.txt", mimeType="text/plain", buffer=b"the plan")
    await desk.page.locator("input[type=file]").set_input_files(plan)
    await desk.write("Here it is")
    await expect(desk.bubble("Here it is")).to_contain_text("plan.txt")
    await desk.input.fill("half a thought")
    # The page cannot be loaded without a network: only the sending stays cut over the reload.
    await desk.page.route("**/api/v1/sessions/*/*", lambda route: route.abort())
    await desk.page.context.set_offline(False)
    await expect(desk.bubble("Are you still there?")).to_be_visible()
    await desk.page.reload()
    await expect(desk.bubble("Here it is")).to_contain_text("plan.txt")
    await desk.page.unroute_all()
    sent = await customer.wait_for("Here it is")
    assert await customer.download(sent) == b"the plan"
    chat = [each.text for each in await customer.chat()]
    assert chat.index("I am looking for it") < chat.index("Here it is")
    for text in ("I am looking for it", "Here it is"):
        assert chat.count(text) == 1
        await expect(desk.bubble(text)).to_have_count(1)
    await expect(desk.input).to_have_value("half a thought")

    # A browser that has cleared its storage says that the file is gone.
    await desk.page.route("**/api/v1/sessions/*/*", lambda route: route.abort())
    await desk.page.locator("input[type=file]").set_input_files(plan)
    await desk.write("And once more")
    await expect(desk.bubble("And once more")).to_contain_text("Waiting for the server")
    await desk.page.evaluate(FORGET_FILES)
    await desk.page.reload()
    await expect(desk.bubble("And once more")).to_contain_text("no longer has the file")
    await desk.page.unroute_all()
    await desk.press(desk.bubble("And once more").get_by_role("button", name="Back to"))
    await expect(desk.input).to_have_value("And once more")


async def test_one_tab_reads_the_stream_and_the_next_goes_on(scene: Scene) -> None:
    customer = await scene.waiting_customer("To both tabs")
    first = await scene.enter(await scene.agent("Tabea"))
    await first.show("waiting")
    await first.open_thread(customer.name)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/v1/events" in request.url:
            asked.append(request.url)

    second = await scene.another_tab(first, note)
    await second.show("waiting")
    await second.open_thread(customer.name)
    await customer.says("One stream is enough")
    for each in (first, second):
        await expect(each.bubble("One stream is enough")).to_be_visible()
    assert asked == []
    await second.input.fill("a draft of the second tab")
    await first.page.close()
    await customer.says("The second tab goes on")
    await expect(second.bubble("The second tab goes on")).to_be_visible()
    assert len(asked) == 1
    await customer.says("And on")
    await expect(second.bubble("And on")).to_be_visible()
    for text in ("One stream is enough", "The second tab goes on", "And on"):
        await expect(second.bubble(text)).to_have_count(1)
    await expect(second.input).to_have_value("a draft of the second tab")
