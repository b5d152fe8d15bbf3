"""Refuse free answers while the reply window is closed."""

from typing import Annotated, Literal

from pydantic import Field

from api.errors.problems import ReplyWindowClosed
from api.templates.models import template_to_brief
from db.queries.conversations.threads import Thread
from desk.messages import window
from desk.templates.lookup import list_templates
from desk.unit_of_work import UnitOfWork

# More than anyone chooses from; the full list is at /channels/{id}/templates.
_MAX_TEMPLATES = 100

IfClosed = Annotated[
    Literal["refuse", "draft"],
    Field(
        description="what to do while the reply window is closed: `refuse` keeps nothing; `draft`"
        " keeps a draft (`held`), which can be sent when the customer writes again"
    ),
]


async def require_open_window(uow: UnitOfWork, thread: Thread) -> None:
    """Raise ReplyWindowClosed, with the templates to send instead, while the window is closed."""
    if not window.is_open(thread, uow.channel_of(thread), uow.now):
        rows = await list_templates(uow, thread)
        raise ReplyWindowClosed(map(template_to_brief, rows[:_MAX_TEMPLATES]))
