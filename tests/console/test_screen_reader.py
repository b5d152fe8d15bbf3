"""What a screen reader finds: names, roles and states of the essential screens, and the focus."""

import pytest
from playwright.async_api import expect

from db.tables import Role
from tests.console.scene import PHONE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOG_IN = """
- main:
  - heading "Log in" [level=1]
  - textbox "E-mail address"
  - textbox "Password"
  - button "Log in"
"""
INBOX = """
- navigation "Screens":
  - link "Inbox"
  - link "Search"
  - link "Clients"
  - link "Reports"
  - link "Settings"
  - link "More"
- main:
  - region "Inbox":
    - heading "Inbox" [level=1]
    - button "All commands and screens"
    - navigation "Lists":
      - link /Mine/
      - link /Waiting/
      - link /Unread/
      - link "All"
    - listbox "Waiting":
      - option /Where is my parcel\\?.*1 unread message/
  - region "No conversation is open"
- status
"""
THREAD = """
- region /Conversation with/:
  - link /Show the customer/:
    - heading [level=1]
  - button "End"
  - button "Actions for this session"
  - log "Messages":
    - article /Ann/:
      - paragraph: Where is my parcel?
      - button "Actions for this message"
    - article "You":
      - paragraph: It left yesterday
      - text: Sent
  - group "What you write":
    - button "Reply" [pressed]
    - button "Note"
  - button "Attach files"
  - textbox "Reply to the customer"
  - button "Send" [disabled]
- complementary "Customer":
  - heading "Customer" [level=1]
  - textbox "Name"
  - textbox "Phone number"
  - heading "Sessions" [level=2]
  - button "Block"
"""
SEARCH = """
- region "Search":
  - heading "Search" [level=1]
  - search:
    - searchbox "Search in messages and names"
  - region "Hits":
    - list:
      - listitem:
        - button /parcel/
"""
REPORTS = """
- region "Reports":
  - heading "Reports" [level=1]
  - navigation "Days":
    - link "Last week"
  - combobox "Agent"
  - list "Main figures":
    - listitem:
      - link /Sessions/
  - region "Sessions over time":
    - heading "Sessions over time" [level=2]
    - button "Download Sessions over time"
"""


async def test_the_essential_screens_are_heard_as_they_are_seen(scene: Scene) -> None:
    customer = await scene.waiting_customer("Where is my parcel?")
    email = await scene.agent("Siti", role=Role.ADMIN)
    visitor = await scene.open()
    body, page = visitor.page.locator("body"), visitor.page
    await expect(body).to_match_aria_snapshot(LOG_IN)
    visitor = await scene.enter(email)
    body, page = visitor.page.locator("body"), visitor.page
    await visitor.show("waiting")
    await expect(body).to_match_aria_snapshot(INBOX)
    await visitor.open_thread(customer.name)
    await visitor.button("Claim")
    await visitor.write("It left yesterday")
    await customer.wait_for("It left yesterday")
    await expect(body).to_match_aria_snapshot(THREAD)
    # A message that cannot be sent is said at once, a new one politely.
    async with page.expect_response("**/messages"):
        await page.route("**/sessions/*/messages", lambda route: route.fulfill(status=409))
        await visitor.write("This cannot be sent")
    failed = page.get_by_role("log").get_by_role("article", name="You")
    await expect(failed.get_by_role("alert")).to_be_visible()
    await page.unroute_all()
    await visitor.press(failed.get_by_role("button", name="Back to the composer"))
    # Another page begins at its heading, or where one writes; a dialog gives the focus back.
    await visitor.press(page.get_by_role("link", name="Clients"))
    await expect(page.get_by_role("heading", name="Clients")).to_be_focused()
    await visitor.press(page.get_by_role("link", name="Search"))
    await page.get_by_role("searchbox").fill("parcel")
    await expect(body).to_match_aria_snapshot(SEARCH)
    await visitor.press(page.get_by_role("link", name="Reports"))
    await expect(body).to_match_aria_snapshot(REPORTS)
    await visitor.press(page.get_by_role("link", name="Inbox"))
    await visitor.button("All commands and screens")
    await expect(page.get_by_role("combobox")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="All commands and screens")).to_be_focused()


async def test_on_a_phone_the_focus_follows_what_is_shown(scene: Scene) -> None:
    customer = await scene.waiting_customer("Where is my parcel?")
    visitor = await scene.enter(await scene.agent("Sari"), PHONE, touch=True)
    page = visitor.page
    await visitor.show("waiting")
    await page.get_by_role("listbox").focus()
    await visitor.open_thread(customer.name)
    await expect(page.get_by_role("heading", name=customer.name)).to_be_focused()
    await visitor.press(page.get_by_role("link", name="Back"))
    await expect(page.get_by_role("heading", name="Inbox")).to_be_focused()
