"""The commands in docs/api.md, run from top to bottom in one shell against a running desk."""

import asyncio
import os
import re
from pathlib import Path

from tests.api.stage import ApiStage
from tests.api.test_login import PASSWORD, someone
from tests.flows.api_agents import open_api, wait_for_session
from tests.flows.stage import run_stage
from tests.services.programs import require_program

PAGE = Path(__file__).parent.parent.parent / "docs" / "api.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The expected output of a command, if the page shows it.
_TOLD = re.compile(r"^# (.+)$", re.MULTILINE)


async def test_the_lines_of_the_page_work(migrated_url: str, tmp_path: Path) -> None:
    async with run_stage(migrated_url) as stage, open_api(stage) as api:
        customer = await stage.customer()
        await customer.says("Where is my order?")
        await wait_for_session(stage, customer)
        await work(api, tmp_path)
        await customer.wait_for("Your invoice")


async def work(api: ApiStage, tmp_path: Path) -> None:
    for program in ("bash", "curl", "jq"):
        require_program(program)
    admin = await someone(api)
    await api.change("UPDATE users SET role = 'ADMIN' WHERE id = :id", id=admin.user_id)
    text = PAGE.read_text("utf-8")
    blocks = _BLOCK.findall(text)
    assert len(blocks) >= 8
    environment = {
        "PATH": os.environ["PATH"],
        "API": f"{api.address}/api/v1",
        "EMAIL": admin.email,
        "PASSWORD": PASSWORD,
    }
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", "\n".join(blocks)),
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await shell.communicate()
    assert shell.returncode == 0, said.decode()
    for answer in _TOLD.findall("\n".join(blocks)):
        assert answer in said.decode()
