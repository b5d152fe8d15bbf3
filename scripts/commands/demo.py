"""`osmodesk demo`: a help desk to try, without any settings."""

from typing import Annotated

import typer

Personal = Annotated[
    bool, typer.Option("--personal", help="Agents answer in their own chats with a staff bot.")
]


def demo(*, personal: Personal = False) -> None:
    """Try a help desk with no setup: a page on which you play the customer and the staff group."""
    from scripts.demo.demo import run_demo  # noqa: PLC0415 the other commands start without it

    run_demo(personal=personal)
