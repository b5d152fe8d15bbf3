"""Build a session's configuration at WAHA, so that it sends us its events; pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.json_objects import as_mapping
from bridge.waha.intake.raw_events import EVENTS
from db.ids import ChannelId

Config = dict[str, Any]
# Two seconds, then twice as long each time: WAHA repeats an undelivered event for eighteen hours.
_RETRIES = {"policy": "exponential", "delaySeconds": 2, "attempts": 15}


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """The webhook's address for a channel, and the key that signs its requests."""

    url: str
    key: str


def build_new_config(channel_id: ChannelId, hook: WebhookConfig | None) -> Config:
    """Build the configuration of a new session; without a `hook` WAHA cannot call us."""
    config: Config = {
        # The phone's owner sees this name in the list of linked devices.
        "client": {"deviceName": "OsmoDesk"},
        # Without the store the NOWEB engine can look up neither messages nor hidden ids.
        "noweb": {"markOnline": True, "store": {"enabled": True, "fullSync": False}},
    }
    return config if hook is None else add_webhook(config, channel_id, hook)


def add_webhook(config: Mapping[str, Any], channel_id: ChannelId, hook: WebhookConfig) -> Config:
    """Return a session's configuration with our webhook added; other settings stay."""
    others = [each for each in _list_webhooks(config) if not _is_ours(each, channel_id)]
    return {
        **config,
        "metadata": {**as_mapping(config.get("metadata")), "channel": channel_id},
        # These events are never a customer's, so WAHA need not send them.
        "ignore": {
            **as_mapping(config.get("ignore")),
            "status": True,
            "groups": True,
            "channels": True,
            "broadcast": True,
        },
        "webhooks": [*others, _build_webhook(hook)],
    }


def is_configured(config: Mapping[str, Any], channel_id: ChannelId, hook: WebhookConfig) -> bool:
    """Check whether a session sends all our events to the right address, signed with our key."""
    ours = [each for each in _list_webhooks(config) if _is_ours(each, channel_id)]
    return len(ours) == 1 and _to_comparable(ours[0]) == _to_comparable(_build_webhook(hook))


def find_webhook_by_url(config: Mapping[str, Any], url: str) -> WebhookConfig | None:
    """Find a session's webhook by its URL; the key is empty if it is not given."""
    for each in _list_webhooks(config):
        if each.get("url") == url:
            return WebhookConfig(url, str(as_mapping(each.get("hmac")).get("key") or ""))
    return None


def find_webhook_by_key(config: Mapping[str, Any], key: str) -> WebhookConfig | None:
    """Find a session's webhook by its key, whatever its URL."""
    for each in _list_webhooks(config):
        if key and as_mapping(each.get("hmac")).get("key") == key:
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
    hmac, retries = as_mapping(webhook.get("hmac")), as_mapping(webhook.get("retries"))
    return webhook.get("url"), named, hmac.get("key"), retries.get("policy")


def _is_ours(webhook: Mapping[str, Any], channel_id: ChannelId) -> bool:
    """Check whether a webhook is ours, even with an earlier address of this desk."""
    return str(webhook.get("url", "")).rstrip("/").endswith(f"/{channel_id}")


def _list_webhooks(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    hooks = config.get("webhooks")
    return [each for each in hooks if isinstance(each, Mapping)] if isinstance(hooks, list) else []
