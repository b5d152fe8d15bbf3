"""Free answers, where the provider takes them only for a while after the customer wrote."""

from typing import Annotated, Literal

from pydantic import Field

from api.errors.problems import WindowClosed
from api.templates.models import brief
from db.queries.conversations.threads import Thread
from desk.messages import window
from desk.templates.lookup import list_templates
from desk.unit_of_work import UnitOfWork

# More than anybody chooses from; all of them are at /channels/{id}/templates.
_MOST = 100

IfClosed = Annotated[
    Literal["refuse", "draft"],
    Field(
        description="where only a template may be sent now: refuse it, and keep nothing, or keep it"
        " as a draft (`held`), which can be sent when the customer writes again"
    ),
]


async def must_be_open(uow: UnitOfWork, thread: Thread) -> None:
    """Raise WindowClosed, with what may be sent instead, where a free answer may not be sent."""
    if not window.is_open(thread, uow.channel_of(thread), uow.now):
        rows = await list_templates(uow, thread)
        raise WindowClosed(map(brief, rows[:_MOST]))
