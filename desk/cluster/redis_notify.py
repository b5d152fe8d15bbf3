"""Bells over Redis: publish and subscribe, no state; while Redis is away nothing but speed is lost.

Whoever waits for work looks by itself every second, so nothing is said twice or kept for later.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from db.ids import new_id
from desk.cluster.notify import Bell

log = structlog.get_logger(__name__)

# Rings that come so close together travel as one.
_GATHER = 0.002
_PATIENCE = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_Away = (RedisError, OSError, TimeoutError)


class RedisBells:
    """Carries the rings of one installation: processes with the same `name` hear each other."""

    def __init__(self, url: str, name: str, *, hears: Collection[str] | None = None) -> None:
        """Open nothing yet; `hears`: what this process waits for; None: for every topic."""
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            health_check_interval=10,
            # Once, for a connection that broke while nobody used it. More is ours: with pauses.
            retry=Retry(NoBackoff(), 1),
        )
        self._prefix = f"osmodesk:{name}:"
        self._me = new_id()
        self._hears = hears
        self._wakes: dict[str, Bell] = {}
        self._rung: set[str] = set()
        self._to_publish = asyncio.Event()
        self._away = False

    def bell(self, topic: str, wake: Bell) -> Bell:
        """Give the bell that rings `wake`, and the wakes of this topic in other processes."""
        self._wakes[topic] = wake
        return _SharedBell(wake, lambda: self._announce(topic))

    async def answers(self) -> bool:
        """Tell whether Redis is there."""
        try:
            await self._redis.publish(f"{self._prefix}hello", self._me)
        except _Away as error:
            log.debug("redis.away", reason=type(error).__name__)
            return False
        return True

    async def run(self) -> None:
        """Carry rings until cancelled; comes back by itself when Redis was away."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again_and_again(self._publish))
            if self._heard_topics():
                group.create_task(self._again_and_again(self._listen))

    async def close(self) -> None:
        """Let go of connections."""
        await self._redis.aclose()

    def _announce(self, topic: str) -> None:
        self._rung.add(topic)
        self._to_publish.set()

    async def _again_and_again(self, work: Callable[[], Awaitable[None]]) -> None:
        pause = _FIRST_PAUSE
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await work()
            except _Away as error:
                self._note_away(error)
            if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 jitter, no secret
            pause = min(_LONGEST_PAUSE, pause * 2)

    async def _publish(self) -> None:
        while True:
            await self._to_publish.wait()
            await asyncio.sleep(_GATHER)
            self._to_publish.clear()
            topics, self._rung = self._rung, set()
            for topic in topics:
                await self._redis.publish(self._prefix + topic, self._me)
            self._note_back()

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as heard:
            topics = self._heard_topics()
            await heard.subscribe(*(self._prefix + topic for topic in topics))
            self._note_back()
            for topic in topics:
                self._wakes[topic].ring()  # for what was missed
            while True:
                message = await heard.get_message(timeout=5.0)
                if message is not None and message["data"] != self._me.encode():
                    self._heard(message["channel"].decode())

    def _heard_topics(self) -> list[str]:
        return [topic for topic in self._wakes if self._hears is None or topic in self._hears]

    def _heard(self, channel: str) -> None:
        wake = self._wakes.get(channel.removeprefix(self._prefix))
        if wake is not None:
            wake.ring()

    def _note_away(self, error: BaseException) -> None:
        if not self._away:
            self._away = True
            log.warning(
                "redis.away",
                reason=type(error).__name__,
                hint="other processes find their work every second until it is back",
            )

    def _note_back(self) -> None:
        if self._away:
            self._away = False
            log.info("redis.back")


class _SharedBell:
    def __init__(self, wake: Bell, announce: Callable[[], None]) -> None:
        self._wake = wake
        self._announce = announce

    def ring(self) -> None:
        self._wake.ring()
        self._announce()
