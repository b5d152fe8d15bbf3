"""A worker has no API; with METRICS_PORT it serves its health and its metrics."""

import json
import socket
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.flows.eventually import eventually
from tests.flows.stage import Stage, prepare_stage
from tests.scripts.processes.process_group import Process, run_process_group

LAST_PORT = 65535


def occupy(port: int) -> socket.socket:
    taken = socket.create_server(("127.0.0.1", port))
    taken.setblocking(False)
    return taken


def addresses_in(process: Process) -> list[str]:
    lines = [json.loads(each) for each in process.log_text.splitlines() if each.startswith("{")]
    return [each["address"] for each in lines if each["event"] == "metrics.served"]


def count(text: str, name: str, labels: dict[str, str]) -> float:
    """Return the sum of a metric's samples with these labels."""
    families = text_string_to_metric_families(text)
    samples = (sample for family in families for sample in family.samples)
    found = (each for each in samples if each.name == name)
    return sum(each.value for each in found if labels.items() <= each.labels.items())


async def converse(stage: Stage) -> None:
    mia, ann = await stage.agent("Mia"), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    await mia.writes(topic, "good morning")
    await ann.wait_for("good morning")


async def test_a_worker_shows_its_own_work(migrated_url: str, tmp_path: Path) -> None:
    with occupy(0) as taken:
        port = taken.getsockname()[1]
        async with (
            prepare_stage(migrated_url) as stage,
            run_process_group(stage, migrated_url, tmp_path, METRICS_PORT=str(port)) as desk,
            aiohttp.ClientSession() as http,
        ):
            worker = await desk.start("worker")
            await worker.wait_for_log('"event": "ready"')
            [page] = addresses_in(worker)
            address = page.removesuffix("/metrics")
            assert port < int(address.rpartition(":")[2]) <= port + 15, "the next free one"
            await converse(stage)

            async def has_counted() -> bool:
                async with http.get(page) as reply:
                    text = await reply.text()
                answers = {"side": "customer", "kind": "answer", "result": "sent"}
                return count(text, "osmodesk_sends_total", answers) == 1

            await eventually(has_counted, "the answer is counted")
            found = {}
            for path in ("/healthz", "/readyz", "/api/v1/auth/me", "/docs"):
                async with http.get(address + path) as reply:
                    found[path] = reply.status
            assert found == {"/healthz": 200, "/readyz": 200, "/api/v1/auth/me": 404, "/docs": 404}
            await worker.stop()


async def test_a_worker_works_without_a_free_port(migrated_sqlite_url: str, tmp_path: Path) -> None:
    with occupy(LAST_PORT):
        async with (
            prepare_stage(migrated_sqlite_url) as stage,
            run_process_group(
                stage, migrated_sqlite_url, tmp_path, METRICS_PORT=str(LAST_PORT)
            ) as desk,
        ):
            worker = await desk.start("worker")
            await worker.wait_for_log('"event": "metrics.not_served"')
            await converse(stage)
            await worker.stop()
