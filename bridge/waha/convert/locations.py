"""Convert shared locations to the desk's content, with pure functions."""

from typing import Any

from bridge.waha.client.lenient import parse_leniently
from bridge.waha.client.models import Location, Message
from bridge.waha.convert.engine_message import EngineMessage
from bridge.waha.convert.message_kinds import Kind
from bridge.waha.convert.summaries import find_text
from db.tables import MessageType
from desk.content import Content
from desk.texts import Translate

_LOCATION_KINDS = {Kind.LOCATION, Kind.LIVE_LOCATION}


def to_location(message: Message, engine: EngineMessage, translate: Translate) -> Content | None:
    """Convert a location; return None if the message is none.

    The body is not used: engines put a picture of the map there, as base64.
    """
    place = message.location or _find_in_engine_data(engine)
    if place is None:
        if engine.kind in _LOCATION_KINDS:
            text = translate("whatsapp_message.unreadable_location")
            return Content(MessageType.OTHER, text, attributes={"in_words": True})
        return None
    is_live = place.live or engine.kind is Kind.LIVE_LOCATION
    title, address = _split_title(place)
    attributes: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    if title:
        attributes["title"] = title
    if address:
        attributes["address"] = address
    words = [translate("whatsapp_message.live_location")] if is_live else []
    words += filter(None, [find_text(engine.fields, "caption", "comment")])
    return Content(MessageType.LOCATION, "\n".join(words) or None, attributes=attributes)


def _split_title(place: Location) -> tuple[str, str]:
    """Return a place's name and its address; WhatsApp Web writes both into the description."""
    written = place.name or place.description or ""
    title, _, rest = (each.strip() for each in written.partition("\n"))
    return title, place.address or " ".join(rest.split())


def _find_in_engine_data(engine: EngineMessage) -> Location | None:
    if engine.kind not in _LOCATION_KINDS:
        return None
    fields = engine.fields
    given = {
        "latitude": fields.get("degreesLatitude", fields.get("lat")),
        "longitude": fields.get("degreesLongitude", fields.get("lng")),
        "name": fields.get("name", fields.get("loc")),
        "address": fields.get("address"),
    }
    try:
        return parse_leniently(Location, given)
    except ValueError:
        return None
