"""Check a bot at Telegram: its token, its staff groups, its rights and its webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiogram.methods import GetChat, GetChatMember, GetWebhookInfo

from bot.bot_factory import Bot
from bot.setup.bot_api import BotApiRefusedError, BotApiUnreachableError, ask, get_me
from desk.formatting.masking import mask_secrets
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning

_MAX_PENDING_UPDATES = 100
_TOPICS_RIGHT = "can_manage_topics"
_REQUIRED_RIGHTS = {
    _TOPICS_RIGHT: "Manage topics",
    "can_pin_messages": "Pin messages",
    "can_delete_messages": "Delete messages",
}
BOT = "bot"
STAFF_BOT = "staff bot"
GROUP = "staff group"
WEBHOOK = "webhook"
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SettingNames:
    """Names of settings as the reader of the check results knows them."""

    token: str = "TELEGRAM_BOT_TOKEN"  # noqa: S105 a name, no password
    api_url: str = "TELEGRAM_API_URL"
    # How to replace a group's old id with the new one.
    replace_group: str = "set TELEGRAM_STAFF_GROUP to {new}"


async def check_token(
    bot: Bot, where: str, names: SettingNames
) -> tuple[list[CheckResult], _Json | None]:
    """Check the token at the Bot API at `where`; return the bot too if it is known."""
    try:
        me = await get_me(bot)
    except BotApiUnreachableError as error:
        remedy = f"check {names.api_url}, and the network from this machine to it"
        return [report_error(BOT, f"{error} from {where}", remedy)], None
    except BotApiRefusedError as error:
        remedy = "copy it again: @BotFather, /mybots, the bot, API Token"
        if not error.is_unauthorized:
            remedy = "try again later"
        return [report_error(BOT, f"{where} refuses {names.token} ({error})", remedy)], None
    return [report_ok(BOT, f"@{me.get('username')} at {where}"), _check_privacy_mode(me)], me


def _check_privacy_mode(me: _Json) -> CheckResult:
    # Reported because many guides say to switch it off, which is not needed here.
    if me.get("can_read_all_group_messages"):
        return report_ok(BOT, "privacy mode is off; it makes no difference for an administrator")
    return report_ok(
        BOT, "privacy mode is on, and may stay on: an administrator reads every message"
    )


def check_threaded_mode(me: _Json) -> CheckResult:
    """Check that private chats with the customers' bot have no topics."""
    if not me.get("has_topics_enabled"):
        return report_ok(BOT, "threaded mode is off: a customer's chat is one chat")
    return report_warning(
        BOT,
        "threaded mode is on: customers' chats are split into topics, and an answer appears in "
        "the topic that was written in last",
        "switch it off: @BotFather, the bot, Bot Settings, Threaded Mode",
    )


def check_topic_mode(me: _Json) -> CheckResult:
    """Check that private chats with the staff's own bot have topics."""
    if me.get("has_topics_enabled"):
        return report_ok(STAFF_BOT, "threaded mode is on: each session is a topic of its agent")
    return report_warning(
        STAFF_BOT,
        "threaded mode is off: an agent's sessions all stand in one chat, and are answered with "
        "replies",
        "switch it on: @BotFather, the bot, Bot Settings, Threaded Mode",
    )


async def check_groups(
    bot: Bot, groups: Sequence[str], bot_id: int, names: SettingNames
) -> dict[str, CheckResult]:
    """Check whether the bot has the rights that it needs in each group, and the group topics."""
    return {group: await _check_group(bot, group, bot_id, names) for group in groups}


async def _check_group(bot: Bot, group: str, bot_id: int, names: SettingNames) -> CheckResult:
    try:
        chat = await ask(bot, GetChat(chat_id=group))
        name = f"{group} ({chat.get('title')})"
        member = await ask(bot, GetChatMember(chat_id=group, user_id=bot_id))
    except (BotApiRefusedError, BotApiUnreachableError) as error:
        return _explain_unreachable_group(group, error, names)
    return _check_rights(name, member, has_topics=bool(chat.get("is_forum")))


def _explain_unreachable_group(
    group: str, error: BotApiRefusedError | BotApiUnreachableError, names: SettingNames
) -> CheckResult:
    if isinstance(error, BotApiRefusedError) and error.migrated_to:
        text = f"{group} has become a supergroup and has a new id"
        return report_error(GROUP, text, names.replace_group.format(new=error.migrated_to))
    return report_error(
        GROUP,
        f"{group} cannot be reached ({error})",
        "add the bot to the group, and check the id: it begins with -100",
    )


def _check_rights(name: str, member: _Json, *, has_topics: bool) -> CheckResult:
    if member.get("status") not in {"administrator", "creator"}:
        remedy = "group settings > Administrators > Add: the bot"
        return report_error(GROUP, f"{name}: the bot is not an administrator", remedy)
    missing = [
        label
        for right, label in _REQUIRED_RIGHTS.items()
        if member["status"] != "creator" and not member.get(right)
        if has_topics or right != _TOPICS_RIGHT
    ]
    if missing:
        rights = ", ".join(missing)
        remedy = f"group settings > Administrators > the bot: {rights}"
        return report_error(GROUP, f"{name}: the bot lacks rights: {rights}", remedy)
    if not has_topics:
        return report_warning(
            GROUP,
            f"{name} has no topics: all customers stand in one chat, and are answered with replies",
            "group settings > Topics: switch them on (the id may change then)",
        )
    return report_ok(GROUP, f"{name}: has topics, and the bot has the rights that it needs")


async def check_webhook(bot: Bot, public_url: str | None) -> CheckResult:
    """Check where Telegram sends the bot's updates.

    With `public_url` the webhook must be below it; without it no webhook may be set, because we
    poll.
    """
    try:
        info = await ask(bot, GetWebhookInfo())
    except (BotApiRefusedError, BotApiUnreachableError) as error:
        return report_error(WEBHOOK, str(error), "try again later")
    url = str(info.get("url") or "")
    if public_url and not _is_below(url, public_url):
        text = f"set to {_hide_path(url)}, not below PUBLIC_URL" if url else "not set yet"
        return report_warning(
            WEBHOOK, text, "osmodesk run (or worker) sets it while the channel is on"
        )
    if url and not public_url:
        remedy = "osmodesk run removes it to poll; stop any other program that uses the same token"
        return report_warning(
            WEBHOOK, f"set to {_hide_path(url)}, and PUBLIC_URL is not set", remedy
        )
    return _check_webhook_health(info, polling=not public_url)


def _check_webhook_health(info: _Json, *, polling: bool) -> CheckResult:
    pending = _to_count(info.get("pending_update_count"))
    if info.get("last_error_message") and pending:
        text = f"Telegram's last attempt failed: {mask_secrets(str(info['last_error_message']))}"
        return report_warning(
            WEBHOOK, text, "PUBLIC_URL must lead to HOST:PORT with a valid certificate"
        )
    if pending > _MAX_PENDING_UPDATES:
        return report_warning(WEBHOOK, f"waiting updates: {pending}", "osmodesk run fetches them")
    if polling:
        return report_ok(
            WEBHOOK, "none, which is correct: PUBLIC_URL is not set, so OsmoDesk polls"
        )
    return report_ok(WEBHOOK, "set, and Telegram reports no error")


def _to_count(found: object) -> int:
    return found if isinstance(found, int) else 0


def _is_below(url: str, public_url: str) -> bool:
    return url == public_url or url.startswith(f"{public_url}/")


def _hide_path(url: str) -> str:
    # Without the path: another program's webhook may contain the token there.
    return urlsplit(url).hostname or "another address"
