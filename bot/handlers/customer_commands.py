"""Handle what customers ask of the bot itself: help, end, status, language, privacy, no news."""

from aiogram.types import CallbackQuery, Message, User

from db.queries.clients.clients import update_client
from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons
from desk.actors import Actor, customer
from desk.channels import ServedChannel
from desk.clients.data_requests import (
    GRANT_VERB,
    DataRequest,
    ask_for_data,
    grant_erasure,
    grant_export,
)
from desk.clients.erasure import MergedClientError
from desk.conversations import sessions
from desk.conversations.customer_status import describe_status
from desk.conversations.notices import edit_notice
from desk.conversations.threads import find_thread_by_contact
from desk.events import ClientChanged
from desk.messages import marketing
from desk.texts import LANGUAGES, translate
from desk.unit_of_work import UnitOfWork

COMMANDS = {"help", "end", "status", "language", "privacy", "stop", "resume"}
# The data of the buttons: my:COMMAND:ARGUMENT.
BUTTON_VERB = "my"
STAFF_BUTTON_VERBS = {GRANT_VERB}
_REQUESTS = {DataRequest.EXPORT: "ask_export", DataRequest.ERASURE: "ask_erase"}
ButtonAnswer = tuple[str, bool]


async def on_command(
    message: Message, user: User, uow: UnitOfWork, channel: ServedChannel, command: str
) -> bool:
    """Run a customer's command; return False if it is a message like any other.

    That is so for a blocked customer. Who has never written gets the help.
    """
    thread = await find_thread_by_contact(uow, channel.id, str(user.id))
    if thread is None:
        language = user.language_code or channel.language
        text = translate(language, "customer_command.help")
        uow.enqueue_for_chat(channel.id, str(message.chat.id), text)
        return True
    if thread.is_blocked:
        return False
    await _run(uow, thread, command, "")
    return True


async def on_button(query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Run the command of a button below one of these answers, for its customer alone."""
    _, command, argument, *_ = f"{query.data}::".split(":")
    thread = await find_thread_by_contact(uow, channel.id, str(query.from_user.id))
    is_known = command in COMMANDS and thread is not None and not thread.is_blocked
    uow.answer_button(channel.id, query.id, "")
    if is_known and thread is not None:
        await _run(uow, thread, command, argument)


async def _run(uow: UnitOfWork, thread: Thread, command: str, argument: str) -> None:
    match command, argument:
        case "end", _:
            if not await sessions.end(uow, thread, customer(thread.name)):
                _tell(uow, thread, "no_session")
        case "status", _:
            uow.enqueue_customer_notice(thread, await describe_status(uow, thread))
        case "language", language if language in LANGUAGES:
            await _set_language(uow, thread, language)
        case "language", _:
            names = [(each, translate(each, "customer_command.language")) for each in LANGUAGES]
            _tell(
                uow,
                thread,
                "languages",
                [[_build_button(name, "language", each)] for each, name in names],
            )
        case "stop" | "resume", _:
            await marketing.choose(uow, thread, is_wanted=command == "resume")
        case "privacy", request if request in set(DataRequest):
            is_new = await ask_for_data(uow, thread, DataRequest(request))
            _tell(uow, thread, "asked" if is_new else "asked_already")
        case "privacy", _:
            buttons = [
                [_build_button(_say(uow, thread, _REQUESTS[each]), "privacy", each)]
                for each in DataRequest
            ]
            _tell(uow, thread, "privacy", buttons)
        case _:
            _tell(uow, thread, "help")


async def _set_language(uow: UnitOfWork, thread: Thread, language: str) -> None:
    """Save the language that the customer chose; that of their app no longer replaces it."""
    await update_client(uow.tx, thread.client_id, language=language, is_language_chosen=True)
    uow.events.add(ClientChanged(thread.client_id))
    thread.language, thread.is_language_chosen = language, True
    uow.refresh_card(thread)
    _tell(uow, thread, "language_set")


async def on_grant(
    uow: UnitOfWork, thread: Thread, actor: Actor, data: str, at: tuple[str, str]
) -> ButtonAnswer:
    """Grant a customer's request for a copy or for deletion, if an administrator presses."""
    try:
        match data.partition(":")[2]:
            case DataRequest.ERASURE:
                is_granted, said = await grant_erasure(uow, thread, actor), "granted"
            case DataRequest.EXPORT:
                is_granted, said = await grant_export(uow, thread, actor), "export_granted"
            case _:
                return uow.text_for_staff("button.out_of_date"), True
    except MergedClientError as error:
        return uow.reason_for_staff(error), True
    if not is_granted:
        return uow.text_for_staff("command.admins_only"), True
    text = uow.text_for_staff(f"customer_command.{said}", agent=actor.name)
    edit_notice(uow, thread, at, text)
    return text, False


def _tell(uow: UnitOfWork, thread: Thread, key: str, buttons: Buttons | None = None) -> None:
    uow.enqueue_customer_notice(thread, _say(uow, thread, key), buttons=buttons)


def _say(uow: UnitOfWork, thread: Thread, key: str) -> str:
    return uow.text_for_customer(thread, f"customer_command.{key}")


def _build_button(text: str, command: str, argument: str) -> dict[str, str]:
    return {"text": text, "data": f"{BUTTON_VERB}:{command}:{argument}"}
