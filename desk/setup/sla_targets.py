"""Set within what time the customers of a channel should be answered."""

from collections.abc import Mapping

from db.queries.conversations.answer_waits import stop_waits
from db.tables import Channel, SlaTarget
from desk.actors import Actor
from desk.channels import (
    DEFAULT_SLA_WARNING_PERCENT,
    FIRST_ANSWER_MINUTES,
    NEXT_ANSWER_MINUTES,
    SLA_WARNING_PERCENT,
)
from desk.setup.channels import change_setting
from desk.unit_of_work import UnitOfWork

# 30 days of business hours.
MAX_TARGET_MINUTES = 43_200
MAX_WARNING_PERCENT = 99
# The settings, with what they are if nobody has set them.
TARGET_SETTINGS: Mapping[str, int] = {
    FIRST_ANSWER_MINUTES: 0,
    NEXT_ANSWER_MINUTES: 0,
    SLA_WARNING_PERCENT: DEFAULT_SLA_WARNING_PERCENT,
}
_TARGETS = {FIRST_ANSWER_MINUTES: SlaTarget.FIRST, NEXT_ANSWER_MINUTES: SlaTarget.NEXT}


def get_targets(channel: Channel) -> dict[str, int]:
    """Return the settings of a channel."""
    return {name: channel.settings.get(name, usual) for name, usual in TARGET_SETTINGS.items()}


async def set_targets(
    uow: UnitOfWork, channel: Channel, values: Mapping[str, int], *, by: Actor
) -> None:
    """Set some of `TARGET_SETTINGS`, which are already validated, for waits that begin later.

    Without a target, the waits that run for it stop.
    """
    was = get_targets(channel)
    for name, value in values.items():
        change_setting(uow, channel, name, was[name], value, by=by)
        if value == 0 and was[name] and name in _TARGETS:
            await stop_waits(uow.tx, channel.id, _TARGETS[name])
