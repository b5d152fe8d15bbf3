"""Read the templates of a number's business account."""

import structlog
from pydantic import ValidationError

from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.client.responses import Template
from desk.templates.ports import ProviderTemplate

log = structlog.get_logger(__name__)

# Meta allows 6,000 templates to an account. More pages than this mean an endless loop.
_MAX_PAGES = 200


async def fetch_all_templates(graph: GraphClient) -> list[ProviderTemplate]:
    """Return all templates of the account, page by page.

    Without an account the list is empty. Raise GraphCallError.
    """
    if not graph.has_account:
        return []
    found: list[ProviderTemplate] = []
    after: str | None = None
    for _ in range(_MAX_PAGES):
        page = await graph.get_template_page(after)
        found += filter(None, map(_parse_template, page.data))
        cursor = page.paging.cursors.after
        # Only the cursor is used: `next` is a URL that contains the token at Meta.
        if page.paging.next is None or not cursor or cursor == after:
            break
        after = cursor
    return found


def _parse_template(raw: dict[str, object]) -> ProviderTemplate | None:
    try:
        template = Template.model_validate(raw)
    except ValidationError:
        log.warning("templates.invalid", id=str(raw.get("id"))[:64], name=str(raw.get("name"))[:64])
        return None
    return ProviderTemplate(
        provider_id=template.id,
        name=template.name,
        language=template.language,
        status=template.status,
        category=template.category,
        components=template.components,
        is_named=template.parameter_format.upper() == "NAMED",
        reason=template.rejected_reason,
    )
