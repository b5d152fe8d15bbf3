"""Every route of the API: the one table that is served, described, and tested."""

from api.routes.accounts import ACCOUNTS
from api.routes.administration import ADMINISTRATION
from api.routes.conversations import CONVERSATIONS
from api.routing.route import Route

ROUTES: tuple[Route, ...] = (*ACCOUNTS, *CONVERSATIONS, *ADMINISTRATION)
