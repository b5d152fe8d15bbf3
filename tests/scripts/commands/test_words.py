"""The commands speak the operator's language: what they did, and what went wrong."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from api.channels.credentials import KINDS
from desk.housekeeping import list_chores
from desk.retention import Retention
from desk.texts import LANGUAGES
from desk.texts.catalogue import read_texts
from scripts.administration.credentials import list_fields
from scripts.command_line import app
from scripts.commands.help_words import list_helped
from scripts.monitoring import error_messages
from tests.english_texts import Names, has_words, read_assignments, to_templates
from tests.scripts.conftest import SECRETS, Command

ROOT = Path(__file__).parents[3]
# What the commands say, and what goes wrong there.
PLACES = """
    db/exclusive_use.py db/sqlite_guard.py desk/cluster/membership.py
    scripts/administration/channels.py scripts/administration/credentials.py
    scripts/application/cluster_membership.py scripts/bench/answers/sets.py
    scripts/chaos/batch.py scripts/commands/accounts.py scripts/commands/ai.py
    scripts/commands/bench.py
    scripts/commands/channels.py scripts/commands/chaos.py
    scripts/commands/database.py scripts/commands/database_copy.py
    scripts/commands/install_service.py scripts/commands/report.py scripts/commands/seed.py
    scripts/private_servers/programs.py scripts/processes/run.py scripts/seeding/seed.py
    scripts/systemd scripts/upkeep/ai_agent_choice.py scripts/upkeep/ai_trials.py
    scripts/upkeep/backup.py scripts/upkeep/backup_folder.py
    scripts/upkeep/copying scripts/upkeep/mysql_dump.py scripts/upkeep/reseal.py
    scripts/upkeep/sqlite_copy.py
"""
SAYS = {
    "DatabaseInUseError",
    "NotMigratedError",
    "PlanError",
    "ProgramMissingError",
    "RedisAwayError",
    "SetError",
    "UpkeepError",
    "WorkerRefusedError",
    "_confirm",
    "complain",
    "refuse",
    "say",
    "to_operator",
}
# Texts that are made in several steps, so that they are not found in the code, or not whole.
MADE_IN_STEPS = {
    "STAFF_MODE personal needs TELEGRAM_STAFF_BOT_TOKEN",
    "Password",
    "a desk is running ({1})",
    "another process uses this SQLite file,",
    "archived",
    "copied",
    "correct it, or put # in front to ignore it",
    "disabled",
    "make it a readable text file",
    "process {1} uses this SQLite file,",
    "removed",
    "restored",
    "the address of the new database",
    "the address of the new database {1}; it looks like {2}",
    "uploads",
    "verified",
    "write it again, starting from .env.example",
    "written",
    "{1} cannot be read: {2}",
    "{1} contains NUL bytes",
    "{1} has an invalid value",
    "{1} is missing",
    "{1} is not a bot token",
    "{1} is not text in UTF-8 (byte {2})",
    "{1} is shorter than {2} characters",
    "{1} line {2} is not NAME=value",
    "{1} {2} archived",
    "{1} {2} removed",
    "{1} {2}: {3} of {4}",
    "{1}: {2} MB",
}


# What prints without a translation, and so must print no words of ours.
PRINTS = {"typer.BadParameter", "typer.confirm", "typer.echo", "typer.prompt"}


def list_texts() -> set[str]:
    found = {*error_messages._MYSQL.values(), *error_messages._SQLITE.values()}
    for place in map(Path, PLACES.split()):
        for file in sorted((ROOT / place).rglob("*.py")) or [ROOT / place]:
            found |= set(_read_module(ast.parse(file.read_text("utf-8"))))
    texts = {each.replace("{address}", "{1}") for each in found if " " in each}
    return set(filter(has_words, texts | _list_computed()))


def _list_computed() -> set[str]:
    """List what is filled in, and is no literal where it is said."""
    fields = (field for kind in KINDS.values() for field in list_fields(kind))
    return {
        *(re.sub(r"^idle \w+ lanes", "idle {1} lanes", name) for name in list_chores(Retention())),
        *(field.about for field in fields),
        *read_columns(ROOT / "scripts/administration/channels.py"),
        *read_columns(ROOT / "scripts/commands/accounts.py"),
    }


def read_columns(file: Path) -> set[str]:
    """Read the names of the columns that a module's function `to_row` returns."""
    functions = ast.walk(ast.parse(file.read_text("utf-8")))
    [to_row] = [each for each in functions if str(getattr(each, "name", "")).endswith("to_row")]
    [row] = [each for each in ast.walk(to_row) if isinstance(each, ast.Dict)]
    return {ast.literal_eval(key) for key in row.keys if key is not None}


def _read_module(tree: ast.Module) -> Iterator[str]:
    constants = read_assignments(tree.body)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            names = constants | read_assignments(list(ast.walk(scope)))
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in SAYS:
                    for each in node.args:
                        yield from _read_text(each, names)


