"""Error messages for people: the cause, in one line, without secrets."""

import pytest
from sqlalchemy.exc import OperationalError

from desk.accounts.errors import NoSuchAccountError
from desk.formatting.masking import mask_numbers, mask_secrets
from scripts.configuration.settings import SettingsError
from scripts.monitoring.error_messages import explain, get_exit_code

TOKEN = "123456789:AAhunter2hunter2hunter2hunter2hun"


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"Cannot connect to host: url={TOKEN}",
        "mysql://root:hunter2@db:3306/osmodesk is away",
        "redis://:hunter2@cache:6379",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    assert "hunter2" not in mask_secrets(text)
    assert "hunter2" not in explain(RuntimeError(text))


def test_ordinary_text_is_left_alone() -> None:
    text = "Ani wrote at 12:30:45 to http://127.0.0.1:8080/a:b"
    assert mask_secrets(text) == text


def test_a_providers_text_is_logged_without_phone_numbers() -> None:
    assert (
        mask_numbers("invalid wid 628115550123@c.us (131026)")
        == "invalid wid <number>@c.us (131026)"
    )


def test_the_statement_is_no_part_of_what_is_told() -> None:
    cause = OSError("broken pipe")
    error = OperationalError("SELECT secret FROM users WHERE id = 'hunter2'", {}, cause)
    assert explain(error) == "the database says: broken pipe"


def test_a_group_of_errors_tells_the_first_cause() -> None:
    group = ExceptionGroup("tasks", [ExceptionGroup("more", [NoSuchAccountError("a@b.test")])])
    assert explain(group) == "there is no account a@b.test"


def test_the_unexpected_is_one_line_with_a_way_to_see_more() -> None:
    told = explain(KeyError("two\nlines"))
    assert "\n" not in told
    assert "LOG_LEVEL=DEBUG" in told


def test_debug_shows_where_and_still_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    try:
        raise RuntimeError(f"at {TOKEN}")
    except RuntimeError as error:
        told = explain(error)
    assert "Traceback" in told
    assert "hunter2" not in told


def test_settings_end_with_2_and_the_rest_with_1() -> None:
    assert get_exit_code(ExceptionGroup("tasks", [SettingsError(["PORT is wrong"])])) == 2
    assert get_exit_code(OSError("x")) == 1
