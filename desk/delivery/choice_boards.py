"""Load and build the board of an own chat without topics: which session the agent writes to."""

from dataclasses import dataclass

from db.database import Transaction
from db.ids import ChannelId, ConversationId
from db.queries.conversations import boards, staff_places, threads
from db.queries.conversations.threads import Thread
from desk.channels import Channels
from desk.delivery.ports import Card
from desk.formatting.names import clean_name
from desk.texts import translate

# Chooses the session that plain messages go to.
PICK_VERB = "pick"
_MOST_LISTED = 20
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class OwnSession:
    """An open session that an agent answers in their own chat."""

    conversation_id: ConversationId
    name: str
    number: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class ChoiceBoard:
    """The sessions of an own chat without topics, the chosen one, and where the board stands."""

    channel_id: ChannelId
    chat: str
    message: str | None
    sessions: tuple[OwnSession, ...]
    chosen: ConversationId | None


async def load_choice_board(
    tx: Transaction, bot: ChannelId, chat: str, channels: Channels
) -> ChoiceBoard:
    """Load the board of an own chat as it is to be shown now."""
    places = await staff_places.list_places_without_topic(tx, bot, chat)
    ids = [each.conversation_id for each in places]
    found = await threads.read_by_ids(tx, ids) if ids else []
    shown = [each for each in found if each.session_id is not None]
    choice = await boards.find_choice(tx, bot, chat)
    chosen = (each for each in shown if choice and each.session_id == choice.session_id)
    return ChoiceBoard(
        bot,
        chat,
        await boards.find_message(tx, bot, chat),
        tuple(_describe(each, channels) for each in shown),
        next((each.conversation_id for each in chosen), None),
    )


def _describe(thread: Thread, channels: Channels) -> OwnSession:
    channel = channels[thread.channel_id].name if thread.channel_id in channels else ""
    return OwnSession(thread.conversation_id, thread.name, thread.session_number, channel)


def build_choice_board(board: ChoiceBoard, language: str) -> Card:
    """Build the message that shows the board; its first line is what apps show of a pinned one."""

    def say(key: str, **values: object) -> str:
        return translate(language, f"choice.{key}", **values)

    names = {each.conversation_id: name_session(each) for each in board.sessions}
    chosen = names.get(board.chosen) if board.chosen else None
    lines = [(f"✍️ {say('title')}", chosen or say("nobody"))]
    lines.append((say("sessions"), str(len(board.sessions))))
    lines.append(("ℹ️", say("help")))  # noqa: RUF001 the sign for information
    buttons = [
        [{"text": f"✍️ {names[each]}" if each == board.chosen else names[each], "data": _pick(each)}]
        for each in list(names)[:_MOST_LISTED]
    ]
    return Card(say("title"), tuple(lines), buttons)


def name_session(session: OwnSession) -> str:
    """Return a session's name that tells it from others of the same customer's name."""
    name = clean_name(session.name, _NAME_LENGTH) or "…"
    return f"{name} · #{session.number} · {session.channel}"


def _pick(conversation_id: ConversationId) -> str:
    return f"{PICK_VERB}:{conversation_id}"
