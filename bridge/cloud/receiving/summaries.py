"""Summarize content without a type of its own for staff: orders, forms, advertisements, errors."""

import json
from typing import Any, Protocol

from bridge.cloud.receiving.webhook_models import (
    Form,
    Order,
    Product,
    Referral,
    SharedContact,
    WebhookError,
)

_MAX_SHOWN = 1000
_MAX_LINES = 50


class Translate(Protocol):
    """Translates one of our texts to the reader's language."""

    def __call__(self, key: str, **values: object) -> str: ...


def format_contact_name(shared: SharedContact) -> str:
    """Return a shared contact's name, or an empty text if it has none."""
    name = shared.name
    if name is None:
        return ""
    whole = " ".join(filter(None, (name.first_name, name.last_name)))
    return (name.formatted_name or whole).strip()


def format_contact_details(shared: SharedContact, phones: list[str | None]) -> str:
    """List a shared contact's other data: more numbers, email addresses, a company."""
    company = shared.org
    of = (company.company, company.department, company.title) if company else ()
    mails = [each.email for each in shared.emails]
    return " · ".join(each.strip() for each in (*phones, *mails, *of) if each and each.strip())


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


def summarize_form(filled: Form, translate: Translate) -> str:
    """List the fields of a completed form."""
    lines = [translate("whatsapp.form", name=filled.name or filled.body or "?")]
    values = filled.response_json
    if isinstance(values, str):
        try:
            values = json.loads(values)
        except (ValueError, RecursionError):
            return "\n".join([*lines, values[:_MAX_SHOWN]])
    if not isinstance(values, dict):
        return "\n".join([*lines, to_short_json(values)])
    # The token is ours, and means nothing to readers.
    shown = [(key, value) for key, value in values.items() if key != "flow_token"]
    return "\n".join([*lines, *(f"{key}: {_to_text(value)}" for key, value in shown[:_MAX_LINES])])


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


def summarize_error(error: WebhookError) -> str:
    """Format an error with Meta's text and its code."""
    details = error.error_data.details if error.error_data else None
    said = dict.fromkeys(filter(None, (error.title or error.message, details)))
    words = ": ".join(said) or "?"
    return f"{words[:_MAX_SHOWN]} ({error.code})" if error.code else words[:_MAX_SHOWN]


def summarize_errors(errors: list[WebhookError]) -> str:
    """Format errors one after the other."""
    return "; ".join(map(summarize_error, errors[:3])) or "?"


def to_short_json(value: Any) -> str:
    """Format any value as JSON, cut if it is long."""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}…"


def _to_text(value: Any) -> str:
    return value[:_MAX_SHOWN] if isinstance(value, str) else to_short_json(value)
