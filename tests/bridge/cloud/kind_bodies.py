"""More kinds of webhooks: a change's field and value, and what is right for it."""

from collections.abc import Mapping
from typing import Any

from tests.bridge.cloud.right_results import PASSED_OVER, Right, one
from tests.bridge.cloud.webhook_bodies import PHONE, build_message, build_status, build_value

Json = dict[str, Any]
Kind = tuple[str, Json, Right]
OURS = "15550783881"
_CONTACT = {"profile": {"name": "Zed"}, "wa_id": PHONE}


def _message(kind: str, content: object = None, **more: object) -> Json:
    said = build_message(kind, content, **more)
    return build_value(contacts=[_CONTACT], messages=[said])


def _echo(kind: str, content: object = None, **more: object) -> Json:
    said = {**build_message(kind, content, **more), "from": OURS, "to": PHONE}
    return build_value(message_echoes=[said])


def _interactive(kind: str, content: object) -> Json:
    return _message("interactive", {"type": kind, kind: content})


def _error(code: int, words: str = "Words") -> Json:
    return {"code": code, "title": words, "message": words}


def _call(event: str, **more: object) -> Json:
    call = {"id": "wacid.1", "event": event, "from": PHONE, "to": OURS, **more}
    return build_value(calls=[call])


def _status(state: str, **more: object) -> Json:
    return build_value(statuses=[build_status(state, **more)])


def _told(words: str) -> Right:
    return Right(general=f"Notice from WhatsApp about Cloud: {words}")


_TEMPLATE = {"message_template_name": "hello", "message_template_language": "en"}
_NUMBER = {"display_phone_number": OURS}
_GROUP_THREAD = {"id": "1-2@g.us", "messages": [build_message("text", {"body": "x"})]}
_NEW_TEXT = {"type": "text", "text": {"body": "new"}}
_NO_FILE = "WhatsApp could not get the file. Please ask the customer to send it again."

