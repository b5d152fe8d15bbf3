"""Handle calls to the phone: the desk cannot take them, but staff is told."""

from bridge.waha.client.models import Call
from bridge.waha.receiving.event_context import EventContext
from desk.causes import Cause


async def handle_call(context: EventContext) -> None:
    """Notify staff in the customer's topic, if there is one, that the customer called."""
    call = context.parse(Call)
    key = "topic.video_called" if call.is_video else "whatsapp.called"
    await context.tell_in_topic(Cause.CALL, key)
