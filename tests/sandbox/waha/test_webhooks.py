"""Tests of webhooks: signature, retries, overtaking, copies, and odd timestamps."""

import asyncio
import hashlib
import hmac

import pytest

from sandbox.common.control_client import SandboxRequestError
from sandbox.waha.state.webhooks import retry_delay
from tests.patience import PATIENCE
from tests.sandbox.waha.stage import KEY, SESSION, Stage

RETRIES = {"policy": "constant", "delaySeconds": 2, "attempts": 4}


async def test_every_delivery_is_signed_and_numbered(bare: Stage) -> None:
    await bare.link(customHeaders=[{"name": "X-Channel", "value": "7"}])
    await bare.waha.says(bare.ann, "Grüße 🙏")
    await bare.hook.until("message")
    headers, body = bare.hook.headers[-1], bare.hook.bodies[-1]
    assert headers["X-Webhook-Hmac-Algorithm"] == "sha512"
    assert headers["X-Webhook-Hmac"] == hmac.new(KEY.encode(), body, hashlib.sha512).hexdigest()
    assert len(headers["X-Webhook-Timestamp"]) == len("1741249702485")
    assert headers["X-Channel"] == "7"
    assert bare.hook.forged == 0
    ids = [one["X-Webhook-Request-Id"] for one in bare.hook.headers]
    assert len(set(ids)) == len(ids)


async def test_only_subscribed_events_come_and_a_star_means_all(bare: Stage) -> None:
    await bare.link(events=["message"])
    await bare.waha.says(bare.ann, "one")
    await bare.text("two")
    await bare.hook.until("message")
    await bare.ok("PUT", f"/api/sessions/{SESSION}", {"config": bare.config(events=["*"])})
    await bare.waha.until(SESSION, "WORKING")
    await bare.waha.says(bare.ann, "three")
    await bare.hook.until("message.any")
    events = [one["event"] for one in bare.hook.got]
    assert events[0] == "message"
    assert set(events) == {"message", "session.status", "message.any"}


async def test_a_retried_event_is_overtaken_as_with_waha(bare: Stage) -> None:
    await bare.link(events=["message"], retries=RETRIES)
    await bare.waha.tune(tempo=0.05)
    bare.hook.statuses = [503, 500]
    await bare.waha.says(bare.ann, "first")
    await bare.hook.until_bodies(1)
    await bare.waha.says(bare.ann, "second")
    bodies = [one["body"] for one in await bare.hook.until("message", 4)]
    assert sorted(bodies) == ["first", "first", "second", "second"]
    assert bodies[:2] == ["first", "second"]
    tries = await bare.waha.deliveries("message", SESSION)
    outcomes = [(one["attempt"], one["outcome"]) for one in tries]
    assert sorted(outcomes) == [(1, 500), (1, 503), (2, 200), (2, 200)]
    assert len({one["request_id"] for one in tries}) == 2


async def test_a_chat_waits_for_its_retries_if_order_is_kept(bare: Stage) -> None:
    await bare.link(events=["message"], retries=RETRIES)
    await bare.waha.tune(tempo=0.005, order="kept")
    bare.hook.statuses = [503, 500]
    await bare.waha.says(bare.ann, "first")
    await bare.waha.says(bare.ann, "second")
    bodies = [one["body"] for one in await bare.hook.until("message", 4)]
    assert bodies == ["first", "first", "first", "second"]


async def test_after_the_last_attempt_an_event_is_lost(bare: Stage) -> None:
    await bare.link(events=["message"], retries={**RETRIES, "attempts": 2})
    await bare.waha.tune(tempo=0.001, order="kept")
    bare.hook.statuses = [500, 500]
    await bare.waha.says(bare.ann, "lost")
    await bare.waha.says(bare.ann, "heard")
    bodies = [one["body"] for one in await bare.hook.until("message", 3)]
    assert bodies == ["lost", "lost", "heard"]


async def test_a_dead_webhook_is_tried_again(bare: Stage) -> None:
    await bare.waha.tune(tempo=0.001)
    await bare.link(url="http://127.0.0.1:9/hook", events=["message"], retries=RETRIES)
    await bare.waha.says(bare.ann, "x")
    async with asyncio.timeout(PATIENCE):
        while True:
            tries = await bare.waha.deliveries("message")
            if len(tries) == RETRIES["attempts"]:
                break
            await asyncio.sleep(0.01)
    assert {one["outcome"] for one in tries} == {"ClientConnectorError"}


async def test_retries_wait_no_longer_than_the_tuning_says_and_can_be_awaited(bare: Stage) -> None:
    await bare.link(events=["message"], retries={**RETRIES, "delaySeconds": 3600})
    bare.hook.statuses = [500]
    await bare.waha.says(bare.ann, "in an hour")
    await bare.hook.until_bodies(1)
    assert not await bare.waha.wait_until_settled(0.1)
    await bare.waha.tune(longest_retry=0.01)
    bare.hook.statuses = [500] * 2 * RETRIES["attempts"]
    await bare.waha.says(bare.ann, "soon, however often it takes")
    await bare.hook.until_bodies(2 + 2 * RETRIES["attempts"])
    tries = await bare.waha.deliveries("message", SESSION)
    assert [one["outcome"] for one in tries] == [*[500] * (1 + 2 * RETRIES["attempts"]), 200]


async def test_events_may_come_twice_under_two_ids(stage: Stage) -> None:
    await stage.waha.tune(duplicates=1)
    await stage.waha.says(stage.ann, "twice")
    first, second = await stage.hook.until("message", 2)
    assert first == second
    ids = [one["id"] for one in stage.hook.got if one["event"] == "message"]
    assert len(set(ids)) == 2


async def test_timestamps_may_be_floats(stage: Stage) -> None:
    await stage.waha.says(stage.ann, "whole", at=1_700_000_000.25)
    await stage.waha.tune(float_timestamps=True)
    await stage.waha.says(stage.ann, "broken", at=1_700_000_000.25)
    whole, broken = await stage.hook.until("message", 2)
    assert (whole["timestamp"], broken["timestamp"]) == (1_700_000_000, 1_700_000_000.251)
    assert isinstance(whole["timestamp"], int)


async def test_any_event_and_any_body_can_be_posted(stage: Stage) -> None:
    await stage.waha.inject(SESSION, "poll.vote", {"odd": True})
    assert (await stage.hook.until("poll.vote"))[0] == {"odd": True}
    before = len(stage.hook.bodies)
    await stage.waha.inject(SESSION, body="no JSON", key="another key")
    assert (await stage.hook.until_bodies(before + 1))[-1] == b"no JSON"
    assert stage.hook.forged == 1


async def test_without_a_webhook_nothing_is_posted(bare: Stage) -> None:
    await bare.ok("POST", "/api/sessions", {"name": SESSION})
    await bare.waha.until(SESSION, "SCAN_QR_CODE")
    with pytest.raises(SandboxRequestError, match="no webhook"):
        await bare.waha.inject(SESSION, "message", {})
    await bare.waha.scan(SESSION)
    await bare.waha.says(bare.ann, "to nobody")
    assert await bare.waha.deliveries() == []


@pytest.mark.parametrize(
    ("policy", "pauses"),
    [("constant", [2, 2, 2]), ("linear", [2, 4, 6]), ("exponential", [2, 4, 8])],
)
def test_pauses_follow_the_policy(policy: str, pauses: list[float]) -> None:
    asked = {"policy": policy, "delaySeconds": 2, "attempts": 15}
    assert [retry_delay(asked, tries) for tries in (1, 2, 3)] == pauses
