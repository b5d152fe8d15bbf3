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
    # The staff's own bot.
    staff_bot_id: str | None = None

    def matches(self, channel: Channel) -> bool:
        """Check whether this is the environment's channel, or its staff bot."""
        is_named = channel.external_id in {self.external_id, self.staff_bot_id}
        return channel.kind is self.kind and is_named

    def check_token_editable(self, channel: Channel) -> None:
        """Raise NotPossibleError if the environment sets the token."""
        if self.matches(channel):
            of_staff = channel.external_id == self.staff_bot_id
            name = "TELEGRAM_STAFF_BOT_TOKEN" if of_staff else "TELEGRAM_BOT_TOKEN"
            raise NotPossibleError(
                f"the token of this channel is set by {name}: change it in the environment and "
                "restart the processes"
            )

    def check_groups_editable(self, channel: Channel) -> None:
        """Raise NotPossibleError if the environment names the staff groups."""
        if self.matches(channel) and self.has_groups:
            raise NotPossibleError(
                "the staff groups of this channel are set by TELEGRAM_STAFF_GROUP: change it in "
                "the environment and restart the processes"
            )
