"""Tests of the sending limits: the pure functions of time, and the answers to callers."""

import pytest

from sandbox.graph.faults.sending_limits import Limits
from sandbox.graph.model.errors import GraphError
from tests.sandbox.graph.message_bodies import TEMPLATE
from tests.sandbox.graph.stage import Stage

TEXT = {"type": "text", "text": {"body": "x"}}
DAY = 86_400


def spent(limits: Limits, customer: str, now: float) -> int:
    """Return 0, or the code of the refusal."""
    try:
        limits.spend("n", customer, now)
    except GraphError as error:
        return error.code
    return 0


def test_eighty_a_second_for_a_number() -> None:
    limits = Limits(on=True)
    codes = [spent(limits, str(one), 10.0) for one in range(81)]
    assert codes == [0] * 80 + [130429]
    assert spent(limits, "late", 10.99) == 130429
    assert spent(limits, "late", 11.0) == 0


def test_a_burst_to_one_recipient_borrows_from_the_future() -> None:
    limits = Limits(on=True)
    assert [spent(limits, "a", 0.1 * one) for one in range(46)] == [0] * 45 + [131056]
    assert spent(limits, "b", 5.0) == 0
    # Each of the 45 used six seconds of the future: the next one is allowed when the first are
    # over.
    assert spent(limits, "a", 5.9) == 131056
    assert spent(limits, "a", 6.0) == 0
    assert spent(limits, "a", 11.9) == 131056
    assert [spent(limits, "a", 272.0) for _ in range(45)] == [0] * 44 + [131056]


def test_one_message_in_six_seconds_is_always_allowed() -> None:
    limits = Limits(on=True)
    assert {spent(limits, "a", 6.0 * one) for one in range(500)} == {0}


def test_a_refused_message_is_not_counted() -> None:
    limits = Limits(on=True, per_second=1)
    assert spent(limits, "a", 0) == 0
    assert [spent(limits, "b", 0.5) for _ in range(50)] == [130429] * 50
    assert [spent(limits, "b", 1.0 + one) for one in range(45)] == [0] * 45


def test_the_tier_counts_customers_in_a_day() -> None:
    limits = Limits(on=True)
    for one in range(50):
        limits.open("n", "TIER_50", str(one), 0.0)
    limits.open("n", "TIER_50", "7", 1.0)
    with pytest.raises(GraphError, match="50 conversations"):
        limits.open("n", "TIER_50", "new", DAY - 1)
    limits.open("n", "TIER_50", "new", DAY)
    limits.open("n", "TIER_UNLIMITED", "other", DAY)


async def test_limits_are_off_until_they_are_switched_on(stage: Stage) -> None:
    for _ in range(50):
        await stage.text()
    await stage.graph.freeze()
    await stage.graph.limits(True, pair_burst=2)
    await stage.text()
    await stage.text()
    status, code, details = await stage.refused(**TEXT)
    assert (status, code) == (400, 131056)
    assert "too many messages" in details
    await stage.graph.advance(6)
    await stage.text()
    await stage.graph.limits(True, per_second=1, pair_burst=9)
    await stage.text()
    assert (await stage.refused(**TEXT))[:2] == (400, 130429)
    # A message that is refused for another reason is not counted.
    await stage.graph.advance(1)
    assert (await stage.refused(type="text", text={}))[1] == 100
    await stage.text()
    await stage.graph.limits(False)
    await stage.text()


async def test_conversations_of_a_number_per_day(stage: Stage) -> None:
    await stage.graph.add_template("order_ready", [{"type": "BODY", "text": "{{1}} {{2}}"}])
    await stage.graph.limits(True, per_day=1)
    for phone in ("16505550001", "16505550002"):
        await stage.graph.add_customer("X", phone=phone)
    body = {"type": "template", "template": TEMPLATE}
    await stage.ok(to="16505550001", **body)
    await stage.ok(to="16505550001", **body)
    await stage.ok(**body)
    assert (await stage.refused(to="16505550002", **body))[:2] == (400, 131048)
    await stage.graph.advance(DAY)
    await stage.ok(to="16505550002", **body)


@pytest.mark.parametrize("number", [-1, "many", True])
async def test_limits_are_numbers(stage: Stage, number: object) -> None:
    body = {"on": True, "per_second": number}
    async with stage.http.post(f"{stage.url}/control/graph/limits", json=body) as response:
        assert response.status == 400
