"""A job goes on when the process that runs it is killed: real workers on MariaDB and Redis."""

from pathlib import Path

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import ClientId, ConversationId, new_id
from db.tables.base import now_utc
from desk.channels import Channels
from desk.clients.erasure_job import request_erasure
from desk.lanes import customer_lane
from desk.unit_of_work import UnitOfWork
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage
from tests.desk.clients.test_erasure_job import ADA
from tests.flows.eventually import eventually
from tests.flows.stage import prepare_stage
from tests.scripts.processes.process_group import run_process_group

READY = '"event": "ready"'


@pytest.mark.long
async def test_a_deletion_outlives_the_worker_that_is_at_it(
    migrated_mariadb_url: str, redis_url: str, tmp_path: Path
) -> None:
    url = migrated_mariadb_url
    async with (
        prepare_stage(url) as stage,
        aiohttp.ClientSession() as http,
        run_process_group(stage, url, tmp_path, REDIS_URL=redis_url) as place,
    ):
        api = ApiStage("", stage.database, stage.settings, http)
        past = await HistoryBuilder.on_a_channel(api)
        conversation, client = await past.of(await past.session(says=["hi"]))
        # A message is being sent, so the first worker cannot finish.
        await api.change(
            "INSERT INTO lanes (queue, lane, rate_limit_key, lease, lease_until)"
            " VALUES ('customer', :lane, '', :lease, '2999-01-01 00:00:00')",
            lane=customer_lane(ConversationId(conversation)),
            lease=new_id(),
        )

        async def request(tx: AsyncSession) -> None:
            uow = UnitOfWork(tx, now_utc(), Channels())
            assert await request_erasure(uow, ClientId(client), by=ADA)
            await uow.flush()

        async def state() -> str:
            [row] = await api.rows("SELECT state FROM jobs")
            return str(row["state"])

        async def is_running() -> bool:
            return await state() == "running"

        async def is_done() -> bool:
            return await state() == "done"

        first = await place.start("worker")
        await first.wait_for_log(READY)
        await stage.database.run(request)
        await eventually(is_running, "the first worker is at it")
        await first.kill()
        second = await place.start("worker")
        await second.wait_for_log(READY)
        assert not await is_done()
        await api.change("UPDATE lanes SET lease = NULL, lease_until = NULL WHERE lease > ''")
        await eventually(is_done, "the second worker has finished it")
        assert await api.rows("SELECT id FROM clients") == []
        assert len(await api.audit("client.delete")) == 1
        await second.stop()
