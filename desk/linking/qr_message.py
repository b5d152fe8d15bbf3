"""Shows a number's QR code in the staff group, as a picture that follows the code.

Where it is shown stands in whatsapp_sessions.shown, a place each:
    {"channel": whose bot shows it, "chat", "topic": or null, "qr": what it shows or null,
     "message": the picture's id at the provider or null, "since": when it was asked for}
`qr` is null while there is no code yet; `message` while the picture is on its way.
"""

from datetime import datetime, timedelta
from typing import Any

from db.ids import ChannelId
from db.queries.channels import whatsapp_sessions
from db.queues.outbox import OutboxItem
from db.tables import LinkStatus, MessageType, OutboxKind, Queue, WhatsAppSession
from desk import lanes
from desk.channels import ServedChannel
from desk.content import Content
from desk.linking.states import current_code
from desk.unit_of_work import UnitOfWork

Place = dict[str, Any]
# In a row's payload: the channel whose code the picture shows.
SHOWS = "shows"
# In a content's file: the picture is to be drawn of this text.
DRAWN_OF = "qr"
# Whoever asked for a code that does not come has gone by then.
_WAITS_FOR = timedelta(minutes=5)


def ask(
    uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, chat: str, topic: str | None
) -> None:
    """Have a channel's code shown in a place from now on; where it is shown already, anew."""
    here = _find(row, chat, topic)
    if here is not None and here["message"] is not None:
        _delete(uow, here)
    place: Place = {
        "channel": channel.staff_channel_id,
        "chat": chat,
        "topic": topic,
        "qr": None,
        "message": None,
        "since": uow.now.isoformat(),
    }
    row.qr_messages = [*(each for each in row.qr_messages if each is not here), place]
    refresh(uow, channel, row)


def refresh(uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession) -> None:
    """Have every place show the code of now; where it is used or over, the picture goes."""
    code = current_code(row, uow.now)
    row.qr_messages = [
        place for each in row.qr_messages if (place := _brought(uow, channel, row, each, code))
    ]


async def learned(uow: UnitOfWork, row_payload: Place, provider_id: str) -> None:
    """Note as which message a picture came to stand; what changed meanwhile is made up for."""
    channel_id = ChannelId(row_payload[SHOWS])
    if not uow.channels.is_known(channel_id):
        return  # this process is about to read it; the code is over before anybody could miss it
    channel = uow.channels[channel_id]
    row = await whatsapp_sessions.lock_link(uow.tx, channel_id)
    here = _find(row, row_payload["chat"], row_payload["topic"])
    shown = row_payload["content"]["file"][DRAWN_OF]
    if here is None or here["message"] is not None:
        stray = {**row_payload, "channel": channel.staff_channel_id, "message": provider_id}
        _delete(uow, stray)
        return
    there = {**here, "message": provider_id, "qr": shown}
    row.qr_messages = [there if each is here else each for each in row.qr_messages]
    refresh(uow, channel, row)
    await uow.tx.flush()


def _brought(
    uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, place: Place, code: str | None
) -> Place | None:
    """Bring one place up to date; None: nothing is shown there any more."""
    if code is not None:
        return _showing(uow, channel, place, code)
    if row.status is LinkStatus.SCAN_QR_CODE:
        return place  # the next code is being fetched
    if place["qr"] is not None and place["message"] is None:
        # On its way: it is deleted as soon as it is known where it stands, if it ever came there.
        return place if _is_young(uow, place) else None
    return _withdrawn(uow, channel, row, place)


def _showing(uow: UnitOfWork, channel: ServedChannel, place: Place, code: str) -> Place:
    if place["qr"] == code:
        return place
    if place["qr"] is None:
        _put(uow, place, OutboxKind.GENERAL, _picture(uow, channel, code), {SHOWS: channel.id})
    elif place["message"] is None:
        return place  # the picture before is on its way: `learned` goes on from there
    else:
        _put(uow, place, OutboxKind.EDIT, _picture(uow, channel, code), {"at": place["message"]})
    return {**place, "qr": code}


def _withdrawn(
    uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, place: Place
) -> Place | None:
    if place["message"] is not None:
        _delete(uow, place)
        if row.status is LinkStatus.FAILED:
            _say(uow, place, uow.text_for_staff("link.not_scanned", channel=channel.name))
        return None
    waits = row.status is not LinkStatus.WORKING
    return place if waits and _is_young(uow, place) else None


def _is_young(uow: UnitOfWork, place: Place) -> bool:
    return uow.now - datetime.fromisoformat(place["since"]) < _WAITS_FOR


def _picture(uow: UnitOfWork, channel: ServedChannel, code: str) -> Content:
    caption = uow.text_for_staff("link.scan", channel=channel.name)
    return Content(MessageType.IMAGE, caption, file={DRAWN_OF: code, "mime": "image/png"})


def _delete(uow: UnitOfWork, place: Place) -> None:
    _put(uow, place, OutboxKind.DELETE, Content(), {"at": place["message"]})


def _say(uow: UnitOfWork, place: Place, text: str) -> None:
    _put(uow, place, OutboxKind.GENERAL, Content(text=text), {})


def _put(uow: UnitOfWork, place: Place, kind: OutboxKind, content: Content, more: Place) -> None:
    channel_id, chat = ChannelId(place["channel"]), place["chat"]
    payload = {"content": content.to_json(), "chat": chat, "topic": place["topic"], **more}
    uow.outbox_items.append(
        OutboxItem(
            queue=Queue.STAFF,
            lane=lanes.chat_lane(channel_id, chat),
            rate_limit_key=lanes.group_limit_key(channel_id, chat),
            kind=kind,
            channel_id=channel_id,
            payload=payload,
            due_at=uow.now,
        )
    )


def _find(row: WhatsAppSession, chat: str, topic: str | None) -> Place | None:
    return next(
        (each for each in row.qr_messages if (each["chat"], each["topic"]) == (chat, topic)), None
    )
