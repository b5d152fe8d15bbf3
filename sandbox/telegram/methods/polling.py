"""Serves getUpdates and the webhook's settings."""

import re

from sandbox.common.json_shapes import Json
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.model.records import BOT
from sandbox.telegram.model.shapes import Encoded
from sandbox.telegram.schema.schema import schema
from sandbox.telegram.state.call import Call

MAX_BATCH = 100
MAX_TIMEOUT = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _choose_updates(call: Call) -> None:
    """Store allowed_updates if given; an empty list means the default, unknown kinds are kept."""
    chosen = call.params.get("allowed_updates")
    if chosen is None:
        return
    known = schema()["types"]["Update"]["fields"]
    call.bot.queue.allowed = frozenset(kind for kind in chosen if kind in known)
    call.world.mark_changed(BOT, call.bot.id)


async def get_updates(call: Call) -> Encoded:
    """Return the oldest updates; wait up to `timeout` seconds if there are none."""
    bot, params = call.bot, call.params
    if bot.webhook.get("url"):
        raise errors.webhook_is_active()
    _choose_updates(call)
    queue = bot.queue
    queue.end_wait(errors.two_pollers())
    queue.confirm(params.get("offset", 0))
    limit = min(max(params.get("limit", MAX_BATCH), 1), MAX_BATCH)
    found = queue.batch(limit, call.world.clock())
    timeout = min(max(params.get("timeout", 0), 0), MAX_TIMEOUT)
    if not found and timeout:
        await queue.wait(timeout)
        found = queue.batch(limit, call.world.clock())
    return Encoded(f"[{','.join(found)}]")


def set_webhook(call: Call) -> bool:
    """Deliver updates to a URL; an empty URL removes the webhook."""
    params, bot = call.params, call.bot
    url = params["url"]
    if not url:
        return delete_webhook(call)
    if not url.startswith(("https://", "http://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.get("secret_token", "")
    if secret and _SECRET.fullmatch(secret) is None:
        raise bad_request("secret token contains unallowed characters")
    _choose_updates(call)
    if params.get("drop_pending_updates"):
        bot.queue.clear()
    bot.webhook = {
        "url": url,
        "secret_token": secret,
        "max_connections": min(max(params.get("max_connections", 40), 1), 100),
        "has_custom_certificate": "certificate" in params or "certificate" in call.files,
    }
    bot.queue.end_wait(errors.ended_by_webhook())
    call.world.mark_changed(BOT, bot.id)
    call.world.webhooks.start(bot)
    return True


def delete_webhook(call: Call) -> bool:
    """Remove the webhook, and with drop_pending_updates the waiting updates."""
    call.world.webhooks.stop(call.bot)
    call.bot.webhook = {}
    if call.params.get("drop_pending_updates"):
        call.bot.queue.clear()
    call.world.mark_changed(BOT, call.bot.id)
    return True


def get_webhook_info(call: Call) -> Json:
    """Return the webhook's settings, its waiting updates and its last error."""
    bot = call.bot
    info: Json = {
        "url": bot.webhook.get("url", ""),
        "has_custom_certificate": bot.webhook.get("has_custom_certificate", False),
        "pending_update_count": len(bot.queue.pending),
    }
    for name in ("max_connections", "last_error_date", "last_error_message"):
        if name in bot.webhook:
            info[name] = bot.webhook[name]
    if bot.queue.allowed:
        info["allowed_updates"] = sorted(bot.queue.allowed)
    return info
