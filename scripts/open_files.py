"""How many connections a process may hold."""

import resource

_WANTED = 16_384


def allow_many() -> None:
    """Let there be as many open files as the machine allows: event streams stay open."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if most == resource.RLIM_INFINITY else min(_WANTED, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
