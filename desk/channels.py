"""The channels, as this process last read them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from db.ids import ChannelId
from db.tables import AiTakeover, Channel, ChannelKind, OfflinePolicy, StaffMode
from desk.business_hours import Hours, load_hours
from desk.channel_traits import DEFAULT_TRAITS, ChannelTraits
from desk.texts.customer_texts import EMPTY, OwnTexts

# The setting of a channel that has customers told who answers, at each new session.
TELLS_WHO_ANSWERS = "tells_who_answers"
# The setting of a channel that has customers asked how good an ended session was.
ASKS_FOR_RATING = "asks_for_rating"
# The setting of a channel that says for how long a customer's message reopens an ended session.
REOPEN_MINUTES = "reopen_minutes"
# The setting of a channel that says for how long absent agents keep their sessions.
OFFLINE_MINUTES = "offline_minutes"
# The settings of a channel that say within how many minutes, in business hours, customers should be
# answered, and at which percentage of that time staff is warned.
FIRST_ANSWER_MINUTES = "first_answer_minutes"
NEXT_ANSWER_MINUTES = "next_answer_minutes"
SLA_WARNING_PERCENT = "sla_warning_percent"
DEFAULT_SLA_WARNING_PERCENT = 80
# The setting of a bot whose private chats have topics, as its provider says.
HAS_TOPICS = "has_topics"
# The setting of a bot that says where it opens the console inside Telegram; agents write to it.
CONSOLE_URL = "console_url"
NO_TRAITS: Mapping[ChannelKind, ChannelTraits] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AnswerTargets:
    """Within what time customers should be answered, in business hours; zero: no target."""

    first: timedelta = timedelta()
    next: timedelta = timedelta()
    # Staff is warned when this much of the time has passed; zero: never.
    warning_percent: int = DEFAULT_SLA_WARNING_PERCENT

    def __bool__(self) -> bool:
        return bool(self.first or self.next)

    @classmethod
    def load(cls, settings: Mapping[str, Any]) -> "AnswerTargets":
        """Read the targets from a channel's settings."""
        return cls(
            timedelta(minutes=settings.get(FIRST_ANSWER_MINUTES, 0)),
            timedelta(minutes=settings.get(NEXT_ANSWER_MINUTES, 0)),
            settings.get(SLA_WARNING_PERCENT, DEFAULT_SLA_WARNING_PERCENT),
        )


@dataclass(frozen=True, slots=True)
class ServedChannel:
    """What the handling of a message needs to know of its channel."""

    id: ChannelId
    kind: ChannelKind
    external_id: str
    name: str
    language: str
    staff_groups: tuple[str, ...]
    staff_channel_id: ChannelId
    offline_policy: OfflinePolicy
    is_active: bool = True
    # Its conversations can be read, and nothing can be sent there any more.
    is_deleted: bool = False
    ai_takeover: AiTakeover = AiTakeover.OFF
    ai_takeover_minutes: int = 5
    ai_reply_limit: int = 10
    hours: Hours | None = field(default=None, hash=False)
    # Where its sessions are answered; personal desks need a staff bot (`Channels.find_desk_bot`).
    staff_mode: StaffMode = StaffMode.GROUP
    # Its bot is the staff's: agents have desks of their own in its private chats.
    is_staff_bot: bool = False
    # Members of the staff group may answer; otherwise only agents bound by a one-time code.
    enrols_members: bool = False
    settings: dict[str, Any] = field(default_factory=dict, hash=False)
    targets: AnswerTargets = AnswerTargets()
    own_texts: OwnTexts = field(default=EMPTY, hash=False)
    traits: ChannelTraits = DEFAULT_TRAITS

    @classmethod
    def from_row(
        cls,
        row: Channel,
        *,
        enrols_members: bool,
        language: str = "en",
        staff_mode: StaffMode = StaffMode.GROUP,
        traits: Mapping[ChannelKind, ChannelTraits] = NO_TRAITS,
    ) -> "ServedChannel":
        """Build a channel from its row; `language` and `staff_mode` are used if it has none."""
        moved = row.moved_groups
        return cls(
            id=row.id,
            kind=row.kind,
            external_id=row.external_id,
            name=row.name,
            language=row.language or language,
            staff_groups=tuple(moved.get(group, group) for group in row.staff_groups),
            staff_channel_id=row.staff_channel_id or row.id,
            offline_policy=row.offline_policy,
            ai_takeover=row.ai_takeover,
            ai_takeover_minutes=row.ai_takeover_minutes,
            ai_reply_limit=row.ai_reply_limit,
            is_active=row.is_active,
            is_deleted=row.deleted_at is not None,
            staff_mode=row.staff_mode or staff_mode,
            is_staff_bot=row.is_staff_bot,
            hours=None if row.opening_hours is None else load_hours(row.opening_hours),
            enrols_members=enrols_members,
            settings=row.settings,
            targets=AnswerTargets.load(row.settings),
            own_texts=OwnTexts.load(row.texts),
            traits=traits.get(row.kind, DEFAULT_TRAITS),
        )

    @property
    def asks_for_rating(self) -> bool:
        """Check whether customers are asked to rate sessions that have ended."""
        return bool(self.settings.get(ASKS_FOR_RATING))

    @property
    def reopen_within(self) -> timedelta:
        """Return how long after its end a session is reopened by the customer; zero: never."""
        return timedelta(minutes=self.settings.get(REOPEN_MINUTES, 0))

    @property
    def offline_delay(self) -> timedelta:
        """Return for how long absent agents keep their sessions before `offline_policy` applies."""
        return timedelta(minutes=self.settings.get(OFFLINE_MINUTES, 0))

    @property
    def tells_who_answers(self) -> bool:
        """Check whether customers are told who answers them, at each new session."""
        return bool(self.settings.get(TELLS_WHO_ANSWERS))

    def as_inactive(self) -> "ServedChannel":
        """Return the same channel, not served."""
        return replace(self, is_active=False)


