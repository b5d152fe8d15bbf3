"""Find what prevents a template from being sent from here: a carousel needs what we do not have."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

_COMPONENTS = {"HEADER", "BODY", "FOOTER", "BUTTONS", "CALL_PERMISSION_REQUEST"}
_HEADERS = {"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"}
_BUTTONS = {
    "QUICK_REPLY",
    "PHONE_NUMBER",
    "VOICE_CALL",
    "URL",
    "COPY_CODE",
    "OTP",
    "FLOW",
    "CATALOG",
}
# What a template has that cannot be filled in here, in words.
_OBSTACLES: Mapping[str, str] = {
    "CAROUSEL": "it is a carousel of cards",
    "LIMITED_TIME_OFFER": "it has an offer that ends at a certain time",
    "MPM": "it has a list of products",
    "SPM": "it has a product",
    "PRODUCT": "it has a product",
    "ORDER_DETAILS": "it asks for a payment",
    "ORDER_STATUS": "it is about an order",
    "GIF": "its header is an animation",
}


def find_obstacle(components: Sequence[Json]) -> str | None:
    """Return what prevents a template from being sent from here; None if nothing."""
    for each in components:
        kind = _upper(each.get("type"))
        if kind not in _COMPONENTS:
            return _describe(kind, "part")
        if kind == "HEADER" and (form := _upper(each.get("format") or "TEXT")) not in _HEADERS:
            return _describe(form, "header")
        for button in (each.get("buttons") or ()) if kind == "BUTTONS" else ():
            if (action := _upper(button.get("type"))) not in _BUTTONS:
                return _describe(action, "button")
    return None


def _describe(kind: str, part: str) -> str:
    words = kind.replace("_", " ").lower() or "unknown"
    return _OBSTACLES.get(kind) or f"it has a {part} of a kind that is not known here ({words})"


def _upper(given: object) -> str:
    return str(given or "").upper()
