"""Finds sent templates, checks them against the approved text, and fills them in."""

import re

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import GraphError, missing_content
from sandbox.graph.model.records import Account, Template

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MEDIA_HEADERS = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "LOCATION"})
BODY_LIMIT = 1024
NAMED = "NAMED"
_FORBIDDEN = re.compile(r"[\n\t]| {5,}")
_FALLBACK = frozenset({"currency", "date_time"})


def find_template(account: Account, content: Json) -> Template:
    """Return the approved template of this name and language."""
    name, language = content["name"], content["language"]["code"]
    for template in account.templates.values():
        if (template.name, template.language) != (name, language):
            continue
        if template.status == "PAUSED":
            raise GraphError(132015, f"Template {name} is paused due to low quality")
        if template.status == "DISABLED":
            raise GraphError(132016, f"Template {name} is disabled")
        if template.status == "APPROVED":
            return template
    raise GraphError(132001, f"template name ({name}) does not exist in {language}")


def variables(text: str) -> list[str]:
    """Return the variables of a text, each once, in order."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def fill_template(template: Template, content: Json) -> Json:
    """Return what the customer sees: header, body, footer and buttons with everything filled in."""
    given = _read_values(content)
    shown: Json = {}
    for component in template.components:
        kind = str(component.get("type", "")).lower()
        if kind == "header":
            shown["header"] = _header(template, component, given.pop("header", []))
        elif kind == "body":
            text = str(component.get("text", ""))
            shown["body"] = _text(template, "body", text, given.pop("body", []))
            if len(shown["body"]) > BODY_LIMIT:
                raise GraphError(132005, "The translated text is too long")
        elif kind == "footer":
            shown["footer"] = component.get("text")
        elif kind == "buttons":
            shown["buttons"] = _buttons(template, component.get("buttons") or [], given)
    for part, values in given.items():
        if values:
            raise GraphError(132000, f"{part}: the template has no such component")
    return shown


def _read_values(content: Json) -> dict[str, list[Json]]:
    given: dict[str, list[Json]] = {}
    for component in content.get("components") or []:
        kind = str(component.get("type", "")).lower()
        if kind not in {"header", "body", "button"}:
            raise GraphError(132012, f"{kind!r} is no component of a message")
        name = f"button {component.get('index', 0)}" if kind == "button" else kind
        given[name] = component.get("parameters") or []
    return given


def _header(template: Template, component: Json, values: list[Json]) -> Json:
    form = str(component.get("format", "TEXT")).upper()
    if form not in MEDIA_HEADERS:
        return {"text": _text(template, "header", str(component.get("text", "")), values)}
    kind = form.lower()
    sent = str(values[0].get("type", "unknown")).lower() if values else "unknown"
    if sent != kind or len(values) != 1:
        raise GraphError(
            132012, f"header: Format mismatch, expected {form}, received {sent.upper()}"
        )
    if not isinstance(values[0].get(kind), dict):
        raise missing_content(f"header: parameter '{kind}' is missing")
    return {kind: values[0][kind]}


def _text(template: Template, part: str, text: str, values: list[Json]) -> str:
    names = variables(text)
    if len(values) != len(names):
        words = f"number of localizable_params ({len(values)})"
        raise GraphError(
            132000, f"{part}: {words} does not match the expected number of params ({len(names)})"
        )
    filled = [_value(part, value) for value in values]
    if template.parameter_format == NAMED:
        sent = [str(value.get("parameter_name", "")) for value in values]
        if set(sent) != set(names):
            raise GraphError(132012, f"{part}: parameter names are {', '.join(names)}")
        by_name = dict(zip(sent, filled, strict=True))
    else:
        by_name = dict(zip(names, filled, strict=True))
    return VARIABLE.sub(lambda found: by_name[found[1]], text)


def _value(part: str, value: Json) -> str:
    kind = value.get("type")
    if kind in _FALLBACK:
        return str((value.get(str(kind)) or {}).get("fallback_value", ""))
    if kind != "text":
        raise GraphError(132012, f"{part}: Format mismatch, expected TEXT, received {kind}")
    text = value.get("text")
    if not isinstance(text, str) or not text:
        raise missing_content(f"{part}: parameter 'text' is missing or empty")
    if _FORBIDDEN.search(text):
        words = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        raise GraphError(132018, f"{part}: {words}")
    return text


def _buttons(template: Template, buttons: list[Json], given: dict[str, list[Json]]) -> list[Json]:
    return [
        _button(template, index, button, given.pop(f"button {index}", []))
        for index, button in enumerate(buttons)
    ]


def _button(template: Template, index: int, button: Json, values: list[Json]) -> Json:
    kind, text = str(button.get("type", "")).upper(), button.get("text")
    part = f"button at index {index}"
    shown: Json = {"type": kind, "text": text}
    if kind == "URL":
        plain = template.parameter_format != NAMED
        named = template if plain else _positional(template)
        shown["url"] = _text(named, part, str(button.get("url", "")), values)
    elif kind == "QUICK_REPLY":
        shown["payload"] = str(values[0].get("payload", text)) if values else text
    elif kind == "COPY_CODE":
        shown["code"] = _code(part, values)
    elif kind == "PHONE_NUMBER":
        shown["phone_number"] = button.get("phone_number")
    return shown


def _positional(template: Template) -> Template:
    """Return the template for its buttons: their variables are always numbered."""
    return Template(template.id, template.name, template.language, "", "", [])


def _code(part: str, values: list[Json]) -> str:
    if not values or values[0].get("type") != "coupon_code":
        raise GraphError(132012, f"{part}: expected a coupon_code")
    return str(values[0].get("coupon_code", ""))
