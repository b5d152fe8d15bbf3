"""Count login failures in Redis, for all web processes of an installation together.

While Redis is away nobody can log in: otherwise someone who could take Redis down could guess
without limits.
"""

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from desk.accounts.login_throttle import (
    FORGET_AFTER,
    FREE_ATTEMPTS,
    MAX_DELAY,
    LoginThrottleUnavailableError,
)

_TIMEOUT = 2.0
# Times are Redis' own, in milliseconds, because the clocks of the web processes may differ.
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function add(key)
    local count = redis.call('HINCRBY', key, 'count', 1)
    if count >= tonumber(ARGV[1]) then
        local delay = math.min(tonumber(ARGV[2]), 1000 * 2 ^ math.min(count - ARGV[1], 20))
        redis.call('HSET', key, 'open_at', now + delay)
    end
    redis.call('PEXPIRE', key, ARGV[3])
end
"""
_BEGIN = f"""{_NOW}
local open_at = 0
for _, key in ipairs(KEYS) do
    open_at = math.max(open_at, tonumber(redis.call('HGET', key, 'open_at') or 0))
end
if open_at > now then
    return open_at - now
end
add(KEYS[1])
return 0
"""
_FAIL = f"""{_NOW}
add(KEYS[1])
"""
_UNDO = """
local count = redis.call('HINCRBY', KEYS[1], 'count', -1)
if count < 1 then
    redis.call('DEL', KEYS[1])
elseif count < tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[1], 'open_at')
end
"""
_ARGUMENTS = (
    FREE_ATTEMPTS,
    MAX_DELAY.total_seconds() * 1000,
    int(FORGET_AFTER.total_seconds() * 1000),
)


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
        self._fail = self._redis.register_script(_FAIL)
        self._undo = self._redis.register_script(_UNDO)

    async def begin_attempt(self, account: str, address: str) -> float:
        return float(await self._run(self._begin, account, address)) / 1000

    async def record_failure(self, address: str) -> None:
        await self._run(self._fail, address)

    async def reset(self, account: str) -> None:
        try:
            await self._redis.delete(self._prefix + account)
        except (RedisError, OSError) as error:
            raise LoginThrottleUnavailableError from error

    async def undo_attempt(self, account: str) -> None:
        await self._run(self._undo, account)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _run(self, script: Any, *keys: str) -> Any:
        try:
            return await script(keys=[self._prefix + key for key in keys], args=_ARGUMENTS)
        except (RedisError, OSError) as error:
            raise LoginThrottleUnavailableError from error
