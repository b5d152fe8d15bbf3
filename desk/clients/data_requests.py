"""What a customer asks about their own data: a copy of it, or its deletion; an admin grants it."""

from datetime import timedelta
from enum import StrEnum

from db.queries.conversations.threads import Thread
from desk.actors import Actor, AgentActor, customer
from desk.audit import add_entry
from desk.clients.erasure_job import request_erasure
from desk.clients.export_job import ExportClient
from desk.conversations.notices import is_already_sent
from desk.notice_periods import find_key_within
from desk.unit_of_work import UnitOfWork

GRANT_VERB = "grant"
_PERIOD = timedelta(days=1)


class DataRequest(StrEnum):
    """What is asked for."""

    EXPORT = "export"
    ERASURE = "erase"


_GRANTS = {DataRequest.EXPORT: "grant_export", DataRequest.ERASURE: "grant_erase"}
_QUESTIONS = {DataRequest.EXPORT: "staff_export", DataRequest.ERASURE: "staff_erase"}


async def ask_for_data(uow: UnitOfWork, thread: Thread, request: DataRequest) -> bool:
    """Pass a customer's request on to staff, once a day; return False if it was passed on already.

    Only an administrator can grant it.
    """
    key = await find_key_within(uow, f"data:{request}:{thread.conversation_id}", _PERIOD)
    if key is None or await is_already_sent(uow, key):
        return False
    text = uow.text_for_staff(f"customer_command.{_QUESTIONS[request]}", client=thread.client_id)
    grant = uow.text_for_staff(f"customer_command.{_GRANTS[request]}")
    buttons = [[{"text": grant, "data": f"{GRANT_VERB}:{request}"}]]
    uow.enqueue_staff_notice(thread, text, buttons=buttons, dedup_key=key)
    # The customer's name is left out: the log is kept for ever.
    add_entry(uow, customer("customer"), f"client.asks_{request}", thread.client_id)
    return True


async def grant_erasure(uow: UnitOfWork, thread: Thread, by: Actor) -> bool:
    """Delete all data of the customer, who asked for it; return False if `by` may not grant it.

    Raises MergedClientError.
    """
    if not by.is_admin or not isinstance(by, AgentActor):
        return False
    await request_erasure(uow, thread.client_id, by=by)
    return True


async def grant_export(uow: UnitOfWork, thread: Thread, by: Actor) -> bool:
    """Send the customer a copy of their data; return False if `by` may not grant it."""
    if not by.is_admin or not isinstance(by, AgentActor):
        return False
    language = thread.language or uow.channel_of(thread).language
    uow.jobs.enqueue(ExportClient(thread.client_id, thread.conversation_id, language))
    add_entry(uow, by, "client.export", thread.client_id)
    return True
