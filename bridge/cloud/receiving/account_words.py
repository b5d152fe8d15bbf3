"""Say Meta's events about a number, its account or its templates in words, with pure functions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bridge.cloud.receiving.error_words import humanize
from bridge.cloud.receiving.timestamps import to_datetime
from bridge.json_objects import as_mapping
from desk.texts import Translate

_Value = Mapping[str, Any]
_MAX_TEXT = 300


def describe_account_event(field: str, value: _Value, translate: Translate) -> str | None:
    """Describe what happened; None if the field is none that admins need to know of."""
    describe = _DESCRIBERS.get(field)
    return describe(value, translate)[:_MAX_TEXT] if describe is not None else None


def _account_update(value: _Value, translate: Translate) -> str:
    event = _code(value, "event")
    match event:
        case "DISABLED_UPDATE":
            ban = _part(value, "ban_info")
            key = _BAN_STATES.get(_code(ban, "waba_ban_state"), "disabled")
            return translate(f"whatsapp_account.{key}", date=_text(ban, "waba_ban_date"))
        case "ACCOUNT_VIOLATION":
            kind = humanize(_code(_part(value, "violation_info"), "violation_type"))
            return translate("whatsapp_account.violation", words=kind)
        case "ACCOUNT_RESTRICTION":
            listed = value.get("restriction_info")
            found = [_code(each, "restriction_type") for each in _dicts(listed)]
            return translate("whatsapp_account.restricted", words=_list_names(found))
        case "PARTNER_REMOVED" if value.get("disconnection_info"):
            reason = humanize(_code(_part(value, "disconnection_info"), "reason"))
            return translate("whatsapp_account.partner_removed_because", words=reason)
        case "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE":
            return translate("whatsapp_account.country", words=_text(value, "country"))
    key = _ACCOUNT_EVENTS.get(event, "changed")
    if key == "changed":
        return translate("whatsapp_account.changed", words=humanize(event))
    return translate(f"whatsapp_account.{key}")


_BAN_STATES = {
    "DISABLE": "disabled",
    "SCHEDULE_FOR_DISABLE": "will_be_disabled",
    "REINSTATE": "reinstated",
}
_ACCOUNT_EVENTS = {
    "VERIFIED_ACCOUNT": "verified",
    "ACCOUNT_DELETED": "deleted",
    "PARTNER_ADDED": "partner_added",
    "PARTNER_REMOVED": "partner_removed",
    "PARTNER_APP_INSTALLED": "app_installed",
    "PARTNER_APP_UNINSTALLED": "app_removed",
    "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE": "certification",
    "ACCOUNT_OFFBOARDED": "offboarded",
    "ACCOUNT_RECONNECTED": "reconnected",
    "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE": "international_rates",
    "VOLUME_BASED_PRICING_TIER_UPDATE": "price_tier",
    "MM_LITE_TERMS_SIGNED": "terms_signed",
    "AD_ACCOUNT_LINKED": "ad_account",
}


def _account_review(value: _Value, translate: Translate) -> str:
    decision = _code(value, "decision")
    keys = {"APPROVED": "review_approved", "REJECTED": "review_rejected"}
    key = keys.get(decision, "review_pending")
    return translate(f"whatsapp_account.{key}")


def _account_alert(value: _Value, translate: Translate) -> str:
    alert = {**value, **_part(value, "alert_info")}
    words = _text(alert, "alert_description", "") or humanize(_code(alert, "alert_type"))
    return translate("whatsapp_account.alert", words=words)


def _settings(value: _Value, translate: Translate) -> str:
    names = [key for key in value if key not in {"event", "timestamp", "type"}]
    return translate("whatsapp_account.settings", words=_list_names(names))


def _business_status(value: _Value, translate: Translate) -> str:
    return translate("whatsapp_account.changed", words=humanize(_code(value, "event")))


def _capabilities(value: _Value, translate: Translate) -> str:
    lines = list(_list_limits(value, translate))
    return "; ".join(lines) or translate("whatsapp_account.changed", words=_list_names(value))


def _list_limits(value: _Value, translate: Translate) -> Iterator[str]:
    for key, given in value.items():
        if key.startswith("max_daily_conversation"):
            if str(given) == "-1" or "UNLIMITED" in str(given).upper():
                yield translate("whatsapp_account.no_daily_limit")
            else:
                yield translate("whatsapp_account.daily_limit", many=_many(given))
        elif key.startswith("max_phone_numbers"):
            yield translate("whatsapp_account.numbers_limit", many=_many(given))


def _number_name(value: _Value, translate: Translate) -> str:
    keys = {"APPROVED": "name_approved", "REJECTED": "name_rejected", "DECLINED": "name_rejected"}
    key = keys.get(_code(value, "decision"), "name_pending")
    return translate(
        f"whatsapp_account.{key}",
        number=_text(value, "display_phone_number"),
        name=_text(value, "requested_verified_name"),
    )


def _number_quality(value: _Value, translate: Translate) -> str:
    event, number = _code(value, "event"), _text(value, "display_phone_number")
    if event in {"FLAGGED", "UNFLAGGED"}:
        return translate(f"whatsapp_account.{_FLAGS[event]}", number=number)
    keys = {"UPGRADE": "limit_raised", "DOWNGRADE": "limit_lowered"}
    limits = (value.get(key) for key in ("current_limit", "max_daily_conversations_per_business"))
    limit = next(filter(None, limits), None)
    key = keys.get(event, "limit_is")
    return translate(
        f"whatsapp_account.{key}",
        number=number,
        limit=_say_limit(limit, translate),
    )


_FLAGS = {"FLAGGED": "flagged", "UNFLAGGED": "unflagged"}


def _say_limit(limit: Any, translate: Translate) -> str:
    code = str(limit or "").upper()
    if "UNLIMITED" in code or code == "-1":
        return translate("whatsapp_account.unlimited")
    many = _many(code or "?")
    if not many[0].isdigit():
        return many
    return translate("whatsapp_account.people_a_day", many=many)


def _security(value: _Value, translate: Translate) -> str:
    event, number = _code(value, "event"), _text(value, "display_phone_number")
    keys = {
        "PIN_CHANGED": "pin_changed",
        "PIN_RESET_REQUEST": "pin_asked",
        "PIN_RESET_SUCCESS": "pin_reset",
    }
    if event in keys:
        return translate(f"whatsapp_account.{keys[event]}", number=number)
    return translate("whatsapp_account.security", number=number, words=humanize(event))


def _template_content(value: _Value, translate: Translate) -> str:
    return translate("whatsapp_template.content", **_template(value))


def _template_quality(value: _Value, translate: Translate) -> str:
    score = _code(value, "new_quality_score")
    keys = {"GREEN": "quality_green", "YELLOW": "quality_yellow", "RED": "quality_red"}
    key = keys.get(score, "quality_unknown")
    new = translate(f"whatsapp_template.{key}")
    return translate("whatsapp_template.quality", new=new, **_template(value))


def _template_category(value: _Value, translate: Translate) -> str:
    later = _code(value, "correct_category")
    new = _say_category(later or _code(value, "new_category"), translate)
    at = to_datetime(str(value.get("category_update_timestamp") or ""))
    if later and at is not None:
        about = _template(value)
        return translate("whatsapp_template.category_will_change", new=new, date=at, **about)
    key = "category_is_wrong" if later else "category"
    return translate(f"whatsapp_template.{key}", new=new, **_template(value))


def describe_template_status(
    event: str, name: str, language: str, reason: str | None, translate: Translate
) -> str:
    """Describe the new status of a template, and the reason if there is one."""
    key = _TEMPLATE_STATUSES.get(event.upper(), "status")
    more = {"words": humanize(event)} if key == "status" else {}
    what = translate(f"whatsapp_template.{key}", name=name, spoken=language, **more)
    if reason is None:
        return what
    return translate("whatsapp_template.because", what=what, reason=humanize(reason))


_TEMPLATE_STATUSES = {
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "FLAGGED": "flagged",
    "DELETED": "deleted",
    "PENDING_DELETION": "deleted",
    "REINSTATED": "reinstated",
}


def _say_category(code: str, translate: Translate) -> str:
    keys = {"MARKETING": "marketing", "UTILITY": "utility", "AUTHENTICATION": "authentication"}
    return translate(f"whatsapp_template.{keys[code]}") if code in keys else humanize(code)


def _template(value: _Value) -> dict[str, str]:
    return {
        "name": _text(value, "message_template_name"),
        "spoken": _text(value, "message_template_language"),
    }


def _list_names(names: Iterable[str]) -> str:
    return ", ".join(map(humanize, names)) or "?"


def _many(given: Any) -> str:
    """Write a number, or a tier such as TIER_2K or TIER_100K, as a number."""
    text = str(given).upper().removeprefix("TIER_")
    digits = text.removesuffix("K")
    if not digits.isdecimal():
        return humanize(text)
    return f"{int(digits) * (1000 if text.endswith('K') else 1):,}"


def _code(value: _Value, key: str) -> str:
    return str(value.get(key) or "").upper()


def _text(value: _Value, key: str, otherwise: str = "?") -> str:
    given = value.get(key)
    return str(given) if isinstance(given, str | int) and given != "" else otherwise


def _part(value: _Value, key: str) -> _Value:
    return as_mapping(value.get(key))


def _dicts(listed: Any) -> list[_Value]:
    found = listed if isinstance(listed, list) else [listed]
    return [each for each in found if isinstance(each, Mapping)]


_DESCRIBERS: Mapping[str, Callable[[_Value, Translate], str]] = {
    "account_alerts": _account_alert,
    "account_review_update": _account_review,
    "account_settings_update": _settings,
    "account_update": _account_update,
    "business_capability_update": _capabilities,
    "business_status_update": _business_status,
    "message_template_components_update": _template_content,
    "message_template_quality_update": _template_quality,
    "phone_number_name_update": _number_name,
    "phone_number_quality_update": _number_quality,
    "security": _security,
    "template_category_update": _template_category,
    "template_correct_category_detection": _template_category,
}
