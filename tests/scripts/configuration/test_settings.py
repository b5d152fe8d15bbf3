"""Settings: every variable of the contract, and one helpful line for each error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.configuration.settings import Settings, SettingsError, load_settings

Environment = Callable[..., None]
CONTRACT = {
    "AI_DEADLINE_SECONDS",
    "DATABASE_URL",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_STAFF_GROUP",
    "TELEGRAM_STAFF_BOT_TOKEN",
    "STAFF_MODE",
    "DESK_TOPIC_HOURS",
    "TELEGRAM_API_URL",
    "TELEGRAM_LIMITS",
    "TELEGRAM_MINI_APP_KEY",
    "WHATSAPP_API_URL",
    "WHATSAPP_LIMITS",
    "PUBLIC_URL",
    "STAFF_ENROLMENT",
    "SESSION_IDLE_MINUTES",
    "SESSION_END_MINUTES",
    "SESSION_REMINDER_MINUTES",
    "NOBODY_FREE_MINUTES",
    "AGENT_SILENCE_MINUTES",
    "KEEP_SETTLED_DAYS",
    "KEEP_AI_LOG_DAYS",
    "KEEP_RULE_ANSWER_DAYS",
    "ARCHIVE_DAYS",
    "ALARMS",
    "ALARM_FREE_MB",
    "ALARM_WAITING_MINUTES",
    "ALARM_CERTIFICATE_DAYS",
    "ALARM_BACKUP_HOURS",
    "BACKUP_DIR",
    "CUSTOMER_LIMIT",
    "SUMMARY",
    "SUMMARY_HOUR",
    "REDIS_URL",
    "HOST",
    "PORT",
    "CORS_ORIGINS",
    "TRUSTED_PROXIES",
    "WEBHOOK_ALLOW_PRIVATE",
    "LOG_LEVEL",
    "LOG_SQL",
    "LOG_SLOW_SQL",
    "DEFAULT_LANGUAGE",
    "DEFAULT_REGION",
    "TIMEZONE",
    "MEDIA_DIR",
    "METRICS_PORT",
    "JWT_SECRET",
    "JWT_SECRET_OLD",
    "SECRET_KEY",
    "SECRET_KEY_OLD",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "OPENAI_MODEL_BASIC",
    "OPENAI_MODEL_ADVANCED",
    "OPENAI_EMBEDDING_MODEL",
    "AI_TOKENS_PER_SESSION",
    "AI_TOKENS_PER_DAY",
    "AI_CALLS_AT_ONCE",
    "AI_PRICES",
}
EXAMPLE = Path(__file__).parents[3] / ".env.example"


def faults() -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).splitlines() == list(refused.value.errors)
    return list(refused.value.errors)


def test_the_names_are_the_contract() -> None:
    assert {name.upper() for name in Settings.model_fields} == CONTRACT


def test_the_example_names_every_variable_and_loads() -> None:
    lines = EXAMPLE.read_text().splitlines()
    named = {line.lstrip("#").partition("=")[0] for line in lines if "=" in line}
    assert named >= CONTRACT
    assert load_settings(env_file=EXAMPLE) == load_settings()


def test_nothing_set_is_sqlite_and_polling_on_this_machine() -> None:
    settings = load_settings()
    assert str(settings.database_url) == "sqlite+aiosqlite:///osmodesk.db"
    assert settings.public_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.staff_enrolment == "code"


def test_values_are_read_and_tidied(environment: Environment) -> None:
    environment(
        DATABASE_URL="mysql://u:p@h/d?connection_limit=3",
        TELEGRAM_BOT_TOKEN=" 123456789:AAabc_-def ",
        TELEGRAM_STAFF_GROUP="-1001, -1002,-1001,",
        TELEGRAM_API_URL="http://127.0.0.1:8081/",
        PUBLIC_URL="https://desk.example.com/in/",
        STAFF_ENROLMENT="Members",
        LOG_LEVEL="debug",
        LOG_SQL="1",
        PORT="9000",
        AI_PRICES="small=0.40/1.60, org/large:free = 2/8",
    )
    settings = load_settings()
    assert settings.ai_prices == {"small": (0.4, 1.6), "org/large:free": (2, 8)}
    assert settings.database_url.connection_limit == 3
    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == "123456789:AAabc_-def"
    assert settings.telegram_staff_group == ("-1001", "-1002")
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    assert settings.public_url == "https://desk.example.com/in"
    assert settings.staff_enrolment == "members"
    assert (settings.log_level, settings.log_sql, settings.port) == ("DEBUG", True, 9000)


def test_another_key_of_mini_apps_counts_only_without_telegram(environment: Environment) -> None:
    key = "4" * 64
    environment(TELEGRAM_MINI_APP_KEY=key.upper())
    assert load_settings().mini_app_key is None
    environment(TELEGRAM_API_URL="https://API.telegram.org:443")
    assert load_settings().mini_app_key is None
    environment(TELEGRAM_API_URL="http://127.0.0.1:8081")
    assert load_settings().mini_app_key == key


def test_an_empty_variable_is_as_good_as_none(environment: Environment) -> None:
    environment(TELEGRAM_BOT_TOKEN="", PORT="", PUBLIC_URL="", TELEGRAM_STAFF_GROUP="")
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", "postgres://u:hunter2@h/d", "sqlite+aiosqlite:///osmodesk.db"),
        ("DATABASE_URL", "mysql://u:hunter2@h:port/d", "port"),
        ("DATABASE_URL", "mysql://u:hunter2@h:99999/d", "port"),
        ("DATABASE_URL", "mysql://u:hunter2@x@h/d", "%40"),
        ("DATABASE_URL", "mysql://[::1/d", "port"),
        ("TELEGRAM_BOT_TOKEN", "hunter2", "@BotFather"),
        ("TELEGRAM_BOT_TOKEN", "1:hunter2 x", "@BotFather"),
        ("TELEGRAM_STAFF_GROUP", "hunter2", "-100"),
        ("TELEGRAM_STAFF_GROUP", "123", "-100"),
        ("AI_PRICES", "hunter2", "gpt-4.1-mini=0.40/1.60"),
        ("AI_PRICES", "small=1/2,large=3", "gpt-4.1-mini=0.40/1.60"),
        ("AI_PRICES", "small=-1/2", "gpt-4.1-mini=0.40/1.60"),
        ("TELEGRAM_API_URL", "hunter2", "http"),
        ("TELEGRAM_API_URL", "https://h/?hunter2", "path"),
        ("TELEGRAM_LIMITS", "hunter2", "telegram, or off"),
        ("TELEGRAM_MINI_APP_KEY", "hunter2", "64 hexadecimal digits"),
        ("PUBLIC_URL", "http://desk.example.com", "https"),
        ("PUBLIC_URL", "desk.example.com", "https"),
        ("PUBLIC_URL", "https://[hunter2", "https"),
        ("STAFF_ENROLMENT", "hunter2", "members"),
        ("REDIS_URL", "http://:hunter2@h", "redis://"),
        ("HOST", "a b", "reverse proxy"),
        ("PORT", "hunter2", "65535"),
        ("PORT", "70000", "65535"),
        ("LOG_LEVEL", "hunter2", "INFO"),
        ("LOG_SQL", "hunter2", "true or false"),
        ("DEFAULT_LANGUAGE", "hunter2", "Indonesian"),
        ("JWT_SECRET", "hunter2", "secrets.token_urlsafe"),
        ("SECRET_KEY", "hunter2", "secrets.token_urlsafe"),
        ("OPENAI_API_KEY", "hunter2 ключ", "sk-"),
        ("OPENAI_BASE_URL", "hunter2", "/v1"),
    ],
)
def test_a_fault_is_one_line_that_helps_and_repeats_no_value(
    environment: Environment, name: str, value: str, told: str
) -> None:
    environment(**{name: value})
    [fault] = faults()
    assert fault.startswith(f"{name} ")
    assert told in fault
    assert "hunter2" not in fault


def test_all_faults_are_told_at_once(environment: Environment) -> None:
    environment(PORT="x", LOG_SQL="x", HOST="?")
    assert [fault.partition(" ")[0] for fault in faults()] == ["LOG_SQL", "HOST", "PORT"]


@pytest.mark.parametrize(
    "public_url", ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:1"]
)
def test_plain_http_is_for_this_machine(environment: Environment, public_url: str) -> None:
    environment(PUBLIC_URL=public_url)
    assert load_settings().public_url == public_url


def test_what_is_needed_is_asked_for_with_the_way_to_get_it() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(required=("JWT_SECRET", "telegram_bot_token", "TELEGRAM_STAFF_GROUP"))
    names = [fault.partition(" is missing; ")[0] for fault in refused.value.errors]
    assert names == ["JWT_SECRET", "TELEGRAM_BOT_TOKEN", "TELEGRAM_STAFF_GROUP"]
    assert "@BotFather" in str(refused.value)


def test_a_representation_holds_no_secret(environment: Environment) -> None:
    environment(
        DATABASE_URL="mysql://u:hunter2@h/d",
        TELEGRAM_BOT_TOKEN="1:hunter2",
        REDIS_URL="redis://:hunter2@h",
        JWT_SECRET="hunter2" * 5,
        SECRET_KEY="hunter2" * 5,
        OPENAI_API_KEY="hunter2",
    )
    assert "hunter2" not in repr(load_settings())


def test_the_file_is_read_and_the_environment_wins(environment: Environment) -> None:
    Path(".env").write_text("\ufeff# ours\nexport PORT=9000\nHOST='0.0.0.0'\n\n", "utf-8")
    environment(PORT="9001")
    settings = load_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)  # noqa: S104 a value, not a bind


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PORT=1\n\xff\xfe\x00JUNK", "not text in UTF-8"),
        (b"PORT=1\x00", "NUL"),
        (b"PORT=1\n\nhunter2 is my password\n", ".env line 3 "),
        (b"PORT=1\nhunter2\n", ".env line 2 "),
        (b"PORT=1\n\n\nJWT_SECRET='hunter2\nSECRET_KEY=x\n", ".env line 4 "),
        (b"hunter-2=1\n", ".env line 1 "),
        ("PORT=1\n".encode("utf-16"), "not text in UTF-8"),
    ],
)
def test_a_corrupted_file_is_told_and_not_quoted(content: bytes, told: str) -> None:
    Path(".env").write_bytes(content)
    found = faults()
    assert told in found[0]
    assert "hunter" not in str(found)


def test_a_folder_in_place_of_the_file_is_told() -> None:
    Path(".env").mkdir()
    [fault] = faults()
    assert fault.startswith(".env cannot be read: ")


def test_who_may_call_and_whom_we_believe_are_lists(environment: Environment) -> None:
    environment(
        CORS_ORIGINS="https://a.example.com, http://127.0.0.1:5173",
        TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8,::1",
    )
    settings = load_settings()
    assert settings.cors_origins == {"https://a.example.com", "http://127.0.0.1:5173"}
    assert [str(each) for each in settings.trusted_proxies] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "::1/128",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "a.example.com"),
        ("CORS_ORIGINS", "https://a.example.com/console"),
        ("TRUSTED_PROXIES", "localhost"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_what_is_no_origin_and_no_network_is_refused(
    environment: Environment, name: str, value: str
) -> None:
    environment(**{name: value})
    with pytest.raises(SettingsError) as told:
        load_settings()
    assert str(told.value).startswith(name)


def test_a_staff_bot_is_another_bot_and_personal_desks_need_one(environment: Environment) -> None:
    environment(TELEGRAM_BOT_TOKEN="123456789:AAabc", TELEGRAM_STAFF_BOT_TOKEN="123456789:AAother")
    [error] = faults()
    assert error.startswith("TELEGRAM_STAFF_BOT_TOKEN is a token of the customers' bot")
    environment(TELEGRAM_STAFF_BOT_TOKEN="987654321:AAabc", STAFF_MODE="Personal")
    settings = load_settings()
    assert (settings.staff_bot_id, settings.staff_mode.value) == ("987654321", "personal")
    environment(TELEGRAM_STAFF_BOT_TOKEN="", STAFF_MODE="personal")
    [error] = faults()
    assert error.startswith("STAFF_MODE personal needs TELEGRAM_STAFF_BOT_TOKEN")
    environment(STAFF_MODE="everybody")
    [error] = faults()
    assert error.startswith("STAFF_MODE")
