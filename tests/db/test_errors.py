"""What an error says of a statement."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.database import Database


async def test_an_error_that_nobody_foresaw_tells_no_values(database: Database) -> None:
    """It stands in the log with its traceback: hashes and customers' words must not."""
    statement = text("SELECT * FROM no_such_table WHERE token_hash = :value")
    with pytest.raises(DBAPIError) as raised:
        await database.run(lambda tx: tx.execute(statement, {"value": "hunter2"}))
    assert "no_such_table" in str(raised.value)
    assert "hunter2" not in str(raised.value)
