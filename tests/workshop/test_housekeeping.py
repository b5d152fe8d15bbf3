import subprocess
from pathlib import Path

import pytest

from scripts.workshop.housekeeping import check_repository, find_violations

# In pieces, so that these lines do not break the rules themselves.
SITE = "https://packages.example"
ROOT = "/"


@pytest.mark.parametrize(
    "line",
    [
        f"source = {SITE}/a/b/thing-1.0-py3-none-any.whl",
        f"curl -O {SITE}/thing.tar.gz",
        f"url = '{SITE}/simple'",
        f"--index-url {SITE}",
        f"--extra-index-url={SITE}",
        f"--find-links={ROOT}wheels",
    ],
)
def test_a_download_address_breaks_a_rule(line: str) -> None:
    assert find_violations("README.md", f"fine\n{line}\n") == ["README.md:2: a download address"]


@pytest.mark.parametrize("folder", ["work", "root", "tmp", "home/ann", "Users/ann"])
def test_a_machines_own_path_breaks_a_rule(folder: str) -> None:
    assert find_violations("docs/a.md", f"see '{ROOT}{folder}/notes'") == [
        "docs/a.md:1: a machine's own path"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "see https://docs.example/simple-guide and https://site.example/work/page",
        "GET /api/tmp/x, {base}/home/ann/x, ./tmp/x, <b>/tmp/x",
        "uv pip compile --no-emit-index-url --no-emit-find-links --output-file x",
        "/usr/sbin/mariadbd, /opt/osmodesk/data, /home, /tmp",
    ],
)
def test_ordinary_text_breaks_no_rule(line: str) -> None:
    assert find_violations("docs/a.md", line) == []


def test_only_code_is_held_to_the_line_limit() -> None:
    assert find_violations("db/long.py", "\n" * 401) == ["db/long.py: 401 lines, more than 400"]
    assert find_violations("db/right.py", "\n" * 400) == []
    for unlimited in ("docs/long.md", "desk/texts/en.py", "alembic/versions/0001_tables.py"):
        assert find_violations(unlimited, "\n" * 401) == []


def test_pins_hold_no_address() -> None:
    assert find_violations("requirements-dev.txt", "thing @ git+https://x.example/thing") == [
        "requirements-dev.txt: an address among the pins"
    ]


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("desk/a.py", "class Latecomers:\n    pass\n", "Latecomers"),
        ("desk/a.py", "async def settle_errand() -> None: ...\n", "settle_errand"),
        ("desk/a.py", "class Stand:\n    def _front_door(self) -> None: ...\n", "_front_door"),
        ("desk/a.py", 'class Row:\n    __tablename__ = "errands"\n', "errands"),
        ("desk/webhooks/herald.py", "", "herald"),
        ("tests/desk/test_crossing_roster.py", "", "test_crossing_roster"),
    ],
)
def test_an_old_private_name_breaks_a_rule(path: str, text: str, name: str) -> None:
    [violation] = find_violations(path, text)
    assert violation.startswith(f"{path}:")
    assert violation.endswith(f": the old name {name}")


def test_telegram_has_one_client() -> None:
    text = "url = f'{api_url}/bot{token}/getMe'\n"
    assert find_violations("bot/setup/a.py", text) == [
        "bot/setup/a.py: another client of the Bot API beside bot/bot_factory.py"
    ]
    assert find_violations("bot/bot_factory.py", text) == []


@pytest.mark.parametrize(
    ("line", "name", "only"),
    [
        ("uow = UnitOfWork(tx, now, channels)", "UnitOfWork", "desk/unit_of_work_factory.py"),
        (
            "factory = UnitOfWorkFactory(channels, [])",
            "UnitOfWorkFactory",
            "scripts/application/uow_factory.py",
        ),
        ("await events.add_to_log(tx, records, now)", "add_to_log", "desk/live/projection.py"),
        ("from desk.a import UnitOfWork as Work", "UnitOfWork", "desk/unit_of_work_factory.py"),
    ],
)
def test_nobody_goes_round_the_projections(line: str, name: str, only: str) -> None:
    text = f"async def a():\n    {line}\n"
    assert find_violations("api/a.py", text) == [f"api/a.py:2: calls {name} beside {only}"]
    for path in (only, "tests/desk/test_a.py"):
        assert find_violations(path, text) == []


@pytest.mark.parametrize(
    "line", ["await tx.execute(insert(events), rows)", "tx.add(Event(records='[]'))"]
)
def test_the_event_log_has_one_writer(line: str) -> None:
    text = f"async def a():\n    {line}\n"
    assert "db/queries/a.py:2: writes the event log: add an event to the unit of work" in (
        find_violations("db/queries/a.py", text)
    )
    assert find_violations("db/queries/events/events.py", text) == []


