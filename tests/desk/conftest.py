import pytest

from db.database import Database
from tests.desk.stage import Stage, open_stage


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database)
