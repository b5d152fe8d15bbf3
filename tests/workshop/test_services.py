import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pymysql
import pytest
import redis

from scripts.private_servers.process import Server
from tests.services.chromium import Chromium
from tests.services.mariadb import MariaDB
from tests.services.redis import Redis


def test_mariadb_is_new_enough(mariadb: MariaDB) -> None:
    ((version,),) = mariadb.execute("SELECT VERSION()")
    assert tuple(int(part) for part in version.split("-")[0].split(".")) >= (10, 6)


def test_mariadb_listens_on_loopback_only(mariadb: MariaDB) -> None:
    assert mariadb.execute("SELECT @@bind_address, @@port") == (("127.0.0.1", mariadb.port),)


def test_mariadb_leaves_the_isolation_level_to_the_application(mariadb: MariaDB) -> None:
    assert mariadb.execute("SELECT @@tx_isolation") == (("REPEATABLE-READ",),)


def test_mariadb_database_keeps_every_character(mariadb: MariaDB, mariadb_url: str) -> None:
    name = urlsplit(mariadb_url).path.removeprefix("/")
    mariadb.execute("CREATE TABLE words (word VARCHAR(20))", name)
    mariadb.execute("INSERT INTO words VALUES ('žluťoučký 🐎')", name)
    assert mariadb.execute("SELECT word FROM words", name) == (("žluťoučký 🐎",),)
    assert mariadb.execute("SELECT @@character_set_database", name) == (("utf8mb4",),)


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_mariadb_comes_back_with_its_data(mariadb: MariaDB, mariadb_url: str, ending: str) -> None:
    name = urlsplit(mariadb_url).path.removeprefix("/")
    mariadb.execute("CREATE TABLE kept (id INT)", name)
    mariadb.execute("INSERT INTO kept VALUES (7)", name)
    getattr(mariadb, ending)()
    with pytest.raises(pymysql.err.OperationalError):
        mariadb.execute("SELECT 1")
    mariadb.start()
    assert mariadb.execute("SELECT id FROM kept", name) == ((7,),)


def test_redis_answers_and_comes_back_empty(redis_server: Redis, redis_url: str) -> None:
    assert redis_url == redis_server.url
    with redis_server.client() as client:
        client.set("key", "value")
        assert client.get("key") == b"value"
    redis_server.stop()
    with redis_server.client() as client, pytest.raises(redis.ConnectionError):
        client.ping()
    redis_server.start()
    with redis_server.client() as client:
        assert client.dbsize() == 0


def test_chromium_is_a_browser(chromium: Chromium) -> None:
    command = [chromium.executable_path, "--version"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- found on PATH
    assert "Chrom" in answer.stdout


@pytest.mark.parametrize("again", range(2))
def test_each_test_has_an_empty_mariadb_database(
    mariadb: MariaDB, mariadb_url: str, again: int
) -> None:
    name = urlsplit(mariadb_url).path.removeprefix("/")
    assert mariadb.execute("SHOW TABLES", name) == ()
    mariadb.execute("CREATE TABLE left_over (id INT)", name)


def test_a_fresh_sqlite_database_is_not_there_yet(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    assert file.is_absolute()
    assert file.parent.is_dir()
    assert not file.exists()


def test_database_url_names_each_engine(database_url: str, request: pytest.FixtureRequest) -> None:
    scheme = {"sqlite": "sqlite+aiosqlite", "mariadb": "mysql"}
    assert urlsplit(database_url).scheme == scheme[request.node.callspec.params["database_url"]]


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    class Broken(Server):
        def command(self) -> list[str]:
            return ["sh", "-c", "echo no room; exit 1"]

        def is_ready(self) -> bool:
            return False

    with pytest.raises(RuntimeError, match="no room"):
        Broken(tmp_path).start()


def test_a_data_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(RuntimeError, match=r"mariadb-install-db failed:\n.*data"):
        MariaDB(tmp_path)
