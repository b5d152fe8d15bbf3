"""Webhook bodies from the field, posted signed to a running webhook: each does what is right.

The numbers of the files are those of the collection that they come from.
"""

import json
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.bridge.cloud.bodies_env import BodiesEnv, Outcome, open_bodies_env, read_body
from tests.bridge.cloud.kind_bodies import KINDS
from tests.bridge.cloud.right_results import PASSED_OVER, Right, inbound, one
from tests.bridge.cloud.webhook_bodies import PHONE, build_body

on_one_loop = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(__file__).parent / "bodies"
# What nobody but a program should read: JSON, names of exceptions, and codes.
NOT_FOR_PEOPLE = re.compile(r"[{}]|\[\"|Error\b|validation|\b[A-Z]+_[A-Z_]+\b|\(\d{5,}\)")
UNKNOWN = "This version does not know this kind of message ({}). It is kept; an admin can read it"


RIGHT: dict[str, Right] = {
    "004-text-forwarded": one("TEXT", "MESSAGE_BODY", copies=("Forwarded\nMESSAGE_BODY",)),
    "006-frequently-forwarded": one(
        "TEXT", "where is my order", copies=("Forwarded many times\nwhere is my order",)
    ),
    "040-call-permission-accept": one(
        "TEXT", "The customer allows calls until 2025-07-22 12:23 UTC."
    ),
    "053-interactive-errors": one(
        "OTHER",
        "A message arrived without its content (a choice). Something went wrong at WhatsApp.",
    ),
    "055-batch-odd": Right(
        (
            inbound("TEXT", "Where is a my order!"),
            inbound("LOCATION"),
            inbound("STICKER"),
        ),
        session=True,
        topic="no longer wants marketing messages",
    ),
    "064-revoke-unknown": PASSED_OVER,
    "067-identity-change": PASSED_OVER,
    "076-from-is-word": Right(parked="UnidentifiedPersonError"),
    "079-no-profile": one("TEXT", "MESSAGE_BODY"),
    "081-contact-request": one("CONTACT"),
    "086-flow-nested": one(
        "TEXT",
        "Form filled in: flow\nrating: excellent\ncomments: Great support\n"
        "appointment: day: Monday; windows: morning, afternoon",
    ),
    "088-group-message": Right(general="Alex B88 wrote in a WhatsApp group of Cloud."),
    "091-future-interactive": one("OTHER", UNKNOWN.format("some new type")),
    "094-mixed-fields": one(
        "TEXT", "Where is a my order", topic="no longer wants marketing messages"
    ),
    "107-status-in-orbit": PASSED_OVER,
    "115-echo-image": Right((("outbound", "IMAGE", None),), copies=("Phone:",)),
    "117-echo-pywa": Right(
        (("outbound", "TEXT", "Test message"),), copies=("Phone: Test message",)
    ),
    "120-echo-reaction": PASSED_OVER,
    "121-history-chunk": Right(
        (
            ("outbound", "TEXT", "Where's is my order please!"),
            ("outbound", "TEXT", "Where is my order!"),
            ("outbound", "OTHER", "A file"),
            inbound("TEXT", "Thanks!"),
        )
    ),
    "123-history-media-business": PASSED_OVER,
    "125-state-sync": PASSED_OVER,
    "127-account_review_update": Right(
        general="Notice from WhatsApp about Cloud: the business account was reviewed and approved"
    ),
    "129-account_update-ban": Right(
        general="WhatsApp has enabled the business account again (April 17, 2025)"
    ),
    "131-account_update-partner-removed": Right(
        general="no longer connected with its partner: primary inactivity"
    ),
    "133-account_update-reconnected": Right(general="the business account is connected again"),
    "135-business_capability_update": Right(
        general="2,000 new conversations a day are allowed; the account's limit of numbers: 25"
    ),
    "138-security": Right(general="somebody asked to reset the PIN of 15550783881"),
    "140-template_components": Right(
        general="the content of the template order_confirmation (en_US) has changed"
    ),
    "143-template_category": Right(
        general="the template welcome_template (en-US) will be moved to the category marketing"
        " (2025-05-02 07:00 UTC)"
    ),
    "148-partner_solutions": PASSED_OVER,
    "150-automatic_events": PASSED_OVER,
    "152-flows-status": PASSED_OVER,
    "153-flows-error-rate": PASSED_OVER,
    "155-user_preferences-resume": PASSED_OVER,
    "157-group_participants": PASSED_OVER,
    "159-group_status": PASSED_OVER,
    "161-call-connect-user": Right(
        general="Robin B161 (+15551610052) called Cloud and has never written."
    ),
    "163-call-terminate": PASSED_OVER,
    "165-unknown-field": PASSED_OVER,
    "167-dashboard-test": Right(general="A test from Meta's page has arrived at Cloud (messages)."),
}
# The same bodies about somebody who has written before.
KNOWN: dict[str, tuple[str, Right]] = {
    "064-revoke-unknown": ("15550640141", Right(topic="Deleted a message that we do not have.")),
    "067-identity-change": ("15550670052", Right(topic="This customer's security code changed.")),
    "115-echo-image": ("15551150198", Right((("outbound", "IMAGE", None),), copies=("Phone:",))),
    "117-echo-pywa": (
        "15551170141",
        Right((("outbound", "TEXT", "Test message"),), copies=("Phone: Test message",)),
    ),
    "120-echo-reaction": ("15551200041", PASSED_OVER),
    "155-user_preferences-resume": ("15551550141", PASSED_OVER),
    "161-call-connect-user": ("15551610052", Right(topic="The customer called.")),
    "163-call-terminate": ("15551630115", PASSED_OVER),
}

