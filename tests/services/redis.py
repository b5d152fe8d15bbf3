"""A private Redis server; if it is not installed, its tests are NOT RUN."""

from pathlib import Path

from scripts.private_servers.redis import Redis as PrivateRedis
from tests.services.programs import require_program

__all__ = ["Redis"]


class Redis(PrivateRedis):
    """An empty Redis; `url` has the format of REDIS_URL."""

    def __init__(self, folder: Path) -> None:
        require_program("redis-server")
        super().__init__(folder)
