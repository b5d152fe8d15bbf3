"""The forms of DATABASE_URL that are taken, and what is said about the others."""

import pytest

from db.url import DatabaseUrlError, parse_database_url


def test_the_reference_form_of_mysql() -> None:
    address = parse_database_url(
        "mysql://user:pass@host:3306/db?connection_limit=5&pool_timeout=30"
    )
    assert address.url.drivername == "mysql+aiomysql"
    assert (address.url.host, address.url.port, address.url.database) == ("host", 3306, "db")
    assert (address.connection_limit, address.pool_timeout) == (5, 30)
    # What is ours is not handed to the driver, which would refuse it.
    assert dict(address.url.query) == {"charset": "utf8mb4"}
    assert not address.is_sqlite


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///osmodesk.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:////var/lib/osmodesk.db", "sqlite+aiosqlite"),
        ("mysql+pymysql://u:p@h/d", "mysql+aiomysql"),
        ("mysql+aiomysql://u:p@h/d", "mysql+aiomysql"),
        ("mariadb://u@h/d", "mysql+aiomysql"),
        ("  mysql://u:p@h/d\n", "mysql+aiomysql"),
    ],
)
def test_every_form_leads_to_our_driver(text: str, driver: str) -> None:
    address = parse_database_url(text)
    assert address.url.drivername == driver
    assert (address.connection_limit, address.pool_timeout) == (10, 20)


def test_a_password_is_not_shown() -> None:
    address = parse_database_url("mysql://u:p%40ss@h/d")
    assert address.url.password == "p@ss"
    assert "p@ss" not in str(address)
    assert "p%40ss" not in str(address)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not a database address"),
        ("osmodesk.db", "not a database address"),
        ("postgres://u:p@h/d", "names 'postgres'"),
        ("mysql://u:p@/d", "lacks a host"),
        ("mysql://u:p@h", "lacks a host or a database"),
        ("mysql://u:p@h/d?connection_limit=0", "connection_limit"),
        ("mysql://u:p@h/d?connection_limit=-1", "connection_limit"),
        ("mysql://u:p@h/d?connection_limit=many", "connection_limit"),
        ("mysql://u:p@h/d?pool_timeout=²", "pool_timeout"),
        ("mysql://u:p@h/d?pool_timeout=99999", "pool_timeout"),
    ],
)
def test_a_broken_address_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(DatabaseUrlError, match=told) as refused:
        parse_database_url(text)
    assert "\n" not in str(refused.value)
