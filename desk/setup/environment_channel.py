"""The channel of the environment: what the settings say of it is theirs alone to change."""

from dataclasses import dataclass

from db.tables import Channel, ChannelKind
from desk.setup.errors import ImpossibleError


@dataclass(frozen=True, slots=True)
class OwnChannel:
    """Which channel the environment's token made; None: there is no token."""

    external_id: str | None = None
    # The settings name its staff groups.
    names_groups: bool = False

    def made(self, channel: Channel) -> bool:
        """Tell whether this is the environment's channel."""
        is_telegram = channel.kind is ChannelKind.TELEGRAM
        return is_telegram and channel.external_id == self.external_id

    def keep_token(self, channel: Channel) -> None:
        """Raise ImpossibleError where the environment sets the token."""
        if self.made(channel):
            raise ImpossibleError(
                "the token of this channel is TELEGRAM_BOT_TOKEN: change it in the environment, "
                "and start the processes again"
            )

    def keep_groups(self, channel: Channel) -> None:
        """Raise ImpossibleError where the environment names the staff groups."""
        if self.made(channel) and self.names_groups:
            raise ImpossibleError(
                "the staff groups of this channel are TELEGRAM_STAFF_GROUP: change it in the "
                "environment, and start the processes again"
            )
