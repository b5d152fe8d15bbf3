"""The throttle's promises, over any sequence of calls that obeys it."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from desk.lanes import FREE, gate_channel, gate_kind, group_gate, person_gate
from desk.limits.rate_limiter import Limit, Limits, Throttle

CHANNEL, OTHER_CHANNEL = "01CHANNEL", "01OTHER"
GATES = [
    person_gate(CHANNEL, "1"),
    person_gate(CHANNEL, "2"),
    group_gate(CHANNEL, "-1001"),
    person_gate(OTHER_CHANNEL, "1"),
]
# Binary fractions: sums of these are exact, so a bound can be tested without a tolerance.
MOMENT = 1 / 64
LIMITS = Limits(
    person=(Limit(3, 3.0), Limit(5, 10.0)),
    group=(Limit(6, 20.0),),
    overall=(Limit(4, 1.0),),
)


def throttle_of(limits: Limits = LIMITS) -> Throttle:
    return Throttle(limits, kind_of=gate_kind, owner_of=gate_channel)


@dataclass(frozen=True)
class Call:
    gate: str
    after: float
    calls: int


calls_over_time = st.lists(
    st.builds(
        Call,
        gate=st.sampled_from(GATES),
        after=st.integers(0, 128).map(lambda each: each * MOMENT),
        calls=st.integers(1, 3),
    ),
    max_size=60,
)


def limits_of(gate: str) -> tuple[Limit, ...]:
    return LIMITS.person if gate.startswith("person") else LIMITS.group


def most_in_a_window(times: list[float], seconds: float) -> int:
    return max(
        (sum(1 for t in times if start <= t < start + seconds) for start in times), default=0
    )


@given(calls_over_time)
def test_no_window_ever_holds_more_calls_than_its_limit(sequence: list[Call]) -> None:
    throttle, now = throttle_of(), 0.0
    made: dict[str, list[float]] = {}
    for call in sequence:
        now += call.after
        if throttle.wait(call.gate, now, calls=call.calls) == 0:
            throttle.spend(call.gate, now, calls=call.calls)
            made.setdefault(call.gate, []).extend([now] * call.calls)
    for gate, times in made.items():
        for limit in limits_of(gate):
            assert most_in_a_window(times, limit.seconds) <= limit.calls
    for owner in (CHANNEL, OTHER_CHANNEL):
        times = sorted(t for gate, each in made.items() for t in each if owner in gate)
        for limit in LIMITS.overall:
            assert most_in_a_window(times, limit.seconds) <= limit.calls


@given(calls_over_time, st.integers(0, 2))
def test_the_wait_is_exact(sequence: list[Call], reserve: int) -> None:
    """After it the call may go; a moment before it, not."""
    throttle, now = throttle_of(), 0.0
    for call in sequence:
        now += call.after
        wait = throttle.wait(call.gate, now, calls=call.calls, reserve=reserve)
        assert throttle.wait(call.gate, now + wait, calls=call.calls, reserve=reserve) == 0
        if wait > 0:
            early = now + wait - MOMENT
            assert throttle.wait(call.gate, early, calls=call.calls, reserve=reserve) == MOMENT
        now += wait
        throttle.spend(call.gate, now, calls=call.calls)


@given(calls_over_time)
def test_the_room_is_what_may_go_now_and_no_more(sequence: list[Call]) -> None:
    throttle, now = throttle_of(), 0.0
    for call in sequence:
        now += call.after
        room = throttle.room(call.gate, now, most=50)
        assert room <= 4  # the overall limit
        assert (room > 0) == (throttle.wait(call.gate, now) == 0)
        if room:
            assert throttle.wait(call.gate, now, calls=room) == 0
            throttle.spend(call.gate, now, calls=min(room, call.calls))
    assert throttle.room(FREE, now, most=7) == 7
    throttle.close(GATES[0], now + 5)
    assert throttle.room(GATES[0], now, most=7) == 0


@given(st.integers(1, 10), st.integers(0, 12))
def test_a_reserve_leaves_that_many_calls_for_others(limit: int, reserve: int) -> None:
    throttle = throttle_of(Limits(group=(Limit(limit, 60.0),)))
    gate = group_gate(CHANNEL, "-1")
    made = 0
    while made < 20 and throttle.wait(gate, 0.0, reserve=reserve) == 0:
        throttle.spend(gate, 0.0)
        made += 1
    # A reserve as large as the limit never lets one through beside others, only when all is quiet.
    assert made == max(limit - reserve, 1)
    left = 0
    while left < 20 and throttle.wait(gate, 0.0) == 0:
        throttle.spend(gate, 0.0)
        left += 1
    assert left == limit - made


@given(st.integers(1, 5), st.integers(6, 20))
def test_more_calls_than_a_limit_holds_go_when_all_is_quiet(limit: int, calls: int) -> None:
    throttle = throttle_of(Limits(person=(Limit(limit, 8.0),)))
    gate = person_gate(CHANNEL, "1")
    assert throttle.wait(gate, 0.0, calls=calls) == 0
    throttle.spend(gate, 0.0, calls=1)
    assert throttle.wait(gate, 1.0, calls=calls) == 7.0
    throttle.spend(gate, 8.0, calls=calls)
    assert throttle.wait(gate, 8.0, calls=1) == 8.0


def test_a_closed_gate_waits_and_the_longer_pause_wins() -> None:
    throttle, gate = throttle_of(), GATES[0]
    throttle.close(gate, 30.0)
    throttle.close(gate, 10.0)
    assert throttle.wait(gate, 5.0) == 25.0
    assert throttle.wait(GATES[1], 5.0) == 0
    assert throttle.closed(5.0) == [gate]
    assert throttle.opens_in(5.0) == 25.0
    assert throttle.wait(gate, 30.0) == 0
    assert throttle.closed(30.0) == []
    assert throttle.opens_in(30.0) is None


def test_closing_an_owner_closes_its_gates_alone() -> None:
    throttle = throttle_of()
    throttle.close_owner(GATES[0], 30.0)
    assert [throttle.wait(gate, 10.0) for gate in GATES] == [20.0, 20.0, 20.0, 0]


def test_a_used_up_gate_counts_as_closed_until_one_call_fits() -> None:
    throttle, gate = throttle_of(), GATES[2]
    for second in range(6):
        throttle.spend(gate, float(second))
    assert gate in throttle.closed(6.0)
    assert throttle.opens_in(6.0) == 14.0
    assert throttle.closed(20.0) == []


def test_a_free_gate_never_waits() -> None:
    throttle = throttle_of()
    throttle.spend(FREE, 0.0, calls=1000)
    assert throttle.wait(FREE, 0.0, calls=1000) == 0
    assert throttle.closed(0.0) == []


def test_gates_are_forgotten_once_nothing_remembers_them() -> None:
    throttle = throttle_of()
    for customer in range(1000):
        now = float(customer)
        gate = person_gate(CHANNEL, str(customer))
        throttle.wait(gate, now)
        throttle.spend(gate, now)
        throttle.close(gate, now + 1)
        throttle.closed(now)
        assert len(throttle._windows) < 20
        assert len(throttle._closed) < 5
    for window in throttle._windows.values():
        assert len(window.calls) < 20


def test_a_busy_gate_keeps_no_more_calls_than_its_limits_remember() -> None:
    throttle, gate = throttle_of(Limits(person=(Limit(3, 3.0),))), GATES[0]
    now = 0.0
    for _ in range(500):
        now += throttle.wait(gate, now)
        throttle.spend(gate, now)
    assert all(len(window.calls) <= 3 for window in throttle._windows.values())


def test_no_limits_never_wait() -> None:
    throttle = throttle_of(Limits())
    for _ in range(100):
        throttle.spend(GATES[0], 0.0, calls=10)
        assert throttle.wait(GATES[0], 0.0, calls=50) == 0
    assert throttle.closed(0.0) == []