# The bodies that give the customer's name.
NAMES = {"117-echo-pywa": "Sasha B117"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def env(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BodiesEnv]:
    """Provide one webhook and one worker for all bodies."""
    file = tmp_path_factory.mktemp("bodies") / "osmodesk.db"
    shutil.copy(migrated_sqlite, file)
    async with open_bodies_env(f"sqlite+aiosqlite:///{file}") as made:
        yield made


def test_every_body_has_its_right_result() -> None:
    assert sorted(RIGHT) == sorted(path.stem for path in FOLDER.glob("*.json"))
    assert KNOWN.keys() <= RIGHT.keys()


@on_one_loop
@pytest.mark.parametrize("name", RIGHT)
async def test_a_body_of_a_stranger(env: BodiesEnv, name: str) -> None:
    check(await env.post(read_body(FOLDER / f"{name}.json")), RIGHT[name])


@on_one_loop
@pytest.mark.parametrize("name", KNOWN)
async def test_a_body_of_a_customer(env: BodiesEnv, name: str) -> None:
    phone, right = KNOWN[name]
    body = renumber(read_body(FOLDER / f"{name}.json"), phone)
    await env.let_write(f"9{phone}")
    check(await env.post(body), right)
    client = await env.load_client(f"9{phone}")
    assert client.name == NAMES.get(name, f"Name of 9{phone}")


@on_one_loop
@pytest.mark.parametrize("name", KINDS)
async def test_a_kind(env: BodiesEnv, name: str) -> None:
    field, value, right = KINDS[name]
    own = str(15_557_000_000 + [*KINDS].index(name))
    text = json.dumps(build_body(value, field=field)).replace(PHONE, own)
    right = replace(right, general=right.general and right.general.replace(PHONE, own))
    check(await env.post(json.loads(text.replace("wamid.", f"wamid.{own}."))), right)


def renumber(body: Any, phone: str) -> Any:
    """Give the customer of a body another number, and everything in it other ids."""
    text = json.dumps(body).replace(phone, f"9{phone}")
    return json.loads(text.replace("wamid.", "wamid.9").replace("wacid.", "wacid.9"))


def check(outcome: Outcome, right: Right) -> None:
    said = [
        (direction, kind, text if expected is None else (text or "")[: len(expected)])
        for (direction, kind, text), (*_, expected) in zip(
            outcome.said, right.messages, strict=False
        )
    ]
    assert len(outcome.messages) == len(right.messages), outcome.said
    assert said == list(right.messages)
    assert outcome.sessions == int(right.session)
    assert len(outcome.notices) == int(right.session), outcome.notices
    assert [each[: len(right.parked or "")] for each in outcome.parked] == (
        [right.parked] if right.parked else []
    )
    if not right.parked:
        assert_texts(outcome.general, right.general)
    assert_texts(outcome.topic, right.topic)
    if right.copies is not None:
        assert tuple(outcome.copies) == right.copies
    assert not NOT_FOR_PEOPLE.search(outcome.shown.replace("MESSAGE_BODY", "")), outcome.shown
    unanswered = [each for each in outcome.conversations if not right.session]
    assert [each.reply_until for each in unanswered] == [None] * len(unanswered)
    assert [each.unread_count for each in unanswered] == [0] * len(unanswered)


def assert_texts(found: list[str], expected: str | None) -> None:
    if expected is None:
        assert found == []
    else:
        assert len(found) == 1, found
        assert expected in found[0]
