"""Parsers for the values of settings: each reads one format or says why it cannot.

The error texts complete the sentence "NAME …" and never repeat the value: it may be a secret.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import SecretStr

from db.url import DatabaseUrl, parse_database_url
from desk.phones import is_region
from desk.urls.private import is_loopback

SECRET_LENGTH = 32
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+", re.ASCII)
_PRICE = re.compile(
    r"(?P<model>[^=\s]+)\s*=\s*(?P<in>\d+(?:\.\d+)?)\s*/\s*(?P<out>\d+(?:\.\d+)?)", re.ASCII
)
_GROUP = re.compile(r"-\d{1,20}", re.ASCII)


def parse_database_setting(value: object) -> DatabaseUrl:
    """Parse DATABASE_URL."""
    if isinstance(value, DatabaseUrl):
        return value
    return parse_database_url(str(value))


def parse_bot_token(value: object) -> SecretStr:
    """Parse a bot token."""
    text = _to_text(value)
    if not _TOKEN.fullmatch(text):
        raise ValueError("is not a bot token")
    return SecretStr(text)


def parse_public_key(value: object) -> str:
    """Parse a public key, written as hexadecimal digits."""
    text = _to_text(value).lower()
    if not _PUBLIC_KEY.fullmatch(text):
        raise ValueError("is not a public key")
    return text


def parse_long_secret(value: object) -> SecretStr:
    """Parse a secret that is long enough not to be guessed."""
    text = _to_text(value)
    if len(text) < SECRET_LENGTH:
        raise ValueError(f"is shorter than {SECRET_LENGTH} characters")
    return SecretStr(text)


def parse_api_key(value: object) -> SecretStr:
    """Parse a key that is sent in an HTTP header."""
    text = _to_text(value)
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("contains characters that no API key has")
    return SecretStr(text)


def parse_prices(value: object) -> dict[str, tuple[float, float]]:
    """Parse the prices of models: "name=in/out", separated by commas."""
    if isinstance(value, dict):
        return value
    found = [_PRICE.fullmatch(each.strip()) for each in _to_text(value).split(",") if each.strip()]
    prices = {each["model"]: (float(each["in"]), float(each["out"])) for each in found if each}
    if len(prices) != len(found):
        raise ValueError("is not a list such as gpt-4.1-mini=0.40/1.60,gpt-4.1=2/8")
    return prices


def parse_region(value: object) -> str:
    """Parse the two letters of a country into upper case."""
    region = _to_text(value).upper()
    if not is_region(region):
        raise ValueError("is not the two letters of a country")
    return region


def parse_time_zone(value: object) -> ZoneInfo:
    """Parse the name of a time zone."""
    if isinstance(value, ZoneInfo):
        return value
    name = _to_text(value)
    if name not in available_timezones():
        raise ValueError("is not the name of a time zone")
    return ZoneInfo(name)


def parse_group_ids(value: object) -> tuple[str, ...]:
    """Parse a comma-separated list of group ids."""
    ids = tuple(dict.fromkeys(_split_list(value)))
    if not all(_GROUP.fullmatch(each) for each in ids):
        raise ValueError("is not a list of group ids")
    return ids


def parse_http_url(value: object) -> str:
    """Parse the address of a server, and remove a slash at its end."""
    text = str(value).strip().rstrip("/")
    _parse_url(text, {"http", "https"})
    return text


def parse_public_url(value: object) -> str:
    """Parse the public address of this desk: https, or http on this machine."""
    text = str(value).strip().rstrip("/")
    parts = _parse_url(text, {"http", "https"})
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("is not https: Telegram and WhatsApp call only https addresses")
    return text


def parse_redis_url(value: object) -> str:
    """Parse the address of a Redis server."""
    text = str(value).strip()
    if text.startswith("unix:///"):
        return text
    _parse_url(text, {"redis", "rediss"}, bare=False)
    return text


def parse_origins(value: object) -> frozenset[str]:
    """Parse a comma-separated list of origins of web pages."""
    found = _split_list(value)
    for each in found:
        parts = _parse_url(each, {"http", "https"})
        if parts.path:
            raise ValueError("contains an address with a path: an origin ends after host and port")
    return frozenset(found)


def parse_networks(value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    """Parse a comma-separated list of the addresses or networks of proxies."""
    try:
        return tuple(ip_network(each) for each in _split_list(value))
    except ValueError:
        raise ValueError("is not a list of IP addresses or networks") from None


def parse_host(value: object) -> str:
    """Parse the address to listen on."""
    text = str(value).strip()
    if not re.fullmatch(r"[A-Za-z0-9._:-]+", text, re.ASCII):
        raise ValueError("is not an address to listen on")
    return text


def _split_list(value: object) -> list[str]:
    if isinstance(value, list | tuple | set | frozenset):
        value = ",".join(map(str, value))
    parts = str(value).split(",")
    return [part.strip() for part in parts if part.strip()]


def _to_text(value: object) -> str:
    return (value.get_secret_value() if isinstance(value, SecretStr) else str(value)).strip()


def _parse_url(text: str, schemes: set[str], *, bare: bool = True) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.scheme not in schemes or not parts.hostname or re.search(r"\s", text):
        raise ValueError(f"is not an address that begins with {'://, '.join(sorted(schemes))}://")
    if bare and (parts.query or parts.fragment or parts.username):
        raise ValueError("contains more than a host, a port and a path")
    return parts
