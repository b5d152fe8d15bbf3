"""The channel of the environment: what the settings define cannot be changed elsewhere."""

from dataclasses import dataclass

from db.tables import Channel, ChannelKind
from desk.setup.errors import NotPossibleError


@dataclass(frozen=True, slots=True)
class EnvironmentChannel:
    """The channel that the environment's token created; `external_id` is None without a token."""

    kind: ChannelKind
    external_id: str | None = None
    # Whether the settings name its staff groups.
    has_groups: bool = False

    def matches(self, channel: Channel) -> bool:
        """Check whether this is the environment's channel."""
        return channel.kind is self.kind and channel.external_id == self.external_id

    def check_token_editable(self, channel: Channel) -> None:
        """Raise NotPossibleError if the environment sets the token."""
        if self.matches(channel):
            raise NotPossibleError(
                "the token of this channel is set by TELEGRAM_BOT_TOKEN: change it in the "
                "environment and restart the processes"
            )

    def check_groups_editable(self, channel: Channel) -> None:
        """Raise NotPossibleError if the environment names the staff groups."""
        if self.matches(channel) and self.has_groups:
            raise NotPossibleError(
                "the staff groups of this channel are set by TELEGRAM_STAFF_GROUP: change it in "
                "the environment and restart the processes"
            )
