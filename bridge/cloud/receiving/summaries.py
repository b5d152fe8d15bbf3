"""Summarize content without a type of its own for staff: orders, forms, advertisements."""

import json
from typing import Any

from bridge.cloud.receiving.webhook_models import (
    Form,
    Order,
    Product,
    Referral,
    SharedContact,
)
from desk.texts import Translate

_MAX_SHOWN = 1000
_MAX_LINES = 50
_MAX_DEPTH = 4


def format_contact_name(shared: SharedContact) -> str:
    """Return a shared contact's name, or an empty text if it has none."""
    name = shared.name
    if name is None:
        return ""
    whole = " ".join(filter(None, (name.first_name, name.last_name)))
    return (name.formatted_name or whole).strip()


def join_words(*words: str | None) -> str:
    """Join those words that are there to one line."""
    return " · ".join(each.strip() for each in words if each and each.strip())


def summarize_order(placed: Order, translate: Translate) -> str:
    """List the ordered items."""
    lines = [translate("whatsapp.order", catalog=placed.catalog_id or "?")]
    for item in placed.product_items[:_MAX_LINES]:
        price = " ".join(filter(None, (item.item_price, item.currency)))
        lines.append(
            translate(
                "whatsapp.order_item",
                quantity=item.quantity or "1",
                item=item.product_retailer_id or "?",
                price=price or "?",
            )
        )
    return "\n".join([*lines, placed.text] if placed.text else lines)


def parse_form(filled: Form) -> Any:
    """Return the answers of a completed form; a text that is no JSON as it came."""
    values = filled.response_json
    if not isinstance(values, str):
        return values
    try:
        return json.loads(values)
    except (ValueError, RecursionError):
        return values


def summarize_form(filled: Form, translate: Translate) -> str:
    """List the fields of a completed form."""
    name = filled.name or filled.body or "?"
    values = parse_form(filled)
    if not isinstance(values, dict):
        return translate("whatsapp.form_unreadable", name=name)
    # The token is ours, and means nothing to readers.
    shown = [(key, value) for key, value in values.items() if key != "flow_token"]
    lines = [f"{key}: {to_words(value)}" for key, value in shown[:_MAX_LINES]]
    return "\n".join([translate("whatsapp.form", name=name), *lines])


def summarize_referral(came_by: Referral, translate: Translate) -> str:
    """Name the advertisement that led to the message; empty if nothing is known of it."""
    words = [came_by.headline, came_by.body, came_by.source_url]
    what = " · ".join(each.strip() for each in words if each and each.strip())
    return translate("whatsapp.referral", what=what[:_MAX_SHOWN]) if what else ""


def summarize_product(asked: Product, translate: Translate) -> str:
    """Name the product that a customer asks about."""
    return translate(
        "whatsapp.product",
        product=asked.product_retailer_id or "?",
        catalog=asked.catalog_id or "?",
    )


def to_words(value: Any, *, depth: int = 0) -> str:
    """Write any value of a form without brackets: `day: Monday; windows: morning, afternoon`."""
    if isinstance(value, str):
        return value[:_MAX_SHOWN]
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if not isinstance(value, dict | list):
        return str(value)[:_MAX_SHOWN]
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(value, list):
        return ", ".join(to_words(each, depth=depth + 1) for each in value[:_MAX_LINES])
    parts = list(value.items())[:_MAX_LINES]
    return "; ".join(f"{key}: {to_words(each, depth=depth + 1)}" for key, each in parts)
