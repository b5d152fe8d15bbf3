"""Agents in sessions, for as long as it is repeated: a clock in hand."""

from dataclasses import replace

from db.ids import AgentId, ChannelId, SessionId, new_id
from desk.live.presence import LIFETIME_SECONDS, Presence, PresenceBoard, PresenceState

SESSION, MIA, TOM = SessionId(new_id()), AgentId("mia"), AgentId("tom")
VIEWING = Presence(SESSION, ChannelId("c"), MIA, "Mia", PresenceState.VIEWING, None, is_open=True)
COMPOSING = replace(VIEWING, state=PresenceState.COMPOSING)
LEFT = replace(VIEWING, state=PresenceState.LEFT)


def test_what_is_not_repeated_is_forgotten() -> None:
    board = PresenceBoard()
    assert board.note(VIEWING, 0)
    assert board.list_others(SESSION, TOM, LIFETIME_SECONDS - 1) == [VIEWING]
    assert board.list_others(SESSION, TOM, LIFETIME_SECONDS) == []
    assert board.list_others(SESSION, MIA, 1) == []
    assert board.note(VIEWING, 20)
    assert board.list_others(SESSION, TOM, LIFETIME_SECONDS + 1) == [VIEWING]


def test_only_news_are_told() -> None:
    board = PresenceBoard()
    assert not board.note(LEFT, 0)
    assert board.note(VIEWING, 0)
    assert not board.note(VIEWING, 1)
    assert board.note(COMPOSING, 1)
    assert board.note(VIEWING, 2)
    # Repeated later, it is told again: a page that came since does not know it.
    assert board.note(VIEWING, 8)
    assert board.note(LEFT, 9)
    assert not board.note(LEFT, 9)
    assert board.list_others(SESSION, TOM, 9) == []


def test_the_board_stays_small() -> None:
    board = PresenceBoard()
    for number in range(5000):
        board.note(replace(VIEWING, session_id=SessionId(f"{number}")), float(number))
    assert len(board._noted) < 2100
    assert board.list_others(SessionId("4999"), TOM, 4999.0)
