"""What has no kind of its own, in words for staff: orders, forms, advertisements, errors."""

import json
from typing import Any, Protocol

from bridge.cloud.receiving.webhook_models import Fault, Form, Order, Product, Referral, Shared

_MOST_SHOWN = 1000
_MOST_LINES = 50


class Say(Protocol):
    """Says a text of ours in the language of whoever reads it."""

    def __call__(self, key: str, **values: object) -> str: ...


def name_of(shared: Shared) -> str:
    """Name a shared contact; empty: it has no name."""
    name = shared.name
    if name is None:
        return ""
    whole = " ".join(filter(None, (name.first_name, name.last_name)))
    return (name.formatted_name or whole).strip()


def more_of(shared: Shared, phones: list[str | None]) -> str:
    """Tell what else there is in a shared contact: more numbers, addresses, a company."""
    company = shared.org
    of = (company.company, company.department, company.title) if company else ()
    mails = [each.email for each in shared.emails]
    return " · ".join(each.strip() for each in (*phones, *mails, *of) if each and each.strip())


def order(placed: Order, say: Say) -> str:
    """List what was ordered."""
    lines = [say("whatsapp.order", catalog=placed.catalog_id or "?")]
    for item in placed.product_items[:_MOST_LINES]:
        price = " ".join(filter(None, (item.item_price, item.currency)))
        lines.append(
            say(
                "whatsapp.order_item",
                quantity=item.quantity or "1",
                item=item.product_retailer_id or "?",
                price=price or "?",
            )
        )
    return "\n".join([*lines, placed.text] if placed.text else lines)


def form(filled: Form, say: Say) -> str:
    """List what was filled in."""
    lines = [say("whatsapp.form", name=filled.name or filled.body or "?")]
    values = filled.response_json
    if isinstance(values, str):
        try:
            values = json.loads(values)
        except (ValueError, RecursionError):
            return "\n".join([*lines, values[:_MOST_SHOWN]])
    if not isinstance(values, dict):
        return "\n".join([*lines, compact(values)])
    # The token is ours, and tells nobody anything.
    shown = [(key, value) for key, value in values.items() if key != "flow_token"]
    return "\n".join([*lines, *(f"{key}: {_plain(value)}" for key, value in shown[:_MOST_LINES])])


def referral(came_by: Referral, say: Say) -> str:
    """Tell by which advertisement somebody came; empty: it says nothing."""
    words = [came_by.headline, came_by.body, came_by.source_url]
    what = " · ".join(each.strip() for each in words if each and each.strip())
    return say("whatsapp.referral", what=what[:_MOST_SHOWN]) if what else ""


def product(asked: Product, say: Say) -> str:
    """Tell of which product somebody asks."""
    return say(
        "whatsapp.product",
        product=asked.product_retailer_id or "?",
        catalog=asked.catalog_id or "?",
    )


def fault(error: Fault) -> str:
    """Say an error in Meta's words, with its code."""
    details = error.error_data.details if error.error_data else None
    said = dict.fromkeys(filter(None, (error.title or error.message, details)))
    words = ": ".join(said) or "?"
    return f"{words[:_MOST_SHOWN]} ({error.code})" if error.code else words[:_MOST_SHOWN]


def faults(errors: list[Fault]) -> str:
    """Say errors one after the other."""
    return "; ".join(map(fault, errors[:3])) or "?"


def compact(value: Any) -> str:
    """Show anything as JSON, cut where it is long."""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}…"


def _plain(value: Any) -> str:
    return value[:_MOST_SHOWN] if isinstance(value, str) else compact(value)