def _read_text(node: ast.expr, names: Names) -> Iterator[str]:
    """List a text, and the sentences of ours that are filled in."""
    yield from to_templates(node, names)
    for part in node.values if isinstance(node, ast.JoinedStr) else ():
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
            yield from to_templates(part.value, names)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_text_of_the_commands_is_translated(language: str) -> None:
    texts = read_texts(ROOT / f"scripts/commands/{language}.toml")
    said = list_texts()
    assert said - texts.keys() == set(), f"translate these in scripts/commands/{language}.toml"
    whole = {
        text
        for text in texts
        if not text.startswith(("{1}. {2}", "{1}; {2}", "{1} and ")) and text != "{1}: {2}"
    }
    assert whole - said - MADE_IN_STEPS == set(), "nobody says these any more"
    for text, translated in texts.items():
        values = re.findall(r"\{\d\}", text)
        assert sorted(re.findall(r"\{\d\}", translated)) == sorted(values), text


def test_no_command_prints_words_that_are_never_translated() -> None:
    found = {}
    for file in sorted((ROOT / "scripts/commands").glob("*.py")):
        if file.name == "ai.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTS:
                said = {text for each in node.args for text in to_templates(each, {})}
                found[file.name] = found.get(file.name, set()) | set(filter(has_words, said))
    assert {name: said for name, said in found.items() if said} == {
        # What is copied as it is.
        "database_copy.py": {"\nDATABASE_URL={1}\n"},
        "install_service.py": {
            "  systemctl enable osmodesk osmodesk-backup.timer",
            "  systemctl restart osmodesk osmodesk-backup.timer",
            "  journalctl -u 'osmodesk*' -f",
        },
    }


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_help_is_translated(language: str) -> None:
    texts = read_texts(ROOT / f"scripts/commands/help_{language}.toml")
    command = typer.main.get_command(app)
    for workshop in ("bench", "chaos"):  # their help stays English
        del command.commands[workshop]  # type: ignore[attr-defined]
    said = {each.help for each in list_helped(command)}
    assert said - texts.keys() - {"Show this message and exit."} == set()
    assert texts.keys() - said == set(), "nobody says these any more"


def test_help_is_in_the_operators_language(
    osmodesk: Command, environment: Callable[..., None]
) -> None:
    assert "Write a backup of everything to a file" in osmodesk("db", "--help").out
    environment(DEFAULT_LANGUAGE="id")
    assert "Tulis cadangan dari semuanya ke sebuah berkas" in osmodesk("db", "--help").out
    assert "Jangan meminta kepastian." in osmodesk("db", "restore", "--help").out


def test_the_operator_reads_results_and_errors_in_indonesian(
    osmodesk: Command, environment: Callable[..., None], tmp_path: Path
) -> None:
    file = tmp_path / "desk.db"
    environment(**SECRETS, DATABASE_URL=f"sqlite+aiosqlite:///{file}", DEFAULT_LANGUAGE="id")
    there_is_none = osmodesk("db", "backup", str(tmp_path / "a.backup"))
    assert there_is_none.err == (
        f"osmodesk: belum ada basis data {file}: osmodesk db migrate membuatnya\n"
    )
    assert osmodesk("db", "migrate").out == "basis data sudah pada migrasi terbaru\n"
    saved = osmodesk("db", "backup", str(tmp_path / "a.backup"))
    assert "Simpan juga SECRET_KEY, di tempat lain." in saved.out
    again = osmodesk("db", "backup", str(tmp_path / "a.backup"))
    assert again.err.endswith("sudah ada: pilih nama lain\n")
    assert osmodesk("db", "restore", str(tmp_path / "a.backup"), "--yes").out == "dipulihkan\n"
    assert "✓" in osmodesk("db", "check").out
    assert "migrasi sudah mutakhir" in osmodesk("db", "check").out
    common = osmodesk("accounts", "add", "ani@desk.test", "--password", "short")
    assert common.err == "osmodesk: kata sandi lebih pendek dari 12 karakter\n"
    seeded = osmodesk("seed").out
    assert "3 klien contoh ditambahkan\nsesi contoh dibuka\nkanal WhatsApp" in seeded
    assert "admin@helpdesk.com sudah ada\n" in osmodesk("seed").out
    assert "0 pembaruan yang sudah diproses dihapus" in osmodesk("db", "cleanup").out
    dry = osmodesk("db", "cleanup", "--dry-run").out
    assert "0 lajur customer yang menganggur akan dihapus" in dry
    assert "0 percakapan yang sepi akan diarsipkan" in dry
    listed = osmodesk("channels", "list").out
    assert all(each in listed for each in ("Nama", "Jenis", "Aktif", "Grup staf"))
    none = osmodesk("channels", "test", "Nobody").err
    assert "tidak ada kanal Nobody: osmodesk channels list menampilkan semuanya" in none
    unknown = osmodesk("accounts", "passwd", "nobody@desk.test", "--password", "a long pass phrase")
    assert unknown.err == "osmodesk: tidak ada akun nobody@desk.test\n"


def test_a_wrong_setting_is_told_in_the_language_that_is_right(
    osmodesk: Command, tmp_path: Path, environment: Callable[..., None]
) -> None:
    environment(DEFAULT_LANGUAGE="id", JWT_SECRET="j" * 32)
    missing = osmodesk("run")
    assert missing.code == 2
    assert missing.err.startswith("osmodesk: SECRET_KEY belum diisi; ")
    (tmp_path / ".env").write_text("what is this\n")
    assert "baris 1 bukan NAMA=nilai; perbaiki, atau taruh # di depan" in osmodesk("run").err
    environment(DEFAULT_LANGUAGE="Klingon")
    assert "is not NAME=value" in osmodesk("run").err
