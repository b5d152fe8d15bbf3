"""Which hosts are this very machine."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether a host, by name or number, is this machine and no other."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
