"""A person in front of the console."""

from playwright.async_api import ConsoleMessage, Frame, Locator, Page, expect

# What the browser itself writes about responses that the page handles and shows.
_HANDLED = ("Failed to load resource",)


class Visitor:
    """A page of the console, with what it complained about.

    `view` is where the console is shown: the page itself, or Telegram's frame in it.
    """

    def __init__(self, page: Page, address: str, *, is_touch: bool = False) -> None:
        self.page = page
        self.view: Page | Frame = page
        self.address = address
        self.is_touch = is_touch
        self.troubles: list[str] = []
        page.on("console", self._record)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _record(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_HANDLED):
            self.troubles.append(f"{message.type}: {message.text}")

    async def open(self) -> None:
        await self.page.goto(self.address + "/")

    async def enter_app(self) -> None:
        """Wait for the Mini App that was opened, and stay in it."""
        dialog = self.page.locator("dialog.mini-app[data-ready]")
        await expect(dialog).to_be_visible()
        frame = await (await dialog.locator("iframe").element_handle()).content_frame()
        assert frame is not None
        self.view = frame
        await expect(frame.locator(".shell, .login")).to_be_visible()

    async def log_in(self, email: str, password: str) -> None:
        await self.page.locator("input[name=email]").fill(email)
        await self.page.locator("input[name=password]").fill(password)
        await self.press(self.page.locator("form button.is-primary"))

    async def press(self, what: Locator) -> None:
        """Tap on a phone, click elsewhere."""
        await (what.tap() if self.is_touch else what.click())

    async def button(self, name: str) -> None:
        """Press the button of this name."""
        await self.press(self.view.get_by_role("button", name=name, exact=True))

    async def save(self, button: Locator | None = None) -> None:
        """Press Save, and wait until the server has saved it."""
        changes = {"PATCH", "PUT", "POST"}
        async with self.page.expect_response(lambda each: each.request.method in changes) as saved:
            await self.press(button or self.page.get_by_role("button", name="Save", exact=True))
        assert (await saved.value).ok, await (await saved.value).text()

    async def administer(self, place: str) -> None:
        """Show a screen of the administration by its address."""
        await self.page.goto(f"{self.address}/#/administration/{place}")
        pane = ".detail-pane" if place else ".list-pane"
        await expect(self.page.locator(f"{pane} h1").first).to_be_visible()

    async def fill(self, label: str, text: str) -> None:
        """Write into the field of this label."""
        await self.page.get_by_label(label, exact=True).fill(text)

    async def show(self, view: str) -> None:
        """Show a list of the inbox."""
        await self.press(self.view.locator(f'.views a[href^="#/inbox/{view}"]'))

    def row(self, name: str) -> Locator:
        return self.view.get_by_role("option").filter(has_text=name)

    async def open_thread(self, name: str) -> None:
        """Open a customer's conversation from the list that is shown."""
        await self.press(self.row(name))
        await expect(self.view.locator(".who-name").filter(has_text=name)).to_be_visible()

    @property
    def input(self) -> Locator:
        return self.view.locator(".composer-input")

    async def write(self, text: str) -> None:
        """Write into the composer and press its button."""
        await self.input.fill(text)
        await self.press(self.view.locator(".send"))

    def bubble(self, text: str) -> Locator:
        return self.view.locator(".bubble-row").filter(has_text=text)
