"""docs/server.md, in both languages: its commands are run where they can run here."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.graph.client import GraphSandbox
from sandbox.telegram.client import TelegramSandbox
from sandbox.waha.client import WahaSandbox
from scripts.configuration.settings import Settings
from scripts.private_servers.process import free_port
from tests.docs.machine import Machine
from tests.docs.pages import DOCS, find_box, list_anchors, list_boxes, list_links, read_page
from tests.scripts.background_sandbox import BackgroundSandbox, run_sandbox
from tests.scripts.conftest import Command
from tests.services.mariadb import MariaDB
from tests.services.programs import require_program

PAGES = ["server.md", "server.id.md"]
PAGE = read_page("server.md")
# The name of the database and its user: the private MariaDB has an administrator "osmodesk".
ON_THIS_MARIADB = "page"
EXAMPLE_BACKUP = "osmodesk-20260105T023000Z.backup"
_PACKAGES = re.compile(r"apt-get install -y ([a-z0-9. -]+)")


def test_both_languages_have_the_same_commands() -> None:
    english, indonesian = (read_page(name) for name in PAGES)
    # Each page sets its own language.
    assert "DEFAULT_LANGUAGE=id" in indonesian
    indonesian = indonesian.replace("DEFAULT_LANGUAGE=id", "DEFAULT_LANGUAGE=en")
    assert list_boxes(english) == list_boxes(indonesian)
    headings = [re.findall(r"(?m)^(#+ (?:\d+)?)", read_page(name)) for name in PAGES]
    assert headings[0] == headings[1]


@pytest.mark.parametrize("name", [*PAGES, "upgrading.md", "settings.md", "operations.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    text = read_page(name)
    for link in list_links(text):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        assert (DOCS / file).exists(), link
        target = read_page(file) if file else text
        assert not anchor or anchor in list_anchors(target), link


def test_every_setting_in_a_box_exists() -> None:
    names = {name.upper() for name in Settings.model_fields}
    for box in list_boxes(PAGE):
        if box.language == "ini":
            assert {line.partition("=")[0] for line in box.lines} <= names


def test_every_package_exists() -> None:
    names = sorted({name for line in _PACKAGES.findall(PAGE) for name in line.split()})
    # Of other releases: Ubuntu's, and older ones.
    names = [name for name in names if name != "docker-compose-v2" and "3.11" not in name]
    program = require_program("apt-cache")
    told = subprocess.run(  # noqa: S603 -- on PATH
        [program, "policy", *names], capture_output=True, text=True, check=True
    )
    known = re.findall(r"(?m)^(\S+):\n  Installed: .*\n  Candidate: (?!\(none\))", told.stdout)
    if "caddy" not in known:
        pytest.skip("apt has no list of packages here: apt-get update")
    assert sorted(known) == names


def test_caddy_accepts_its_configuration(tmp_path: Path) -> None:
    program = require_program("caddy")
    (tmp_path / "Caddyfile").write_text(find_box(PAGE, "caddyfile").text)
    subprocess.run(  # noqa: S603 -- on PATH
        [program, "adapt", "--adapter", "caddyfile", "--config", "Caddyfile", "--validate"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        check=True,
        capture_output=True,
    )


def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    program = require_program("nginx")
    # A machine without IPv4 port 80 for this user: only the port differs.
    server = find_box(PAGE, "nginx").text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\nclient_body_temp_path {tmp_path}/body;\n{server}\n}}\n"
    )
    told = subprocess.run(  # noqa: S603 -- on PATH
        [program, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


@pytest.fixture
def sandbox() -> Iterator[BackgroundSandbox]:
    with run_sandbox() as running:
        yield running


@pytest.fixture
def machine(
    osmodesk: Command,
    environment: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    tmp_path: Path,
) -> Machine:
    """Return an empty machine; its commands run in the folder of the services."""
    made = Machine(tmp_path, osmodesk)
    made.make_repository()
    for folder in ("var/lib/osmodesk", "var/backups", "etc/nginx/sites-enabled"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "var/lib/osmodesk")
    return made


async def add_bot(url: str, settings: str) -> None:
    """Add the bot and the staff group that the page names."""
    [token] = re.findall("TELEGRAM_BOT_TOKEN=(.*)", settings)
    [group] = re.findall("TELEGRAM_STAFF_GROUP=(.*)", settings)
    async with TelegramSandbox(url) as telegram:
        bot = int((await telegram.add_bot(token))["id"])
        await telegram.add_group("Staff", id=int(group), bots=[bot])


async def describe_numbers(url: str) -> tuple[str, str]:
    """Return the credentials of a number at Meta, and the address of WAHA."""
    async with GraphSandbox(url) as graph, WahaSandbox(url) as waha:
        number = await graph.add_number()
        return (
            f"access_token={number['token']}\nphone_number_id={number['id']}\n"
            f"app_secret={number['app_secret']}\nwaba_id={number['account']}\n"
        ), waha.waha_url


def test_the_page_leads_from_nothing_to_a_desk(
    machine: Machine, sandbox: BackgroundSandbox, mariadb: MariaDB, redis_url: str
) -> None:
    mariadb.start()
    cloud, waha = sandbox.call(describe_numbers(sandbox.url))
    machine.answers["channels add whatsapp_cloud"] = cloud
    machine.answers["channels add whatsapp_waha"] = f"api_key={WahaSandbox.API_KEY}\n"
    try:
        _follow(machine, sandbox, mariadb, redis_url=redis_url, waha=waha)
    finally:
        mariadb.execute(f"DROP DATABASE IF EXISTS {ON_THIS_MARIADB}")
        mariadb.execute(f"DROP USER IF EXISTS '{ON_THIS_MARIADB}'@'127.0.0.1'")
    text = "\n".join(machine.said)
    assert "✗" not in text
    assert "/link " in text
    assert {"mariadb-server", "redis-server", "caddy", "ffmpeg"} <= set(machine.packages)
    assert (
        "Wants=osmodesk-web.service osmodesk-worker@1.service osmodesk-worker@2.service"
        in (machine.root / "etc/systemd/system/osmodesk.service").read_text()
    )


def _follow(
    machine: Machine, sandbox: BackgroundSandbox, mariadb: MariaDB, *, redis_url: str, waha: str
) -> None:
    for box in list_boxes(PAGE):
        if box.place not in {"", "docker"}:
            assert box.place in {"local", "demo"}
            continue
        match box.language:
            case "sh":
                for line in box.lines:
                    _run(machine, line, waha=waha)
            case "ini":
                machine.enter(_localize(box.text, sandbox, mariadb, redis_url))
            case "sql":
                for statement in box.text.replace("osmodesk", ON_THIS_MARIADB).strip().split("\n"):
                    mariadb.execute(statement)
            case "yaml":
                (machine.root / "opt/waha/compose.yaml").write_text(box.text)
            case language:
                assert language in {"caddyfile", "nginx"}


def _localize(text: str, sandbox: BackgroundSandbox, mariadb: MariaDB, redis_url: str) -> str:
    """Return settings that lead to the servers of this test."""
    if "TELEGRAM_BOT_TOKEN" in text:
        sandbox.call(add_bot(sandbox.url, text))
        text += f"TELEGRAM_API_URL={sandbox.url}\nPORT={free_port()}\n"
        text += f"WHATSAPP_API_URL={sandbox.url}/graph\n"
    if "DATABASE_URL" in text:
        text = text.replace("osmodesk", ON_THIS_MARIADB).replace(":3306", f":{mariadb.port}")
    return text.replace("redis://127.0.0.1:6379/0", redis_url)


def _run(machine: Machine, line: str, *, waha: str) -> None:
    line = line.replace("http://127.0.0.1:3000", waha)
    if line.startswith("osmodesk channels qr"):
        return  # It waits for a phone; test_channels.py shows a code.
    if EXAMPLE_BACKUP in line:
        newest = max(file.name for file in machine.backups.glob("*.backup"))
        line = line.replace(EXAMPLE_BACKUP, newest)
        (machine.backups / "uploads").mkdir(exist_ok=True)
    machine.run(line)
