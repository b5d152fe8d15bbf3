"""What customers read: administrators list, set, try and reset the texts of a channel."""

from collections.abc import Sequence

from api.access.caller import Caller
from api.channels.serializers import load_channel
from api.routing.transactions import Transactions
from api.texts.models import (
    CustomerTextChoice,
    CustomerTextOut,
    CustomerTextPreview,
    CustomerTextPreviewBody,
    CustomerTextQuery,
    CustomerTexts,
    Entity,
    LinkEntity,
    NewCustomerText,
)
from db.ids import ChannelId
from db.tables import Channel
from desk.setup import channels, customer_texts
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.errors import InvalidValueError
from desk.texts import LANGUAGES
from desk.texts.customer_texts import CustomerText, OwnText
from desk.unit_of_work import UnitOfWork


async def list_texts(
    uow: UnitOfWork, channel_id: ChannelId, query: CustomerTextQuery
) -> CustomerTexts:
    """List what customers of a channel read, in each language."""
    row = await load_channel(uow, channel_id)
    return CustomerTexts(
        items=[
            _to_schema(row, about, language)
            for about in customer_texts.list_texts(uow, row)
            for language in _list_languages(query.language)
        ]
    )


async def set_text(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: NewCustomerText,
    notifier: ChannelChangeNotifier,
) -> CustomerTextOut:
    """Set a channel's own wording of a text; customers read it from the next message on."""

    async def work(uow: UnitOfWork) -> CustomerTextOut:
        row = await channels.lock_channel(uow, channel_id)
        about, wording = _find(uow, row, body.name), _to_wording(body.text, body.entities)
        customer_texts.set_text(uow, row, about, body.language, wording, by=caller.actor)
        return _to_schema(row, about, body.language)

    done = await transactions.run(work)
    notifier.notify()
    return done


async def reset_texts(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    query: CustomerTextChoice,
    notifier: ChannelChangeNotifier,
) -> None:
    """Go back to the built-in texts; a bot's description is removed."""

    async def work(uow: UnitOfWork) -> None:
        row = await channels.lock_channel(uow, channel_id)
        known = customer_texts.list_texts(uow, row)
        meant = known if query.name is None else [_find(uow, row, query.name)]
        for about in meant:
            for language in _list_languages(query.language):
                customer_texts.reset_text(uow, row, about, language, by=caller.actor)

    await transactions.run(work)
    notifier.notify()


async def preview(
    uow: UnitOfWork, channel_id: ChannelId, body: CustomerTextPreviewBody
) -> CustomerTextPreview:
    """Show a text as a customer would read it, with example values; nothing is stored or sent."""
    row = await load_channel(uow, channel_id)
    about = _find(uow, row, body.name)
    if body.text is None:
        wording = customer_texts.get_wording(row, about, body.language)
    else:
        wording = _to_wording(body.text, body.entities)
        if problem := customer_texts.find_problem(about, wording):
            raise InvalidValueError(problem.field, problem.say("en"))
    shown = customer_texts.build_preview(row, about, wording)
    return CustomerTextPreview(text=shown.text or "", entities=shown.entities)


def _find(uow: UnitOfWork, row: Channel, name: str) -> CustomerText:
    about = customer_texts.find_text(uow, row, name)
    if about is None:
        known = ", ".join(each.name for each in customer_texts.list_texts(uow, row))
        raise InvalidValueError("name", f"is no text of this channel; they are {known}")
    return about


def _list_languages(chosen: str | None) -> Sequence[str]:
    return LANGUAGES if chosen is None else (chosen,)


def _to_wording(text: str, entities: Sequence[Entity | LinkEntity] | None) -> OwnText:
    return OwnText(text, [each.model_dump() for each in entities or ()] or None)


def _to_schema(row: Channel, about: CustomerText, language: str) -> CustomerTextOut:
    wording = customer_texts.get_wording(row, about, language)
    return CustomerTextOut(
        name=about.name,
        language=language,
        text=wording.text,
        entities=wording.entities,
        is_own=customer_texts.is_own(row, about, language),
        default_text=about.get_default(language),
        variables=list(about.variables),
        max_length=about.max_length,
        is_plain=about.is_plain,
    )