def test_a_body_of_a_stranger_is_read_within_limits() -> None:
    text = "async def a(request):\n    return await request.json()\n"
    assert find_violations("bot/a.py", text) == [
        "bot/a.py:2: a body without limits: read it with BodyReader"
    ]


def test_a_kind_of_channel_is_named_in_its_own_room_alone() -> None:
    text = "is_bot = channel.kind is ChannelKind.TELEGRAM\n"
    assert find_violations("desk/a.py", text) == [
        "desk/a.py:1: names the kind of channel TELEGRAM: ask its plug-in or its traits"
    ]
    for path in ("bot/plugin.py", "scripts/wiring.py", "tests/desk/test_a.py"):
        assert find_violations(path, text) == []
    assert find_violations("desk/a.py", "kinds = tuple(ChannelKind)\n") == []


def test_who_a_message_is_from_is_said_by_its_actor_alone() -> None:
    text = "sender = SenderType.CS\nkind = tables.AgentKind.HUMAN\n"
    assert find_violations("desk/a.py", text) == [
        "desk/a.py:1: names SenderType.CS: only desk/actors.py may",
        "desk/a.py:2: names AgentKind.HUMAN: only db/queries/accounts/agents.py may",
    ]
    assert find_violations("desk/actors.py", "sender = SenderType.CS\n") == []
    assert find_violations("tests/desk/a.py", text) == []
    assert find_violations("desk/a.py", "SenderType.AI, AgentKind.AI\n") == []


@pytest.mark.parametrize("direction", ["direction=Direction.OUTBOUND", "direction=way", "**more"])
def test_a_message_to_a_customer_beside_reply_breaks_a_rule(direction: str) -> None:
    text = f"uow.add_message(thread, content, author=mia, {direction})\n"
    [violation] = find_violations("desk/messages/from_phone.py", text)
    assert "from_phone.py:1: a message to a customer without `reply`" in violation
    assert find_violations("desk/messages/replies.py", text) == []
    assert find_violations("tests/desk/stage.py", text) == []
    inbound = "uow.add_message(thread, content, author=ann, direction=Direction.INBOUND)\n"
    assert find_violations("desk/messages/inbound.py", inbound) == []


@pytest.mark.parametrize("column", ["cs_id", "active_sessions"])
def test_who_holds_a_session_is_written_in_one_place(column: str) -> None:
    text = f"update(table).where(table.c.id == this).values({column}=new)\n"
    [violation] = find_violations("db/queries/clients/merging.py", text)
    assert violation.startswith(f"db/queries/clients/merging.py:1: writes {column}: ")
    assert find_violations("db/queries/conversations/holders.py", text) == []
    assert find_violations("tests/db/test_lists.py", text) == []


def test_a_session_is_opened_with_its_holder_in_one_place() -> None:
    text = "await change_holder(uow, thread, mia, Opened())\n"
    assert len(find_violations("desk/messages/outbound.py", text)) == 1
    assert find_violations("desk/conversations/sessions.py", text) == []


def test_old_words_are_allowed_in_prose_and_in_parts_of_names() -> None:
    text = (
        '"""An errand, a herald."""\n'
        "def confirm_arrival() -> None:\n"
        "    # The switchboard.\n"
        '    errand = "latecomers"\n'
        "def test_an_errand_is_settled() -> None: ...\n"
    )
    assert find_violations("desk/a.py", text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('"""Tells one thing from another."""\n', 1),
        ('class A:\n    """Whoever answers."""\n', 1),
        ('class A:\n    def b(self) -> bool:\n        """Tell whether it is."""\n', 2),
        ('\n\nasync def b() -> int:\n    """Returns a number."""\n', 3),
        ('def b() -> bool:\n    """Whether it is."""\n', 1),
    ],
)
def test_an_obscure_opening_breaks_a_rule(text: str, line: int) -> None:
    [violation] = find_violations("desk/a.py", text)
    assert violation.startswith(f"desk/a.py:{line}: a docstring that begins with ")


@pytest.mark.parametrize(
    "line",
    [
        "rows = select(outbox.c.id, outbox.c.payload)",
        "row = (await tx.execute(select(outbox).where(outbox.c.id == 1))).one()",
        "await tx.execute(insert(outbox), rows)",
        "tx.add(Outbox(kind=kind, payload={}))",
    ],
)
def test_an_outbox_payload_has_its_class(line: str) -> None:
    code = f"async def put():\n    {line}\n"
    violation = "desk/a.py:2: an outbox payload without its class"
    assert violation in find_violations("desk/a.py", code)
    assert violation.replace("desk", "scripts") in find_violations("scripts/a.py", code)
    assert find_violations("db/queues/outbox.py", code) == []
    assert find_violations("tests/a.py", code) == []


