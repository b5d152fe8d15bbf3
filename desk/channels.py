"""The channels that this process serves, as they stood when it started."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from db.ids import ChannelId
from db.tables import Channel, ChannelKind, OfflinePolicy


@dataclass(frozen=True, slots=True)
class ServedChannel:
    """What handling a message needs to know of its channel."""

    id: ChannelId
    kind: ChannelKind
    external_id: str
    name: str
    language: str
    staff_groups: tuple[str, ...]
    staff_channel_id: ChannelId
    offline_policy: OfflinePolicy
    # Whoever is in the staff group may answer; otherwise only agents bound by a one-time code.
    enrols_members: bool = False
    settings: dict[str, Any] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, row: Channel, *, enrols_members: bool, language: str = "en") -> "ServedChannel":
        """Read a kept channel; `language` is spoken where it has none of its own."""
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
            enrols_members=enrols_members,
            settings=row.settings,
        )


class Channels:
    """The served channels by id; a staff group that moved is followed at once."""

    def __init__(self, served: Iterable[ServedChannel] = ()) -> None:
        self._served = {each.id: each for each in served}

    def __getitem__(self, channel_id: ChannelId) -> ServedChannel:
        return self._served[channel_id]

    def __contains__(self, channel_id: object) -> bool:
        return channel_id in self._served

    def __iter__(self) -> Iterator[ServedChannel]:
        return iter(self._served.values())

    def is_staff_group(self, channel_id: ChannelId, chat: str) -> bool:
        """Tell whether the bot of `channel_id` serves staff in this chat."""
        return any(
            each.staff_channel_id == channel_id and chat in each.staff_groups for each in self
        )

    def rename(self, channel_id: ChannelId, name: str) -> None:
        """Show a channel under the name that its provider knows."""
        self._served[channel_id] = replace(self._served[channel_id], name=name)

    def move_group(self, old: str, new: str) -> None:
        """Follow a staff group to its new id."""
        for each in list(self):
            groups = tuple(new if group == old else group for group in each.staff_groups)
            self._served[each.id] = replace(each, staff_groups=groups)
