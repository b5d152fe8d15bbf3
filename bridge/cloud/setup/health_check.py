"""Check a number at Meta: its token, its state and its webhook."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from bridge.cloud.client.errors import GraphCallError, GraphRefusedError
from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.client.responses import PhoneNumber, WebhookAddresses
from db.tables.base import now_utc
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning

NUMBER, TOKEN, ACCOUNT, WEBHOOK = "number", "access token", "business account", "webhook"
_SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
_CONNECTED = "CONNECTED"
_EXPIRY_WARNING_DAYS = 7
_TRY_LATER = "try again later"
_RENEWAL_HINT = (
    "Meta Business Suite > System users: a token that does not expire, with both permissions"
)


async def check_health(graph: GraphClient, where: str, webhook: str | None) -> list[CheckResult]:
    """Check everything; stop early if the token is refused."""
    try:
        number = await graph.get_number()
    except GraphRefusedError as refusal:
        return [
            report_error(
                NUMBER, f"{where} refuses the token or the number: {refusal}", _RENEWAL_HINT
            )
        ]
    except GraphCallError as failure:
        remedy = "check WHATSAPP_API_URL, and the network from this machine to it"
        return [report_error(NUMBER, f"no Graph API at {where}: {failure}", remedy)]
    found = [*_check_number(number), await _check_token(graph)]
    if not graph.has_account:
        remedy = "set the channel's waba_id: templates and webhooks belong to the account"
        found.append(report_warning(ACCOUNT, "the number's account is not known", remedy))
        return [*found, *_check_webhook(number.webhook_configuration, webhook, None)]
    subscribed, of_account, override = await _check_account(graph)
    found.append(of_account)
    return [
        *found,
        *_check_webhook(number.webhook_configuration, webhook, override if subscribed else None),
    ]


def _check_number(number: PhoneNumber) -> list[CheckResult]:
    name = " ".join(filter(None, (number.verified_name, number.display_phone_number)))
    found = []
    if number.status in {None, _CONNECTED}:
        found.append(report_ok(NUMBER, f"{name or number.id} is connected"))
    else:
        remedy = "register it: WhatsApp Manager > Phone numbers, or POST /{number}/register"
        found.append(
            report_error(NUMBER, f"{name or number.id} has the status {number.status}", remedy)
        )
    if number.quality_rating in {"YELLOW", "RED"}:
        text = f"its quality rating is {number.quality_rating}: Meta may limit or pause it"
        found.append(report_warning(NUMBER, text, "see which templates customers block or report"))
    if number.name_status in {"DECLINED", "EXPIRED"}:
        text = f"its name has the status {number.name_status}"
        found.append(
            report_warning(NUMBER, text, "WhatsApp Manager > Phone numbers: request another name")
        )
    return found


async def _check_token(graph: GraphClient) -> CheckResult:
    try:
        info = await graph.get_token_info()
    except GraphCallError as failure:
        return report_warning(TOKEN, f"Meta does not report its permissions: {failure}", _TRY_LATER)
    missing = [scope for scope in _SCOPES if scope not in info.scopes]
    if not info.is_valid:
        return report_error(TOKEN, "it is not valid any more", _RENEWAL_HINT)
    if missing:
        return report_error(TOKEN, f"it lacks {', '.join(missing)}", _RENEWAL_HINT)
    if info.expires_at:
        until = datetime.fromtimestamp(info.expires_at, UTC)
        days = (until - now_utc()).days
        if days <= _EXPIRY_WARNING_DAYS:
            return report_warning(TOKEN, f"it expires on {until:%Y-%m-%d}", _RENEWAL_HINT)
    return report_ok(TOKEN, "it is valid, and has the permissions that it needs")


async def _check_account(graph: GraphClient) -> tuple[bool, CheckResult, str | None]:
    """Check whether an app receives the account's events; return its own address too."""
    try:
        apps = (await graph.get_subscriptions()).data
    except GraphRefusedError as refusal:
        remedy = "check the channel's waba_id: WhatsApp Manager > Settings > Account"
        return False, report_error(ACCOUNT, f"Meta refuses it: {refusal}", remedy), None
    except GraphCallError as failure:
        return (
            False,
            report_warning(ACCOUNT, f"Meta could not be reached: {failure}", _TRY_LATER),
            None,
        )
    if not apps:
        text = "no app is subscribed to it: customers' messages do not arrive here"
        remedy = "POST /{waba_id}/subscribed_apps with the token, or the app's dashboard"
        return False, report_error(ACCOUNT, text, remedy), None
    names = ", ".join(each.whatsapp_business_api_data.name or "an app" for each in apps)
    override = next(
        (each.override_callback_uri for each in apps if each.override_callback_uri), None
    )
    return True, report_ok(ACCOUNT, f"{names} receives its events"), override


def _check_webhook(
    addresses: WebhookAddresses | None, wanted: str | None, override: str | None
) -> list[CheckResult]:
    """Compare Meta's webhook address with ours."""
    current = (addresses.effective if addresses else None) or override
    if wanted is None:
        remedy = "set PUBLIC_URL to the https address at which Meta reaches this server"
        return [
            report_error(WEBHOOK, "PUBLIC_URL is not set: Meta cannot call this server", remedy)
        ]
    if current is None:
        remedy = f"the app's dashboard > WhatsApp > Configuration: {wanted}, with the verify token"
        return [report_warning(WEBHOOK, "Meta does not report the webhook's address", remedy)]
    # One app has one address for all of its numbers, so another channel's address serves this one
    # too.
    if current.rpartition("/")[0] == wanted.rpartition("/")[0]:
        return [report_ok(WEBHOOK, "Meta calls the right address")]
    remedy = f"the app's dashboard > WhatsApp > Configuration: {wanted}, with the verify token"
    return [
        report_warning(WEBHOOK, f"Meta calls {urlsplit(current).hostname or 'elsewhere'}", remedy)
    ]
