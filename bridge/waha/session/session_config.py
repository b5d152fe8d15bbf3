"""How a session is to be configured at WAHA so that it tells us what happens: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.waha.intake.raw_events import EVENTS
from db.ids import ChannelId

Config = dict[str, Any]
# Two seconds, then twice as long each time: what we cannot keep we are told for eighteen hours.
_RETRIES = {"policy": "exponential", "delaySeconds": 2, "attempts": 15}


@dataclass(frozen=True, slots=True)
class Hook:
    """Where WAHA should call us about a channel, and with which key it signs."""

    url: str
    key: str


def begun(channel_id: ChannelId, hook: Hook | None) -> Config:
    """Give the configuration of a session that is to be made; `hook` None: WAHA cannot call us."""
    config: Config = {
        # What the phone's owner reads in the list of linked devices.
        "client": {"deviceName": "OsmoDesk"},
        # Without it the engine NOWEB can neither look messages up nor who hides behind an id.
        "noweb": {"markOnline": True, "store": {"enabled": True, "fullSync": False}},
    }
    return config if hook is None else configured(config, channel_id, hook)


def configured(config: Mapping[str, Any], channel_id: ChannelId, hook: Hook) -> Config:
    """Give a session's configuration with our webhook in it; what others set stays."""
    others = [each for each in _hooks(config) if not _is_ours(each, channel_id)]
    return {
        **config,
        "metadata": {**_mapping(config.get("metadata")), "channel": channel_id},
        # Nothing of them is a customer's: WAHA need not even tell of it.
        "ignore": {
            **_mapping(config.get("ignore")),
            "status": True,
            "groups": True,
            "channels": True,
            "broadcast": True,
        },
        "webhooks": [*others, _webhook(hook)],
    }


def is_configured(config: Mapping[str, Any], channel_id: ChannelId, hook: Hook) -> bool:
    """Tell whether a session tells us all that it should, where it should, and signs it."""
    ours = [each for each in _hooks(config) if _is_ours(each, channel_id)]
    return len(ours) == 1 and _comparable(ours[0]) == _comparable(_webhook(hook))


def hook_at(config: Mapping[str, Any], url: str) -> Hook | None:
    """Find the webhook of a session that leads to `url`; its key is empty where it does not say."""
    for each in _hooks(config):
        if each.get("url") == url:
            return Hook(url, str(_mapping(each.get("hmac")).get("key") or ""))
    return None


def hook_signed_with(config: Mapping[str, Any], key: str) -> Hook | None:
    """Find the webhook of a session that is signed with this key, wherever it leads."""
    for each in _hooks(config):
        if key and _mapping(each.get("hmac")).get("key") == key:
            return Hook(str(each.get("url") or ""), key)
    return None


def _webhook(hook: Hook) -> Config:
    return {
        "url": hook.url,
        "events": list(EVENTS),
        "hmac": {"key": hook.key},
        "retries": dict(_RETRIES),
    }


def _comparable(webhook: Mapping[str, Any]) -> tuple[object, ...]:
    events = webhook.get("events")
    named = frozenset(map(str, events)) if isinstance(events, list) else frozenset()
    hmac, retries = _mapping(webhook.get("hmac")), _mapping(webhook.get("retries"))
    return webhook.get("url"), named, hmac.get("key"), retries.get("policy")


def _is_ours(webhook: Mapping[str, Any], channel_id: ChannelId) -> bool:
    """Tell our webhook from others, also one that led to where we were before."""
    return str(webhook.get("url", "")).rstrip("/").endswith(f"/{channel_id}")


def _hooks(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    hooks = config.get("webhooks")
    return [each for each in hooks if isinstance(each, Mapping)] if isinstance(hooks, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
