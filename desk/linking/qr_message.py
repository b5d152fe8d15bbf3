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
from desk.unit_of_work import Desk

Place = dict[str, Any]
# In a row's payload: the channel whose code the picture shows.
SHOWS = "shows"
# In a content's file: the picture is to be drawn of this text.
DRAWN_OF = "qr"
# Whoever asked for a code that does not come has gone by then.
_WAITS_FOR = timedelta(minutes=5)


def ask(
    desk: Desk, channel: ServedChannel, row: WhatsAppSession, chat: str, topic: str | None
) -> None:
    """Have a channel's code shown in a place from now on; where it is shown already, anew."""
    here = _find(row, chat, topic)
    if here is not None and here["message"] is not None:
        _delete(desk, here)
    place: Place = {
        "channel": channel.staff_channel_id,
        "chat": chat,
        "topic": topic,
        "qr": None,
        "message": None,
        "since": desk.now.isoformat(),
    }
    row.qr_messages = [*(each for each in row.qr_messages if each is not here), place]
    refresh(desk, channel, row)


def refresh(desk: Desk, channel: ServedChannel, row: WhatsAppSession) -> None:
    """Have every place show the code of now; where it is used or over, the picture goes."""
    code = current_code(row, desk.now)
    row.qr_messages = [
        place for each in row.qr_messages if (place := _brought(desk, channel, row, each, code))
    ]


async def learned(desk: Desk, row_payload: Place, provider_id: str) -> None:
    """Note as which message a picture came to stand; what changed meanwhile is made up for."""
    channel_id = ChannelId(row_payload[SHOWS])
    if not desk.channels.knows(channel_id):
        return  # this process is about to read it; the code is over before anybody could miss it
    channel = desk.channels[channel_id]
    row = await whatsapp_sessions.lock_link(desk.tx, channel_id)
    here = _find(row, row_payload["chat"], row_payload["topic"])
    shown = row_payload["content"]["file"][DRAWN_OF]
    if here is None or here["message"] is not None:
        stray = {**row_payload, "channel": channel.staff_channel_id, "message": provider_id}
        _delete(desk, stray)
        return
    there = {**here, "message": provider_id, "qr": shown}
    row.qr_messages = [there if each is here else each for each in row.qr_messages]
    refresh(desk, channel, row)
    await desk.tx.flush()


def _brought(
    desk: Desk, channel: ServedChannel, row: WhatsAppSession, place: Place, code: str | None
) -> Place | None:
    """Bring one place up to date; None: nothing is shown there any more."""
    if code is not None:
        return _showing(desk, channel, place, code)
    if row.status is LinkStatus.SCAN_QR_CODE:
        return place  # the next code is being fetched
    if place["qr"] is not None and place["message"] is None:
        # On its way: it is deleted as soon as it is known where it stands, if it ever came there.
        return place if _is_young(desk, place) else None
    return _withdrawn(desk, channel, row, place)


def _showing(desk: Desk, channel: ServedChannel, place: Place, code: str) -> Place:
    if place["qr"] == code:
        return place
    if place["qr"] is None:
        _put(desk, place, OutboxKind.GENERAL, _picture(desk, channel, code), {SHOWS: channel.id})
    elif place["message"] is None:
        return place  # the picture before is on its way: `learned` goes on from there
    else:
        _put(desk, place, OutboxKind.EDIT, _picture(desk, channel, code), {"at": place["message"]})
    return {**place, "qr": code}


def _withdrawn(
    desk: Desk, channel: ServedChannel, row: WhatsAppSession, place: Place
) -> Place | None:
    if place["message"] is not None:
        _delete(desk, place)
        if row.status is LinkStatus.FAILED:
            _say(desk, place, desk.for_staff("link.not_scanned", channel=channel.name))
        return None
    waits = row.status is not LinkStatus.WORKING
    return place if waits and _is_young(desk, place) else None


def _is_young(desk: Desk, place: Place) -> bool:
    return desk.now - datetime.fromisoformat(place["since"]) < _WAITS_FOR


def _picture(desk: Desk, channel: ServedChannel, code: str) -> Content:
    caption = desk.for_staff("link.scan", channel=channel.name)
    return Content(MessageType.IMAGE, caption, file={DRAWN_OF: code, "mime": "image/png"})


def _delete(desk: Desk, place: Place) -> None:
    _put(desk, place, OutboxKind.DELETE, Content(), {"at": place["message"]})


def _say(desk: Desk, place: Place, text: str) -> None:
    _put(desk, place, OutboxKind.GENERAL, Content(text=text), {})


def _put(desk: Desk, place: Place, kind: OutboxKind, content: Content, more: Place) -> None:
    channel_id, chat = ChannelId(place["channel"]), place["chat"]
    payload = {"content": content.to_json(), "chat": chat, "topic": place["topic"], **more}
    desk.errands.append(
        OutboxItem(
            queue=Queue.STAFF,
            lane=lanes.chat_lane(channel_id, chat),
            rate_limit_key=lanes.group_gate(channel_id, chat),
            kind=kind,
            channel_id=channel_id,
            payload=payload,
            due_at=desk.now,
        )
    )


def _find(row: WhatsAppSession, chat: str, topic: str | None) -> Place | None:
    return next(
        (each for each in row.qr_messages if (each["chat"], each["topic"]) == (chat, topic)), None
    )