class UnknownChannelError(KeyError):
    """A channel that this process has not read yet: it was created a moment ago."""


class Channels:
    """All channels by id.

    Iteration and `in` cover the served channels: switched on, with credentials that can be
    decrypted. The others can be looked up too, because existing rows refer to them.
    """

    def __init__(
        self,
        known: Iterable[ServedChannel] = (),
        traits: Mapping[ChannelKind, ChannelTraits] = NO_TRAITS,
    ) -> None:
        self._traits = traits
        self._known: dict[ChannelId, ServedChannel] = {}
        # Staff groups that became supergroups while this process ran. A row read now may be older
        # than such a move, whose transaction is not committed yet.
        self._moved: dict[str, str] = {}
        self.replace_all(known)

    def replace_all(self, channels: Iterable[ServedChannel]) -> None:
        """Replace all known channels."""
        self._known = {each.id: self._with_current_groups(each) for each in channels}

    def read_row(
        self, row: Channel, *, enrols_members: bool, language: str, staff_mode: StaffMode
    ) -> ServedChannel:
        """Build a channel from its row, with the traits of its kind."""
        return ServedChannel.from_row(
            row,
            enrols_members=enrols_members,
            language=language,
            staff_mode=staff_mode,
            traits=self._traits,
        )

    def get_traits(self, kind: ChannelKind) -> ChannelTraits:
        """Return the traits of a kind of channel."""
        return self._traits.get(kind, DEFAULT_TRAITS)

    def __getitem__(self, channel_id: ChannelId) -> ServedChannel:
        """Return a channel, served or not; raise UnknownChannelError."""
        try:
            return self._known[channel_id]
        except KeyError:
            raise UnknownChannelError(channel_id) from None

    def __contains__(self, channel_id: object) -> bool:
        found = self._known.get(channel_id)  # type: ignore[call-overload] # any object may be asked for
        return found is not None and found.is_active

    def __iter__(self) -> Iterator[ServedChannel]:
        return (each for each in self._known.values() if each.is_active)

    def is_known(self, channel_id: ChannelId) -> bool:
        """Check whether a channel was read, served or not."""
        return channel_id in self._known

    @property
    def staff_bot(self) -> ServedChannel | None:
        """Return the bot in whose private chats agents have desks of their own, if there is one."""
        return next((each for each in self if each.is_staff_bot), None)

    def find_agents_bot(self, channel_id: ChannelId) -> ServedChannel | None:
        """Return the bot that agents write to: that of staff, or else the one of this channel."""
        own = self._known.get(channel_id)
        speaker = None if own is None else self._known.get(own.staff_channel_id)
        return self.staff_bot or speaker

    def find_desk_bot(self, channel_id: ChannelId) -> ServedChannel | None:
        """Return the bot that shows a channel's sessions to their holders; None: groups do."""
        channel = self._known.get(channel_id)
        if channel is None or channel.staff_mode is StaffMode.GROUP:
            return None
        return self.staff_bot

    def list_with_desks_in(self, bot: ChannelId, chat: str) -> list[ServedChannel]:
        """List the channels whose sessions are answered in own chats, and announced in a group."""
        return [
            each
            for each in self
            if each.staff_channel_id == bot
            and chat in each.staff_groups
            and self.find_desk_bot(each.id) is not None
        ]

    def is_staff_group(self, channel_id: ChannelId, chat: str) -> bool:
        """Check whether the bot of `channel_id` serves staff in this chat."""
        return any(
            each.staff_channel_id == channel_id and chat in each.staff_groups for each in self
        )

    def is_default_in(self, channel_id: ChannelId, chat: str) -> bool:
        """Check whether this channel answers commands that name no bot, in a group of several."""
        there = (each.staff_channel_id for each in self if chat in each.staff_groups)
        return channel_id == min(there, default=None)

    def with_active(self, channel_id: ChannelId) -> "Channels":
        """Return the same channels, with this one switched on if it is known."""
        return Channels(
            (
                replace(each, is_active=True) if each.id == channel_id else each
                for each in self._known.values()
            ),
            self._traits,
        )

    def set_profile(self, channel_id: ChannelId, name: str, known: Mapping[str, Any]) -> None:
        """Set a channel's name and settings to what its provider knows."""
        channel = self[channel_id]
        settings = {**channel.settings, **known}
        self._known[channel_id] = replace(channel, name=name, settings=settings)

    def move_group(self, old: str, new: str) -> None:
        """Replace a staff group's id."""
        self._moved[old] = new
        self.replace_all(list(self._known.values()))

    def _with_current_groups(self, channel: ServedChannel) -> ServedChannel:
        if self._moved.keys().isdisjoint(channel.staff_groups):
            return channel
        groups = tuple(self._moved.get(group, group) for group in channel.staff_groups)
        return replace(channel, staff_groups=groups)


@dataclass(frozen=True, slots=True)
class RateLimitOwners:
    """Channels whose limits are used: the served channels, and those that serve their staff."""

    channels: Channels
    # The kinds whose limits are counted at all.
    kinds: Collection[ChannelKind] = tuple(ChannelKind)

    def __iter__(self) -> Iterator[str]:
        senders = {who for each in self.channels for who in (each.id, each.staff_channel_id)}
        return iter({who for who in senders if self._is_limited(who)})

    def _is_limited(self, who: ChannelId) -> bool:
        return self.channels.is_known(who) and self.channels[who].kind in self.kinds