def test_a_plain_opening_breaks_no_rule() -> None:
    text = (
        '"""Tellers of a bank."""\n'
        'class A:\n    """What a bank has."""\n'
        '    def b(self) -> bool:\n        """Return whether it is."""\n'
    )
    assert find_violations("desk/a.py", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "uow.add_unread(thread)\n",
        "from desk.conversations.sessions import ensure_session as ensure\n",
        "from db.queries.conversations import sessions\nsessions.open_session(tx, thread)\n",
        "opens = ensure_session_held_by\n",
        "uow.window_updates[thread.conversation_id] = update\n",
        "from desk.conversations.queue_notices import send_queue_notice\n",
        'uow.text_for_customer(thread, "customer.welcome", name="Ann")\n',
    ],
)
def test_an_effect_that_no_table_was_asked_for_breaks_a_rule(text: str) -> None:
    [violation] = find_violations("bridge/waha/receiving/receiver.py", text)
    assert " without asking the table of causes" in violation
    assert find_violations("tests/desk/test_a.py", text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("from db.tables.conversations import StaffPlace as Row\n", "the table of staff places"),
        ("places = get_table(conversations.StaffPlace)\n", "the table of staff places"),
        ('places = metadata.tables["staff_places"]\n', "the table of staff places"),
        ('await tx.execute(text("UPDATE staff_places SET topic = 1"))\n', "the table of staff"),
        ("place = Destination(thread.chat, topic)\n", "the address of a topic"),
        ("place = Destination(chat=chat, topic=topic)\n", "the address of a topic"),
        ("item = OutboxItem(queue=Queue.STAFF, lane=lane)\n", "an outbox item"),
    ],
)
def test_a_way_round_the_staff_places_breaks_a_rule(text: str, what: str) -> None:
    [violation] = find_violations("db/queries/conversations/sessions.py", text)
    assert what in violation
    assert find_violations("tests/desk/test_a.py", text) == []


def test_the_seam_of_staff_places_may_do_what_others_may_not() -> None:
    table = "from db.tables.conversations import StaffPlace\n"
    assert find_violations("db/queries/conversations/staff_places.py", table) == []
    address = "place = Destination(place.chat, place.topic)\n"
    assert find_violations("desk/delivery/addresses.py", address) == []
    assert (
        find_violations("desk/delivery/typing.py", "Destination(chat, last_inbound_id=1)\n") == []
    )


def test_only_one_module_asks_the_table_of_causes() -> None:
    text = "uow.add_unread(thread)\nawait ensure_session(uow, thread)\n"
    assert find_violations("desk/messages/effects.py", text) == []
    assert len(find_violations("desk/messages/inbound.py", text)) == 2


def test_the_repository_is_read_with_what_is_about_to_be_committed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S603, S607 -- git as found on PATH
    (tmp_path / ".gitignore").write_text("ignored.md\n")
    (tmp_path / "ignored.md").write_text(f"{ROOT}root/x")
    (tmp_path / "alembic").mkdir()
    (tmp_path / "alembic" / "__init__.py").write_text("")
    assert check_repository(tmp_path) == [
        "alembic/__init__.py: would shadow the library of that name"
    ]


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("desk/a.py", "asyncio.create_task(erase())\n", "a crash loses this work"),
        ("api/a.py", "asyncio.ensure_future(erase())\n", "a crash loses this work"),
        ("api/a.py", "from db.tables import Channel, Job\n", "the table of jobs"),
        ("scripts/a.py", "from db.tables.jobs import Job\n", "the table of jobs"),
    ],
)
def test_slow_work_beside_the_jobs_breaks_a_rule(path: str, text: str, says: str) -> None:
    [violation] = find_violations(path, text)
    assert violation.startswith(f"{path}:1: ")
    assert says in violation


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("desk/a.py", "group.create_task(renew())\n"),
        ("scripts/a.py", "asyncio.create_task(serve())\n"),
        ("api/a.py", "from db.tables import JobKind, JobState\n"),
        ("db/queues/jobs.py", "from db.tables import Job\n"),
    ],
)
def test_jobs_and_tasks_of_a_group_break_no_rule(path: str, text: str) -> None:
    assert find_violations(path, text) == []


@pytest.mark.parametrize("call", ["execute", "scalar", "scalars", "stream", "connection"])
def test_a_statement_outside_db_breaks_a_rule(call: str) -> None:
    code = f"rows = await uow.tx.{call}(anything)\n"
    assert find_violations("desk/messages/edits.py", code) == [
        "desk/messages/edits.py:1: a statement outside db"
    ]
    assert find_violations("db/queries/audit.py", code) == []
    assert find_violations("desk/messages/edits.py", "await uow.tx.flush()\n") == []
