"""Handle the status of the link between a number and its phone."""

import structlog

from bridge.waha.client.lenient import parse_leniently
from bridge.waha.client.models import Event, StatusChange, to_link_status
from bridge.waha.convert.timestamps import to_datetime
from bridge.waha.identifiers import chat_ids
from desk.channels import ServedChannel
from desk.linking import status as link_status
from desk.linking.states import LinkReport
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)


async def handle_status(uow: UnitOfWork, channel: ServedChannel, event: Event) -> None:
    """Store a session's status; one that this version does not know changes nothing."""
    change = parse_leniently(StatusChange, event.payload)
    status = to_link_status(change.status)
    if status is None:
        log.info("waha.ignored", reason="unknown status", status=change.status[:60])
        return
    me = event.me
    chat = chat_ids.normalize_person_chat(me.id) if me else None
    report = LinkReport(
        status,
        at=to_datetime(event.timestamp) or uow.now,
        phone=chat_ids.to_phone(chat) if chat else None,
        name=me.push_name if me else None,
    )
    await link_status.update_status(uow, channel, report)
