"""Count login failures in Redis, for all web processes of an installation together.

While Redis is away nobody can log in: otherwise someone who could take Redis down could guess
without limits.
"""

from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from desk.accounts.login_throttle import (
    FORGET_AFTER,
    AttemptKey,
    LoginThrottleUnavailableError,
)

_TIMEOUT = 2.0
# Times are Redis' own, in milliseconds, because the clocks of the web processes may differ.
# Arguments: how long failures are remembered, then each key's free attempts and longest delay.
_BEGIN = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local waits, is_open = {}, true
for index, key in ipairs(KEYS) do
    local wait = tonumber(redis.call('HGET', key, 'open_at') or 0) - now
    waits[index] = math.max(0, wait)
    is_open = is_open and wait <= 0
end
if not is_open then
    return waits
end
for index, key in ipairs(KEYS) do
    local free, longest = tonumber(ARGV[2 * index]), tonumber(ARGV[2 * index + 1])
    local count = redis.call('HINCRBY', key, 'count', 1)
    if count >= free then
        local delay = math.min(longest, 1000 * 2 ^ math.min(count - free, 20))
        redis.call('HSET', key, 'open_at', now + delay)
    end
    redis.call('PEXPIRE', key, ARGV[1])
end
return waits
"""
_UNDO = """
for _, key in ipairs(KEYS) do
    if redis.call('HINCRBY', key, 'count', -1) < 1 then
        redis.call('DEL', key)
    else
        redis.call('HDEL', key, 'open_at')
    end
end
"""
_FORGET_MS = int(FORGET_AFTER.total_seconds() * 1000)


class RedisFailureCounter:
    """Counts the failures of one installation: processes with the same `name` count together."""

    def __init__(self, url: str, name: str) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            # Retry once, for a connection that broke while it was idle.
            retry=Retry(NoBackoff(), 1),
        )
        self._prefix = f"osmodesk:{name}:login-failures:"
        self._begin = self._redis.register_script(_BEGIN)
        self._undo = self._redis.register_script(_UNDO)

    async def begin_attempt(self, keys: Sequence[AttemptKey]) -> Sequence[float]:
        return [int(each) / 1000 for each in await self._run(self._begin, keys)]

    async def reset(self, key: AttemptKey) -> None:
        try:
            await self._redis.delete(self._prefix + key.name)
        except (RedisError, OSError) as error:
            raise LoginThrottleUnavailableError from error

    async def undo_attempt(self, keys: Sequence[AttemptKey]) -> None:
        await self._run(self._undo, keys)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _run(self, script: Any, keys: Sequence[AttemptKey]) -> Any:
        limits = [
            number
            for key in keys
            for number in (key.limit.free, int(key.limit.max_delay.total_seconds() * 1000))
        ]
        names = [self._prefix + key.name for key in keys]
        try:
            return await script(keys=names, args=[_FORGET_MS, *limits])
        except (RedisError, OSError) as error:
            raise LoginThrottleUnavailableError from error
