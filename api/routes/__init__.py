"""Every route of the API: the one table that is served, described, and tested."""

from api.route import Route
from api.routes.accounts import ACCOUNTS
from api.routes.office import OFFICE
from api.routes.work import WORK

ROUTES: tuple[Route, ...] = (*ACCOUNTS, *WORK, *OFFICE)
