"""Let an agent write internal notes in every form, and find those that reached a customer."""

from collections.abc import AsyncIterator

from scripts.chaos.customers import Customer, TelegramCustomer
from scripts.chaos.message_log import Json, find_token
from scripts.chaos.plan import PlannedAction
from scripts.chaos.stage import GROUP, Stage

# Is in everything that an agent writes for colleagues.
SECRET = "for-staff-only"  # noqa: S105 a word to look for
_PICTURE: Json = {"kind": "photo"}
_FORWARDED = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1_700_000_000}
# Apps cut longer texts in two.
_LIMIT = 4096


async def write_note(stage: Stage, action: PlannedAction, thread: int) -> None:
    """Write a note in one of its forms.

    The author writes nothing else: a message right after a note would be held, with a
    question in the topic.
    """
    forms = (_write_text, _write_caption, _write_album, _write_forwards, _write_parts, _drop_mark)
    await forms[int(action.luck * len(forms))](stage, thread)


async def _say(stage: Stage, thread: int, **parts: object) -> Json:
    said = await stage.telegram.say(stage.note_writer, chat=GROUP, thread=thread, **parts)  # type: ignore[call-overload] # as the form says
    return dict(said[-1] if isinstance(said, list) else said)


async def _write_text(stage: Stage, thread: int) -> None:
    await _say(stage, thread, text=f"// {SECRET}")


async def _write_caption(stage: Stage, thread: int) -> None:
    await _say(stage, thread, media=_PICTURE, caption=f"//{SECRET}")


async def _write_album(stage: Stage, thread: int) -> None:
    await _say(stage, thread, album=[_PICTURE] * 3, caption=f"// {SECRET}")


async def _write_forwards(stage: Stage, thread: int) -> None:
    await _say(stage, thread, text=f"// {SECRET}: see below")
    await _say(stage, thread, text=f"{SECRET} 1", forward_origin=_FORWARDED)
    await _say(stage, thread, media=_PICTURE, forward_origin=_FORWARDED)


async def _write_parts(stage: Stage, thread: int) -> None:
    whole = f"// {SECRET} " + f"{SECRET} " * 400
    await _say(stage, thread, text=whole[:_LIMIT])
    await _say(stage, thread, text=whole[_LIMIT:])


async def _drop_mark(stage: Stage, thread: int) -> None:
    note = await _say(stage, thread, text=f"// {SECRET}")
    await stage.telegram.edit(stage.note_writer, GROUP, note["message_id"], f"{SECRET} after all")


async def find_leaks(stage: Stage) -> AsyncIterator[str]:
    """Find the notes in customers' chats; yield a sentence for each."""
    for customer in stage.customers:
        for message in await customer.chat():
            if message.by_desk and SECRET in message.text:
                yield f"{customer.name} reads {message.text[:40]!r} ({message.id})"
        async for number in _find_strange_pictures(stage, customer):
            yield f"{customer.name} sees a picture of a note ({number})"


async def _find_strange_pictures(stage: Stage, customer: Customer) -> AsyncIterator[int]:
    """Find pictures that belong to no answer: those have their token as caption."""
    if not isinstance(customer, TelegramCustomer) or not await customer.chat():
        return
    for message in await stage.telegram.messages(int(customer.chat_id), bot=customer.bot):
        if message["from"]["is_bot"] and "photo" in message and find_token(message) is None:
            yield message["message_id"]
