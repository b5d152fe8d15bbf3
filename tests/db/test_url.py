"""Which forms of DATABASE_URL are accepted, and what the errors say about the others."""

from pathlib import Path

import pytest

from db.url import DatabaseUrlError, parse_database_url


def test_the_reference_form_of_mysql() -> None:
    address = parse_database_url(
        "mysql://user:pass@host:3306/db?connection_limit=5&pool_timeout=30"
    )
    assert address.url.drivername == "mysql+aiomysql"
    assert (address.url.host, address.url.port, address.url.database) == ("host", 3306, "db")
    assert (address.connection_limit, address.pool_timeout) == (5, 30)
    # Our own parameters are not passed to the driver, which would refuse them.
    assert dict(address.url.query) == {"charset": "utf8mb4"}
    assert not address.is_sqlite


def test_parameters_of_encrypted_connections_reach_the_driver() -> None:
    address = parse_database_url("mysql://u:p@h/d?ssl_ca=/etc/ca.pem&connection_limit=3")
    assert dict(address.url.query) == {"ssl_ca": "/etc/ca.pem", "charset": "utf8mb4"}


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
        ("postgres://u:p@h/d", "unsupported scheme 'postgres'"),
        ("mysql://u:p@/d", "no host"),
        ("mysql://u:p@h", "no host or no database"),
        ("mysql://u:p@h/d?connection_limit=0", "connection_limit"),
        (
            "mysql://u:p@h/d?sslaccept=strict",
            "not known here, sslaccept; known are connection_limit",
        ),
        ("mysql://u:p@h/d?socket_timeout=5", "not known here, socket_timeout"),
        ("mysql://u:p@h/d?a%20b=5", "not known here, …"),
        ("sqlite:///osmodesk.db?charset=utf8", "not known here, charset"),
        ("mysql://u:p@h/d?connection_limit=-1", "connection_limit"),
        ("mysql://u:p@h/d?connection_limit=many", "connection_limit"),
        ("mysql://u:p@h/d?pool_timeout=²", "pool_timeout"),
        ("mysql://u:p@h/d?pool_timeout=99999", "pool_timeout"),
        ("mysql://u:hunter2@h:port/d", "port that is not a number"),
        ("mysql://u:hunter2@h:33o6/d", "port that is not a number"),
        ("mysql://u:hunter2@h:/d", "port that is not a number"),
        ("mysql://[::1/d", "port that is not a number"),
        ("mysql://u@::1/d", "port that is not a number"),
        ("mysql://u:p@h]/d", "invalid host"),
        ("mysql://u:p@my host/d", "invalid host"),
        ("mysql://u:p@h:0/d", "port outside"),
        ("mysql://u:p@h:-1/d", "port outside"),
        ("mysql://u:p@h:65536/d", "port outside"),
        ("mysql://u:hun@ter2@h/d", "%40"),
        ("mysql://u:hun@ter2/ter2@h/d", "%40"),
        ("mysql://u:hun@ter2/d?ter2@h/d", "%40"),
        ("mysql://u:p@h/d?connection_limit=hunter2", "connection_limit"),
    ],
)
def test_a_bad_address_gives_one_line_without_its_value(text: str, told: str) -> None:
    with pytest.raises(DatabaseUrlError, match=told) as refused:
        parse_database_url(text)
    assert "\n" not in str(refused.value)
    assert not any(piece in str(refused.value) for piece in ("hunter2", "ter2", "hun@"))


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("mysql://u:p@127.0.0.1/d", "127.0.0.1", None),
        ("mysql://u:p@[::1]:65535/d", "::1", 65535),
        ("mysql://u:p@[fe80::1%eth0]/d", "fe80::1%eth0", None),
        ("mysql://u:p%40%2F%3A@db_1.example-2.com:1/d", "db_1.example-2.com", 1),
        ("mysql://u:p/?#:x@h/d", "h", None),
    ],
)
def test_a_good_host_and_port_pass(text: str, host: str, port: int | None) -> None:
    address = parse_database_url(text)
    assert (address.url.host, address.url.port) == (host, port)


def test_a_file_may_have_an_at_sign_in_its_name() -> None:
    assert parse_database_url("sqlite:///desk@home@work.db").sqlite_file == Path(
        "desk@home@work.db"
    )


@pytest.mark.parametrize("text", ["sqlite://", "sqlite:///:memory:", "mysql://u:p@host/db"])
def test_memory_and_a_server_have_no_file(text: str) -> None:
    assert parse_database_url(text).sqlite_file is None
