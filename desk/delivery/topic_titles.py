"""What a topic's name and icon say about its conversation; pure."""

from dataclasses import dataclass

from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.tables import Priority

_WAITS, _TALKS, _ENDED, _ASIDE, _AI = "❓", "💬", "✅", "📆", "🤖"
_PRIORITIES = {Priority.HIGH: "❗️", Priority.URGENT: "‼️"}


@dataclass(frozen=True, slots=True)
class TopicTitle:
    """A topic's name, and the emoji of its icon, if the provider has such an icon."""

    name: str
    icon: str

    @property
    def key(self) -> str:
        """Return how a place keeps what its topic shows."""
        return f"{self.icon} {self.name}"


def build_topic_title(thread: Thread) -> TopicTitle:
    """Build the title of a conversation: what an agent must know without opening the topic.

    The icon shows how far the session is. Sessions of a high priority, and those put aside, have a
    sign in their name too, because icons are easily overlooked.
    """
    if thread.session_id is None:
        return TopicTitle(thread.name, _ENDED)
    if thread.snoozed_until is not None:
        return TopicTitle(f"{_ASIDE} {thread.name}", _ASIDE)
    urgent = _PRIORITIES.get(thread.priority) if thread.priority else None
    if urgent is not None:
        return TopicTitle(f"{urgent} {thread.name}", urgent)
    if thread.is_held_by_ai:
        return TopicTitle(thread.name, _AI)
    is_answered = thread.holder_id is not None and thread.card_details.first_answer_at is not None
    return TopicTitle(thread.name, _TALKS if is_answered else _WAITS)


def find_new_title(thread: Thread, place: Place) -> TopicTitle | None:
    """Return the title that a topic gets; None if it shows that already, or was left."""
    if place.topic is None or not place.in_topic:
        return None
    if place.agent_id is not None and thread.session_id is None:
        return None  # it says already that it has ended (desk/conversations/placing.py)
    title = build_topic_title(thread)
    return None if title.key == place.title else title
