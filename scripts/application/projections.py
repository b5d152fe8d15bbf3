"""Lists what follows the events of each transaction, inside that transaction."""

from desk.ai.gate import AiTurns
from desk.auto_replies.projection import AutoReplies
from desk.broadcasts.results import BroadcastReceipts
from desk.conversations.boards import QueueBoards
from desk.conversations.card_updates import CardUpdates
from desk.conversations.queue_places import QueuePlaces
from desk.conversations.session_timers import SessionTimers
from desk.conversations.snooze import EarlyWaking
from desk.live.projection import LiveEvents
from desk.messages.mentions import Mentions
from desk.messages.ratings.asking import RatingRequests
from desk.metrics.projection import SessionMetrics
from desk.projections import Projection
from desk.sla.waits import AnswerWaits
from desk.unit_of_work import UnitOfWork


def list_projections() -> list[Projection[UnitOfWork]]:
    """List the projections, in the order in which they see events."""
    return [
        LiveEvents(),
        SessionTimers(),
        EarlyWaking(),
        QueueBoards(),
        QueuePlaces(),
        SessionMetrics(),
        # After the figures, which say since when a customer is not answered.
        AnswerWaits(),
        # After the figures, which say whether it was the first answer.
        CardUpdates(),
        # After the figures, which say whether somebody answered.
        RatingRequests(),
        # Rules come before AI agents, which do not answer what a rule has answered.
        AutoReplies(),
        AiTurns(),
        BroadcastReceipts(),
        Mentions(),
    ]
