"""Hashing outside the event loop is limited to a few threads and a short queue."""

import asyncio
import threading
from dataclasses import dataclass, field

import pytest

from desk.accounts import hashing
from desk.accounts.errors import BadPasswordError
from desk.accounts.hashing import Hasher, OverloadedError
from tests.flows.eventually import eventually
from tests.patience import PATIENCE


@dataclass
class BlockedHash:
    """A hash that reports its start and waits for `go` instead of a fifth of a second."""

    began: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> BlockedHash:
    """Replace the hash, so that no test here depends on how long a hash takes."""
    blocked = BlockedHash()

    def waits(password: str, password_hash: str | None) -> bool:
        blocked.began.set()
        assert blocked.go.wait(PATIENCE)
        return password == password_hash

    monkeypatch.setattr(hashing, "verify_password_sync", waits)
    return blocked


async def test_a_password_fits_its_hash_and_no_other() -> None:
    hasher = Hasher()
    kept = await hasher.hash("a long enough password")
    assert await hasher.verify("a long enough password", kept)
    assert not await hasher.verify("another one", kept)
    assert not await hasher.verify("a long enough password", None)
    with pytest.raises(BadPasswordError):
        await hasher.hash("x" * 73)
    await hasher.close()


async def test_a_full_queue_says_when_to_try_again(blocked: BlockedHash) -> None:
    hasher = Hasher(workers=1, max_waiting=3)
    waiting = [asyncio.ensure_future(hasher.verify("x", "x")) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(OverloadedError) as told:
        await hasher.verify("x", "x")
    assert told.value.after == pytest.approx(1.0)
    blocked.go.set()
    assert await asyncio.gather(*waiting) == [True] * 4
    assert await hasher.verify("x", "x")
    await hasher.close()


async def test_a_cancelled_caller_frees_its_place_when_its_hash_is_done(
    blocked: BlockedHash,
) -> None:
    hasher = Hasher(workers=1, max_waiting=0)
    left = asyncio.ensure_future(hasher.verify("x", "x"))
    # A job that no thread has started would be cancelled, and free its place at once.
    await eventually(lambda: asyncio.sleep(0, blocked.began.is_set()), "the thread is at it")
    left.cancel()
    await asyncio.wait([left])
    with pytest.raises(OverloadedError):  # the thread still runs it
        await hasher.verify("x", "x")
    blocked.go.set()
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                assert await hasher.verify("x", "x")
                break
            except OverloadedError:
                await asyncio.sleep(0.01)
    await hasher.close()


async def test_a_flood_from_one_network_starves_itself(blocked: BlockedHash) -> None:
    hasher, order = Hasher(workers=1, max_waiting=10), list[str]()

    async def log_in(network: str) -> None:
        await hasher.verify("x", "x", network=network)
        order.append(network)

    flood = [asyncio.ensure_future(log_in("flood")) for _ in range(8)]
    await asyncio.sleep(0)
    people = [asyncio.ensure_future(log_in(name)) for name in ("mia", "max")]
    await asyncio.sleep(0)
    blocked.go.set()
    await asyncio.wait_for(asyncio.gather(*flood, *people), PATIENCE)
    assert {order.index("mia"), order.index("max")} <= {0, 1, 2, 3}
    await hasher.close()


async def test_the_longest_queue_makes_place_for_other_networks(blocked: BlockedHash) -> None:
    hasher = Hasher(workers=1, max_waiting=10, max_waiting_in_all=4)
    flood = [asyncio.ensure_future(hasher.verify("x", "x", network="flood")) for _ in range(5)]
    await asyncio.sleep(0)
    mia = asyncio.ensure_future(hasher.verify("x", "x", network="mia"))
    await asyncio.sleep(0)
    with pytest.raises(OverloadedError):
        await asyncio.wait_for(flood[-1], PATIENCE)
    blocked.go.set()
    assert await asyncio.wait_for(asyncio.gather(mia, *flood[:-1]), PATIENCE) == [True] * 5
    await hasher.close()


async def test_a_caller_who_leaves_when_sent_away_frees_no_place(blocked: BlockedHash) -> None:
    hasher = Hasher(workers=1, max_waiting=10, max_waiting_in_all=2)
    flood = [asyncio.ensure_future(hasher.verify("x", "x", network="flood")) for _ in range(3)]
    await asyncio.sleep(0)
    mia = asyncio.ensure_future(hasher.verify("x", "x", network="mia"))
    await asyncio.sleep(0)
    flood[-1].cancel()  # it had to make place in this moment, and has not run since
    await asyncio.wait([flood[-1]])
    with pytest.raises(OverloadedError):  # two others wait
        await asyncio.wait_for(hasher.verify("x", "x", network="max"), PATIENCE)
    blocked.go.set()
    assert await asyncio.wait_for(asyncio.gather(mia, *flood[:-1]), PATIENCE) == [True] * 3
    await hasher.close()
