"""All routes of the API: one table, which is served, documented and tested."""

from api.routes.accounts import ACCOUNTS
from api.routes.administration import ADMINISTRATION
from api.routes.ai import AI
from api.routes.auto_replies import AUTO_REPLIES
from api.routes.broadcasts import BROADCASTS
from api.routes.conversations import CONVERSATIONS
from api.routes.knowledge import KNOWLEDGE
from api.routes.texts import TEXTS
from api.routing.route import Route

ROUTES: tuple[Route, ...] = (
    *ACCOUNTS,
    *CONVERSATIONS,
    *ADMINISTRATION,
    *AI,
    *KNOWLEDGE,
    *AUTO_REPLIES,
    *TEXTS,
    *BROADCASTS,
)
