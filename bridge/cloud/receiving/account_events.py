"""What Meta tells of a number or its account: noted where we keep it, told to the admins else."""

import hashlib
from collections.abc import Mapping
from typing import Any

from bridge.cloud.receiving.summaries import summarize_error as words_of_fault
from bridge.cloud.receiving.summaries import to_short_json
from bridge.cloud.receiving.webhook_models import TemplateStatusUpdate, WebhookError
from desk.channels import ServedChannel
from desk.templates.sync import update_status
from desk.unit_of_work import UnitOfWork

_MAX_SHOWN = 400
_TEMPLATE_STATUS = "message_template_status_update"
# Of these an admin should know; of others nobody here has heard yet.
_REPORTED_FIELDS = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "business_capability_update",
        "business_status_update",
        "message_template_components_update",
        "message_template_quality_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "template_category_update",
        "template_correct_category_detection",
    }
)


class UnknownFieldError(Exception):
    """Meta told of something that this version does not know."""


async def handle_change(uow: UnitOfWork, channel: ServedChannel, field: str, value: Any) -> None:
    """Take in what is no message and no status; raises UnknownFieldError."""
    if not isinstance(value, Mapping):
        raise UnknownFieldError(f"a change of {field or 'nothing'} that says nothing")
    if field == _TEMPLATE_STATUS:
        await _update_template_status(uow, channel, TemplateStatusUpdate.model_validate(value))
    elif field in _REPORTED_FIELDS:
        _notify_admins(uow, channel, f"{field}: {to_short_json(value)}")
    else:
        raise UnknownFieldError(f"this version does not know what {field or 'no field'} means")


def report_error(uow: UnitOfWork, channel: ServedChannel, error: WebhookError) -> None:
    """Tell the admins of an error that is no message's."""
    _notify_admins(uow, channel, words_of_fault(error))


async def _update_template_status(
    uow: UnitOfWork, channel: ServedChannel, news: TemplateStatusUpdate
) -> None:
    name, language = news.message_template_name, news.message_template_language
    if not (name and language and news.event):
        raise UnknownFieldError("a template's status that does not say of which template")
    reason = None if news.reason in {None, "", "NONE"} else news.reason
    # Here it may be written "pt-BR" what is "pt_BR" where templates are listed.
    for spelt in dict.fromkeys((language, language.replace("-", "_"))):
        if await update_status(uow, channel, name, spelt, status=news.event, reason=reason):
            break
    if news.event.upper() != "APPROVED":
        _notify_admins(uow, channel, " · ".join(filter(None, (name, language, news.event, reason))))


def _notify_admins(uow: UnitOfWork, channel: ServedChannel, what: str) -> None:
    """Say it in the first staff group, once an hour."""
    text = uow.text_for_staff("general.whatsapp_news", channel=channel.name, what=what[:_MAX_SHOWN])
    digest = hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:16]
    for group in channel.staff_groups[:1]:
        dedup_key = f"news:{channel.id}:{digest}:{uow.now:%Y-%m-%dT%H}"
        uow.enqueue_for_chat(channel.staff_channel_id, group, text, group=True, dedup_key=dedup_key)
