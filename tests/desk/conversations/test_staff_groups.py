"""Which staff group a new conversation gets."""

from collections import Counter

from db.ids import ChannelId
from db.tables import ChannelKind, OfflinePolicy
from desk.channels import ServedChannel
from desk.conversations.staff_groups import GroupChooser
from desk.lanes import gate_channel, gate_kind, group_gate
from desk.limits.clock import steady
from desk.limits.rate_limiter import Limit, Limits, Throttle

CHANNEL = ChannelId("C")


def channel(*groups: str) -> ServedChannel:
    return ServedChannel(
        id=CHANNEL,
        kind=ChannelKind.TELEGRAM,
        external_id="1",
        name="c",
        language="en",
        staff_groups=groups,
        staff_channel_id=CHANNEL,
        offline_policy=OfflinePolicy.KEEP,
    )


def throttle() -> Throttle:
    limits = Limits(group=(Limit(18, 60.0),))
    return Throttle(limits, kind_of=gate_kind, owner_of=gate_channel)


def test_a_channel_without_a_group_gets_none_and_one_group_gets_all() -> None:
    chooser = GroupChooser(throttle())
    assert chooser.choose(channel()) is None
    assert chooser.choose(channel("-1")) == "-1"


def test_the_group_with_the_most_budget_left_is_chosen() -> None:
    spent = throttle()
    spent.spend(group_gate(CHANNEL, "-1"), steady(), calls=10)
    assert GroupChooser(spent).choose(channel("-1", "-2")) == "-2"


def test_many_at_once_are_spread_before_anything_is_spent() -> None:
    chooser = GroupChooser(throttle())
    given = Counter(chooser.choose(channel("-1", "-2", "-3")) for _ in range(30))
    assert given == {"-1": 10, "-2": 10, "-3": 10}
