"""While the database is unavailable, the API says so and recovers by itself."""

import asyncio

from tests.api.stage import run_api
from tests.api.test_login import log_in, someone
from tests.flows.eventually import eventually
from tests.patience import PATIENCE
from tests.services.mariadb import MariaDB


async def test_the_database_away_and_back(mariadb: MariaDB, migrated_mariadb_url: str) -> None:
    async with run_api(migrated_mariadb_url) as api:
        mia = await someone(api)
        assert (await mia.get("/auth/me")).status == 200
        await asyncio.to_thread(mariadb.stop)
        for answer in (await mia.get("/auth/me"), await log_in(api, mia.email)):
            assert (answer.status, answer.problem) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
            assert b"sql" not in answer.raw.lower()
        # Routes that need no database still answer.
        assert (await api.ask("GET", "/openapi.json")).status == 200
        assert (await api.ask("GET", "/auth/me")).problem == "not-logged-in"
        await asyncio.to_thread(mariadb.start)

        async def back() -> bool:
            return (await mia.get("/auth/me")).status == 200

        await eventually(back, "the database is back")
        # None of this counted as a wrong guess.
        assert (await log_in(api, mia.email)).status == 200


async def test_a_database_that_hangs_is_not_waited_for_for_ever(
    mariadb: MariaDB, migrated_mariadb_url: str
) -> None:
    async with run_api(migrated_mariadb_url) as api:
        mia = await someone(api)
        assert (await mia.get("/auth/me")).status == 200
        with mariadb.pause():
            async with asyncio.timeout(PATIENCE):
                answer = await mia.get("/auth/me")
            assert (answer.status, answer.problem) == (503, "unavailable")

        async def back() -> bool:
            return (await mia.get("/auth/me")).status == 200

        await eventually(back, "the database answers again")
