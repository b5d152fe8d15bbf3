"""Telegram: the token, the staff groups and the bot's rights in them, the webhook."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from scripts.doctor.bot_api import BotApi, RefusedError, UnreachableError
from scripts.doctor.finding import Finding, bad, good, warn
from scripts.faults import masked
from scripts.settings import Settings

_UNAUTHORIZED = {401, 404}
_MANY_UPDATES = 100
_RIGHTS = {
    "can_manage_topics": "Manage topics",
    "can_pin_messages": "Pin messages",
    "can_delete_messages": "Delete messages",
}
_BOT = "bot"
_GROUP = "staff group"
_WEBHOOK = "webhook"


async def examine_telegram(
    http: aiohttp.ClientSession, settings: Settings
) -> AsyncIterator[Finding]:
    """Ask the Bot API about everything that the settings say of Telegram."""
    if settings.telegram_bot_token is None:
        yield warn(
            _BOT,
            "TELEGRAM_BOT_TOKEN is not set",
            "get one from @BotFather with /newbot, unless the channels were made through the API",
        )
        return
    token = settings.telegram_bot_token.get_secret_value()
    api = BotApi(http, settings.telegram_api_url, token)
    me: dict[str, Any] | None = None
    async for finding, found in _examine_token(api, settings):
        me = found
        yield finding
    if me is None:
        return
    if not settings.telegram_staff_group:
        yield warn(
            _GROUP,
            "TELEGRAM_STAFF_GROUP is not set: nobody can answer from Telegram",
            "make a group, switch on its topics, add the bot as an administrator, set its id",
        )
    for group in settings.telegram_staff_group:
        async for finding in _examine_group(api, group, int(me["id"])):
            yield finding
    yield await _examine_webhook(api, settings)


async def _examine_token(
    api: BotApi, settings: Settings
) -> AsyncIterator[tuple[Finding, dict[str, Any] | None]]:
    where = settings.telegram_api_url
    try:
        me = await api.call("getMe")
    except UnreachableError as error:
        remedy = "check TELEGRAM_API_URL, and the way from this machine to it"
        yield bad(_BOT, f"{error} from {where}", remedy), None
        return
    except RefusedError as error:
        remedy = "copy it anew: @BotFather, /mybots, the bot, API Token"
        if error.code not in _UNAUTHORIZED:
            remedy = "try again in a while"
        yield bad(_BOT, f"{where} refuses TELEGRAM_BOT_TOKEN ({error})", remedy), None
        return
    yield good(_BOT, f"@{me.get('username')} at {where}"), me
    yield _privacy_mode(me), me


def _privacy_mode(me: dict[str, Any]) -> Finding:
    # Said because guides tell people to switch it off: that is not needed here.
    if me.get("can_read_all_group_messages"):
        return good(_BOT, "privacy mode is off: it would not matter, the bot is an administrator")
    return good(_BOT, "privacy mode is on, and may stay so: an administrator reads every message")


async def _examine_group(api: BotApi, group: str, bot_id: int) -> AsyncIterator[Finding]:
    try:
        chat = await api.call("getChat", chat_id=group)
    except (RefusedError, UnreachableError) as error:
        yield _no_group(group, error)
        return
    name = f"{group} ({chat.get('title')})"
    if chat.get("type") != "supergroup" or not chat.get("is_forum"):
        remedy = "group settings > Topics: switch them on (the id may change then)"
        yield bad(_GROUP, f"{name} has no topics", remedy)
        return
    try:
        member = await api.call("getChatMember", chat_id=group, user_id=bot_id)
    except (RefusedError, UnreachableError) as error:
        yield _no_group(group, error)
        return
    yield _rights(name, member)


def _no_group(group: str, error: RefusedError | UnreachableError) -> Finding:
    if isinstance(error, RefusedError) and error.moved_to:
        text = f"{group} has become a supergroup and has a new id"
        return bad(_GROUP, text, f"set TELEGRAM_STAFF_GROUP to {error.moved_to}")
    return bad(
        _GROUP,
        f"{group} is not to be reached ({error})",
        "add the bot to the group, and check the id: it begins with -100",
    )


def _rights(name: str, member: dict[str, Any]) -> Finding:
    if member.get("status") not in {"administrator", "creator"}:
        remedy = "group settings > Administrators > Add: the bot"
        return bad(_GROUP, f"{name}: the bot is no administrator", remedy)
    missing = [
        label
        for right, label in _RIGHTS.items()
        if member["status"] != "creator" and not member.get(right)
    ]
    if missing:
        rights = ", ".join(missing)
        remedy = f"group settings > Administrators > the bot: {rights}"
        return bad(_GROUP, f"{name}: the bot lacks rights: {rights}", remedy)
    return good(_GROUP, f"{name}: has topics, and the bot has the rights that it needs")


async def _examine_webhook(api: BotApi, settings: Settings) -> Finding:
    try:
        info = await api.call("getWebhookInfo")
    except (RefusedError, UnreachableError) as error:
        return bad(_WEBHOOK, str(error), "try again in a while")
    url, wanted = str(info.get("url") or ""), settings.public_url
    if wanted and not _below(url, wanted):
        text = f"set to {_place(url)}, not below PUBLIC_URL" if url else "not set yet"
        return warn(_WEBHOOK, text, "osmodesk run (or web) sets it at its start")
    if url and not wanted:
        remedy = "osmodesk run removes it to poll; end whatever uses the same token elsewhere"
        return warn(_WEBHOOK, f"set to {_place(url)}, and PUBLIC_URL is not set", remedy)
    return _webhook_health(info, polling=not wanted)


def _webhook_health(info: dict[str, Any], *, polling: bool) -> Finding:
    pending = int(info.get("pending_update_count") or 0)
    if info.get("last_error_message") and pending:
        text = f"Telegram's last try failed: {masked(str(info['last_error_message']))}"
        return warn(_WEBHOOK, text, "PUBLIC_URL must lead to HOST:PORT with a valid certificate")
    if pending > _MANY_UPDATES:
        return warn(_WEBHOOK, f"{pending} updates wait", "osmodesk run fetches them")
    if polling:
        return good(_WEBHOOK, "none, as it should be: PUBLIC_URL is not set, so we poll")
    return good(_WEBHOOK, "set, and Telegram reports no error")


def _below(url: str, public_url: str) -> bool:
    return url == public_url or url.startswith(f"{public_url}/")


def _place(url: str) -> str:
    # Not the path: somebody else's webhook may carry the token there.
    return urlsplit(url).hostname or "another address"
