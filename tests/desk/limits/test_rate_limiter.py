"""The rate limiter's promises, for any sequence of calls that obeys it."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from desk.lanes import (
    NO_LIMIT,
    group_limit_key,
    limit_channel,
    limit_kind,
    person_limit_key,
)
from desk.limits.rate_limiter import Limits, RateLimiter
from desk.limits.windows import Limit

CHANNEL, OTHER_CHANNEL = "01CHANNEL", "01OTHER"
GATES = [
    person_limit_key(CHANNEL, "1"),
    person_limit_key(CHANNEL, "2"),
    group_limit_key(CHANNEL, "-1001"),
    person_limit_key(OTHER_CHANNEL, "1"),
]
# Binary fractions, because their sums are exact: bounds can be tested without a tolerance.
MOMENT = 1 / 64
LIMITS = Limits(
    person=(Limit(3, 3.0), Limit(5, 10.0)),
    group=(Limit(6, 20.0),),
    overall=(Limit(4, 1.0),),
)


def throttle_of(limits: Limits = LIMITS) -> RateLimiter:
    return RateLimiter(limits, kind_of=limit_kind, owner_of=limit_channel)


@dataclass(frozen=True)
class Call:
    rate_limit_key: str
    after: float
    calls: int


calls_over_time = st.lists(
    st.builds(
        Call,
        rate_limit_key=st.sampled_from(GATES),
        after=st.integers(0, 128).map(lambda each: each * MOMENT),
        calls=st.integers(1, 3),
    ),
    max_size=60,
)


def limits_of(rate_limit_key: str) -> tuple[Limit, ...]:
    return LIMITS.person if rate_limit_key.startswith("person") else LIMITS.group


def most_in_a_window(times: list[float], seconds: float) -> int:
    return max(
        (sum(1 for t in times if start <= t < start + seconds) for start in times), default=0
    )


@given(calls_over_time)
def test_no_window_ever_holds_more_calls_than_its_limit(sequence: list[Call]) -> None:
    rate_limiter, now = throttle_of(), 0.0
    made: dict[str, list[float]] = {}
    for call in sequence:
        now += call.after
        if rate_limiter.wait(call.rate_limit_key, now, calls=call.calls) == 0:
            rate_limiter.spend(call.rate_limit_key, now, calls=call.calls)
            made.setdefault(call.rate_limit_key, []).extend([now] * call.calls)
    for rate_limit_key, times in made.items():
        for limit in limits_of(rate_limit_key):
            assert most_in_a_window(times, limit.seconds) <= limit.calls
    for owner in (CHANNEL, OTHER_CHANNEL):
        times = sorted(
            t for rate_limit_key, each in made.items() for t in each if owner in rate_limit_key
        )
        for limit in LIMITS.overall:
            assert most_in_a_window(times, limit.seconds) <= limit.calls


@given(calls_over_time, st.integers(0, 2))
def test_the_wait_is_exact(sequence: list[Call], reserve: int) -> None:
    """After the wait the call may go, and a moment earlier it may not."""
    rate_limiter, now = throttle_of(), 0.0
    for call in sequence:
        now += call.after
        wait = rate_limiter.wait(call.rate_limit_key, now, calls=call.calls, reserve=reserve)
        assert (
            rate_limiter.wait(call.rate_limit_key, now + wait, calls=call.calls, reserve=reserve)
            == 0
        )
        if wait > 0:
            early = now + wait - MOMENT
            assert (
                rate_limiter.wait(call.rate_limit_key, early, calls=call.calls, reserve=reserve)
                == MOMENT
            )
        now += wait
        rate_limiter.spend(call.rate_limit_key, now, calls=call.calls)


@given(calls_over_time)
def test_the_room_is_what_may_go_now_and_no_more(sequence: list[Call]) -> None:
    rate_limiter, now = throttle_of(), 0.0
    for call in sequence:
        now += call.after
        room = rate_limiter.available(call.rate_limit_key, now, most=50)
        assert room <= 4  # the overall limit
        assert (room > 0) == (rate_limiter.wait(call.rate_limit_key, now) == 0)
        if room:
            assert rate_limiter.wait(call.rate_limit_key, now, calls=room) == 0
            rate_limiter.spend(call.rate_limit_key, now, calls=min(room, call.calls))
    assert rate_limiter.available(NO_LIMIT, now, most=7) == 7
    rate_limiter.close(GATES[0], now + 5)
    assert rate_limiter.available(GATES[0], now, most=7) == 0


@given(st.integers(1, 10), st.integers(0, 12))
def test_a_reserve_leaves_that_many_calls_for_others(limit: int, reserve: int) -> None:
    rate_limiter = throttle_of(Limits(group=(Limit(limit, 60.0),)))
    rate_limit_key = group_limit_key(CHANNEL, "-1")
    made = 0
    while made < 20 and rate_limiter.wait(rate_limit_key, 0.0, reserve=reserve) == 0:
        rate_limiter.spend(rate_limit_key, 0.0)
        made += 1
    # A reserve as large as the limit lets a call through only when no other call counts.
    assert made == max(limit - reserve, 1)
    left = 0
    while left < 20 and rate_limiter.wait(rate_limit_key, 0.0) == 0:
        rate_limiter.spend(rate_limit_key, 0.0)
        left += 1
    assert left == limit - made


@given(st.integers(1, 5), st.integers(6, 20))
def test_more_calls_than_a_limit_holds_go_when_all_is_quiet(limit: int, calls: int) -> None:
    rate_limiter = throttle_of(Limits(person=(Limit(limit, 8.0),)))
    rate_limit_key = person_limit_key(CHANNEL, "1")
    assert rate_limiter.wait(rate_limit_key, 0.0, calls=calls) == 0
    rate_limiter.spend(rate_limit_key, 0.0, calls=1)
    assert rate_limiter.wait(rate_limit_key, 1.0, calls=calls) == 7.0
    rate_limiter.spend(rate_limit_key, 8.0, calls=calls)
    assert rate_limiter.wait(rate_limit_key, 8.0, calls=1) == 8.0


def test_a_closed_gate_waits_and_the_longer_pause_wins() -> None:
    rate_limiter, rate_limit_key = throttle_of(), GATES[0]
    rate_limiter.close(rate_limit_key, 30.0)
    rate_limiter.close(rate_limit_key, 10.0)
    assert rate_limiter.wait(rate_limit_key, 5.0) == 25.0
    assert rate_limiter.wait(GATES[1], 5.0) == 0
    assert rate_limiter.list_closed(5.0) == [rate_limit_key]
    assert rate_limiter.seconds_until_open(5.0) == 25.0
    assert rate_limiter.wait(rate_limit_key, 30.0) == 0
    assert rate_limiter.list_closed(30.0) == []
    assert rate_limiter.seconds_until_open(30.0) is None


def test_closing_an_owner_closes_its_gates_alone() -> None:
    rate_limiter = throttle_of()
    rate_limiter.close_owner(GATES[0], 30.0)
    assert [rate_limiter.wait(rate_limit_key, 10.0) for rate_limit_key in GATES] == [
        20.0,
        20.0,
        20.0,
        0,
    ]


def test_a_used_up_gate_counts_as_closed_until_one_call_fits() -> None:
    rate_limiter, rate_limit_key = throttle_of(), GATES[2]
    for second in range(6):
        rate_limiter.spend(rate_limit_key, float(second))
    assert rate_limit_key in rate_limiter.list_closed(6.0)
    assert rate_limiter.seconds_until_open(6.0) == 14.0
    assert rate_limiter.list_closed(20.0) == []


def test_a_free_gate_never_waits() -> None:
    rate_limiter = throttle_of()
    rate_limiter.spend(NO_LIMIT, 0.0, calls=1000)
    assert rate_limiter.wait(NO_LIMIT, 0.0, calls=1000) == 0
    assert rate_limiter.list_closed(0.0) == []


def test_gates_are_forgotten_once_nothing_remembers_them() -> None:
    rate_limiter = throttle_of()
    for customer in range(1000):
        now = float(customer)
        rate_limit_key = person_limit_key(CHANNEL, str(customer))
        rate_limiter.wait(rate_limit_key, now)
        rate_limiter.spend(rate_limit_key, now)
        rate_limiter.close(rate_limit_key, now + 1)
        rate_limiter.list_closed(now)
        assert len(rate_limiter._windows) < 20
        assert len(rate_limiter._closed) < 5
    for window in rate_limiter._windows.values():
        assert len(window.calls) < 20


def test_a_busy_gate_keeps_no_more_calls_than_its_limits_remember() -> None:
    rate_limiter, rate_limit_key = throttle_of(Limits(person=(Limit(3, 3.0),))), GATES[0]
    now = 0.0
    for _ in range(500):
        now += rate_limiter.wait(rate_limit_key, now)
        rate_limiter.spend(rate_limit_key, now)
    assert all(len(window.calls) <= 3 for window in rate_limiter._windows.values())


def test_no_limits_never_wait() -> None:
    rate_limiter = throttle_of(Limits())
    for _ in range(100):
        rate_limiter.spend(GATES[0], 0.0, calls=10)
        assert rate_limiter.wait(GATES[0], 0.0, calls=50) == 0
    assert rate_limiter.list_closed(0.0) == []
