"""What a user prefers in the console, on all their devices."""

from typing import Annotated, Literal

from pydantic import Field

from api.access.caller import Caller
from api.errors.problems import NotFound
from api.schemas.base import Line, RequestBody, ResponseModel, Ulid
from db.queries.accounts.accounts import find_user, update_user
from desk.unit_of_work import UnitOfWork

Language = Literal["en", "id"]
Theme = Literal["auto", "light", "dark"]
InboxList = Literal["mine", "waiting", "open", "unread"]


class SavedView(RequestBody):
    """A list of the inbox with a filter, under a name."""

    name: Annotated[Line, Field(max_length=50)]
    list: Literal["mine", "waiting", "unread", "all"]
    channel_id: Ulid | None = None
    agent_id: Ulid | None = None
    tag_id: Ulid | None = None


_SavedViews = Annotated[list[SavedView], Field(max_length=20)]


class Preferences(ResponseModel):
    """What I prefer; those that I never changed have their defaults."""

    language: Language | None = Field(default=None, description="null: the browser's")
    theme: Theme = "auto"
    first_list: InboxList = Field(default="mine", description="the list that is shown at first")
    single_keys: bool = Field(default=True, description="single keys are commands outside of texts")
    enter_sends: bool = Field(default=True, description="false: Ctrl+Enter sends")
    sound: bool = Field(default=True, description="play a sound when a customer writes")
    notifications: bool = Field(default=False, description="show the browser's notifications")
    saved_views: list[SavedView] = Field(
        default=[], description="lists of the inbox with a filter, by names"
    )


class PreferenceChanges(RequestBody):
    """Preferences to change; omitted ones stay as they are."""

    language: Language | None = None
    theme: Theme = "auto"
    first_list: InboxList = "mine"
    single_keys: bool = True
    enter_sends: bool = True
    sound: bool = True
    notifications: bool = False
    saved_views: _SavedViews = Field(default=[])


async def show(uow: UnitOfWork, caller: Caller) -> Preferences:
    """Show my preferences."""
    user = await find_user(uow.tx, caller.user_id)
    if user is None:
        raise NotFound
    return _read(user.preferences or {})


async def change(uow: UnitOfWork, caller: Caller, body: PreferenceChanges) -> Preferences:
    """Change some of my preferences."""
    user = await find_user(uow.tx, caller.user_id, lock=True)
    if user is None:
        raise NotFound
    changes = body.model_dump(mode="json", exclude_unset=True)
    stored = {**(user.preferences or {}), **changes}
    await update_user(uow.tx, caller.user_id, preferences=stored)
    return _read(stored)


def _read(stored: dict[str, object]) -> Preferences:
    """Read what is stored; what a later version wrote and this one does not know is left out."""
    known = {name: each for name, each in stored.items() if name in Preferences.model_fields}
    return Preferences.model_validate(known)
