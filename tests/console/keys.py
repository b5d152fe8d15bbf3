"""Hands on a keyboard: everything is reached by Tab, nothing is clicked or focused by the test."""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, expect

from tests.console.visitor import Visitor

# A screen has fewer places that take the focus.
_MOST = 250


@dataclass(frozen=True, slots=True)
class Keys:
    """The keyboard of a visitor."""

    visitor: Visitor

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.visitor.page.keyboard.press(key)

    async def reach(self, what: Locator) -> None:
        """Press Tab until this has the focus."""
        await expect(what).to_be_visible()
        for _ in range(_MOST):
            if await what.evaluate("(element) => element === document.activeElement"):
                return
            await self.press("Tab")
        raise AssertionError(f"Tab does not reach {what}")

    async def link(self, name: str) -> None:
        """Follow the link whose name begins with this."""
        begins = re.compile(f"^{re.escape(name)}")
        await self.reach(self.visitor.page.get_by_role("link", name=begins).first)
        await self.press("Enter")

    async def button(self, name: str, *, by: str = "Enter") -> None:
        await self.reach(self.visitor.page.get_by_role("button", name=name, exact=True).last)
        await self.press(by)

    async def type(self, label: str, text: str) -> None:
        """Write into a field, over what stands there."""
        await self.reach(self.visitor.page.get_by_label(label, exact=True))
        await self.press("Control+a")
        await self.visitor.page.keyboard.type(text)

    async def toggle(self, label: str) -> None:
        """Tick a box or clear it."""
        await self.reach(self.visitor.page.get_by_label(label, exact=True))
        await self.press("Space")

    async def choose(self, label: str, *letters: str) -> None:
        """Choose in a list by the first letters of the words, or by arrows."""
        await self.reach(self.visitor.page.get_by_label(label, exact=True))
        await self.press(*letters)

    async def confirm(self, name: str) -> None:
        """Answer the question that is open with the button of this name; the focus stays in it."""
        dialog = self.visitor.page.get_by_role("dialog")
        await expect(dialog).to_have_accessible_name(re.compile(r"\w"))
        await self.reach(dialog.get_by_role("button", name=name, exact=True))
        assert await dialog.evaluate("(element) => element.contains(document.activeElement)")
        await self.press("Enter")
        await expect(dialog).to_have_count(0)
