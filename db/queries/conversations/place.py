"""A place in which staff sees a conversation, as its row is read."""

from dataclasses import dataclass
from datetime import datetime

from db.ids import AgentId, ChannelId, StaffPlaceId


@dataclass(frozen=True, slots=True)
class Place:
    """A place in which staff sees a conversation: a topic of a group, or of an agent's own chat."""

    id: StaffPlaceId
    # The bot that speaks there.
    channel_id: ChannelId
    chat: str
    # None: it has not been opened yet, was deleted, or the chat has no topics.
    topic: str | None
    card: str | None
    # Whose own chat it is; None: it is in a staff group.
    agent_id: AgentId | None
    # False: the chat has no topics, so that everything stands in the chat itself.
    in_topic: bool
    # What was said before the conversation came here.
    opening: str | None
    # Of an agent's own chat: since when its topic is no longer needed.
    left_at: datetime | None
    # What the topic's icon and name show.
    title: str | None

    @property
    def is_open(self) -> bool:
        """Return whether messages can be sent there now, without opening a topic first."""
        return self.topic is not None or not self.in_topic

    def has(self, channel_id: ChannelId, chat: str) -> bool:
        """Check whether this is a chat of a bot: the one where something was sent."""
        return (self.channel_id, self.chat) == (channel_id, chat)
