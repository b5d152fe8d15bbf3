"""What channels can do beside sending: not each can change what it sent."""

from collections.abc import Mapping

from db.ids import ChannelId
from desk.delivery.ports import Carrier, SupportsDelete, SupportsEdit


class Abilities:
    """Tells what the carriers in use can do."""

    def __init__(self, carriers: Mapping[ChannelId, Carrier]) -> None:
        self._carriers = carriers

    def edits(self, channel_id: ChannelId) -> bool:
        """Tell whether what was sent through a channel can be changed there."""
        return isinstance(self._carriers.get(channel_id), SupportsEdit)

    def deletes(self, channel_id: ChannelId) -> bool:
        """Tell whether what was sent through a channel can be deleted there."""
        return isinstance(self._carriers.get(channel_id), SupportsDelete)
