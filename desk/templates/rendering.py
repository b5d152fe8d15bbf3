"""List the variables of a template, and fill them in; pure.

A variable has a key: `1` or `name` in the body, `header.1` or `header.name` in the header's text,
`header` for the header's picture, video or document, `button.0` for the first button's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from desk.templates.obstacles import find_obstacle

Json = dict[str, Any]

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
# Meta's limits in characters: the body after filling in, one value, and a link.
_MAX_BODY, _MAX_HEADER, _MAX_VALUE, _MAX_LINK = 1024, 60, 1024, 2000
_MAX_CODE = 15
_MEDIA_ICONS = {"IMAGE": "🖼", "VIDEO": "🎬", "DOCUMENT": "📄"}
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180


class VariableKind(StrEnum):
    """The kind of value that a variable takes."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    CODE = "code"
    # Latitude, longitude, and perhaps a name and an address, with commas between them.
    LOCATION = "location"

    @property
    def is_media(self) -> bool:
        return self in {VariableKind.IMAGE, VariableKind.VIDEO, VariableKind.DOCUMENT}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a template."""

    key: str
    kind: VariableKind
    # The author's example; empty if there is none.
    example: str = ""
    # The text before it, if any, which hints at its meaning.
    before: str = ""


@dataclass(frozen=True, slots=True)
class RenderedTemplate:
    """A template with all values filled in: for the provider, and for people."""

    components: list[Json]
    text: str


@dataclass(frozen=True, slots=True)
class HeaderUpload:
    """A file of ours for the header, uploaded when the template is sent."""

    kind: VariableKind
    name: str | None = None


class RenderingError(Exception):
    """A template cannot be filled in with these values; `key` names the variable at fault."""

    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(reason)
        self.key = key


class MissingValuesError(RenderingError):
    """Values are missing."""

    def __init__(self, keys: Sequence[str]) -> None:
        names = ", ".join(keys)
        super().__init__(f"no value was given for {names}", keys[0])
        self.keys = tuple(keys)


def list_variables(components: Sequence[Json]) -> list[Variable]:
    """List the variables of a template, in reading order."""
    found: list[Variable] = []
    for each in components:
        match _upper(each, "type"):
            case "HEADER":
                found.extend(_header_variables(each))
            case "BODY":
                found.extend(_text_variables(each, "body_text", ""))
            case "BUTTONS":
                found.extend(_button_variables(each))
    return found


def get_outline(components: Sequence[Json]) -> str:
    """Return the text of a template, with its variables left in it."""
    shown: list[str] = []
    for each in components:
        if _upper(each, "type") == "BUTTONS":
            shown += [f"[{button.get('text', '')}]" for button in each.get("buttons") or ()]
        elif each.get("text"):
            shown.append(str(each["text"]))
    return "\n\n".join(shown)


def render_components(
    components: Sequence[Json],
    values: Mapping[str, str],
    *,
    is_named: bool = False,
    upload: HeaderUpload | None = None,
) -> RenderedTemplate:
    """Fill in a template; `upload` takes the place of the header's link.

    Raises RenderingError; MissingValuesError names every variable without a value.
    """
    if reason := find_obstacle(components):
        raise RenderingError(f"this template cannot be sent from here: {reason}")
    wanted = {each.key: each for each in list_variables(components)}
    checked = _check_values(wanted, values, upload)
    made: list[Json] = []
    shown: list[str] = []
    for each in components:
        match _upper(each, "type"):
            case "HEADER":
                parameters, text = _fill_header(each, checked, upload, is_named=is_named)
                made += [{"type": "header", "parameters": parameters}] if parameters else []
            case "BODY":
                parameters, text = _fill_text(each, checked, "", _MAX_BODY, is_named=is_named)
                made += [{"type": "body", "parameters": parameters}] if parameters else []
            case "BUTTONS":
                buttons, text = _fill_buttons(each, checked)
                made += buttons
            case _:
                text = str(each.get("text", ""))
        shown += [text] if text else []
    return RenderedTemplate(made, "\n\n".join(shown))


def _upper(part: Json, name: str, otherwise: str = "") -> str:
    return str(part.get(name) or otherwise).upper()


# List the variables


def _header_variables(header: Json) -> Iterator[Variable]:
    form = _upper(header, "format", "TEXT")
    if form in _MEDIA_ICONS or form == "LOCATION":
        example = "-6.2, 106.8, Office, Street 1" if form == "LOCATION" else ""
        yield Variable("header", VariableKind(form.lower()), example)
    else:
        yield from _text_variables(header, "header_text", "header.")


def _text_variables(part: Json, examples: str, prefix: str) -> Iterator[Variable]:
    text = str(part.get("text", ""))
    names = _variable_names(text)
    known = _read_examples(part.get("example"), examples, names)
    for name in names:
        before = text[: _find_first(text, name)]
        yield Variable(prefix + name, VariableKind.TEXT, known.get(name, ""), before[-40:])


def _button_variables(part: Json) -> Iterator[Variable]:
    for index, button in enumerate(part.get("buttons") or ()):
        key, example = f"button.{index}", button.get("example")
        shown = str(example[0] if isinstance(example, list) and example else example or "")
        match _upper(button, "type"):
            case "URL" if _variable_names(str(button.get("url", ""))):
                yield Variable(key, VariableKind.TEXT, shown, str(button.get("url", ""))[:200])
            case "COPY_CODE":
                yield Variable(key, VariableKind.CODE, shown)


def _variable_names(text: str) -> list[str]:
    """List a text's variables once each; numbered ones by number, as Meta expects them."""
    names = list(dict.fromkeys(_VARIABLE.findall(text)))
    return sorted(names, key=int) if all(each.isdecimal() for each in names) else names


