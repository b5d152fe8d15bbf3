"""Handle a customer's private chat with the bot."""

from aiogram.types import CallbackQuery, Message, MessageReactionUpdated, ReactionTypeEmoji, User

from bot.convert import from_telegram
from bot.convert.causes import find_cause
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage
from desk.messages import inbound
from desk.unit_of_work import UnitOfWork


async def on_start(
    message: Message, user: User, uow: UnitOfWork, channel: ServedChannel, *, has_words: bool
) -> None:
    """Greet a customer and open a session; words after the command are a message for staff."""
    who = from_telegram.to_person(user)
    said = from_telegram.to_incoming_message(message)
    await inbound.handle_start(uow, channel, who, said, has_words=has_words)


async def on_message(message: Message, user: User, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Receive a customer's message of any type."""
    who = from_telegram.to_author(message, user)
    said = from_telegram.to_incoming_message(message)
    await inbound.receive_message(uow, channel, who, said, find_cause(message))


async def on_choice(query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Receive a customer's choice below an answer, as a message with the words of the button."""
    uow.answer_button(channel.id, query.id, "")
    message, choice = query.message, query.data or ""
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = markup.inline_keyboard if markup else []
    words = next((each.text for row in rows for each in row if each.callback_data == choice), None)
    if (
        words is not None
        and message is not None
        and str(query.from_user.id) == str(message.chat.id)
    ):
        content = Content(text=words, attributes={"choice": choice})
        said = IncomingMessage(content, chat=str(message.chat.id), provider_id="")
        await inbound.receive_choice(uow, channel, from_telegram.to_person(query.from_user), said)


async def on_edit(message: Message, user: User, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Receive a customer's edit."""
    who = from_telegram.to_person(user)
    await inbound.receive_edit(uow, channel, who, from_telegram.to_incoming_message(message))


async def on_reaction(
    event: MessageReactionUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Receive a customer's reaction to an answer."""
    emoji, more = read_emoji(event), len(event.new_reaction) > 1 or has_custom_emoji(event)
    await inbound.receive_reaction(
        uow,
        channel,
        str(event.chat.id),
        str(event.message_id),
        emoji,
        described=_describe_reactions(event, uow) if more else None,
    )


def read_emoji(event: MessageReactionUpdated) -> str:
    """Return the current reaction, or an empty text if it was removed or is not a plain emoji."""
    return next(iter(_list_plain(event)), "")


def has_custom_emoji(event: MessageReactionUpdated) -> bool:
    """Check for a reaction that a bot cannot set."""
    return len(_list_plain(event)) < len(event.new_reaction)


def _list_plain(event: MessageReactionUpdated) -> list[str]:
    return [each.emoji for each in event.new_reaction if isinstance(each, ReactionTypeEmoji)]


def _describe_reactions(event: MessageReactionUpdated, uow: UnitOfWork) -> str:
    """Return all reactions in words: a bot can set only one, and only a plain emoji."""
    words = _list_plain(event)
    if has_custom_emoji(event):
        words.append(uow.text_for_staff("topic.custom_emoji"))
    return ", ".join(words)
