"""Show a number's QR code in the staff group, as a picture that is updated with the code.

The places where it is shown are stored in `whatsapp_sessions.qr_messages`, one entry each:
    {"channel": whose bot shows it, "chat", "topic": or null, "qr": the code shown or null,
     "message": the picture's id at the provider or null, "since": when it was requested}
`qr` is null while there is no code yet; `message` is null until the picture is sent.
"""

from datetime import datetime, timedelta
from typing import Any

from db.ids import ChannelId
from db.queries.channels import whatsapp_sessions
from db.queues.outbox import OutboxItem
from db.queues.payloads import ChatPayload, DeletePayload, EditPayload, GeneralPayload
from db.tables import LinkStatus, MessageType, Queue, WhatsAppSession
from desk import lanes
from desk.channels import ServedChannel
from desk.content import Content
from desk.linking.states import get_current_code
from desk.unit_of_work import UnitOfWork

ShownPlace = dict[str, Any]
# Key in a content's file: the text to draw as a QR code.
QR_KEY = "qr"
# After this time the person who requested a code no longer waits for it.
_REQUEST_LIFETIME = timedelta(minutes=5)


def show_code(
    uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, chat: str, topic: str | None
) -> None:
    """Show a channel's code in a place from now on; if it is shown there already, show it again."""
    here = _find(row, chat, topic)
    if here is not None and here["message"] is not None:
        _delete(uow, here)
    place: ShownPlace = {
        "channel": channel.staff_channel_id,
        "chat": chat,
        "topic": topic,
        "qr": None,
        "message": None,
        "since": uow.now.isoformat(),
    }
    row.qr_messages = [*(each for each in row.qr_messages if each is not here), place]
    refresh_codes(uow, channel, row)


def refresh_codes(uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession) -> None:
    """Update the code in every place; remove the picture where the code was used or has expired."""
    code = get_current_code(row, uow.now)
    row.qr_messages = [
        place for each in row.qr_messages if (place := _update_place(uow, channel, row, each, code))
    ]


async def save_message_id(uow: UnitOfWork, picture: GeneralPayload, provider_id: str) -> None:
    """Save the message id of a picture that was sent, and apply what changed meanwhile."""
    channel_id = picture.shows
    if channel_id is None or not uow.channels.is_known(channel_id):
        return  # the channel is not loaded here yet; the code expires before anybody could miss it
    channel = uow.channels[channel_id]
    row = await whatsapp_sessions.lock_link(uow.tx, channel_id)
    here = _find(row, picture.chat, picture.topic)
    if here is None or here["message"] is not None:
        stray = DeletePayload(at=provider_id, chat=picture.chat, topic=picture.topic)
        _enqueue(uow, channel.staff_channel_id, stray)
        return
    updated = {**here, "message": provider_id, "qr": (picture.content.file or {}).get(QR_KEY)}
    row.qr_messages = [updated if each is here else each for each in row.qr_messages]
    refresh_codes(uow, channel, row)
    await uow.tx.flush()


def _update_place(
    uow: UnitOfWork,
    channel: ServedChannel,
    row: WhatsAppSession,
    place: ShownPlace,
    code: str | None,
) -> ShownPlace | None:
    """Update one place; return None if nothing is shown there any more."""
    if code is not None:
        return _update_picture(uow, channel, place, code)
    if row.status is LinkStatus.SCAN_QR_CODE:
        return place  # the next code is being fetched
    if place["qr"] is not None and place["message"] is None:
        # The picture is being sent: delete it once its message id is known, if it ever arrives.
        return place if _is_recent(uow, place) else None
    return _withdraw(uow, channel, row, place)


def _update_picture(
    uow: UnitOfWork, channel: ServedChannel, place: ShownPlace, code: str
) -> ShownPlace:
    if place["qr"] == code:
        return place
    if place["qr"] is None:
        picture = _draw_picture(uow, channel, code)
        _enqueue(uow, place["channel"], GeneralPayload(picture, *_at(place), shows=channel.id))
    elif place["message"] is None:
        return place  # the previous picture is being sent: `save_message_id` continues from there
    else:
        picture, (chat, topic) = _draw_picture(uow, channel, code), _at(place)
        change = EditPayload(picture, at=place["message"], chat=chat, topic=topic)
        _enqueue(uow, place["channel"], change)
    return {**place, "qr": code}


def _withdraw(
    uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, place: ShownPlace
) -> ShownPlace | None:
    if place["message"] is not None:
        _delete(uow, place)
        if row.status is LinkStatus.FAILED:
            _say(uow, place, uow.text_for_staff("link.not_scanned", channel=channel.name))
        return None
    waits = row.status is not LinkStatus.WORKING
    return place if waits and _is_recent(uow, place) else None


def _is_recent(uow: UnitOfWork, place: ShownPlace) -> bool:
    return uow.now - datetime.fromisoformat(place["since"]) < _REQUEST_LIFETIME


def _draw_picture(uow: UnitOfWork, channel: ServedChannel, code: str) -> Content:
    caption = uow.text_for_staff("link.scan", channel=channel.name)
    return Content(MessageType.IMAGE, caption, file={QR_KEY: code, "mime": "image/png"})


def _delete(uow: UnitOfWork, place: ShownPlace) -> None:
    chat, topic = _at(place)
    _enqueue(uow, place["channel"], DeletePayload(at=place["message"], chat=chat, topic=topic))


def _say(uow: UnitOfWork, place: ShownPlace, text: str) -> None:
    _enqueue(uow, place["channel"], GeneralPayload(Content(text=text), *_at(place)))


def _at(place: ShownPlace) -> tuple[str, str | None]:
    return place["chat"], place["topic"]


def _enqueue(uow: UnitOfWork, channel_id: ChannelId, payload: ChatPayload) -> None:
    """Enqueue what the staff bot of this channel sends to a group or changes there."""
    uow.outbox_items.append(
        OutboxItem(
            queue=Queue.STAFF,
            lane=lanes.chat_lane(channel_id, payload.chat),
            rate_limit_key=lanes.group_limit_key(channel_id, payload.chat),
            channel_id=channel_id,
            payload=payload,
            due_at=uow.now,
        )
    )


def _find(row: WhatsAppSession, chat: str, topic: str | None) -> ShownPlace | None:
    return next(
        (each for each in row.qr_messages if (each["chat"], each["topic"]) == (chat, topic)), None
    )
