"""What an error message says about its statement."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.database import Database


async def test_an_unexpected_error_shows_no_values(database: Database) -> None:
    """Check that the message, which is logged with its traceback, contains no bound values."""
    statement = text("SELECT * FROM no_such_table WHERE token_hash = :value")
    with pytest.raises(DBAPIError) as raised:
        await database.run(lambda tx: tx.execute(statement, {"value": "hunter2"}))
    assert "no_such_table" in str(raised.value)
    assert "hunter2" not in str(raised.value)
