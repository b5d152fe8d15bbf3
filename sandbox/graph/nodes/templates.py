"""Calls about message templates: list by page, create, change, delete."""

import base64
import re

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import GraphError, invalid, missing_parameter
from sandbox.graph.model.records import Account, Template
from sandbox.graph.sending.templates import NAMED
from sandbox.graph.state.call import Call

NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = frozenset({"MARKETING", "UTILITY", "AUTHENTICATION"})
STATUSES = frozenset({"APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"})
FIELDS = ("name", "parameter_format", "components", "language", "status", "category", "id")
FILTERS = ("status", "language", "category")
PAGE = 25
LARGEST_PAGE = 1000
LIMIT = 6000
ALREADY_THERE = 2388024
NOT_THERE = 2593002


def to_shape(template: Template) -> Json:
    """Return a template as the Graph API shows it."""
    shown: Json = {name: getattr(template, name) for name in FIELDS}
    if template.status == "REJECTED":
        shown["rejected_reason"] = template.rejected_reason
    return shown


def list_templates(call: Call, account: Account) -> Json:
    """Return a page of templates, and the cursors of the next pages."""
    found = [one for one in account.templates.values() if _matches(call.query, one)]
    start, end = _page_range(call.query, [one.id for one in found])
    page = found[start:end]
    answer: Json = {"data": [_select_fields(call.query, to_shape(one)) for one in page]}
    if call.query.get("summary"):
        answer["summary"] = _summary(account, len(found))
    if not page:
        return answer
    cursors = {"before": _cursor(page[0].id), "after": _cursor(page[-1].id)}
    answer["paging"] = {"cursors": cursors}
    address = f"{call.origin}/graph/v23.0/{account.id}/message_templates?limit={end - start}"
    if end < len(found):
        answer["paging"]["next"] = f"{address}&after={cursors['after']}"
    if start > 0:
        answer["paging"]["previous"] = f"{address}&before={cursors['before']}"
    return answer


def _summary(account: Account, found: int) -> Json:
    counts = {"total_count": found, "message_template_count": len(account.templates)}
    return {**counts, "message_template_limit": LIMIT, "are_translations_complete": True}


def _matches(query: dict[str, str], template: Template) -> bool:
    if query.get("name") and query["name"] not in template.name:
        return False
    return all(query.get(name) in {None, getattr(template, name)} for name in FILTERS)


def _page_range(query: dict[str, str], ids: list[str]) -> tuple[int, int]:
    limit = query.get("limit", str(PAGE))
    if not limit.isdigit() or not 1 <= int(limit) <= LARGEST_PAGE:
        raise invalid(f"Param limit must be a number between 1 and {LARGEST_PAGE}.")
    if "before" in query:
        end = _decode_cursor(query["before"], ids)
        return max(0, end - int(limit)), end
    start = _decode_cursor(query["after"], ids) + 1 if query.get("after") else 0
    return start, min(start + int(limit), len(ids))


def _cursor(template_id: str) -> str:
    return base64.urlsafe_b64encode(template_id.encode()).decode()


def _decode_cursor(cursor: str, ids: list[str]) -> int:
    try:
        return ids.index(base64.urlsafe_b64decode(cursor).decode())
    except ValueError:
        raise invalid("Invalid cursors values") from None


def _select_fields(query: dict[str, str], shown: Json) -> Json:
    """Return only the fields that were asked for, and the id."""
    if not query.get("fields"):
        return shown
    wanted = set(query["fields"].split(",")) | {"id"}
    return {name: value for name, value in shown.items() if name in wanted}


def create_template(call: Call, account: Account) -> Json:
    """Create a template; it waits for a review, unless the settings approve all."""
    template = build_template(call, account.templates)
    if call.world.settings.approve_templates:
        template.status = "APPROVED"
    account.templates[template.id] = template
    call.world.notify_changed("templates")
    return {"id": template.id, "status": template.status, "category": template.category}


def build_template(call: Call, known: dict[str, Template]) -> Template:
    """Return a new template from a call, or raise an error that says what is wrong."""
    body = call.body
    for name in ("name", "language", "category", "components"):
        if not body.get(name):
            raise missing_parameter(name)
    if not NAME.fullmatch(str(body["name"])):
        raise invalid("Param name must be lower-case letters, digits and underscores.")
    if body["category"] not in CATEGORIES:
        raise invalid(f"Param category must be one of {{{', '.join(sorted(CATEGORIES))}}}.")
    _check_components(body["components"])
    pair = (body["name"], body["language"])
    if pair in [(one.name, one.language) for one in known.values()]:
        raise GraphError(100, message="Invalid parameter", subcode=ALREADY_THERE)
    return Template(
        id=call.world.new_id(),
        name=str(body["name"]),
        language=str(body["language"]),
        category=str(body["category"]),
        status="PENDING",
        components=body["components"],
        parameter_format=str(body.get("parameter_format", "POSITIONAL")).upper(),
    )


def _check_components(components: object) -> None:
    if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
        raise invalid("Param components must be an array.")
    if not any(str(one.get("type", "")).upper() == "BODY" for one in components):
        raise invalid("Param components must hold a BODY.")


def change_template(call: Call, template: Template) -> Json:
    """Change a template's components or category; it is reviewed again."""
    if "components" in call.body:
        _check_components(call.body["components"])
        template.components = call.body["components"]
    if call.body.get("category"):
        template.category = str(call.body["category"])
    if call.body.get("parameter_format"):
        template.parameter_format = NAMED
    template.status = "APPROVED" if call.world.settings.approve_templates else "PENDING"
    return {"success": True}


def delete_template(call: Call, account: Account) -> Json:
    """Delete all languages of a name, or the one template that `hsm_id` names."""
    name, hsm_id = call.query.get("name"), call.query.get("hsm_id")
    if not name:
        raise missing_parameter("name")
    doomed = [
        one.id
        for one in account.templates.values()
        if one.name == name and hsm_id in {None, "", one.id}
    ]
    if not doomed:
        raise GraphError(100, message="Message template not found", status=404, subcode=NOT_THERE)
    for template_id in doomed:
        del account.templates[template_id]
    call.world.notify_changed("templates")
    return {"success": True}
