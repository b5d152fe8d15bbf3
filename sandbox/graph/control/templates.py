"""Controls templates: adds them with any status and changes it, as Meta would."""

from aiohttp import web

from sandbox.common.control_api import NOT_FOUND, ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.graph.control.requests import find_account
from sandbox.graph.events.webhook_values import send_account_webhook
from sandbox.graph.model.records import Account, Template
from sandbox.graph.nodes.templates import STATUSES, to_shape
from sandbox.graph.state.world import World


def add_template(world: World, request: web.Request, body: Json) -> Json:
    """Add a template as it is, whatever its status: name, language, category, components, ..."""
    del request
    account = find_account(world, body.get("account"))
    template = Template(
        id=world.new_id(),
        name=str(body["name"]),
        language=str(body.get("language", "en_US")),
        category=str(body.get("category", "UTILITY")),
        status=_status(body.get("status", "APPROVED")),
        components=body["components"],
        parameter_format=str(body.get("parameter_format", "POSITIONAL")),
    )
    account.templates[template.id] = template
    world.notify_changed("templates")
    return to_shape(template)


def _status(text: object) -> str:
    if text not in STATUSES:
        raise ControlRequestError(f"status must be one of {', '.join(sorted(STATUSES))}")
    return str(text)


def change_template(world: World, request: web.Request, body: Json) -> Json:
    """Give a template another status; the account's webhook is notified."""
    template_id = request.match_info["id"]
    for account in world.accounts.values():
        template = account.templates.get(template_id)
        if template is not None:
            template.status = _status(body["status"])
            template.rejected_reason = str(body.get("reason", "NONE"))
            _tell_status(world, account, template)
            return to_shape(template)
    raise ControlRequestError(f"no template {template_id}", NOT_FOUND)


def _tell_status(world: World, account: Account, template: Template) -> None:
    value: Json = {
        "event": template.status,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": template.rejected_reason,
    }
    send_account_webhook(world, account, "message_template_status_update", value)
    world.notify_changed("templates")
