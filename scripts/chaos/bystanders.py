"""People who never write, and events about them: no automatic text may go to them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from scripts.chaos.customers import REFUSAL_ERRORS, Customer
from scripts.chaos.message_log import Json
from scripts.chaos.plan import Provider
from scripts.chaos.stage import Stage
from scripts.chaos.whatsapp_customers import CloudCustomer
from scripts.chaos.whatsapp_numbers import SESSION

# How often something is reported about one of them.
_EVENTS_PER_SECOND = 2.0
_SENT_AT = 1_700_000_000


async def report_events(stage: Stage, began: float) -> None:
    """Report what they do beside writing; `began` is the monotonic time of the plan's start."""
    chance = random.Random(f"bystanders {stage.plan.seed}")  # noqa: S311 to be repeated, no secret
    for number in range(int(stage.plan.scale.seconds * _EVENTS_PER_SECOND)):
        await asyncio.sleep(max(0.0, began + number / _EVENTS_PER_SECOND - time.monotonic()))
        about = chance.choice(stage.bystanders)
        # A provider that a fault keeps busy refuses it.
        with suppress(*REFUSAL_ERRORS):
            await _REPORTS[about.kind](stage, about, number)


async def find_uninvited_texts(stage: Stage) -> AsyncIterator[str]:
    """Find what the desk said to people who have written nothing; yield a sentence for each."""
    for person in (*stage.customers, *stage.bystanders):
        chat = await person.chat()
        if all(message.by_desk for message in chat):
            for message in chat:
                yield f"{person.name} wrote nothing and reads {message.text[:60]!r}"


async def _report_at_telegram(stage: Stage, about: Customer, number: int) -> None:
    chat = {"id": about.chat_id, "type": "private", "first_name": about.name}
    user = {"id": about.chat_id, "is_bot": False, "first_name": about.name}
    base: Json = {"chat": chat, "date": _SENT_AT}
    bot = {"id": stage.bot_id, "is_bot": True, "first_name": "Bot"}
    blocked = {"user": bot, "status": "kicked", "until_date": 0}
    states = [{"user": bot, "status": "member"}, blocked]
    old, new = states if number % 2 else states[::-1]
    emoji = [{"type": "emoji", "emoji": "👍"}]
    reaction = {"message_id": 1, "user": user, "old_reaction": [], "new_reaction": emoji}
    events: list[Json] = [
        {"my_chat_member": {**base, "from": user, "old_chat_member": old, "new_chat_member": new}},
        {"message_reaction": {**base, **reaction}},
        {"message": {**base, "message_id": number, "from": user, "delete_chat_photo": True}},
    ]
    await stage.telegram.inject(events[number % len(events)])


async def _report_at_cloud(stage: Stage, about: Customer, number: int) -> None:
    assert isinstance(about, CloudCustomer)  # noqa: S101 as `_REPORTS` says
    phone, written = str(about.person["wa_id"]), f"wamid.bystander{number}"
    base = {"from": phone, "id": written, "timestamp": str(_SENT_AT)}
    changed = {"type": "customer_identity_changed", "body": "words"}
    reaction = {"message_id": "wamid.unknown", "emoji": "👍"}
    call = {"id": written, "event": "connect", "from": phone, "direction": "USER_INITIATED"}
    status = {**base, "recipient_id": phone, "status": "read"}
    stopped = {"wa_id": phone, "category": "marketing_messages", "value": "stop"}
    events: list[tuple[str, Json]] = [
        ("messages", {"messages": [{**base, "type": "system", "system": changed}]}),
        ("messages", {"messages": [{**base, "type": "reaction", "reaction": reaction}]}),
        ("messages", {"statuses": [status]}),
        ("calls", {"calls": [call]}),
        ("user_preferences", {"user_preferences": [stopped]}),
    ]
    field, value = events[number % len(events)]
    metadata = {"phone_number_id": stage.number["id"]}
    whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    await stage.graph.notify(field, whole, number=stage.number["id"])


async def _report_at_waha(stage: Stage, about: Customer, number: int) -> None:
    chat, tail = f"{about.chat_id}@c.us", f"B57A{number:04}"
    base: Json = {"timestamp": _SENT_AT, "fromMe": False, "from": chat, "hasMedia": False}
    notice = {**base, "id": f"false_{chat}_{tail}", "body": ""}
    reaction = {"text": "👍", "messageId": f"false_{chat}_UNKNOWN"}
    ours = {**base, "id": f"true_{chat}_{tail}", "fromMe": True, "to": chat, "ack": 3}
    events: list[tuple[str, Json]] = [
        ("message", {**notice, "_data": {"type": "e2e_notification", "subtype": "identity"}}),
        ("message", {**notice, "_data": {"type": "e2e_notification", "subtype": "encrypt"}}),
        ("message", {**notice, "_data": {"type": "call_log"}}),
        ("message.reaction", {**notice, "reaction": reaction}),
        ("message.ack", ours),
        ("call.received", {**notice, "isVideo": False}),
    ]
    event, payload = events[number % len(events)]
    await stage.waha.inject(SESSION, event, payload)


_REPORTS: dict[Provider, Callable[[Stage, Customer, int], Awaitable[None]]] = {
    Provider.TELEGRAM: _report_at_telegram,
    Provider.CLOUD: _report_at_cloud,
    Provider.WAHA: _report_at_waha,
}
