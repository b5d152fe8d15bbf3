"""The audience of a broadcast: its filter, as stored, and the rules of the channels."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from db.ids import ChannelId, TagId
from db.queries.broadcasts.audience import Audience, Rules
from db.queries.channels import channels
from db.queries.tags import list_tags
from db.tables import Broadcast
from desk.channels import ServedChannel
from desk.messages import window
from desk.setup.errors import InvalidValueError
from desk.texts import LANGUAGES
from desk.unit_of_work import UnitOfWork


def to_json(audience: Audience) -> dict[str, Any]:
    """Return the stored form of a filter; what is empty is left out."""
    since, silent = audience.wrote_since, audience.silent_since
    stored = {
        "channels": sorted(audience.channel_ids),
        "tags": sorted(audience.tag_ids),
        "languages": sorted(audience.languages),
        "wrote_since": since and since.isoformat(),
        "silent_since": silent and silent.isoformat(),
    }
    return {name: value for name, value in stored.items() if value}


def from_json(stored: Mapping[str, Any]) -> Audience:
    """Read what `to_json` wrote."""
    since, silent = stored.get("wrote_since"), stored.get("silent_since")
    return Audience(
        [ChannelId(each) for each in stored.get("channels", ())],
        [TagId(each) for each in stored.get("tags", ())],
        stored.get("languages", ()),
        since and datetime.fromisoformat(since),
        silent and datetime.fromisoformat(silent),
    )


def list_channels(uow: UnitOfWork, audience: Audience) -> list[ServedChannel]:
    """List the served channels on which a broadcast is sent."""
    return [
        each
        for each in uow.channels
        if not each.is_staff_bot and (not audience.channel_ids or each.id in audience.channel_ids)
    ]


def build_rules(uow: UnitOfWork, broadcast: Broadcast) -> Rules:
    """Build the rules by which customers are skipped now."""
    of_customers = [each for each in uow.channels if not each.is_staff_bot]
    needs_window = [each.id for each in of_customers if window.has_window(each)]
    return Rules(
        uow.now,
        windowed=() if broadcast.template else needs_window,
        languages={each.id: each.language for each in of_customers},
    )


async def check_audience(uow: UnitOfWork, audience: Audience) -> None:
    """Raise InvalidValueError if a filter names what does not exist, or can match nobody."""
    for channel_id in audience.channel_ids:
        row = await channels.find_channel(uow.tx, channel_id)
        if row is None or row.deleted_at is not None or row.is_staff_bot:
            raise InvalidValueError("channel_ids", f"{channel_id} is no channel of customers")
    known = {each.id for each in await list_tags(uow.tx)} if audience.tag_ids else set()
    for tag_id in audience.tag_ids:
        if tag_id not in known:
            raise InvalidValueError("tag_ids", f"{tag_id} is no tag of the desk")
    for language in audience.languages:
        if language not in LANGUAGES:
            reason = f"{language!r} is no language of the desk; they are {', '.join(LANGUAGES)}"
            raise InvalidValueError("languages", reason)
    since, silent = audience.wrote_since, audience.silent_since
    if since is not None and silent is not None and since >= silent:
        reason = "must be after wrote_since, or nobody can match both"
        raise InvalidValueError("silent_since", reason)