def _find_first(text: str, name: str) -> int:
    return next((m.start() for m in _VARIABLE.finditer(text) if m.group(1) == name), 0)


def _read_examples(given: Any, name: str, names: Sequence[str]) -> dict[str, str]:
    """Read the examples of a text's variables: by name, or in their order."""
    if not isinstance(given, dict):
        return {}
    named = given.get(f"{name}_named_params")
    if isinstance(named, list):
        pairs = (each for each in named if isinstance(each, dict))
        return {str(each.get("param_name")): str(each.get("example", "")) for each in pairs}
    listed = given.get(name)
    if isinstance(listed, list) and listed and isinstance(listed[0], list):
        listed = listed[0]
    if not isinstance(listed, list):
        return {}
    return {each: str(example) for each, example in zip(names, listed, strict=False)}


# Check the values


def _check_values(
    wanted: Mapping[str, Variable], values: Mapping[str, str], upload: HeaderUpload | None
) -> dict[str, str]:
    header = wanted.get("header")
    if upload is not None and (header is None or header.kind is not upload.kind):
        has = "no file" if header is None else f"a file of type {header.kind}"
        raise RenderingError(f"its header takes {has}", "header")
    unknown = [key for key in values if key not in wanted]
    if unknown:
        raise RenderingError(f"this template has no variable {unknown[0]}", unknown[0])
    by_file = {"header"} if upload is not None else set()
    missing = [k for k in wanted if k not in by_file and not values.get(k, "").strip()]
    if missing:
        raise MissingValuesError(missing)
    return {
        key: _check_value(each, values[key]) for key, each in wanted.items() if key not in by_file
    }


def _check_value(variable: Variable, value: str) -> str:
    """Check a value; white space becomes single spaces, because Meta accepts nothing else."""
    value = " ".join(value.split())
    if _VARIABLE.fullmatch(value):
        raise RenderingError(f"{variable.key} is still a placeholder: enter a value", variable.key)
    most = {VariableKind.TEXT: _MAX_VALUE, VariableKind.CODE: _MAX_CODE}.get(
        variable.kind, _MAX_LINK
    )
    if len(value) > most:
        raise RenderingError(f"{variable.key} may have {most} characters", variable.key)
    if variable.kind is VariableKind.LOCATION:
        _parse_location(variable.key, value)
    if variable.kind.is_media and not _is_link(value):
        raise RenderingError(
            f"{variable.key} must be a link to a file ({variable.kind})", variable.key
        )
    return value


