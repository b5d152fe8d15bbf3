"""How many connections a process may hold."""

import resource

_OPEN_FILES = 16_384
# Open files for other uses: the database, providers, uploads.
_RESERVED = 256
_MAX_CONNECTIONS = 10_000


def raise_open_files_limit() -> None:
    """Raise the limit of open files as far as the system allows: event streams stay open."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def get_max_connections() -> int:
    """Return how many clients may be connected at once, with files left for our own needs."""
    now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now == resource.RLIM_INFINITY:
        return _MAX_CONNECTIONS
    return min(max(now // 2, now - _RESERVED), _MAX_CONNECTIONS)
