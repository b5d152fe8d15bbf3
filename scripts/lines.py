"""The ways of one process to Telegram: one for each channel that is served."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiogram import Bot

from api.health import Check
from bot.carrier.carrier import TelegramCarrier
from bot.probe import Probe
from db.ids import ChannelId
from desk.channels import ServedChannel
from desk.delivery.ports import Carrier
from desk.media.shelf import Shelf
from scripts.readiness import TelegramReadiness

# Longer than any call takes: what was under way when a channel was switched off ends in peace.
_GRACE = 60.0


@dataclass(slots=True, eq=False)
class Line:
    """How this process reaches one bot."""

    channel: ServedChannel
    token: str
    bot: Bot
    readiness: TelegramReadiness


@dataclass(frozen=True, slots=True)
class _Retired:
    channel_id: ChannelId
    bot: Bot
    until: float


@dataclass(slots=True)
class Lines:
    """The lines in use.

    `bots` and `carriers` hold those just let go too, until nothing can be under way there.
    """

    make_bot: Callable[[str], Bot]
    language: str
    shelf: Shelf
    bots: dict[ChannelId, Bot] = field(default_factory=dict)
    carriers: dict[ChannelId, Carrier] = field(default_factory=dict)
    _lines: dict[ChannelId, Line] = field(default_factory=dict)
    _retired: list[_Retired] = field(default_factory=list)

    def all(self) -> list[Line]:
        """List the lines in use."""
        return list(self._lines.values())

    def serve(self, wanted: Iterable[tuple[ServedChannel, str]]) -> bool:
        """Have a line for each of these channels with its token, and no other.

        Returns whether there is a line that was not there before.
        """
        lines = {channel.id: self._line(channel, token) for channel, token in wanted}
        for gone in [
            each for each in self._lines.values() if lines.get(each.channel.id) is not each
        ]:
            until = time.monotonic() + _GRACE
            self._retired.append(_Retired(gone.channel.id, gone.bot, until))
        news = [
            line for channel_id, line in lines.items() if self._lines.get(channel_id) is not line
        ]
        for line in news:
            self.bots[line.channel.id] = line.bot
            self.carriers[line.channel.id] = TelegramCarrier(line.bot, self.language, self.shelf)
        self._lines = lines
        return bool(news)

    def _line(self, channel: ServedChannel, token: str) -> Line:
        known = self._lines.get(channel.id)
        if known is None or known.token != token:
            bot = self.make_bot(token)
            return Line(channel, token, bot, TelegramReadiness(Probe(bot)))
        known.channel = channel
        return known

    async def let_go(self) -> None:
        """Close what was retired long enough ago."""
        now = time.monotonic()
        due = [each for each in self._retired if each.until <= now]
        self._retired = [each for each in self._retired if each.until > now]
        for each in due:
            if self.bots.get(each.channel_id) is each.bot:
                del self.bots[each.channel_id], self.carriers[each.channel_id]
            await each.bot.session.close()

    async def close(self) -> None:
        """Close all of them."""
        for bot in (*self.bots.values(), *(each.bot for each in self._retired)):
            await bot.session.close()

    def checks(self) -> dict[str, Check]:
        """List what `/readyz` asks of each line, by its name in the answer."""
        return {f"telegram:{name}": line.readiness.answers for name, line in self._lines.items()}
