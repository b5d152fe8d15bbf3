"""Routes of broadcasts."""

from api.access.permissions import AccessRule
from api.broadcasts import broadcasts
from api.errors.problems import Conflict
from api.routing.route import Route

_PATH = "/broadcasts/{broadcast_id}"
_ADMIN = AccessRule.ADMIN

BROADCASTS: tuple[Route, ...] = (
    Route("GET", "/broadcasts", broadcasts.list_broadcasts, "List broadcasts", access=_ADMIN),
    Route(
        "POST",
        "/broadcasts",
        broadcasts.create,
        "Create a broadcast",
        access=_ADMIN,
        status=201,
    ),
    Route("GET", _PATH, broadcasts.show, "Show a broadcast", access=_ADMIN),
    Route(
        "PATCH",
        _PATH,
        broadcasts.change,
        "Change a broadcast that has not begun",
        access=_ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        f"{_PATH}/preview",
        broadcasts.preview,
        "Count who would get a broadcast",
        access=_ADMIN,
    ),
    Route(
        "GET",
        f"{_PATH}/recipients",
        broadcasts.list_recipients,
        "List the recipients of a broadcast",
        access=_ADMIN,
    ),
    Route(
        "POST",
        f"{_PATH}/test",
        broadcasts.test,
        "Send a broadcast to yourself",
        access=_ADMIN,
        status=204,
        raises=(Conflict,),
    ),
    *(
        Route("POST", f"{_PATH}/{verb}", handler, title, access=_ADMIN, raises=(Conflict,))
        for verb, handler, title in (
            ("start", broadcasts.start, "Start a broadcast"),
            ("pause", broadcasts.pause, "Pause a broadcast"),
            ("resume", broadcasts.resume, "Resume a broadcast"),
            ("cancel", broadcasts.cancel, "Cancel a broadcast"),
        )
    ),
)
