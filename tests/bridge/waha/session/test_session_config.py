"""Tests of a session's configuration: our webhook is added once, other settings stay."""

from typing import Any

import pytest

from bridge.waha.intake.raw_events import EVENTS
from bridge.waha.session.session_config import (
    WebhookConfig,
    add_webhook,
    build_new_config,
    find_webhook_by_url,
    is_configured,
)
from db.ids import ChannelId
from sandbox.waha.schema.schema import find_schema_errors, schema_reference

CHANNEL = ChannelId("01KAPQ4M6Q9Y0JX7T0ZV3F9B2D")
HOOK = WebhookConfig(f"https://desk.example/waha/{CHANNEL}", "k" * 64)


def test_ours_is_in_it_and_fits_the_schema() -> None:
    config = add_webhook({}, CHANNEL, HOOK)
    assert (
        find_schema_errors(
            schema_reference("SessionCreateRequest"), {"name": "ch7", "config": config}
        )
        == []
    )
    [hook] = config["webhooks"]
    assert hook["url"] == HOOK.url
    assert hook["hmac"] == {"key": HOOK.key}
    assert set(hook["events"]) == set(EVENTS)
    assert config["metadata"] == {"channel": CHANNEL}
    assert is_configured(config, CHANNEL, HOOK)
    assert find_webhook_by_url(config, HOOK.url) == HOOK


@pytest.mark.parametrize("hook", [HOOK, None])
def test_a_session_that_is_made_keeps_messages_whatever_its_engine(
    hook: WebhookConfig | None,
) -> None:
    config = build_new_config(CHANNEL, hook)
    body = {"name": "ch7", "config": config}
    assert (
        find_schema_errors(schema_reference("SessionCreateRequest"), body, strict=hook is None)
        == []
    )
    assert config["noweb"]["store"]["enabled"]
    assert bool(config.get("webhooks")) is (hook is not None)


def test_what_others_set_stays() -> None:
    other = {"url": "https://crm.example/hook", "events": ["*"]}
    there = {"proxy": {"server": "p:1"}, "metadata": {"a": "b"}, "webhooks": [other]}
    config = add_webhook(there, CHANNEL, HOOK)
    assert config["proxy"] == {"server": "p:1"}
    assert config["metadata"] == {"a": "b", "channel": CHANNEL}
    assert config["webhooks"][0] == other
    assert len(config["webhooks"]) == 2


def test_a_webhook_of_ours_that_leads_elsewhere_is_replaced() -> None:
    config = add_webhook({}, CHANNEL, WebhookConfig(f"http://old:1/waha/{CHANNEL}", "old"))
    assert not is_configured(config, CHANNEL, HOOK)
    [hook] = add_webhook(config, CHANNEL, HOOK)["webhooks"]
    assert hook["url"] == HOOK.url


@pytest.mark.parametrize(
    "config", [{}, {"webhooks": None}, {"webhooks": ["x", 1]}, {"webhooks": "x", "metadata": 3}]
)
def test_odd_configurations_are_mended(config: dict[str, Any]) -> None:
    assert not is_configured(config, CHANNEL, HOOK)
    assert find_webhook_by_url(config, HOOK.url) is None
    assert is_configured(add_webhook(config, CHANNEL, HOOK), CHANNEL, HOOK)
