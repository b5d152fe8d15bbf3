"""Take a customer's rating, and their comment, as answers to our question.

A button below the question, a bare number while no session is open, and any reply to the question
are answers. Whatever else a customer writes is a message as always.
"""

from dataclasses import dataclass
from datetime import timedelta

from db.queries import ratings
from db.queries.conversations.threads import Thread
from db.queries.ratings import AskedRating
from db.queues.payloads import EditPayload
from db.tables import Side
from desk.actors import SYSTEM
from desk.causes import Cause
from desk.content import Content, IncomingMessage
from desk.conversations.threads import find_referenced_message
from desk.events import SessionRated
from desk.formatting.splitting import split_content
from desk.messages.ratings.asking import CHOICE_PREFIX, HIGHEST, build_buttons
from desk.messages.ratings.words import draw_rating, read_rating, split_rating
from desk.messages.replies import reply
from desk.unit_of_work import UnitOfWork

# A number that comes later than this after the question is a message.
_ANSWER_TIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RatingAnswer:
    """What a customer answers: a rating, a comment, or both."""

    asked: AskedRating
    rating: int | None
    comment: str | None


async def find_answer(
    uow: UnitOfWork, thread: Thread, said: IncomingMessage
) -> RatingAnswer | None:
    """Find what a message answers to our question; None if it is another message."""
    content = said.content
    choice = str((content.attributes or {}).get("choice", ""))
    if choice.startswith(f"{CHOICE_PREFIX}:"):
        return await _find_choice(uow, thread, choice)
    if not content.is_text or not content.text:
        return None
    if said.reply_to is not None:
        return await _find_reply(uow, thread, said, content.text)
    rating = read_rating(content.text)
    if rating is None or thread.session_id is not None:
        return None
    since = uow.now - _ANSWER_TIME
    asked = await ratings.find_newest(uow.tx, thread.conversation_id, since)
    return RatingAnswer(asked, rating, None) if asked else None


async def _find_choice(uow: UnitOfWork, thread: Thread, choice: str) -> RatingAnswer | None:
    """Find the session of a button; a client program may send any data."""
    _, _, rest = choice.partition(":")
    session_id, _, number = rest.partition(":")
    rating = read_rating(number)
    if rating is None or rating > HIGHEST:
        return None
    asked = await ratings.find_by_session(uow.tx, thread.conversation_id, session_id)
    return RatingAnswer(asked, rating, None) if asked else None


async def _find_reply(
    uow: UnitOfWork, thread: Thread, said: IncomingMessage, text: str
) -> RatingAnswer | None:
    about = await find_referenced_message(uow, thread, Side.CUSTOMER, said.chat, said.reply_to)
    if about is None:
        return None
    asked = await ratings.find_by_message(uow.tx, thread.conversation_id, about)
    if asked is None:
        return None
    rating, comment = split_rating(text)
    if rating is None and asked.rating is None:
        return None  # words without a rating: somebody should read them
    return RatingAnswer(asked, rating, comment)


async def record_answer(uow: UnitOfWork, thread: Thread, answer: RatingAnswer) -> None:
    """Store an answer, thank the customer, and notify staff; the same rating again is no news."""
    asked, rating, comment = answer.asked, answer.rating, answer.comment
    is_new_rating = rating is not None and rating != asked.rating
    if rating is not None and is_new_rating:
        await ratings.save_rating(uow.tx, asked.session_id, rating, uow.now)
    if comment is not None:
        await ratings.save_comment(uow.tx, asked.session_id, comment)
    if not is_new_rating and comment is None:
        return
    _notify_staff(uow, thread, answer)
    uow.events.add(SessionRated(asked.session_id, rating or asked.rating or 0))
    if comment is not None:
        uow.notify_customer(thread, "customer.rating_comment")
    elif rating is not None:
        await _thank(uow, thread, asked, rating)


def _notify_staff(uow: UnitOfWork, thread: Thread, answer: RatingAnswer) -> None:
    asked, rating = answer.asked, answer.rating or answer.asked.rating
    key = "topic.rated" if asked.rating is None else "topic.rated_again"
    text = uow.text_for_staff(
        "topic.rating_comment" if rating == asked.rating else key,
        stars=draw_rating(rating or 0),
        rating=rating,
        number=asked.session_number,
        agent=asked.agent or uow.text_for_staff("card.nobody"),
    )
    if answer.comment is not None:
        text = f"{text}\n{answer.comment}"
    for part in split_content(Content(text=text)):
        uow.enqueue_staff_notice(thread, part, places=thread.visible_places)


async def _thank(uow: UnitOfWork, thread: Thread, asked: AskedRating, rating: int) -> None:
    """Thank in the place of the question where it has buttons, otherwise with a message."""
    thanks = uow.content_for_customer(thread, "customer.rating_thanks", rating=rating)
    if uow.channel_of(thread).traits.has_buttons:
        buttons = build_buttons(asked.session_id)
        edit = EditPayload(thanks, asked.message_id, buttons=buttons)
        uow.enqueue_for_customer(thread, edit, message_id=asked.message_id)
        return
    thanks_id = await reply(uow, thread, SYSTEM, thanks, cause=Cause.AUTOMATIC_TEXT)
    await ratings.save_thanks(uow.tx, asked.session_id, thanks_id)
