"""A private Redis server, which stores nothing on disk."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.private_servers.process import Server
from scripts.private_servers.programs import find_program


class Redis(Server):
    """An empty Redis; `url` has the format of REDIS_URL."""

    def command(self) -> list[str]:
        return [
            find_program("redis-server"),
            *("--bind", "127.0.0.1"),
            *("--port", str(self.port)),
            *("--dir", str(self.folder)),
            *("--save", ""),
            *("--appendonly", "no"),
        ]

    def is_ready(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        """Open a client, to read what is stored."""
        at_once = Retry(NoBackoff(), retries=0)
        return redis.Redis(host="127.0.0.1", port=self.port, retry=at_once)

    def clear(self) -> None:
        """Delete every key."""
        with self.client() as client:
            client.flushall()
