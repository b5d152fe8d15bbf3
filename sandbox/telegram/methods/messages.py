"""Sends text, places, contacts, dice, polls and typing."""

import secrets
from typing import Any

from sandbox.common.json_shapes import Json
from sandbox.telegram.methods.delivery import deliver, find_thread
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.state.call import Call, find_writable_room
from sandbox.telegram.state.world import World
from sandbox.telegram.text.formatting import parse_text, text_content

DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_message(call: Call) -> Json:
    """Send a text."""
    params = call.params
    content = text_content(
        call.world, params["text"], params.get("parse_mode"), params.get("entities")
    )
    if "link_preview_options" in params:
        content["link_preview_options"] = params["link_preview_options"]
    return deliver(call, content)


def _select_fields(params: Json, *names: str) -> Json:
    return {name: params[name] for name in names if name in params}


def _location(params: Json) -> Json:
    names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading")
    if not (-90 <= params["latitude"] <= 90 and -180 <= params["longitude"] <= 180):  # noqa: PLR2004 - degrees
        raise bad_request("wrong latitude or longitude specified")
    return _select_fields(params, *names, "proximity_alert_radius")


def send_location(call: Call) -> Json:
    """Send a point on the map."""
    return deliver(call, {"location": _location(call.params)})


def send_venue(call: Call) -> Json:
    """Send a place; as in Telegram the message contains its location twice."""
    params = call.params
    place = _location({name: params[name] for name in ("latitude", "longitude")})
    extra = _select_fields(
        params,
        "title",
        "address",
        "foursquare_id",
        "foursquare_type",
        "google_place_id",
        "google_place_type",
    )
    return deliver(call, {"venue": {"location": place, **extra}, "location": place})


def send_contact(call: Call) -> Json:
    """Send a phone contact."""
    names = ("phone_number", "first_name", "last_name", "vcard")
    return deliver(call, {"contact": _select_fields(call.params, *names)})


def send_dice(call: Call) -> Json:
    """Send an animated emoji with a random value."""
    emoji = call.params.get("emoji", "🎲")
    if emoji not in DICE:
        raise bad_request("wrong dice emoji specified")
    return deliver(call, {"dice": {"emoji": emoji, "value": 1 + secrets.randbelow(DICE[emoji])}})


def poll_shape(world: World, params: Json) -> Json:
    """Return a new Poll; it must have one to twelve options, as in Telegram."""
    options = params["options"]
    if not 1 <= len(options) <= 12:  # noqa: PLR2004 - Telegram's own bounds
        raise bad_request("poll must have at least 1 and at most 12 option")
    question, entities = parse_text(
        world,
        params["question"],
        params.get("question_parse_mode"),
        params.get("question_entities"),
    )
    shape: Json = {
        "id": world.new_number(),
        "question": question,
        "options": [_option(number, option) for number, option in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": params.get("is_closed", False),
        "is_anonymous": params.get("is_anonymous", True),
        "type": params.get("type", "regular"),
        "allows_multiple_answers": params.get("allows_multiple_answers", False),
        "allows_revoting": params.get("allows_revoting", True),
        "members_only": params.get("members_only", False),
    }
    return {**shape, "question_entities": entities} if entities else shape


def _option(number: int, option: Json | str) -> Json:
    text = option if isinstance(option, str) else option["text"]
    return {"persistent_id": str(number), "text": text, "voter_count": 0}


def send_poll(call: Call) -> Json:
    """Send a poll."""
    return deliver(call, {"poll": poll_shape(call.world, call.params)})


def send_chat_action(call: Call) -> Any:
    """Show that the bot is typing or the like."""
    room = find_writable_room(call)
    action = call.params["action"].lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    thread = find_thread(call, room)
    call.world.feed.publish("action", room.id, action=action, thread=thread, bot=call.bot.id)
    return True
