"""Handle `/lang`: the language that the customer is written to in."""

from bot.commands.call import Answer, Call, build_button
from desk.clients.clients import set_language
from desk.texts import LANGUAGES, choose_language, translate


async def lang(call: Call) -> Answer:
    """Set the language of the customer: `/lang id`; alone it shows it and offers the others."""
    written = call.argument.strip().lower()
    if not written:
        return _offer(call)
    if refusal := call.refuse_non_holders():
        return refusal
    names = {each: {each, _name(each).lower()} for each in LANGUAGES}
    chosen = next((each for each, known in names.items() if written in known), None)
    if chosen is None:
        return call.refuse("command.no_language", known=", ".join(LANGUAGES))
    await set_language(call.uow, call.thread.client_id, chosen, by=call.by)
    return Answer(call.say("command.language_set", spoken=_name(chosen)))


def _offer(call: Call) -> Answer:
    thread = call.thread
    now = choose_language(thread.language or call.uow.channels[thread.channel_id].language)
    buttons = [
        [build_button(_name(each), "lang", each) for each in LANGUAGES if each != now],
    ]
    key = "language_chosen" if thread.is_language_chosen else "language_is"
    return Answer(call.say(f"command.{key}", spoken=_name(now)), buttons)


def _name(language: str) -> str:
    """Return what a language calls itself."""
    return translate(language, "customer_command.language")
