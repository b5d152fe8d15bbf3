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
class WebhookConfig:
    """Where WAHA should call us about a channel, and with which key it signs."""

    url: str
    key: str


def build_new_config(channel_id: ChannelId, hook: WebhookConfig | None) -> Config:
    """Give the configuration of a session that is to be made; `hook` None: WAHA cannot call us."""
    config: Config = {
        # What the phone's owner reads in the list of linked devices.
        "client": {"deviceName": "OsmoDesk"},
        # Without it the engine NOWEB can neither look messages up nor who hides behind an id.
        "noweb": {"markOnline": True, "store": {"enabled": True, "fullSync": False}},
    }
    return config if hook is None else add_webhook(config, channel_id, hook)


def add_webhook(config: Mapping[str, Any], channel_id: ChannelId, hook: WebhookConfig) -> Config:
    """Give a session's configuration with our webhook in it; what others set stays."""
    others = [each for each in _list_webhooks(config) if not _is_ours(each, channel_id)]
    return {
        **config,
        "metadata": {**_as_mapping(config.get("metadata")), "channel": channel_id},
        # Nothing of them is a customer's: WAHA need not even tell of it.
        "ignore": {
            **_as_mapping(config.get("ignore")),
            "status": True,
            "groups": True,
            "channels": True,
            "broadcast": True,
        },
        "webhooks": [*others, _build_webhook(hook)],
    }


def is_configured(config: Mapping[str, Any], channel_id: ChannelId, hook: WebhookConfig) -> bool:
    """Tell whether a session tells us all that it should, where it should, and signs it."""
    ours = [each for each in _list_webhooks(config) if _is_ours(each, channel_id)]
    return len(ours) == 1 and _to_comparable(ours[0]) == _to_comparable(_build_webhook(hook))


def find_webhook_by_url(config: Mapping[str, Any], url: str) -> WebhookConfig | None:
    """Find the webhook of a session that leads to `url`; its key is empty where it does not say."""
    for each in _list_webhooks(config):
        if each.get("url") == url:
            return WebhookConfig(url, str(_as_mapping(each.get("hmac")).get("key") or ""))
    return None


def find_webhook_by_key(config: Mapping[str, Any], key: str) -> WebhookConfig | None:
    """Find the webhook of a session that is signed with this key, wherever it leads."""
    for each in _list_webhooks(config):
        if key and _as_mapping(each.get("hmac")).get("key") == key:
            return WebhookConfig(str(each.get("url") or ""), key)
    return None


def _build_webhook(hook: WebhookConfig) -> Config:
    return {
        "url": hook.url,
        "events": list(EVENTS),
        "hmac": {"key": hook.key},
        "retries": dict(_RETRIES),
    }


def _to_comparable(webhook: Mapping[str, Any]) -> tuple[object, ...]:
    events = webhook.get("events")
    named = frozenset(map(str, events)) if isinstance(events, list) else frozenset()
    hmac, retries = _as_mapping(webhook.get("hmac")), _as_mapping(webhook.get("retries"))
    return webhook.get("url"), named, hmac.get("key"), retries.get("policy")


def _is_ours(webhook: Mapping[str, Any], channel_id: ChannelId) -> bool:
    """Tell our webhook from others, also one that led to where we were before."""
    return str(webhook.get("url", "")).rstrip("/").endswith(f"/{channel_id}")


def _list_webhooks(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    hooks = config.get("webhooks")
    return [each for each in hooks if isinstance(each, Mapping)] if isinstance(hooks, list) else []


def _as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
