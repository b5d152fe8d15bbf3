"""The plan depends only on its seed."""

from collections import Counter

import pytest

from scripts.chaos.plan import (
    ALL_FAULT_WEIGHTS,
    ASSISTANT_FAULTS,
    DESK_FAULTS,
    SCALES,
    ActionKind,
    FaultKind,
    Part,
    Provider,
    Scale,
    build_answers_scale,
    build_desks_scale,
    build_limited_scale,
    build_volume_scale,
    draw_plan,
    get_provider,
)


@pytest.mark.parametrize("scale", [build(20) for build in SCALES.values()])
def test_a_seed_gives_the_same_plan_again_and_another_one_another(scale: Scale) -> None:
    assert draw_plan(7, scale) == draw_plan(7, scale)
    assert draw_plan(7, scale).actions != draw_plan(8, scale).actions


def test_everything_that_can_be_said_and_done_comes() -> None:
    plan = draw_plan(1, build_volume_scale(400))
    assert {action.kind for action in plan.actions} == set(ActionKind)
    assert (
        {injection.kind for injection in plan.injections}
        == set(FaultKind) - ASSISTANT_FAULTS - DESK_FAULTS
        == set(ALL_FAULT_WEIGHTS)
    )
    moves = draw_plan(1, build_desks_scale(200))
    assert {injection.kind for injection in moves.injections} >= DESK_FAULTS
    # What an agent does to an older message would be refused if its session has moved.
    by_agents = {action.kind for action in moves.actions if action.by_agent}
    assert by_agents == {ActionKind.TEXT, ActionKind.PICTURE, ActionKind.ALBUM, ActionKind.REPLY}
    assert {action.conversation for action in plan.actions} == set(range(50))
    assert {get_provider(action.conversation) for action in plan.actions} == set(Provider)
    assert 0.4 < sum(action.by_agent for action in plan.actions) / len(plan.actions) < 0.5


def test_all_of_it_is_in_order_and_in_time() -> None:
    plan = draw_plan(3, build_volume_scale(15))
    for moments in (
        [action.at for action in plan.actions],
        [injection.at for injection in plan.injections],
    ):
        assert moments == sorted(moments)
        assert 0 < moments[0] <= moments[-1] < 15


def test_nobody_is_given_what_their_channel_cannot_do() -> None:
    lines = draw_plan(1, build_volume_scale(400)).actions
    read = [action for action in lines if action.kind is ActionKind.READ]
    edits = [action for action in lines if action.kind is ActionKind.EDIT and action.by_agent]
    assert {get_provider(action.conversation) for action in read} == {Provider.CLOUD, Provider.WAHA}
    assert not any(action.by_agent for action in read)
    assert {get_provider(action.conversation) for action in edits} == {
        Provider.TELEGRAM,
        Provider.WAHA,
    }


def test_under_the_limits_all_kinds_are_there_and_one_gets_more_than_fits_at_once() -> None:
    plan = draw_plan(1, build_limited_scale(40))
    assert {get_provider(number) for number in range(plan.scale.customers)} == set(Provider)
    at_once = Counter(
        (action.at, action.conversation) for action in plan.actions if action.by_agent
    )
    (_, conversation), many = at_once.most_common(1)[0]
    assert (get_provider(conversation), many > 45) == (Provider.CLOUD, True)


def test_models_fail_and_the_desk_is_killed_around_their_answers() -> None:
    plan = draw_plan(1, build_answers_scale(200))
    assert {injection.kind for injection in plan.injections} >= ASSISTANT_FAULTS
    assert {get_provider(action.conversation) for action in plan.actions} == set(Provider)
    assert sum(action.by_agent for action in plan.actions) / len(plan.actions) < 0.2
    assert (plan.scale.part, plan.scale.has_assistants) == (Part.ANSWERS, True)


def test_one_customer_writes_more_than_is_shown() -> None:
    plan = draw_plan(1, build_limited_scale(40))
    at_once = Counter(
        (action.at, action.conversation) for action in plan.actions if not action.by_agent
    )
    (_, conversation), many = at_once.most_common(1)[0]
    assert get_provider(conversation) is Provider.TELEGRAM
    assert many > plan.scale.customer_limit > 0
    assert build_volume_scale(40).customer_limit == 0


def test_under_telegrams_limits_no_429_is_ordered() -> None:
    harms = Counter(
        injection.kind
        for seed in range(40)
        for injection in draw_plan(seed, build_limited_scale(40)).injections
    )
    assert FaultKind.FLOOD not in harms
    assert harms[FaultKind.KILL] > 0


def test_some_seeds_poll_and_some_have_a_webhook() -> None:
    assert {draw_plan(seed, build_volume_scale(1)).webhook for seed in range(20)} == {True, False}
