"""How many connections a process may hold."""

import resource

_WANTED = 16_384
# Open files that are not clients': the database's, providers', uploads.
_OURS = 256
_MOST = 10_000


def allow_many() -> None:
    """Let there be as many open files as the machine allows: event streams stay open."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if most == resource.RLIM_INFINITY else min(_WANTED, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def most_connections() -> int:
    """Tell how many clients may be connected at once and leave room for what we need ourselves."""
    now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now == resource.RLIM_INFINITY:
        return _MOST
    return min(max(now // 2, now - _OURS), _MOST)