MESSAGES: Mapping[str, Kind] = {
    "a file without its id": (
        "messages",
        _message("image", {"mime_type": "image/jpeg"}),
        one("OTHER", "A message arrived without its content (a picture)."),
    ),
    "a file that could not be had": (
        "messages",
        _message("video", errors=[_error(131052)]),
        one("OTHER", f"A message arrived without its content (a video). {_NO_FILE}"),
    ),
    "a location on the equator": (
        "messages",
        _message("location", {"longitude": 10}),
        one("LOCATION"),
    ),
    "a location without coordinates": (
        "messages",
        _message("location", {"name": "Office"}),
        one("TEXT", "Location: Office"),
    ),
    "a contact with nothing on it": (
        "messages",
        _message("contacts", [{}]),
        one("TEXT", "Contact: —"),
    ),
    "a form that is no JSON": (
        "messages",
        _interactive("nfm_reply", {"name": "flow", "response_json": '{"a": '}),
        one("TEXT", "Form filled in: flow. Its answers cannot be shown here"),
    ),
    "no permission to call": (
        "messages",
        _interactive("call_permission_reply", {"response": "reject"}),
        one("TEXT", "The customer does not allow calls."),
    ),
    "a poll that is not passed on": (
        "messages",
        _message("unsupported", {"type": "poll_creation"}, errors=[_error(131051)]),
        one("OTHER", "WhatsApp does not show us this message (a poll)."),
    ),
    "an unknown reason": (
        "messages",
        _message("unsupported", errors=[_error(999999, "SOME_NEW_REASON")]),
        one(
            "OTHER",
            "WhatsApp does not show us this message (of an unnamed kind). "
            "WhatsApp says: some new reason",
        ),
    ),
    "an unknown type": (
        "messages",
        _message("hologram", {"x": {"y": 1}}),
        one("OTHER", "This version does not know this kind of message (hologram)."),
    ),
    "a text that is empty": (
        "messages",
        _message("text", {"body": ""}),
        one("OTHER", "A message arrived without its content (a text)."),
    ),
    "an edit that came first": (
        "messages",
        _message("edit", {"original_message_id": "wamid.q", "message": _NEW_TEXT}),
        one("TEXT", "new"),
    ),
}
NO_MESSAGES: Mapping[str, Kind] = {
    "an edit without its words": (
        "messages",
        _message("edit", {"original_message_id": "wamid.q"}),
        PASSED_OVER,
    ),
    "a reaction of a stranger": (
        "messages",
        _message("reaction", {"message_id": "wamid.q", "emoji": "👍"}),
        PASSED_OVER,
    ),
    "a reaction in a group": (
        "messages",
        _message("reaction", {"message_id": "wamid.q", "emoji": "👍"}, group_id="1"),
        PASSED_OVER,
    ),
    "a stranger's new number": (
        "messages",
        _message("system", {"type": "customer_changed_number", "new_wa_id": "15557770009"}),
        PASSED_OVER,
    ),
    "another notice": ("messages", _message("system", {"type": "x", "body": "y"}), PASSED_OVER),
    "a notice without content": ("messages", _message("system"), PASSED_OVER),
    "a status that is none": ("messages", _status("warning"), PASSED_OVER),
    "a stranger's payment": ("messages", _status("pending", type="payment"), PASSED_OVER),
    "a reaction on the phone": (
        "smb_message_echoes",
        _echo("reaction", {"message_id": "wamid.q", "emoji": "👍"}),
        PASSED_OVER,
    ),
    "a deletion on the phone": (
        "smb_message_echoes",
        _echo("revoke", {"original_message_id": "wamid.q"}),
        PASSED_OVER,
    ),
    "a notice on the phone": ("smb_message_echoes", _echo("system", {"body": "x"}), PASSED_OVER),
    "a question on the phone": (
        "smb_message_echoes",
        _echo("interactive", {"type": "button", "body": {"text": "Which?"}}),
        Right((("outbound", "TEXT", "Which?"),)),
    ),
    "a call of ours": ("calls", _call("terminate", direction="BUSINESS_INITIATED"), PASSED_OVER),
    "the status of a call": (
        "calls",
        build_value(statuses=[build_status("REJECTED", type="call")]),
        PASSED_OVER,
    ),
    "a call of a stranger": (
        "calls",
        _call("terminate", status="FAILED"),
        Right(general=f"+{PHONE} called Cloud and has never written."),
    ),
    "a history of a group": (
        "history",
        build_value(history=[{"threads": [_GROUP_THREAD]}]),
        PASSED_OVER,
    ),
    "a history that is not shared": (
        "history",
        build_value(history=[{"errors": [_error(2593109)]}]),
        _told("the owner of the phone does not share the earlier messages"),
    ),
    "a contact that was removed": (
        "smb_app_state_sync",
        build_value(state_sync=[{"action": "remove", "contact": {"phone_number": PHONE}}]),
        PASSED_OVER,
    ),
    "messages of another field": ("standby", _message("text", {"body": "x"}), PASSED_OVER),
    "payments": ("payment_configuration_update", {"status": "Active"}, PASSED_OVER),
    "user names": ("business_username_update", {"username": "x"}, PASSED_OVER),
    "groups": (
        "group_lifecycle_update",
        build_value(groups=[{"type": "group_create", "errors": [_error(1)]}]),
        PASSED_OVER,
    ),
    "errors": (
        "messages",
        build_value(errors=[_error(130429)]),
        _told("Too many messages at once."),
    ),
}
ACCOUNT: Mapping[str, Kind] = {
    "a ban": (
        "account_update",
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
        _told("WhatsApp has disabled the business account"),
    ),
    "a violation": (
        "account_update",
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}},
        _told("the business account broke a rule of WhatsApp: adult"),
    ),
    "a restriction": (
        "account_update",
        {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "NO_NEW"}]},
        _told("WhatsApp restricts the business account: no new"),
    ),
    "an unknown event": (
        "account_update",
        {"event": "SOMETHING_NEW", "x": {"y": 1}},
        _told("the business account has changed (something new)"),
    ),
    "an alert": (
        "account_alerts",
        {"alert_info": {"alert_type": "OBA_APPROVED"}},
        _told("alert: oba approved"),
    ),
    "settings": (
        "account_settings_update",
        {"event": "X", "phone_number_settings": {"calling": {"status": "ENABLED"}}},
        _told("settings of the number have changed (phone number settings)"),
    ),
    "no limits": (
        "business_capability_update",
        {"max_daily_conversation_per_phone": -1},
        _told("new conversations are not limited"),
    ),
    "a raised limit": (
        "phone_number_quality_update",
        {**_NUMBER, "event": "UPGRADE", "current_limit": "TIER_10K"},
        _told(f"the messaging limit of {OURS} was raised: 10,000 customers a day"),
    ),
    "a limit that is not set": (
        "phone_number_quality_update",
        {**_NUMBER, "event": "ONBOARDING", "current_limit": "TIER_NOT_SET"},
        _told(f"the messaging limit of {OURS} is now: not set"),
    ),
    "a name": (
        "phone_number_name_update",
        {**_NUMBER, "decision": "REJECTED", "requested_verified_name": "Shop"},
        _told(f"the display name of {OURS} was rejected: Shop"),
    ),
    "a rejected template": (
        "message_template_status_update",
        {**_TEMPLATE, "event": "REJECTED", "reason": "ABUSIVE_CONTENT"},
        _told("the template hello (en) was rejected: abusive content"),
    ),
    "an approved template": (
        "message_template_status_update",
        {**_TEMPLATE, "event": "APPROVED", "reason": "NONE"},
        PASSED_OVER,
    ),
    "a template's quality": (
        "message_template_quality_update",
        {**_TEMPLATE, "new_quality_score": "YELLOW"},
        _told("the quality of the template hello (en) is now medium"),
    ),
    "a template's category": (
        "template_category_update",
        {**_TEMPLATE, "previous_category": "UTILITY", "new_category": "MARKETING"},
        _told("the template hello (en) is now in the category marketing"),
    ),
}
KINDS: Mapping[str, Kind] = {**MESSAGES, **NO_MESSAGES, **ACCOUNT}
