"""The choice of a staff group for a new conversation."""

from collections import Counter

from db.ids import ChannelId
from db.tables import ChannelKind, OfflinePolicy
from desk.channels import ServedChannel
from desk.conversations.staff_groups import GroupChooser
from desk.lanes import group_limit_key, limit_channel, limit_kind
from desk.limits.clock import steady_now
from desk.limits.rate_limiter import Limits, RateLimiter
from desk.limits.windows import Limit

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


def rate_limiter() -> RateLimiter:
    limits = Limits(group=(Limit(18, 60.0),))
    return RateLimiter(limits, kind_of=limit_kind, owner_of=limit_channel)


def test_a_channel_without_a_group_gets_none_and_one_group_gets_all() -> None:
    chooser = GroupChooser(rate_limiter())
    assert chooser.choose(channel()) is None
    assert chooser.choose(channel("-1")) == "-1"


def test_the_group_with_the_most_budget_left_is_chosen() -> None:
    spent = rate_limiter()
    spent.spend(group_limit_key(CHANNEL, "-1"), steady_now(), calls=10)
    assert GroupChooser(spent).choose(channel("-1", "-2")) == "-2"


def test_many_at_once_are_spread_before_anything_is_spent() -> None:
    chooser = GroupChooser(rate_limiter())
    given = Counter(chooser.choose(channel("-1", "-2", "-3")) for _ in range(30))
    assert given == {"-1": 10, "-2": 10, "-3": 10}
