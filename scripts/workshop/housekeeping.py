"""Checks rules of this repository that no ready-made tool checks; `make check` runs them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.workshop.place_detours import find_place_detours

LINE_LIMIT = 400
LISTS = ("desk/texts/", "alembic/versions/")
CODE = {".css", ".html", ".js", ".py", ".sh", ".sql", ".toml"}

# A file to download, a package index, or an option that names one.
DOWNLOAD = re.compile(
    r"://\S+\.(?:whl|tar\.gz|tgz|tar\.xz|zip|deb|crate|gem|exe)\b"
    r"|://\S+/(?:simple)(?![\w-])"
    r"|--(?:(?:extra-)?index-url|default-index|find-links)[ =]\S*/"
)
# A folder of one machine only; a route of an API has a host or a word before it.
MACHINE = re.compile(r"(?<![\w./:}>-])/(?:work|root|tmp|home/\w+|Users/\w+)/\w")

# The address of a bot's methods: who calls them takes a bot, or the address, from there.
BOT_API = re.compile(r"/bot\{")
BOT_API_PLACES = ("bot/bot_factory.py", "sandbox/", "tests/")

# Docstrings begin with a plain verb or a noun: "Return whether …", never "Tell whether …".
OBSCURE_OPENINGS = {"Has", "Nobody", "Says", "Tell", "Tells", "Who", "Whoever"}
OBSCURE_FUNCTION_OPENINGS = OBSCURE_OPENINGS | {"Gives", "Returns", "Say", "What", "Whether"}
# Private names that the usual terms replaced (docs/adr/0021), as words of an identifier.
OLD_WORDS = {
    "doorkeeper",
    "errand",
    "errands",
    "guesses",
    "happenings",
    "herald",
    "latecomer",
    "latecomers",
    "manners",
    "mischief",
    "mistaken",
    "rewording",
    "roster",
    "saboteur",
    "shelf",
    "sifting",
    "switchboard",
    "vitals",
}
# The same, as whole identifiers without underscores: parts of other names may have these words.
OLD_NAMES = {"arrival", "brought", "carrier", "crossing", "fate", "frontdoor", "performer"}
# Payloads are stored and read by their classes (db/queues/payloads.py), never as plain mappings.
ROOMS = {"api", "bot", "bridge", "db", "desk", "scripts"}
OUTBOX_ROOM = "db/queues/"
UNTYPED_PAYLOAD = re.compile(
    r"\boutbox\.c\.payload\b|\b(?:select|insert)\(outbox\)|(?<!class )\bOutbox\("
)
# Rooms whose work must survive a crash, and what starts work that does not: docs/adr/0023-jobs.md.
SERVING_ROOMS = ("api/", "bot/", "bridge/", "db/", "desk/")
DETACHED_TASKS = {"create_task", "ensure_future"}
# The modules that may use the table of jobs; all others enqueue with uow.jobs.enqueue.
JOB_MODULES = ("db/tables/", "db/queues/jobs.py", "db/queries/cleanup/", "tests/")
# What a cause does (desk/causes.py), and the only modules that may name it: those that define it,
# and the one that asks the table. Any name counts, so that an import under another name does too.
_ASKS_TABLE = "desk/messages/effects.py"
_SESSIONS = "desk/conversations/sessions.py"
_HOLDERS = "desk/conversations/holders.py"
EFFECTS: dict[str, set[str]] = {
    "open_session": {_HOLDERS},
    "Opened": {_HOLDERS, _SESSIONS},
    "ensure_session": {_SESSIONS, _ASKS_TABLE},
    "ensure_session_held_by": {_SESSIONS, _ASKS_TABLE},
    "send_queue_notice": {"desk/conversations/queue_notices.py", _ASKS_TABLE},
    "handle_window_opened": {"desk/messages/window_timer.py", _ASKS_TABLE},
    "window_updates": {"desk/unit_of_work.py", _ASKS_TABLE},
    "add_unread": {"desk/unit_of_work.py", _ASKS_TABLE},
    # Sessions are also read by a request, and by their end.
    "mark_read_by_staff": {"desk/unit_of_work.py", _SESSIONS, _ASKS_TABLE},
    # The text that greets a customer.
    "customer.welcome": {_ASKS_TABLE},
}
# Every transaction of the desk has the same projections, and the event log has one writer: these
# names may be called in these modules alone.
ONE_CALLER: dict[str, set[str]] = {
    "UnitOfWork": {"desk/unit_of_work_factory.py"},
    "UnitOfWorkFactory": {"scripts/application/uow_factory.py"},
    "add_to_log": {"desk/live/projection.py"},
}
EVENT_LOG = "db/queries/events/events.py"
WRITES_EVENT_LOG = re.compile(r"\b(?:insert|update)\(events\)|(?<![\w.])Event\(|INTO event[s]\b")
# Rooms that have no SQL: what they ask of the database is a function of db/queries or db/queues.
# The import contract keeps out what builds statements; this keeps out what runs them.
WITHOUT_SQL = ("api/", "bot/", "bridge/", "desk/")
RUNS_SQL = re.compile(r"\btx\.(?:execute|scalars?|stream(?:_scalars)?|connection)\(")
# A body that a stranger sends is read within limits of time and size (desk/limits/body_reader.py).
UNBOUNDED_BODY = re.compile(r"\brequest\.(?:read|text|json|post)\(")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

# Where a kind of channel may be named: its own room, and …
KIND_PLACES = {
    "alembic/",
    "api/channels/credentials.py",  # the fields that an administrator enters are the API's contract
    "bot/",
    "bridge/cloud/",
    "bridge/waha/",
    "desk/causes.py",  # where a channel differs from the others, in one table
    "db/queries/channels/telegram.py",  # agents are linked by their Telegram account
    "db/tables/channels.py",  # the enum itself
    "scripts/bench/",  # these four set up channels of certain kinds, as an operator does
    "scripts/chaos/",
    "scripts/demo/",
    "scripts/seeding/",
    "scripts/application/channels_of_settings.py",  # the settings name the kind of their bots
    "scripts/wiring.py",
    "tests/",
}


# The one module that may name these: others ask an actor (desk/actors.py), or its queries.
MEMBER_PLACES = {
    ("SenderType", "CS"): "desk/actors.py",
    ("AgentKind", "HUMAN"): "db/queries/accounts/agents.py",
}


# The module that adds messages to customers; others call its `reply`. What was said before a number
# was connected is only kept.
REPLIES = "desk/messages/replies.py"
_PAST_MESSAGES = "desk/messages/past_messages.py"
_TO_STAFF = ("Direction.INBOUND", "Direction.INTERNAL")
# The one module whose statements change who holds a session, and the number that goes with it. The
# import contract says who may call them.
HOLDER_STATEMENTS = "db/queries/conversations/holders.py"
_HOLDER_COLUMNS = {"cs_id", "active_sessions"}


def find_violations(path: str, text: str) -> list[str]:
    """List each rule that a committed file breaks, with the line."""
    lines = text.splitlines()
    violations = [
        f"{path}:{number}: {violation}"
        for number, line in enumerate(lines, start=1)
        for pattern, violation in (
            (DOWNLOAD, "a download address"),
            (MACHINE, "a machine's own path"),
        )
        if pattern.search(line)
    ]
    # A list of texts is as long as there are texts, and one of tables as long as there are tables.
    is_code = Path(path).suffix in CODE and not path.startswith(LISTS)
    if is_code and len(lines) > LINE_LIMIT:
        violations.append(f"{path}: {len(lines)} lines, more than {LINE_LIMIT}")
    if "requirements" in path and path.endswith(".txt") and "://" in text:
        violations.append(f"{path}: an address among the pins")
    if path == "alembic/__init__.py":
        violations.append(f"{path}: would shadow the library of that name")
    if Path(path).parts[0] in ROOMS and not path.startswith(OUTBOX_ROOM):
        violations += [
            f"{path}:{number}: an outbox payload without its class"
            for number, line in enumerate(lines, start=1)
            if UNTYPED_PAYLOAD.search(line)
        ]
    if path.endswith(".py") and path.startswith(WITHOUT_SQL):
        violations += [
            f"{path}:{number}: a body without limits: read it with BodyReader"
            for number, line in enumerate(lines, start=1)
            if UNBOUNDED_BODY.search(line)
        ]
        violations += [
            f"{path}:{number}: a statement outside db"
            for number, line in enumerate(lines, start=1)
            if RUNS_SQL.search(line)
        ]
    if path.endswith(".py") and Path(path).parts[0] in ROOMS and path != EVENT_LOG:
        violations += [
            f"{path}:{number}: writes the event log: add an event to the unit of work"
            for number, line in enumerate(lines, start=1)
            if WRITES_EVENT_LOG.search(line) and not line.startswith("class ")
        ]
    if path.endswith(".py"):
        if BOT_API.search(text) and not path.startswith(BOT_API_PLACES):
            violations.append(f"{path}: another client of the Bot API beside bot/bot_factory.py")
        tree = ast.parse(text)
        violations += [
            f"{path}:{number}: the old name {name}"
            for number, name in _list_names(path, tree)
            if _is_old_name(name)
        ]
        violations += [
            f'{path}:{number}: a docstring that begins with "{opening}"'
            for number, opening in _find_obscure_openings(tree)
        ]
        violations += [f"{path}:{number}: {text}" for number, text in _find_lost_work(path, tree)]
        violations += [
            f"{path}:{number}: {name} without asking the table of causes ({_ASKS_TABLE})"
            for number, name in _find_effects(path, tree)
        ]
        violations += [
            f"{path}:{number}: calls {name} beside {', '.join(sorted(ONE_CALLER[name]))}"
            for number, name in _find_detours(path, tree)
        ]
        violations += [
            f"{path}:{number}: {detour}" for number, detour in find_place_detours(path, tree)
        ]
        violations += [
            f"{path}:{number}: names the kind of channel {kind}: ask its plug-in or its traits"
            for number, kind in _find_channel_kinds(tree)
            if not path.startswith(tuple(KIND_PLACES))
        ]
        violations += [
            f"{path}:{number}: a message to a customer without `reply` ({REPLIES})"
            for number in _find_other_replies(path, tree)
        ]
        violations += [
            f"{path}:{number}: writes {column}: only {HOLDER_STATEMENTS} may"
            for number, column in _find_holder_changes(path, tree)
        ]
        violations += [
            f"{path}:{number}: names {member}: only {place} may"
            for number, member, place in _find_members(path, tree)
        ]
    return violations


def _find_lost_work(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find work that a crash would lose, and ways around the queue of jobs."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="asyncio"), attr=name)) if (
                name in DETACHED_TASKS and path.startswith(SERVING_ROOMS)
            ):
                yield node.lineno, f"asyncio.{name}: a crash loses this work, enqueue a job"
            case ast.ImportFrom(module=str(module), names=names) if (
                module.startswith("db.tables")
                and any(each.name == "Job" for each in names)
                and not path.startswith(JOB_MODULES)
            ):
                yield (
                    node.lineno,
                    "the table of jobs: use uow.jobs.enqueue, db/queues/jobs.py",
                )


def _find_detours(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find calls that bypass the projections."""
    if path.startswith("tests/"):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                pass
            case ast.alias(name=name, asname=str()):
                pass
            case _:
                continue
        if name in ONE_CALLER and path not in ONE_CALLER[name]:
            yield getattr(node, "lineno", 1), name


