"""The assignment policy is pure: its properties hold for any candidates."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from db.ids import AgentId
from desk.conversations.policy import Candidate, choose_agent

START = datetime(2026, 1, 1, tzinfo=UTC)

candidates = st.lists(
    st.builds(
        Candidate,
        agent_id=st.uuids().map(lambda each: AgentId(str(each))),
        name=st.just("Agent"),
        active_sessions=st.integers(0, 40),
        live_sessions=st.integers(0, 4),
        capacity=st.integers(0, 4),
        last_assigned_at=st.none()
        | st.integers(0, 5).map(lambda each: START + timedelta(minutes=each)),
    ),
    max_size=12,
    unique_by=lambda each: each.agent_id,
)


@given(candidates, st.data())
def test_the_preferred_agent_comes_first_if_they_have_room(
    found: list[Candidate], data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from([None, *found]))
    chosen = choose_agent(found, wanted.agent_id if wanted else None)
    if wanted is not None and wanted.live_sessions < wanted.capacity:
        assert chosen == wanted
    else:
        assert chosen == choose_agent(found)


@given(candidates)
def test_the_chosen_agent_has_room_and_nobody_with_room_has_fewer(found: list[Candidate]) -> None:
    chosen = choose_agent(found)
    with_room = [each for each in found if each.live_sessions < each.capacity]
    assert (chosen is None) == (not with_room)
    if chosen is None:
        return
    assert chosen in with_room
    assert chosen.live_sessions == min(each.live_sessions for each in with_room)
    rivals = [each for each in with_room if each.live_sessions == chosen.live_sessions]
    never = [each for each in rivals if each.last_assigned_at is None]
    if never:
        assert chosen in never
    else:
        earliest = min(each.last_assigned_at for each in rivals if each.last_assigned_at)
        assert chosen.last_assigned_at == earliest


@given(candidates, st.randoms(use_true_random=False))
def test_the_order_in_which_agents_are_listed_changes_nothing(
    found: list[Candidate], random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose_agent(found) == choose_agent(iter(shuffled))


def test_equal_agents_take_turns() -> None:
    agents = {name: Candidate(AgentId(name), name, 0, 0, 9, None) for name in "abc"}
    turns = []
    for minute in range(6):
        chosen = choose_agent(agents.values())
        assert chosen is not None
        turns.append(chosen.name)
        # Each ends the session before the next one comes, so that only the times differ.
        last = START + timedelta(minutes=minute)
        agents[chosen.name] = Candidate(chosen.agent_id, chosen.name, 0, 0, 9, last)
    assert turns == ["a", "b", "c", "a", "b", "c"]
