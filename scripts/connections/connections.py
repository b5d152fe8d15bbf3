"""The ways of one process to its providers: one for each channel that is served."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from api.http.health import Check
from bot.bot_factory import Bot
from db.ids import ChannelId
from db.tables import ChannelKind
from desk.channels import ServedChannel
from desk.delivery.ports import ChannelSender
from desk.setup.providers import Credentials
from scripts.monitoring.readiness import TelegramReadiness

log = structlog.get_logger(__name__)

# Longer than any call takes: what was under way when a channel was switched off ends in peace.
_GRACE = 60.0


@dataclass(slots=True, eq=False, kw_only=True)
class Line:
    """How this process reaches one bot or number."""

    channel: ServedChannel
    credentials: Credentials
    carrier: ChannelSender
    close: Callable[[], Awaitable[None]]

    @property
    def checks(self) -> Mapping[str, Check]:
        """List what `/readyz` asks of it, by the names in its answer."""
        return {}


@dataclass(slots=True, eq=False, kw_only=True)
class TelegramLine(Line):
    """How this process reaches one of Telegram's bots."""

    bot: Bot
    readiness: TelegramReadiness

    @property
    def checks(self) -> Mapping[str, Check]:
        return {f"telegram:{self.channel.id}": self.readiness.answers}


Maker = Callable[[ServedChannel, Credentials], Line]


@dataclass(frozen=True, slots=True)
class _Retired:
    line: Line
    until: float


@dataclass(slots=True)
class Lines:
    """The lines in use, each made by the maker of its kind.

    `bots` and `carriers` hold those just let go too, until nothing can be under way there;
    `credentials` hold only what is served.
    """

    makers: Mapping[ChannelKind, Maker]
    bots: dict[ChannelId, Bot] = field(default_factory=dict)
    carriers: dict[ChannelId, ChannelSender] = field(default_factory=dict)
    credentials: dict[ChannelId, Credentials] = field(default_factory=dict)
    _lines: dict[ChannelId, Line] = field(default_factory=dict)
    _retired: list[_Retired] = field(default_factory=list)

    def all(self) -> list[Line]:
        """List the lines in use."""
        return list(self._lines.values())

    def get(self, channel_id: ChannelId) -> Line | None:
        """Give the line of a channel, if it is served now."""
        return self._lines.get(channel_id)

    def can_make(self, kind: ChannelKind) -> bool:
        """Tell whether this program serves a kind of channel."""
        return kind in self.makers

    def serve(self, wanted: Iterable[tuple[ServedChannel, Credentials]]) -> bool:
        """Have a line for each of these channels with its credentials, and no other.

        Returns whether there is a line that was not there before.
        """
        lines = {
            channel.id: line
            for channel, credentials in wanted
            if (line := self._line(channel, credentials)) is not None
        }
        for gone in [
            each for each in self._lines.values() if lines.get(each.channel.id) is not each
        ]:
            self._retired.append(_Retired(gone, time.monotonic() + _GRACE))
            self.credentials.pop(gone.channel.id, None)
        news = [
            line for channel_id, line in lines.items() if self._lines.get(channel_id) is not line
        ]
        for line in news:
            self._use(line)
        self._lines = lines
        return bool(news)

    def _use(self, line: Line) -> None:
        channel_id = line.channel.id
        self.carriers[channel_id] = line.carrier
        self.credentials[channel_id] = line.credentials
        if isinstance(line, TelegramLine):
            self.bots[channel_id] = line.bot

    def _line(self, channel: ServedChannel, credentials: Credentials) -> Line | None:
        known = self._lines.get(channel.id)
        if known is not None and known.credentials == credentials:
            known.channel = channel
            return known
        try:
            return self.makers[channel.kind](channel, credentials)
        except (KeyError, ValueError) as error:
            log.error("channel.not_served", channel=channel.id, reason=f"credentials lack {error}")
            return None

    async def let_go(self) -> None:
        """Close what was retired long enough ago."""
        now = time.monotonic()
        due = [each.line for each in self._retired if each.until <= now]
        self._retired = [each for each in self._retired if each.until > now]
        for line in due:
            channel_id = line.channel.id
            if self.carriers.get(channel_id) is line.carrier:
                del self.carriers[channel_id]
                self.bots.pop(channel_id, None)
            await line.close()

    async def close(self) -> None:
        """Close all of them."""
        for line in (*self._lines.values(), *(each.line for each in self._retired)):
            await line.close()

    def checks(self) -> dict[str, Check]:
        """List what `/readyz` asks of each line, by its name in the answer."""
        return {name: check for line in self._lines.values() for name, check in line.checks.items()}
