"""Every route of the API: the one table that is served, described, and tested."""

from api.auth import me
from api.policy import Rule
from api.route import Route

ROUTES: tuple[Route, ...] = (
    # One's own account
    Route("GET", "/auth/me", me.show, "Who am I?", may=Rule.ENROLLING),
)
