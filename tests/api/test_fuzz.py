"""schemathesis over the running API with its own document: no 5xx, no schema violations.

The run is short here; the long one tries each bound of each schema (schemathesis' phase
"coverage") too. For a longer run: `FUZZ_EXAMPLES=1000 FUZZ_SEED=7 pytest tests/api/test_fuzz.py`.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sandbox.app import serve
from sandbox.graph.client import GraphSandbox
from sandbox.telegram.client import TelegramSandbox
from tests.api.stage import ApiStage, Person, run_api

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "2")
SEED = os.environ.get("FUZZ_SEED", "20261122")
# These are valid by the schema but refused: a common password, a used token.
NOT_CHECKED = "positive_data_acceptance"


@asynccontextmanager
async def kept_in_office(api: ApiStage, admin: Person) -> AsyncIterator[None]:
    """Keep undoing the fuzzer's changes to the administrator whose log-in it uses."""

    async def restore() -> None:
        while True:
            await api.change(
                "UPDATE users SET role = 'ADMIN', is_active = 1, token_version = 0 WHERE id = :id",
                id=admin.user_id,
            )
            await api.change("UPDATE log_ins SET ended_at = NULL WHERE id = :id", id=admin.log_in)
            await api.change("UPDATE second_factors SET is_required = 0")
            await asyncio.sleep(0.02)

    restoring = asyncio.create_task(restore())
    yield
    restoring.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await restoring


@pytest.fixture
async def own_api(migrated_url: str) -> AsyncIterator[ApiStage]:
    """A running API with a provider: without one, the responses would be 503."""
    async with (
        serve() as sandbox,
        TelegramSandbox(sandbox.url) as telegram,
        GraphSandbox(sandbox.url) as graph,
        run_api(migrated_url, telegram_api_url=sandbox.url, whatsapp_api_url=graph.api_url) as api,
    ):
        # The token in the document's example.
        await telegram.add_bot("123456789:AAExampleExampleExampleExampleExample")
        yield api


@pytest.mark.parametrize(
    "phases",
    ["examples,fuzzing", pytest.param("coverage", marks=pytest.mark.long)],
)
async def test_no_input_brings_it_down(own_api: ApiStage, tmp_path: Path, phases: str) -> None:
    admin = await own_api.admin()
    await own_api.session(await own_api.person())
    # Building it takes long on a busy machine, and the fuzzer waits for ten seconds.
    assert (await own_api.ask("GET", "/openapi.json")).status == 200
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{own_api.address}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {admin.token}"),
        *("--phases", phases, "--checks", "all", "--exclude-checks", NOT_CHECKED),
        *("--max-examples", EXAMPLES, "--seed", SEED),
        # Drawing a picture of a report takes long on a busy machine.
        *("--request-timeout", "60", "--max-response-time", "60"),
        # An endless stream: tests/api/test_events.py sends its invalid requests.
        *("--exclude-path", "/events"),
        # PATCH is not refused there: the path may be a rule's or a reply's, which is not found.
        *("--exclude-path", "/auto-reply-rules/test"),
        *("--exclude-path", "/canned-replies/preview"),
        *("--suppress-health-check", "all", "--warnings", "off", "--no-color"),
    ]
    async with kept_in_office(own_api, admin):
        fuzzer = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await fuzzer.communicate()
    assert fuzzer.returncode == 0, said.decode()
    assert "generated" in said.decode()