def _parse_location(key: str, value: str) -> Json:
    """Parse `latitude, longitude, name, address`; raise RenderingError."""
    latitude, longitude, *names = [each.strip() for each in value.split(",", 3)] + [""]
    try:
        is_place = abs(float(latitude)) <= _MAX_LATITUDE and abs(float(longitude)) <= _MAX_LONGITUDE
    except ValueError:
        is_place = False
    if not is_place:
        reason = f"{key} must be a location: latitude, longitude, name, address"
        raise RenderingError(reason, key)
    name, address = [*names, "", ""][:2]
    place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return {key: each for key, each in place.items() if each}


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


# Fill in the values


def _fill_header(
    header: Json, values: Mapping[str, str], upload: HeaderUpload | None, *, is_named: bool
) -> tuple[list[Json], str]:
    form = _upper(header, "format", "TEXT")
    if form == "LOCATION":
        place = _parse_location("header", values["header"])
        return [{"type": "location", "location": place}], f"📍 {values['header']}"
    if form not in _MEDIA_ICONS:
        return _fill_text(header, values, "header.", _MAX_HEADER, is_named=is_named)
    kind = form.lower()
    if upload is None:
        file: Json = {"link": values["header"]}
        return [{"type": kind, kind: file}], f"{_MEDIA_ICONS[form]} {values['header']}"
    # The channel sender adds the id that the provider gives the file.
    file = {"filename": upload.name} if upload.kind is VariableKind.DOCUMENT and upload.name else {}
    return [{"type": kind, kind: file}], f"{_MEDIA_ICONS[form]} {upload.name or ''}".rstrip()


def _fill_text(
    part: Json, values: Mapping[str, str], prefix: str, most: int, *, is_named: bool
) -> tuple[list[Json], str]:
    text = str(part.get("text", ""))
    names = _variable_names(text)
    filled = _VARIABLE.sub(lambda found: values[prefix + found.group(1)], text)
    if names and len(filled) > most:
        what = "header" if prefix else "text"
        raise RenderingError(f"filled in, its {what} has {len(filled)} characters: {most} at most")
    parameters = [
        {
            "type": "text",
            **({"parameter_name": name} if is_named else {}),
            "text": values[prefix + name],
        }
        for name in names
    ]
    return parameters, filled


def _fill_buttons(part: Json, values: Mapping[str, str]) -> tuple[list[Json], str]:
    made: list[Json] = []
    shown: list[str] = []
    for index, button in enumerate(part.get("buttons") or ()):
        value, label = values.get(f"button.{index}"), str(button.get("text") or "")
        match _upper(button, "type"):
            case "URL":
                url = str(button.get("url", ""))
                if value is not None:
                    made.append(_button(index, "url", {"type": "text", "text": value}))
                    url = _VARIABLE.sub(lambda _, value=value: value, url)  # type: ignore[misc] # bound now, as the loop goes on
                shown.append(f"[{label}] {url}")
            case "COPY_CODE":
                code = {"type": "coupon_code", "coupon_code": value}
                made.append(_button(index, "copy_code", code))
                shown.append(f"[{label or 'Copy'}] {value}")
            case "OTP":  # the code stands in the text, too
                made.append(_button(index, "url", {"type": "text", "text": values.get("1", "")}))
                shown.append(f"[{label or 'Copy'}]")
            case "FLOW":
                action = {"type": "action", "action": {"flow_token": "unused"}}
                made.append(_button(index, "flow", action))
                shown.append(f"[{label}]")
            case "PHONE_NUMBER":
                shown.append(f"[{label}] {button.get('phone_number', '')}".rstrip())
            case _:
                shown.append(f"[{label}]")
    return made, "\n".join(shown)


def _button(index: int, kind: str, parameter: Json) -> Json:
    return {"type": "button", "sub_type": kind, "index": str(index), "parameters": [parameter]}
