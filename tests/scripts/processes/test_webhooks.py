"""Webhooks with several processes: one of them sends, and another goes on when it is killed."""

from pathlib import Path

import aiohttp

from scripts.private_servers.process import free_port
from tests.api.desk_actions import say
from tests.api.stage import ApiStage
from tests.flows.eventually import eventually
from tests.flows.stage import prepare_stage
from tests.flows.webhook_receiver import Receiver, run_receiver
from tests.scripts.processes.process_group import Process, run_process_group

READY = '"event": "ready"'


async def leader_of(workers: list[Process]) -> Process:
    async def found() -> Process | None:
        return next((each for each in workers if "webhooks" in _leads(each)), None)

    return await eventually(found, "somebody leads")


def _leads(process: Process) -> set[str]:
    lines = [line for line in process.log_text.splitlines() if "leader.acquired" in line]
    return {name for name in ("webhooks",) for line in lines if f'"{name}"' in line}


def told(receiver: Receiver) -> list[str | None]:
    """List the received texts, each once.

    After a crash a delivery may be repeated with the same id.
    """
    return [each.text for each in {each.id: each for each in receiver.requests}.values()]


async def test_who_tells_is_followed_when_killed(
    migrated_mariadb_url: str, redis_url: str, tmp_path: Path
) -> None:
    port = free_port()
    more = {"REDIS_URL": redis_url, "WEBHOOK_ALLOW_PRIVATE": "true"}
    async with (
        prepare_stage(migrated_mariadb_url) as stage,
        run_process_group(stage, migrated_mariadb_url, tmp_path, **more) as place,
        run_receiver() as receiver,
        aiohttp.ClientSession() as http,
    ):
        web = await place.start("web", PORT=str(port))
        workers = [await place.start("worker") for _ in range(2)]
        for each in (web, *workers):
            await each.wait_for_log(READY)
        api = ApiStage(f"http://127.0.0.1:{port}", stage.database, stage.settings, http)
        ada, mia = await api.admin(), await api.person("Mia")
        made = await ada.post(
            "/webhooks", {"name": "Hook", "url": receiver.url, "events": ["message.new"]}
        )
        assert made.status == 201, made.body
        session = await api.session(mia)
        await say(api, session, *(f"before {number}" for number in range(5)))
        await receiver.wait_for("message.new", text="before 4")
        leader = await leader_of(workers)
        receiver.answers = [503]
        await say(api, session, *(f"between {number}" for number in range(5)))
        await receiver.wait_for("message.new", text="between 0")
        await leader.kill()
        receiver.answers = [204]
        await say(api, session, *(f"after {number}" for number in range(5)))
        await receiver.wait_for("message.new", text="after 4", within=60)
        expected = [f"{when} {n}" for when in ("before", "between", "after") for n in range(5)]
        assert told(receiver) == expected, "none lost, in order"
        assert all(each.is_signed_with(made.body["secret"]) for each in receiver.requests)
        [other] = [each for each in workers if each is not leader]
        assert "webhooks" in _leads(other)
        assert max(await place.stop(web, other)) < 3
