"""The browser that acts as a person in front of a page."""

from dataclasses import dataclass

from tests.services.programs import require_program

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Chromium:
    """The arguments for Playwright's `chromium.launch()`."""

    executable_path: str
    args: tuple[str, ...] = ARGUMENTS


def find_chromium() -> Chromium:
    """Return the installed browser, or skip the test."""
    return Chromium(require_program("chromium", "chromium-browser", "google-chrome"))
