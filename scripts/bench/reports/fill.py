"""Fill a MariaDB database with a year of sessions, by a few statements for all rows."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import AgentId, ChannelId, TagId
from db.tables import Agent, AgentKind, Channel, ChannelKind, Tag

MESSAGES_PER_SESSION = 20
_CHANNELS, _AGENTS, _TAGS = 3, 20, 10
# The same year, whatever the number of sessions.
_BEGIN, _SECONDS = "2025-01-01", 365 * 24 * 3600


def _id(kind: str, number: str) -> str:
    """Return an expression for a ULID that sorts by the number."""
    return f"CONCAT('01{kind}', LPAD({number}, 23, '0'))"


def _dice(salt: str) -> str:
    """Return an expression for a number from 0 to 1 that is the same in each run."""
    return f"(CONV(SUBSTRING(MD5(CONCAT('{salt}', n)), 1, 6), 16, 10) / 16777216)"


async def fill_database(database: Database, sessions: int) -> None:
    """Fill an empty database with sessions, their messages and their figures.

    The reports read neither customers nor conversations, so there are none.
    """
    await database.run(_add_others)
    async with database.engine.begin() as connection:
        for check in ("foreign_key_checks", "unique_checks"):
            await connection.execute(text(f"SET SESSION {check} = 0"))
        for statement in _list_statements(sessions):
            # The driver takes % for a parameter.
            await connection.exec_driver_sql(statement.replace("%", "%%"))
        for check in ("foreign_key_checks", "unique_checks"):
            await connection.execute(text(f"SET SESSION {check} = 1"))
    async with database.engine.connect() as connection:
        for table in ("sessions", "session_tags", "messages", "conversation_metrics"):
            await connection.exec_driver_sql(f"ANALYZE TABLE {table}")


async def _add_others(tx: AsyncSession) -> None:
    tx.add_all(
        Channel(
            id=ChannelId(f"01C{number:023}"),
            kind=ChannelKind.TELEGRAM,
            external_id=str(number),
            name=f"Channel {number}",
            is_active=False,
        )
        for number in range(_CHANNELS)
    )
    tx.add_all(
        Tag(id=TagId(f"01T{number:023}"), name=f"tag {number}", name_key=str(number))
        for number in range(_TAGS)
    )
    tx.add_all(
        Agent(id=AgentId(f"01A{number:023}"), kind=AgentKind("human"), name=f"Agent {number}")
        for number in range(_AGENTS)
    )


def _list_statements(sessions: int) -> Iterator[str]:
    # Each session, with what is random in it.
    dice = f"""
SELECT seq AS n, '{_BEGIN}' + INTERVAL FLOOR(seq * {_SECONDS} / {sessions}) SECOND AS opened,
    FLOOR(POW({_dice_of("seq", "first")}, 4) * 20000) + 5 AS first_wait,
    FLOOR(POW({_dice_of("seq", "next")}, 4) * 9000) AS next_wait,
    FLOOR({_dice_of("seq", "wait")} * 900) AS waited,
    {_dice_of("seq", "kind")} AS kind,
    FLOOR({_dice_of("seq", "agent")} * {_AGENTS}) AS agent
FROM seq_0_to_{sessions - 1}"""  # noqa: S608 our own text
    yield _insert_sessions(dice)
    yield _insert_metrics(dice)
    yield _insert_tags(sessions)
    yield _insert_messages(sessions)


def _dice_of(number: str, salt: str) -> str:
    return _dice(salt).replace("n)", f"{number})", 1)


def _insert_sessions(dice: str) -> str:
    return f"""
INSERT INTO sessions (id, conversation_id, client_id, cs_id, number, status, created_at, changed_at,
    ended_at, first_held_at, reopen_count, priority)
SELECT {_id("S", "n")}, {_id("V", "n")}, {_id("L", "n")}, {_id("A", "agent")}, 1, 'ENDED', opened,
    opened, opened + INTERVAL 20000 SECOND, opened + INTERVAL waited SECOND, 0, 'normal'
