"""The opening hours of a channel."""

import json
from datetime import datetime

from pydantic import Field

from api.access.caller import Caller
from api.channels.serializers import load_channel
from api.errors.problems import ValidationFailed
from api.routing.transactions import Transactions
from api.schemas.base import ResponseModel
from api.schemas.opening_hours import OpeningHours
from db.ids import ChannelId
from db.tables import Channel
from desk.business_hours import (
    InvalidHoursError,
    find_next_closing,
    find_next_opening,
    is_open,
    load_hours,
    parse_hours,
)
from desk.setup import channels
from desk.setup.channels import ChannelChangeNotifier
from desk.unit_of_work import UnitOfWork


class HoursOut(ResponseModel):
    """Opening hours, and whether the channel is open now."""

    hours: OpeningHours | None = Field(description="null: no opening hours are set")
    is_open: bool
    opens_at: datetime | None = Field(description="next opening; null: it is open, or never opens")
    closes_at: datetime | None = Field(
        description="next closing; null: it is closed, or never closes"
    )


async def show_hours(uow: UnitOfWork, channel_id: ChannelId) -> HoursOut:
    """Show a channel's opening hours, and whether it is open now."""
    return _to_schema(await load_channel(uow, channel_id), uow.now)


async def set_hours(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: OpeningHours,
    notifier: ChannelChangeNotifier,
) -> HoursOut:
    """Replace a channel's opening hours."""
    document = body.model_dump(mode="json")
    try:
        parse_hours(document)
    except InvalidHoursError as error:
        raise ValidationFailed.field(error.field, str(error)) from None

    async def work(uow: UnitOfWork) -> HoursOut:
        row = await channels.lock_channel(uow, channel_id)
        channels.set_hours(uow, row, document, by=caller.actor)
        return _to_schema(row, uow.now)

    done = await transactions.run(work)
    notifier.notify()
    return done


async def remove_hours(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    notifier: ChannelChangeNotifier,
) -> None:
    """Remove a channel's opening hours; customers are no longer told any."""

    async def work(uow: UnitOfWork) -> None:
        row = await channels.lock_channel(uow, channel_id)
        channels.set_hours(uow, row, None, by=caller.actor)

    await transactions.run(work)
    notifier.notify()


def _to_schema(row: Channel, now: datetime) -> HoursOut:
    hours = load_hours(row.opening_hours) if row.opening_hours else None
    if row.opening_hours is None or hours is None:
        return HoursOut(hours=None, is_open=True, opens_at=None, closes_at=None)
    open_now = is_open(hours, now)
    return HoursOut(
        hours=OpeningHours.model_validate_json(json.dumps(row.opening_hours)),
        is_open=open_now,
        opens_at=None if open_now else find_next_opening(hours, now),
        closes_at=find_next_closing(hours, now),
    )
