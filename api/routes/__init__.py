"""Every route of the API: the one table that is served, described, and tested."""

from api.routes.accounts import ACCOUNTS
from api.routes.administration import OFFICE
from api.routes.conversations import WORK
from api.routing.route import Route

ROUTES: tuple[Route, ...] = (*ACCOUNTS, *WORK, *OFFICE)