FROM ({dice}) drawn"""  # noqa: S608 our own text


def _insert_metrics(dice: str) -> str:
    """One session of ten has no answer; three of ten are answered by an AI agent."""
    answered, by_ai = "kind < 0.9", "kind < 0.3"
    values = {
        "session_id": _id("S", "n"),
        "conversation_id": _id("V", "n"),
        "channel_id": _id("C", f"n % {_CHANNELS}"),
        "agent_id": _id("A", "agent"),
        "opened_at": "opened",
        "ended_at": "opened + INTERVAL 20000 SECOND",
        "first_held_at": "opened + INTERVAL waited SECOND",
        "waiting_seconds": "waited",
        "waiting_business_seconds": "waited / 2",
        "first_inbound_at": "opened",
        "first_answer_at": f"IF({answered}, opened + INTERVAL first_wait SECOND, NULL)",
        "first_answer_seconds": f"IF({answered}, first_wait, NULL)",
        "first_answer_business_seconds": f"IF({answered}, first_wait / 3, NULL)",
        "first_human_at": f"IF({answered}, opened + INTERVAL first_wait SECOND, NULL)",
        "first_human_seconds": f"IF({answered}, first_wait, NULL)",
        "first_human_business_seconds": f"IF({answered}, first_wait / 3, NULL)",
        "first_human_by_id": f"IF({answered}, {_id('A', 'agent')}, NULL)",
        "first_ai_at": f"IF({by_ai}, opened + INTERVAL 3 SECOND, NULL)",
        "first_ai_seconds": f"IF({by_ai}, 3, NULL)",
        "next_answer_count": f"IF({answered}, 9, 0)",
        "next_answer_seconds_sum": f"IF({answered}, next_wait * 3, 0)",
        "next_answer_seconds_max": f"IF({answered}, next_wait, NULL)",
        "next_answer_business_sum": f"IF({answered}, next_wait, 0)",
        "next_answer_business_max": f"IF({answered}, next_wait / 3, NULL)",
        "unanswered_since": f"IF({answered}, NULL, opened)",
        "resolution_seconds": "20000",
        "resolution_business_seconds": "7000",
        "inbound_count": "10",
        "human_count": f"IF({by_ai}, 7, 10)",
        "ai_count": f"IF({by_ai}, 3, 0)",
        "rule_count": "0",
        "last_message_at": "opened + INTERVAL 19 SECOND",
        "handover_count": "IF(kind < 0.1, 1, 0)",
        "reopen_count": "0",
        "rating": "IF(n % 3 = 0, 1 + FLOOR(kind * 5), NULL)",
        "rating_comment": "IF(n % 30 = 0, 'Thank you for the quick help!', NULL)",
        "rated_at": "IF(n % 3 = 0, opened + INTERVAL 1 DAY, NULL)",
        "updated_at": "opened",
    }
    chosen = ", ".join(values.values())
    columns = ", ".join(values)
    return f"""
INSERT INTO conversation_metrics ({columns})
SELECT {chosen} FROM ({dice}) drawn"""  # noqa: S608 our own text


def _insert_tags(sessions: int) -> str:
    """Two sessions of three have a tag."""
    return f"""
INSERT INTO session_tags (session_id, tag_id)
SELECT {_id("S", "seq")}, {_id("T", f"seq % {_TAGS}")}
FROM seq_0_to_{sessions - 1} WHERE seq % 3 > 0"""  # noqa: S608 our own text


def _insert_messages(sessions: int) -> str:
    of = f"FLOOR(seq / {MESSAGES_PER_SESSION})"
    turn = f"(seq % {MESSAGES_PER_SESSION})"
    opened = f"'{_BEGIN}' + INTERVAL FLOOR({of} * {_SECONDS} / {sessions}) SECOND"
    asks = f"{turn} % 2 = 0"
    return f"""
INSERT INTO messages (id, session_id, conversation_id, sender_type, direction, message_type,
    message, author_id, is_read, delivery_state, created_at)
SELECT {_id("M", "seq")}, {_id("S", of)}, {_id("V", of)}, IF({asks}, 'CLIENT', 'CS'),
    IF({asks}, 'inbound', 'outbound'), 'TEXT',
    CONCAT('A message of some sixty characters, about this and that: ', seq),
    IF({asks}, NULL, {_id("A", f"seq % {_AGENTS}")}), 1, IF({asks}, 'received', 'sent'),
    {opened} + INTERVAL {turn} SECOND
FROM seq_0_to_{sessions * MESSAGES_PER_SESSION - 1}"""  # noqa: S608 our own text
