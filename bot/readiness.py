"""Check whether a bot can reach Telegram."""

from dataclasses import dataclass

from bot.intake.poller import Poller
from bot.probe import Probe


class NotRegisteredError(Exception):
    """Telegram has not accepted the bot's webhook yet."""


@dataclass(slots=True)
class BotReadiness:
    """Checks a bot by its poller if that runs here, else by a probe."""

    probe: Probe
    poller: Poller | None = None
    # None: this process does not register the bot.
    is_registered: bool | None = None

    async def check(self) -> None:
        """Raise an error if the bot cannot reach Telegram."""
        if self.is_registered is False:
            raise NotRegisteredError
        if self.poller is not None and not self.poller.is_standby:
            self.poller.check()
        else:
            await self.probe.check()
