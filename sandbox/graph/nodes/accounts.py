"""Calls about numbers and accounts, and the addresses of their webhooks."""

import re

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import invalid, missing_parameter
from sandbox.graph.model.records import CONNECTED, VALID, Account, Hook, Number
from sandbox.graph.state.call import Call

DEFAULT_FIELDS = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
)
# Fields that callers may ask for, and that have no value here.
UNSET_FIELDS = frozenset(
    {
        "account_review_status",
        "business_verification_status",
        "certificate",
        "conversational_automation",
        "country",
        "country_code",
        "country_dial_code",
        "disable_marketing_messages_on_cloud_api",
        "eligibility_for_api_business_global_search",
        "is_enabled_for_insights",
        "is_on_biz_app",
        "is_pin_enabled",
        "is_preverified_number",
        "last_onboarded_time",
        "marketing_messages_lite_api_status",
        "marketing_messages_onboarding_status",
        "new_certificate",
        "new_name_status",
        "on_behalf_of_business_info",
        "owner_business_info",
        "ownership_type",
        "primary_funding_id",
        "quality_score",
        "search_visibility",
        "subscribed_apps",
    }
)
SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging"]
_FIRST = re.compile(r"(\d{1,3})(\d{3})(\d{3})(\d{4})")


def format_phone(phone: str) -> str:
    """Return a phone number as Meta shows it, such as +1 555-078-3881."""
    found = _FIRST.fullmatch(phone)
    return f"+{found[1]} {found[2]}-{found[3]}-{found[4]}" if found else f"+{phone}"


def number_shape(number: Number) -> Json:
    """Return all fields of a number."""
    hook = number.target
    return {
        "verified_name": number.name,
        "code_verification_status": "VERIFIED",
        "display_phone_number": format_phone(number.phone),
        "quality_rating": number.quality,
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "webhook_configuration": {"application": hook.url} if hook else {},
        "messaging_limit_tier": number.tier,
        "whatsapp_business_manager_messaging_limit": number.tier,
        "name_status": "APPROVED",
        "status": number.status,
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "health_status": {"can_send_message": "AVAILABLE"},
    }


def _select_fields(query: dict[str, str], shape: Json, usual: tuple[str, ...]) -> Json:
    names = [one.partition("{")[0] for one in query.get("fields", "").split(",") if one] or usual
    for name in names:
        if name not in {*shape, *UNSET_FIELDS, "id"}:
            raise invalid(f"Tried accessing nonexisting field ({name})")
    return {name: shape[name] for name in names if name in shape}


def show_number(call: Call, number: Number) -> Json:
    """Return a number, with the fields that were asked for."""
    return {**_select_fields(call.query, number_shape(number), DEFAULT_FIELDS), "id": number.id}


async def change_number(call: Call, number: Number) -> Json:
    """Give the number its own webhook after a handshake, or remove it."""
    wanted = call.body.get("webhook_configuration")
    if not isinstance(wanted, dict):
        raise missing_parameter("webhook_configuration")
    url = str(wanted.get("override_callback_uri") or "")
    hook = Hook(url, str(wanted.get("verify_token", ""))) if url else None
    if hook is not None:
        await call.world.webhook_sender.handshake(hook)
    number.hook = hook
    return {"success": True}


def register(call: Call, number: Number) -> Json:
    """Connect a number to the Cloud API."""
    if not re.fullmatch(r"\d{6}", str(call.body.get("pin", ""))):
        raise missing_parameter("pin")
    number.status = CONNECTED
    return {"success": True}


def deregister(call: Call, number: Number) -> Json:
    """Disconnect a number."""
    del call
    number.status = "DISCONNECTED"
    return {"success": True}


def show_account(call: Call, account: Account) -> Json:
    """Return a business account."""
    shape: Json = {"name": account.name, "timezone_id": "1", "currency": "USD"}
    shape["message_template_namespace"] = f"ns_{account.id}"
    shape |= {"status": "ACTIVE", "health_status": {"can_send_message": "AVAILABLE"}}
    usual = ("name", "timezone_id", "message_template_namespace")
    return {**_select_fields(call.query, shape, usual), "id": account.id}


def list_numbers(call: Call, account: Account) -> Json:
    """Return the account's numbers."""
    mine = [one for one in call.world.numbers.values() if one.account is account]
    return {"data": [show_number(call, one) for one in mine]}


def list_subscriptions(call: Call, account: Account) -> Json:
    """Return the apps that are subscribed to the account."""
    del call
    if not account.subscribed:
        return {"data": []}
    app = {"name": account.app.name, "id": account.app.id, "link": "https://apps.example.org/"}
    entry: Json = {"whatsapp_business_api_data": app}
    if account.hook:
        entry["override_callback_uri"] = account.hook.url
    return {"data": [entry]}


async def subscribe(call: Call, account: Account) -> Json:
    """Subscribe the app to the account, with the account's own address if one is given."""
    url = call.body.get("override_callback_uri")
    if url:
        hook = Hook(str(url), str(call.body.get("verify_token", "")))
        await call.world.webhook_sender.handshake(hook)
        account.hook = hook
    account.subscribed = True
    return {"success": True}


def unsubscribe(call: Call, account: Account) -> Json:
    """Unsubscribe the app from the account."""
    del call
    account.subscribed, account.hook = False, None
    return {"success": True}


def show_me(call: Call) -> Json:
    """Return the system user that the token belongs to."""
    del call
    return {"name": "OsmoDesk system user", "id": "122100000000000001"}


def debug_token(call: Call) -> Json:
    """Return the owner and the permissions of `input_token`."""
    asked = call.query.get("input_token")
    if not asked:
        raise missing_parameter("input_token")
    token = call.world.tokens.get(asked)
    if token is None:
        return {"data": {"is_valid": False, "scopes": [], "error": {"code": 190}}}
    accounts = [call.world.accounts[one] for one in sorted(token.accounts)]
    scopes = [{"scope": scope, "target_ids": sorted(token.accounts)} for scope in SCOPES]
    data: Json = {"type": "SYSTEM_USER", "expires_at": 0, "is_valid": token.state == VALID}
    data |= {"app_id": accounts[0].app.id, "application": accounts[0].app.name}
    return {"data": {**data, "scopes": SCOPES, "granular_scopes": scopes}}
