"""Handle Meta's events about a number or its account: store them, or report them to admins."""

import hashlib
from collections.abc import Mapping
from typing import Any

from bridge.cloud.receiving.summaries import summarize_error, to_short_json
from bridge.cloud.receiving.webhook_models import TemplateStatusUpdate, WebhookError
from desk.channels import ServedChannel
from desk.templates.sync import update_status
from desk.unit_of_work import UnitOfWork

_MAX_SHOWN = 400
_TEMPLATE_STATUS = "message_template_status_update"
# Admins should know of these. Other fields are unknown to this version.
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
    """Meta sent a field that this version does not know."""


async def handle_change(uow: UnitOfWork, channel: ServedChannel, field: str, value: Any) -> None:
    """Handle a change that is neither a message nor a status; raise UnknownFieldError."""
    if not isinstance(value, Mapping):
        raise UnknownFieldError(f"the change of {field or 'an unnamed field'} has no content")
    if field == _TEMPLATE_STATUS:
        await _update_template_status(uow, channel, TemplateStatusUpdate.model_validate(value))
    elif field in _REPORTED_FIELDS:
        _notify_admins(uow, channel, f"{field}: {to_short_json(value)}")
    else:
        raise UnknownFieldError(f"this version does not know the field {field or '(none)'}")


def report_error(uow: UnitOfWork, channel: ServedChannel, error: WebhookError) -> None:
    """Report an error that belongs to no message to the admins."""
    _notify_admins(uow, channel, summarize_error(error))


async def _update_template_status(
    uow: UnitOfWork, channel: ServedChannel, update: TemplateStatusUpdate
) -> None:
    name, language = update.message_template_name, update.message_template_language
    if not (name and language and update.event):
        raise UnknownFieldError("a template's status does not name its template")
    reason = None if update.reason in {None, "", "NONE"} else update.reason
    # This event may write "pt-BR" for what the list of templates writes "pt_BR".
    for spelling in dict.fromkeys((language, language.replace("-", "_"))):
        if await update_status(uow, channel, name, spelling, status=update.event, reason=reason):
            break
    if update.event.upper() != "APPROVED":
        _notify_admins(
            uow, channel, " · ".join(filter(None, (name, language, update.event, reason)))
        )


def _notify_admins(uow: UnitOfWork, channel: ServedChannel, what: str) -> None:
    """Post a notice in the first staff group, at most once an hour."""
    text = uow.text_for_staff(
        "general.whatsapp_notice", channel=channel.name, what=what[:_MAX_SHOWN]
    )
    digest = hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:16]
    for group in channel.staff_groups[:1]:
        dedup_key = f"news:{channel.id}:{digest}:{uow.now:%Y-%m-%dT%H}"
        uow.enqueue_for_chat(channel.staff_channel_id, group, text, group=True, dedup_key=dedup_key)
