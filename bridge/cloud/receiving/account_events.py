"""Handle Meta's events about a number or its account: store them, tell admins, or log them."""

import hashlib
from datetime import timedelta
from typing import Any

import structlog

from bridge.cloud.receiving.account_words import describe_account_event, describe_template_status
from bridge.cloud.receiving.error_words import HISTORY_DECLINED, describe_error
from bridge.cloud.receiving.webhook_models import TemplateStatusUpdate, WebhookError
from bridge.json_objects import as_mapping
from desk.channels import ServedChannel
from desk.notice_periods import notify_first_group
from desk.templates.sync import update_status
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_TEMPLATE_STATUS = "message_template_status_update"
_NOTICE_PERIOD = timedelta(hours=1)


async def handle_change(uow: UnitOfWork, channel: ServedChannel, field: str, value: Any) -> None:
    """Handle a change of a field that has no list of items; what admins need not know is logged."""
    content = as_mapping(value)
    if field == _TEMPLATE_STATUS:
        await _update_template_status(uow, channel, TemplateStatusUpdate.model_validate(content))
        return
    words = describe_account_event(field, content, uow.text_for_staff)
    if words is None:
        log.info("whatsapp.ignored", what="a change", field=field or None, parts=[*content][:10])
    else:
        await _report(uow, channel, words)


async def report_error(uow: UnitOfWork, channel: ServedChannel, error: WebhookError) -> None:
    """Report an error that belongs to no message to the admins."""
    if error.code == HISTORY_DECLINED:
        await _report(uow, channel, uow.text_for_staff("whatsapp_account.history_declined"))
    else:
        log.warning("whatsapp.error_reported", code=error.code, title=error.title)
        await _report(uow, channel, describe_error(error, uow.text_for_staff))


async def report_test(uow: UnitOfWork, channel: ServedChannel, field: str) -> None:
    """Notify an admin that a test of Meta's pages has arrived."""
    words = uow.text_for_staff("whatsapp.test", channel=channel.name, field=field or "?")
    await notify_admins(uow, channel, words, about=f"test:{field}")


async def _update_template_status(
    uow: UnitOfWork, channel: ServedChannel, update: TemplateStatusUpdate
) -> None:
    name, language = update.message_template_name, update.message_template_language
    if not (name and language and update.event):
        log.info("whatsapp.ignored", what="the status of an unnamed template")
        return
    reason = None if update.reason in {None, "", "NONE"} else update.reason
    # This event may write "pt-BR" for what the list of templates writes "pt_BR".
    for spelling in dict.fromkeys((language, language.replace("-", "_"))):
        if await update_status(uow, channel, name, spelling, status=update.event, reason=reason):
            break
    if update.event.upper() != "APPROVED":
        say = uow.text_for_staff
        await _report(
            uow, channel, describe_template_status(update.event, name, language, reason, say)
        )


async def _report(uow: UnitOfWork, channel: ServedChannel, what: str) -> None:
    text = uow.text_for_staff("general.whatsapp_notice", channel=channel.name, what=what)
    await notify_admins(uow, channel, text, about=what)


async def notify_admins(uow: UnitOfWork, channel: ServedChannel, text: str, *, about: str) -> None:
    """Post a notice in the first staff group, once within an hour for what it is `about`."""
    digest = hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()[:16]
    about = f"news:{channel.id}:{digest}"
    await notify_first_group(uow, channel, text, about=about, period=_NOTICE_PERIOD)