def _find_members(path: str, tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """List the members of enums that a module names but may not, with the place that may."""
    if path.startswith(("db/tables/", "tests/")):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=member):
                place = MEMBER_PLACES.get((owner, member))
                if place is not None and path != place:
                    yield node.lineno, f"{owner}.{member}", place


def _find_other_replies(path: str, tree: ast.Module) -> Iterator[int]:
    """List where a message is added that may be one to a customer."""
    if path in {REPLIES, _PAST_MESSAGES} or Path(path).parts[0] not in ROOMS:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_message"), keywords=keywords):
                given = [ast.unparse(each.value) for each in keywords if each.arg == "direction"]
                if not given or given[0] not in _TO_STAFF:
                    yield node.lineno


def _find_holder_changes(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """List the statements that write who holds a session."""
    if path == HOLDER_STATEMENTS or Path(path).parts[0] not in ROOMS:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="values"), keywords=keywords):
                for each in keywords:
                    if each.arg in _HOLDER_COLUMNS:
                        yield node.lineno, each.arg


def _find_channel_kinds(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """List the members of the enum ChannelKind that a module names."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="ChannelKind"), attr=kind) if kind.isupper():
                yield node.lineno, kind


def _list_names(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """List the names of a module, and of its classes, functions and tables, with their lines."""
    yield 1, Path(path).stem
    for node in ast.walk(tree):
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.FunctionDef(name=name)
            ):
                # A test's name is a sentence, so it may have any word.
                if not name.startswith("test_"):
                    yield node.lineno, name
            case ast.Assign(
                targets=[ast.Name(id="__tablename__")], value=ast.Constant(value=str(name))
            ):
                yield node.lineno, name


def _is_old_name(name: str) -> bool:
    words = [word.lower() for word in WORD.findall(name)]
    return "".join(words) in OLD_NAMES or not OLD_WORDS.isdisjoint(words)


def _find_obscure_openings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            number, forbidden = node.lineno, OBSCURE_FUNCTION_OPENINGS
        elif isinstance(node, ast.ClassDef | ast.Module):
            number, forbidden = getattr(node, "lineno", 1), OBSCURE_OPENINGS
        else:
            continue
        opening = (ast.get_docstring(node) or " ").partition(" ")[0]
        if opening in forbidden:
            yield number, opening


def _find_effects(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """List the effects of causes that a module names but may not."""
    # The database's own queries decide nothing.
    if path.startswith(("db/", "tests/", "sandbox/", "scripts/workshop/")):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                pass
            case ast.alias(name=name):
                pass
            case _:
                continue
        if name in EFFECTS and path not in EFFECTS[name]:
            yield getattr(node, "lineno", 1), name


def list_tracked_files(root: Path) -> list[str]:
    """List the committed files and those that are about to be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603 -- fixed words
    return sorted(set(listing.stdout.split("\0")) - {""})


def check_repository(root: Path) -> list[str]:
    """List every rule that is broken anywhere in the repository."""
    found: list[str] = []
    for path in list_tracked_files(root):
        file = root / path
        # A file that was removed but not committed, or a link, has no text.
        if file.is_file() and not file.is_symlink():
            found += find_violations(path, file.read_text(encoding="utf-8", errors="replace"))
    return found


if __name__ == "__main__":
    sys.exit("\n".join(check_repository(Path.cwd())) or 0)
