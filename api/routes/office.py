"""Routes of those who run the desk, and of programs that listen to it."""

from api.audit import entries as audit
from api.canned import replies as canned
from api.channels import channels, checking, creation, hours, secrets
from api.errors import (
    BadRequest,
    Conflict,
    NotFound,
    ProviderRefused,
    TooManyRequests,
)
from api.events import streaming
from api.installation import settings as installation
from api.linking import link
from api.parked import updates as parked
from api.policy import Rule
from api.route import Route
from api.templates import templates
from api.webhooks import deliveries, webhooks

OFFICE: tuple[Route, ...] = (
    # Channels
    Route("GET", "/channels", channels.list_channels, "List channels", may=Rule.ADMIN),
    Route(
        "POST",
        "/channels",
        creation.create,
        "Add a bot or number",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/channels/{channel_id}", channels.show, "Show a channel", may=Rule.ADMIN),
    Route(
        "PATCH",
        "/channels/{channel_id}",
        channels.change,
        "Change a channel, switch it off or on",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "PUT",
        "/channels/{channel_id}/credentials",
        secrets.renew_credentials,
        "Give a channel other credentials",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/webhook-secret",
        secrets.renew_webhook_secret,
        "Get a new secret for a channel's webhook",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/test",
        checking.check,
        "Ask whether all is well",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/channels/{channel_id}/staff-groups",
        checking.list_groups,
        "List staff groups",
        may=Rule.ADMIN,
    ),
    Route(
        "POST",
        "/channels/{channel_id}/staff-groups",
        checking.add,
        "Add a staff group",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/channels/{channel_id}/staff-groups/{group}",
        checking.remove,
        "Remove a staff group",
        may=Rule.ADMIN,
        status=204,
        raises=(Conflict,),
    ),
    Route("GET", "/channels/{channel_id}/hours", hours.show, "Show opening hours", may=Rule.ADMIN),
    Route("PUT", "/channels/{channel_id}/hours", hours.put, "Set opening hours", may=Rule.ADMIN),
    Route(
        "DELETE",
        "/channels/{channel_id}/hours",
        hours.remove,
        "Have no opening hours",
        may=Rule.ADMIN,
        status=204,
    ),
    # Templates
    Route("GET", "/channels/{channel_id}/templates", templates.list_templates, "List templates"),
    Route(
        "GET", "/channels/{channel_id}/templates/{template_id}", templates.show, "Show a template"
    ),
    Route(
        "POST",
        "/channels/{channel_id}/templates/sync",
        templates.sync,
        "Fetch templates now",
        may=Rule.ADMIN,
        raises=(Conflict, ProviderRefused),
    ),
    # Numbers linked by QR code
    Route(
        "GET",
        "/channels/{channel_id}/link",
        link.show,
        "How a number's link stands",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/channels/{channel_id}/link/qr",
        link.show_code,
        "Show the QR code of now",
        may=Rule.ADMIN,
        streams=("image/png", "text/plain", "application/json"),
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/start",
        link.start,
        "Start a number's session",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/stop",
        link.stop,
        "Stop a number's session",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/restart",
        link.restart,
        "Restart a number's session",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/logout",
        link.logout,
        "Unlink a number",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/code",
        link.request_code,
        "Get a code to be typed on the phone",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    # Canned replies
    Route("GET", "/canned-replies", canned.list_replies, "List canned replies"),
    Route(
        "POST",
        "/canned-replies",
        canned.create,
        "Write a canned reply",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/canned-replies/{reply_id}", canned.show, "Show a canned reply"),
    Route(
        "PATCH",
        "/canned-replies/{reply_id}",
        canned.change,
        "Change a canned reply",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/canned-replies/{reply_id}",
        canned.delete,
        "Delete a canned reply",
        may=Rule.ADMIN,
        status=204,
    ),
    Route("POST", "/canned-replies/{reply_id}/preview", canned.preview, "Fill a canned reply in"),
    # What happened, and what went wrong
    Route("GET", "/audit-log", audit.list_entries, "Who did what", may=Rule.ADMIN),
    Route("GET", "/parked-updates", parked.list_parked, "List parked updates", may=Rule.ADMIN),
    Route(
        "GET", "/parked-updates/{update_id}", parked.show, "Show a parked update", may=Rule.ADMIN
    ),
    Route(
        "POST",
        "/parked-updates/{update_id}/retry",
        parked.retry,
        "Handle a parked update again",
        may=Rule.ADMIN,
        status=204,
    ),
    Route(
        "POST",
        "/parked-updates/{update_id}/drop",
        parked.drop,
        "Drop a parked update",
        may=Rule.ADMIN,
        status=204,
    ),
    Route("GET", "/settings", installation.show, "What is configured", may=Rule.ADMIN),
    # Live
    Route(
        "GET",
        "/events",
        streaming.listen,
        "Hear what happens, live",
        streams=("text/event-stream",),
        raises=(BadRequest, NotFound, TooManyRequests),
    ),
    # Webhooks
    Route("GET", "/webhooks", webhooks.list_all, "List webhooks", may=Rule.ADMIN),
    Route(
        "POST",
        "/webhooks",
        webhooks.create,
        "Set up a webhook",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/webhooks/{webhook_id}", webhooks.show, "Show a webhook", may=Rule.ADMIN),
    Route("PATCH", "/webhooks/{webhook_id}", webhooks.change, "Change a webhook", may=Rule.ADMIN),
    Route(
        "DELETE",
        "/webhooks/{webhook_id}",
        webhooks.remove,
        "Delete a webhook",
        may=Rule.ADMIN,
        status=204,
    ),
    Route(
        "POST",
        "/webhooks/{webhook_id}/secret",
        webhooks.renew_secret,
        "Get a webhook's new secret",
        may=Rule.ADMIN,
        status=201,
    ),
    Route(
        "POST",
        "/webhooks/{webhook_id}/test",
        webhooks.try_out,
        "Try a webhook",
        may=Rule.ADMIN,
        status=202,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/webhooks/{webhook_id}/deliveries",
        deliveries.list_of,
        "List a webhook's deliveries",
        may=Rule.ADMIN,
    ),
    Route(
        "POST",
        "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
        deliveries.replay,
        "Deliver once more",
        may=Rule.ADMIN,
        status=202,
        raises=(Conflict,),
    ),
)
