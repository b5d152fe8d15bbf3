"""Routes for administrators, and the event stream."""

from api.access.permissions import AccessRule
from api.audit import audit_log as audit
from api.canned import canned_replies as canned
from api.channels import (
    channels,
    creation,
    credential_renewal,
    deletion,
    health_check,
    opening_hours,
    staff_groups,
)
from api.errors.problems import (
    BadRequest,
    Conflict,
    NotFound,
    ProviderRefused,
    ProviderUnavailable,
    TooManyRequests,
)
from api.events import streaming
from api.installation import settings as installation
from api.jobs import jobs
from api.linking import link
from api.parked import parked_updates as parked
from api.routing.route import Route
from api.templates import templates
from api.webhooks import deliveries, webhooks

ADMINISTRATION: tuple[Route, ...] = (
    # Channels
    Route("GET", "/channels", channels.list_channels, "List channels", access=AccessRule.ADMIN),
    Route(
        "POST",
        "/channels",
        creation.create,
        "Add a bot or number",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "GET", "/channels/{channel_id}", channels.show, "Show a channel", access=AccessRule.ADMIN
    ),
    Route(
        "PATCH",
        "/channels/{channel_id}",
        channels.change,
        "Change a channel, switch it off or on",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/channels/{channel_id}",
        deletion.delete,
        "Delete a channel",
        access=AccessRule.ADMIN,
        status=204,
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "PUT",
        "/channels/{channel_id}/credentials",
        credential_renewal.renew_credentials,
        "Replace a channel's credentials",
        access=AccessRule.ADMIN,
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/webhook-secret",
        credential_renewal.renew_webhook_secret,
        "Renew a channel's webhook secret",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/test",
        health_check.check_channel,
        "Check a channel",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/channels/{channel_id}/staff-groups",
        staff_groups.list_groups,
        "List staff groups",
        access=AccessRule.ADMIN,
    ),
    Route(
        "POST",
        "/channels/{channel_id}/staff-groups",
        staff_groups.add_staff_group,
        "Add a staff group",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/channels/{channel_id}/staff-groups/{group}",
        staff_groups.remove_staff_group,
        "Remove a staff group",
        access=AccessRule.ADMIN,
        status=204,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/channels/{channel_id}/hours",
        opening_hours.show_hours,
        "Show opening hours",
        access=AccessRule.ADMIN,
    ),
    Route(
        "PUT",
        "/channels/{channel_id}/hours",
        opening_hours.set_hours,
        "Set opening hours",
        access=AccessRule.ADMIN,
    ),
    Route(
        "DELETE",
        "/channels/{channel_id}/hours",
        opening_hours.remove_hours,
        "Remove opening hours",
        access=AccessRule.ADMIN,
        status=204,
    ),
    # Templates
    Route("GET", "/channels/{channel_id}/templates", templates.list_templates, "List templates"),
    Route("GET", "/templates/{template_id}", templates.show, "Show a template"),
    Route(
        "POST",
        "/channels/{channel_id}/templates/sync",
        templates.sync,
        "Fetch templates now",
        access=AccessRule.ADMIN,
        raises=(Conflict, ProviderRefused),
    ),
    # Numbers linked by QR code
    Route(
        "GET",
        "/channels/{channel_id}/link",
        link.show_link,
        "Show a number's link",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/channels/{channel_id}/link/qr",
        link.show_qr_code,
        "Show the current QR code",
        access=AccessRule.ADMIN,
        stream_types=("image/png", "text/plain", "application/json"),
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/start",
        link.start,
        "Start a number's session",
        access=AccessRule.ADMIN,
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/stop",
        link.stop,
        "Stop a number's session",
        access=AccessRule.ADMIN,
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/restart",
        link.restart,
        "Restart a number's session",
        access=AccessRule.ADMIN,
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/logout",
        link.logout,
        "Unlink a number",
        access=AccessRule.ADMIN,
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/link/code",
        link.request_pairing_code,
        "Request a pairing code",
        access=AccessRule.ADMIN,
        raises=(Conflict, ProviderUnavailable),
    ),
    # Canned replies
    Route("GET", "/canned-replies", canned.list_replies, "List canned replies"),
    Route(
        "POST",
        "/canned-replies",
        canned.create,
        "Create a canned reply",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/canned-replies/{reply_id}", canned.show, "Show a canned reply"),
    Route(
        "PATCH",
        "/canned-replies/{reply_id}",
        canned.change,
        "Change a canned reply",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/canned-replies/{reply_id}",
        canned.delete,
        "Delete a canned reply",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route("POST", "/canned-replies/{reply_id}/preview", canned.preview, "Preview a canned reply"),
    # What happened, and what went wrong
    Route("GET", "/jobs/{job_id}", jobs.show, "Show a job", access=AccessRule.ADMIN),
    Route("GET", "/audit-log", audit.list_entries, "List audit entries", access=AccessRule.ADMIN),
    Route(
        "GET", "/parked-updates", parked.list_parked, "List parked updates", access=AccessRule.ADMIN
    ),
    Route(
        "GET",
        "/parked-updates/{update_id}",
        parked.show,
        "Show a parked update",
        access=AccessRule.ADMIN,
    ),
    Route(
        "POST",
        "/parked-updates/{update_id}/retry",
        parked.retry,
        "Handle a parked update again",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route(
        "POST",
        "/parked-updates/{update_id}/drop",
        parked.drop,
        "Drop a parked update",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route("GET", "/settings", installation.show, "Show settings", access=AccessRule.ADMIN),
    # Live
    Route(
        "GET",
        "/events",
        streaming.stream_events,
        "Stream events",
        stream_types=("text/event-stream",),
        raises=(BadRequest, NotFound, TooManyRequests),
    ),
    # Webhooks
    Route("GET", "/webhooks", webhooks.list_all, "List webhooks", access=AccessRule.ADMIN),
    Route(
        "POST",
        "/webhooks",
        webhooks.create,
        "Create a webhook",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "GET", "/webhooks/{webhook_id}", webhooks.show, "Show a webhook", access=AccessRule.ADMIN
    ),
    Route(
        "PATCH",
        "/webhooks/{webhook_id}",
        webhooks.change,
        "Change a webhook",
        access=AccessRule.ADMIN,
    ),
    Route(
        "DELETE",
        "/webhooks/{webhook_id}",
        webhooks.remove,
        "Delete a webhook",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route(
        "POST",
        "/webhooks/{webhook_id}/secret",
        webhooks.renew_secret,
        "Renew a webhook's secret",
        access=AccessRule.ADMIN,
        status=201,
    ),
    Route(
        "POST",
        "/webhooks/{webhook_id}/test",
        webhooks.send_test_event,
        "Send a test event",
        access=AccessRule.ADMIN,
        status=202,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/webhooks/{webhook_id}/deliveries",
        deliveries.list_deliveries,
        "List a webhook's deliveries",
        access=AccessRule.ADMIN,
    ),
    Route(
        "POST",
        "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
        deliveries.replay_delivery,
        "Repeat a delivery",
        access=AccessRule.ADMIN,
        status=202,
        raises=(Conflict,),
    ),
)
