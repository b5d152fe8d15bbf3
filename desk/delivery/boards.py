"""Load and build boards: who waits for an agent, with a button to claim each."""

from collections.abc import Iterable
from datetime import UTC, tzinfo

from db.database import Transaction
from db.ids import ChannelId
from db.queries.conversations import boards
from db.queries.conversations.boards import Board, DeskAgent
from db.queues.outbox import OutboxRow
from db.queues.payloads import CardPayload
from db.tables import AgentStatus, OwnChatState
from desk.channels import Channels
from desk.delivery.choice_boards import ChoiceBoard, build_choice_board, load_choice_board
from desk.delivery.ports import Card
from desk.formatting.names import clean_name
from desk.formatting.times import format_clock
from desk.texts import translate

BoardName = tuple[ChannelId, str]
TAKE_VERB = "take"
_MOST_WAITING = 8
_NAME_LENGTH = 40
AnyBoard = Board | ChoiceBoard


def get_board_name(row: OutboxRow) -> BoardName | None:
    """Return which board a row updates; None if it is about no board."""
    payload = row.payload
    if isinstance(payload, CardPayload) and payload.board:
        return row.channel_id, payload.board
    return None


async def load_boards(
    tx: Transaction, rows: Iterable[OutboxRow], channels: Channels | None
) -> dict[BoardName, AnyBoard]:
    """Load the boards that these rows update, as they are to be shown now."""
    names = {name for row in rows if (name := get_board_name(row))}
    found: dict[BoardName, AnyBoard] = {}
    for bot, chat in names:
        if channels is not None and bot in channels and channels[bot].is_staff_bot:
            found[bot, chat] = await load_choice_board(tx, bot, chat, channels)
            continue
        announced = channels.list_with_desks_in(bot, chat) if channels else []
        ids = [each.id for each in announced]
        found[bot, chat] = await boards.read_board(tx, bot, chat, ids, most=_MOST_WAITING)
    return found


def build_board(board: AnyBoard, language: str, zone: tzinfo = UTC) -> Card:
    """Build the message that shows a board; times are those of the desk's time zone."""
    if isinstance(board, ChoiceBoard):
        return build_choice_board(board, language)
    return _build_queue_board(board, language, zone)


def _build_queue_board(board: Board, language: str, zone: tzinfo) -> Card:

    def say(key: str, **values: object) -> str:
        return translate(language, f"board.{key}", **values)

    title = say("title")
    if not board.is_used:
        return Card(title, ((title, say("unused")),))
    lines = [(title, str(board.count) if board.count else say("nobody"))]
    for number, each in enumerate(board.waiting, start=1):
        since = format_clock(each.since, zone)
        about = say("waits", channel=each.channel, number=each.number, since=since)
        lines.append((f"{number}. {clean_name(each.name, _NAME_LENGTH) or '…'}", about))
    if board.count > len(board.waiting):
        lines.append(("…", say("more", count=board.count - len(board.waiting))))
    for each in board.with_ai:
        about = say("with_ai", channel=each.channel, number=each.number)
        lines.append((f"🤖 {clean_name(each.name, _NAME_LENGTH) or '…'}", about))
    online = [each for each in board.agents if _is_ready(each)]
    taken, capacity = (
        sum(each.active_sessions for each in online),
        sum(each.capacity for each in online),
    )
    lines.append((say("agents"), say("load", online=len(online), taken=taken, capacity=capacity)))
    lines += [
        (f"⚠ {each.name}", say("problem_blocked"))
        for each in board.agents
        if each.own_chat is OwnChatState.BLOCKED
    ]
    buttons = [
        [
            {
                "text": say(label, name=clean_name(each.name, _NAME_LENGTH) or "…"),
                "data": f"{TAKE_VERB}:{each.conversation_id}",
            }
        ]
        for label, shown in (("claim", board.waiting), ("take_over", board.with_ai))
        for each in shown
    ]
    return Card(title, tuple(lines), buttons)


def _is_ready(agent: DeskAgent) -> bool:
    return agent.own_chat is not OwnChatState.BLOCKED and agent.status is AgentStatus.ONLINE
