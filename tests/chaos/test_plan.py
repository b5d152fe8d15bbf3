"""The plan comes from its seed alone."""

from collections import Counter

import pytest

from scripts.chaos.plan import EVERY_HARM, Harm, Kind, Saying, Scale, draw, kind_of, limited, volume


@pytest.mark.parametrize("scale", [volume(20), limited(20)])
def test_a_seed_gives_the_same_plan_again_and_another_one_another(scale: Scale) -> None:
    assert draw(7, scale) == draw(7, scale)
    assert draw(7, scale).lines != draw(8, scale).lines


def test_everything_that_can_be_said_and_done_comes() -> None:
    plan = draw(1, volume(400))
    assert {line.saying for line in plan.lines} == set(Saying)
    assert {deed.harm for deed in plan.deeds} == set(Harm) == set(EVERY_HARM)
    assert {line.conversation for line in plan.lines} == set(range(50))
    assert {kind_of(line.conversation) for line in plan.lines} == set(Kind)
    assert 0.4 < sum(line.by_agent for line in plan.lines) / len(plan.lines) < 0.5


def test_all_of_it_is_in_order_and_in_time() -> None:
    plan = draw(3, volume(15))
    for moments in ([line.at for line in plan.lines], [deed.at for deed in plan.deeds]):
        assert moments == sorted(moments)
        assert 0 < moments[0] <= moments[-1] < 15


def test_nobody_is_given_what_their_channel_cannot_do() -> None:
    lines = draw(1, volume(400)).lines
    read = [line for line in lines if line.saying is Saying.READ]
    edits = [line for line in lines if line.saying is Saying.EDIT and line.by_agent]
    assert {kind_of(line.conversation) for line in read} == {Kind.CLOUD, Kind.WAHA}
    assert not any(line.by_agent for line in read)
    assert {kind_of(line.conversation) for line in edits} == {Kind.TELEGRAM, Kind.WAHA}


def test_under_the_limits_all_kinds_are_there_and_one_gets_more_than_fits_at_once() -> None:
    plan = draw(1, limited(40))
    assert {kind_of(number) for number in range(plan.scale.customers)} == set(Kind)
    at_once = Counter((line.at, line.conversation) for line in plan.lines if line.by_agent)
    (_, conversation), many = at_once.most_common(1)[0]
    assert (kind_of(conversation), many > 45) == (Kind.CLOUD, True)


def test_under_telegrams_limits_no_429_is_ordered() -> None:
    harms = Counter(deed.harm for seed in range(40) for deed in draw(seed, limited(40)).deeds)
    assert Harm.FLOOD not in harms
    assert harms[Harm.KILL] > 0


def test_some_seeds_poll_and_some_have_a_webhook() -> None:
    assert {draw(seed, volume(1)).webhook for seed in range(20)} == {True, False}
