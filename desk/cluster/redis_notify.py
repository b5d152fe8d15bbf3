"""Notify other processes through Redis publish/subscribe, without stored state.

While Redis is away, only speed is lost: each waiting loop looks for work every second, so no
notification is repeated or kept.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Collection

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from db.cancellation import raise_if_cancelled
from db.ids import new_id
from desk.cluster.notify import Notifier

log = structlog.get_logger(__name__)

# Notifications within this time are sent as one.
_BATCH_DELAY = 0.002
# Messages that wait while Redis is away; the oldest go.
_MAX_UNSENT = 1000
_TIMEOUT = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_CONNECTION_ERRORS = (RedisError, OSError, TimeoutError)


class RedisRefusedError(Exception):
    """Redis answers and refuses us; the text says what to correct."""


class RedisNotifierHub:
    """Exchanges notifications between the processes of one installation, which share `name`."""

    def __init__(self, url: str, name: str, *, subscribed: Collection[str] | None = None) -> None:
        """Set up without connecting; `subscribed`: the topics to listen to (None: every one)."""
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            health_check_interval=10,
            # One retry, for a connection that broke while it was idle. Further retries, with
            # pauses, are in `_run_forever`.
            retry=Retry(NoBackoff(), 1),
        )
        self._prefix = f"osmodesk:{name}:"
        self._sender_id = new_id()
        self._subscribed = subscribed
        self._signals: dict[str, Notifier] = {}
        self._receivers: dict[str, Callable[[bytes], None]] = {}
        self._pending_topics: set[str] = set()
        self._pending_messages: deque[tuple[str, bytes]] = deque(maxlen=_MAX_UNSENT)
        self._to_publish = asyncio.Event()
        self._away = False

    def create_notifier(self, topic: str, signal: Notifier) -> Notifier:
        """Return a notifier for `signal`, and for the signals of this topic in other processes."""
        self._signals[topic] = signal
        return _SharedNotifier(signal, lambda: self._announce(topic))

    def create_broadcast(
        self, topic: str, receive: Callable[[bytes], None]
    ) -> Callable[[bytes], None]:
        """Return a function that sends a message to the other processes; it may be lost.

        `receive` is called with what they send.
        """
        self._receivers[topic] = receive

        def send(message: bytes) -> None:
            self._pending_messages.append((topic, message))
            self._to_publish.set()

        return send

    async def answers(self) -> bool:
        """Check whether Redis answers; raise RedisRefusedError if it answers with a refusal."""
        try:
            await self._redis.publish(f"{self._prefix}hello", self._sender_id)
        except (AuthenticationError, NoPermissionError):
            raise RedisRefusedError("Redis rejects the user or the password in REDIS_URL") from None
        except _CONNECTION_ERRORS as error:
            log.debug("redis.away", reason=type(error).__name__)
            return False
        return True

    async def run(self) -> None:
        """Exchange notifications until cancelled; reconnect after Redis was away."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._run_forever(self._publish))
            if self._subscribed_topics():
                group.create_task(self._run_forever(self._listen))

    async def close(self) -> None:
        """Close connections."""
        await self._redis.aclose()

    def _announce(self, topic: str) -> None:
        self._pending_topics.add(topic)
        self._to_publish.set()

    async def _run_forever(self, work: Callable[[], Awaitable[None]]) -> None:
        pause = _FIRST_PAUSE
        while True:
            # While it connects, the library may turn a cancellation into an error of its own.
            raise_if_cancelled()
            began = asyncio.get_running_loop().time()
            try:
                await work()
            except _CONNECTION_ERRORS as error:
                self._log_away(error)
            if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 jitter, no secret
            pause = min(_LONGEST_PAUSE, pause * 2)

    async def _publish(self) -> None:
        while True:
            raise_if_cancelled()
            await self._to_publish.wait()
            await asyncio.sleep(_BATCH_DELAY)
            self._to_publish.clear()
            topics, self._pending_topics = self._pending_topics, set()
            for topic in topics:
                await self._redis.publish(self._prefix + topic, self._sender_id)
            while self._pending_messages:
                topic, message = self._pending_messages.popleft()
                said = self._sender_id.encode() + message
                await self._redis.publish(self._prefix + topic, said)
            self._log_back()

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
            topics = self._subscribed_topics()
            await subscription.subscribe(*(self._prefix + topic for topic in topics))
            self._log_back()
            for topic in topics:
                if topic in self._signals:
                    self._signals[topic].notify()  # notifications may have been missed before
            own = self._sender_id.encode()
            while True:
                raise_if_cancelled()
                message = await subscription.get_message(timeout=5.0)
                if message is not None and not message["data"].startswith(own):
                    said = message["data"][len(own) :]
                    self._handle_message(message["channel"].decode(), said)

    def _subscribed_topics(self) -> list[str]:
        return [
            topic
            for topic in (*self._signals, *self._receivers)
            if self._subscribed is None or topic in self._subscribed
        ]

    def _handle_message(self, channel: str, said: bytes) -> None:
        topic = channel.removeprefix(self._prefix)
        if topic in self._signals:
            self._signals[topic].notify()
        elif topic in self._receivers:
            self._receivers[topic](said)

    def _log_away(self, error: BaseException) -> None:
        if not self._away:
            self._away = True
            log.warning(
                "redis.away",
                reason=type(error).__name__,
                hint="other processes find their work every second until it is back",
            )

    def _log_back(self) -> None:
        if self._away:
            self._away = False
            log.info("redis.back")


class _SharedNotifier:
    def __init__(self, signal: Notifier, announce: Callable[[], None]) -> None:
        self._signal = signal
        self._announce = announce

    def notify(self) -> None:
        self._signal.notify()
        self._announce()
