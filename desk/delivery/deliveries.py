"""Build what a step sends: one delivery for each row, or one for a burst of short texts."""

from collections.abc import Sequence
from dataclasses import replace

from db.queues.outbox import OutboxRow
from desk.delivery.addresses import Addresses, side_of
from desk.delivery.labels import measure_label
from desk.delivery.ports import Delivery
from desk.delivery.work import Deliver, DeliverMerged
from desk.formatting.merging import merge_texts
from desk.formatting.splitting import TEXT_LIMIT


def merge_burst(burst: Sequence[OutboxRow], addresses: Addresses) -> DeliverMerged | Deliver:
    """Merge a burst into one message, when the rate limit has no room for all of it."""
    plain = [addresses.build_delivery(row, side_of(row, to_staff=True)) for row in burst]
    room = TEXT_LIMIT - measure_label(addresses.thread_of(burst[0]), addresses.place_of(burst[0]))
    content, many = merge_texts((each.content for each in plain), room)
    together = addresses.label(burst[0], replace(plain[0], content=content))
    if many == 1:
        return Deliver(tuple(burst[:1]), (together,))
    return DeliverMerged(tuple(burst[:many]), together)


def build_deliveries(
    rows: Sequence[OutboxRow], addresses: Addresses, *, to_staff: bool, is_album: bool = False
) -> tuple[Delivery, ...]:
    """Build the deliveries of rows that are sent one after the other, or as one album."""
    built = [addresses.build_delivery(row, side_of(row, to_staff=to_staff)) for row in rows]
    return tuple(
        addresses.label(row, delivery, is_first=number == 0 or not is_album)
        for number, (row, delivery) in enumerate(zip(rows, built, strict=True))
    )
