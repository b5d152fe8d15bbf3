"""Translate a customer's message for staff; nothing is sent or stored."""

from api.access.caller import Caller
from api.ai.translation_models import TranslateBody, TranslationOut
from api.errors.problems import Conflict, NotFound, ProviderUnavailable
from api.messages.lookup import find_visible_message
from api.routing.transactions import Transactions
from db.ids import MessageId, SessionId
from desk.ai.gate import AiTranslator
from desk.unit_of_work import UnitOfWork


async def translate(
    transactions: Transactions,
    caller: Caller,
    translator: AiTranslator,
    message_id: MessageId,
    body: TranslateBody,
) -> TranslationOut:
    """Translate a message with the language model; it takes some seconds.

    Nothing is sent or stored; the tokens count for the session and for the day.
    """

    async def read(uow: UnitOfWork) -> tuple[str, str, SessionId]:
        row = await find_visible_message(uow, caller, message_id)
        if row is None:
            raise NotFound
        if not row.message or row.session_id is None:
            raise Conflict("this message has no text, or belongs to no session")
        return row.message, body.language or uow.staff_language, row.session_id

    text, language, session_id = await transactions.run(read)
    translation = await translator.translate(text, language, session_id)
    if translation is None:
        raise Conflict("there is no language model: set OPENAI_API_KEY or OPENAI_BASE_URL")
    if not translation:
        raise ProviderUnavailable("the language model gave no translation; try again later")
    return TranslationOut(message_id=message_id, language=language, text=translation)
