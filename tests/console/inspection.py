"""What every screen must be: without findings of axe, without cut words, with targets to touch."""

from axe_playwright_python.async_playwright import Axe

from tests.console.visitor import Visitor

# Elements whose words are cut, although they have no ellipsis; and a page that scrolls sideways, or
# behind its panes.
_CUT = """() => {
  const cut = [...document.querySelectorAll("button, a, h1, h2, label > span, p")]
    .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1
      && getComputedStyle(each).textOverflow !== "ellipsis"
      && getComputedStyle(each).display !== "inline")
    .map((each) => each.outerHTML.slice(0, 120));
  const page = document.documentElement;
  const isWide = page.scrollWidth > innerWidth;
  const isTall = document.querySelector(".shell") && page.scrollHeight > innerHeight + 1;
  return isWide || isTall ? [...cut, "the page"] : cut;
}"""
_SMALL = """() => [...document.querySelectorAll("button, select, nav a, input:not([type=file])")]
  .filter((each) => each.offsetParent && !each.matches(".bubble *, .bubble-menu *, .hidden"))
  .filter((each) => (each.closest("label") ?? each).getBoundingClientRect().height < 43.5)
  .map((each) => each.outerHTML.slice(0, 120))"""
# Help and errors that no field, group of fields or button names as its description: a screen
# reader would not say them.
_UNDESCRIBED = """() => [...document.querySelectorAll(
    ".admin-form .field-error, .admin-form .field > .quiet.small, .action > .quiet.small")]
  .filter((each) => each.offsetParent)
  .filter((each) => !each.id || !document.querySelector(`[aria-describedby~="${each.id}"]`))
  .map((each) => each.outerHTML.slice(0, 120))"""


async def inspect(visitor: Visitor, screen: str) -> None:
    """Assert that the screen that is shown is accessible and whole."""
    found = await Axe().run(visitor.page, options={"resultTypes": ["violations"]})
    described = [
        f"{screen}: {each['id']}: {node['html'][:160]}: {node.get('failureSummary', '')[:300]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]
    assert described == [], "\n".join(described)
    assert await visitor.page.evaluate(_CUT) == [], screen
    assert await visitor.page.evaluate(_SMALL) == [], screen
    assert await visitor.page.evaluate(_UNDESCRIBED) == [], screen
