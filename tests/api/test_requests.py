"""What holds for every request: ids, problems, headers, limits, broken input."""

import asyncio
import gzip
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog
from structlog.testing import capture_logs

from tests.api.stage import Answer, ApiStage, run_api
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"Content-Type": "application/json"}


async def send(api: ApiStage, raw: bytes, headers: dict[str, str] = JSON) -> Answer:
    """Post these bytes to create a user; they are broken, so no user is created."""
    admin = await api.admin()
    return await api.ask("POST", "/users", token=admin.token, data=raw, headers=headers)


async def test_who_asks_is_told_who_they_are(api: ApiStage) -> None:
    mia = await api.person("Mia")
    answer = await mia.get("/auth/me")
    assert answer.status == 200
    assert answer.body["name"] == mia.name
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert len(answer.headers["X-Request-Id"]) == 26


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/auth", "/auth/me/", "//auth/me", "/%ff", "/%00"]
)
async def test_no_such_address_is_a_problem_too(api: ApiStage, path: str) -> None:
    answer = await api.ask("GET", path)
    assert (answer.status, answer.problem) == (404, "not-found")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "TRACE", "OPTIONS"])
async def test_no_such_method_says_which_there_are(api: ApiStage, method: str) -> None:
    answer = await api.ask(method, "/auth/me")
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, PATCH"


async def test_a_log_line_has_the_id_that_the_answer_has(api: ApiStage) -> None:
    with capture_logs([structlog.contextvars.merge_contextvars]) as said:
        answer = await api.ask("GET", "/nothing")
    [line] = [each for each in said if each["event"] == "api.request"]
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["status"], line["path"]) == (404, "/api/v1/nothing")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"name": "\xff\xfe"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\\ud800"}',
        b'{"name": "x", "email": "\\udc00\\ud800"}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"name": ' * 5_000,
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"{'name': 1}",
        b"\x00",
    ],
    ids=range(14),
)
async def test_what_is_no_json_cannot_be_read(api: ApiStage, raw: bytes) -> None:
    answer = await send(api, raw)
    assert (answer.status, answer.problem) == (400, "bad-request")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"name": "missing", "email": "missing"}),
        ([], {"": "model_type"}),
        (None, {"": "model_type"}),
        ("x", {"": "model_type"}),
        (float("nan"), {"": "model_type"}),
        ({"name": 1}, {"name": "string_type"}),
        ({"name": 10**400}, {"name": "string_type"}),
        ({"name": float("inf")}, {"name": "string_type"}),
        ({"name": None}, {"name": "string_type"}),
        ({"name": ["x"]}, {"name": "string_type"}),
        ({"name": ""}, {"name": "string_too_short"}),
        ({"name": "x" * 500}, {"name": "string_too_long"}),
        ({"name": "a\x00b"}, {"name": "value_error"}),
        ({"name": "a\x1b[31mb"}, {"name": "value_error"}),
        ({"name": "x", "email": "x"}, {"email": "string_too_short"}),
        ({"role": "ROOT"}, {"role": "enum"}),
        ({"role": 1}, {"role": "enum"}),
        ({"is_admin": True}, {"is_admin": "extra_forbidden"}),
        ({"__proto__": {}}, {"__proto__": "extra_forbidden"}),
    ],
    ids=range(19),
)
async def test_wrong_fields_are_named(api: ApiStage, body: Any, faults: dict[str, str]) -> None:
    answer = await send(api, json.dumps(body).encode())
    assert (answer.status, answer.problem) == (422, "invalid")
    assert faults.items() <= answer.faults.items()
    assert {each["where"] for each in answer.body["errors"]} == {"body"}


@pytest.mark.parametrize(
    "email", ["no address", "a@b", "ä@desk.test", "a@b.c\r\nX: y", "@@@", "a@-.x y"]
)
async def test_what_the_desk_refuses_names_the_field_too(api: ApiStage, email: str) -> None:
    answer = await send(api, json.dumps({"name": "x", "email": email}).encode())
    assert (answer.status, answer.problem) == (422, "invalid")
    assert set(answer.faults) == {"email"}


async def test_an_answer_never_repeats_what_came(api: ApiStage) -> None:
    answer = await send(
        api, json.dumps({"name": "x", "email": "<script>", "role": "hunter2"}).encode()
    )
    assert b"hunter2" not in answer.raw
    assert b"<script>" not in answer.raw


async def test_faults_beyond_measure_are_not_all_told(api: ApiStage) -> None:
    many = {f"field{number}": 1 for number in range(400)}
    answer = await send(api, json.dumps(many).encode())
    assert len(answer.body["errors"]) == 50
    # No time is spent on listing more errors than a person makes by mistake.
    many = {f"field{number}": 1 for number in range(10_000)}
    answer = await send(api, json.dumps(many).encode())
    assert (answer.status, answer.faults) == (422, {"": "too_many"})


async def test_anybody_may_send_less_than_who_is_logged_in(api: ApiStage) -> None:
    for size, status in ((15_000, 422), (17_000, 413)):
        raw = json.dumps({"email": "x" * size, "password": "x"}).encode()
        answer = await api.ask("POST", "/auth/login", data=raw, headers=JSON)
        assert answer.status == status
    assert (await send(api, json.dumps({"name": "x" * 200_000}).encode())).status == 422
    assert (await send(api, json.dumps({"name": "x" * 300_000}).encode())).status == 413


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json, text/plain"},
        {"Content-Type": 'application/json; charset="nonsense'},
        {**JSON, "Content-Encoding": "identity"},
    ],
)
async def test_only_plain_json_is_taken(api: ApiStage, headers: dict[str, str]) -> None:
    answer = await send(api, b"{}", headers)
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


async def test_a_compressed_body_is_not_unpacked(api: ApiStage) -> None:
    bomb = gzip.compress(b'"' + b"x" * 50_000_000)
    answer = await send(api, bomb, {**JSON, "Content-Encoding": "gzip"})
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("limit=0", {"limit": "greater_than_equal"}),
        ("limit=101", {"limit": "less_than_equal"}),
        ("limit=x", {"limit": "int_parsing"}),
        ("limit=NaN", {"limit": "int_parsing"}),
        ("limit=" + "9" * 400, {"limit": "less_than_equal"}),
        ("limit=" + "9" * 5000, {"limit": "int_parsing_size"}),
        ("limit=1&limit=1", {"limit": "given_twice"}),
        ("cursor=x", {"cursor": "string_pattern_mismatch"}),
        ("cursor=", {"cursor": "string_pattern_mismatch"}),
        ("cursor=a9999999999999999" + "Z" * 26, {"cursor": "string_pattern_mismatch"}),
        ("role=%ff", {"role": "enum"}),
        ("is_active=2", {"is_active": "bool_parsing"}),
        ("nonsense=1", {"nonsense": "extra_forbidden"}),
        ("q=" + "x" * 101, {"q": "string_too_long"}),
    ],
)
async def test_wrong_questions_are_named(api: ApiStage, query: str, faults: dict[str, str]) -> None:
    answer = await (await api.admin()).get(f"/users?{query}")
    assert (answer.status, answer.problem) == (422, "invalid")
    assert answer.faults == faults
    assert {each["where"] for each in answer.body["errors"]} == {"query"}


@pytest.mark.parametrize(
    "words", ["%25", "_", "%5C", "'", '"; --', "%00", "%ED%A0%80", "%F0%9F%98%80", "%ff%fe", "%"]
)
async def test_words_are_only_words(api: ApiStage, words: str) -> None:
    answer = await (await api.admin()).get(f"/users?q={words}")
    assert answer.status in {200, 422}
    if answer.status == 200:
        assert answer.body["items"] == []


@pytest.mark.parametrize("at", ["a0000000000000000", "a9999999999999999", "b9999999999999999"])
async def test_a_cursor_may_lie_anywhere(api: ApiStage, at: str) -> None:
    answer = await (await api.admin()).get(f"/users?cursor={at}01KAPQ4M6Q9Y0JX7T0ZV3F9B2D")
    assert answer.status == 200


async def raw_request(api: ApiStage, *parts: bytes, pause: float = 0) -> bytes:
    """Send these bytes over a connection, and read until it is closed."""
    at = urlsplit(api.address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        return await asyncio.wait_for(reader.read(), PATIENCE)
    finally:
        writer.close()


def head(token: str, *lines: str) -> bytes:
    first = ["POST /api/v1/users HTTP/1.1", "Host: x", f"Authorization: Bearer {token}"]
    return "\r\n".join([*first, "Content-Type: application/json", *lines, "", ""]).encode()


async def test_a_body_that_says_it_is_too_large_is_not_read(api: ApiStage) -> None:
    admin = await api.admin()
    answer = await raw_request(api, head(admin.token, f"Content-Length: {1024**3}"))
    assert b" 413 " in answer.splitlines()[0]
    assert b"urn:osmodesk:problem:too-large" in answer
    assert b"connection: close" in answer.lower()


async def test_a_body_that_does_not_say_how_large_it_is_is_cut_off(api: ApiStage) -> None:
    admin = await api.admin()
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    start = head(admin.token, "Transfer-Encoding: chunked")
    answer = await raw_request(api, start, *[piece] * 17)
    assert b" 413 " in answer.splitlines()[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        b"GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b"GET /api/v1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        (
            b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        (
            b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"
        ),
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/nothing HTTP/1.1\r\nHost: x\r\nExpect: \xff\xfe\r\n\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: x\r\nExpect: \xff\xfe\r\n\r\n",
    ],
    ids=range(11),
)
async def test_what_is_hardly_http_is_no_fault_of_ours(api: ApiStage, raw: bytes) -> None:
    answer = await raw_request(api, raw + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    status = int(answer.split(b" ", 2)[1])
    assert 400 <= status < 500
    assert (await (await api.person()).get("/auth/me")).status == 200


HEADERS = (
    *("Accept", "Access-Control-Request-Method", "Authorization", "Content-Encoding", "Cookie"),
    *("Content-Type", "Expect", "Forwarded", "Idempotency-Key", "If-None-Match", "If-Range"),
    *("Last-Event-ID", "Origin", "Range", "User-Agent", "X-Forwarded-For", "X-Request-Id"),
)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(
    "asked",
    [
        "GET /api/v1/auth/me",
        "POST /api/v1/auth/login",
        "PUT /api/v1/auth/me",
        "GET /api/v1/events?after=x",
        "POST /telegram/x",
        "GET /healthz",
        "GET /docs",
        "GET /nothing",
    ],
)
async def test_a_header_that_is_no_text_is_no_fault_of_ours(
    api: ApiStage, asked: str, header: str
) -> None:
    for value in (b"\xff\xfe", b"\xed\xa0\x80", "\u0661".encode(), b""):
        line = b"%s: %s\r\nConnection: close\r\n\r\n" % (header.encode(), value)
        answer = await raw_request(api, f"{asked} HTTP/1.1\r\nHost: x\r\n".encode() + line)
        assert 200 <= int(answer.split(b" ", 2)[1]) < 500, answer


async def test_what_a_client_expects_is_answered_or_passed_over(api: ApiStage) -> None:
    admin = await api.admin()
    small = head(admin.token, "Content-Length: 2", "Expect: 100-continue", "Connection: close")
    answer = await raw_request(api, small + b"{}")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 422 ")
    # A body that is too long need not be sent.
    large = head(admin.token, f"Content-Length: {1024**3}", "Expect: 100-continue")
    assert (await raw_request(api, large)).startswith(b"HTTP/1.1 413 ")
    other = head(admin.token, "Content-Length: 2", "Expect: a miracle", "Connection: close")
    assert (await raw_request(api, other + b"{}")).startswith(b"HTTP/1.1 422 ")


async def test_one_answer_holds_no_other_header(api: ApiStage) -> None:
    answer = await api.ask("GET", "/auth/me%0d%0aX-Evil:%201")
    assert answer.status == 404
    assert "X-Evil" not in answer.headers


async def test_pages_of_other_origins_may_not_call_unless_they_are_named(
    migrated_sqlite_url: str,
) -> None:
    good, bad = "https://console.test", "https://evil.test"
    asks = {"Access-Control-Request-Method": "PATCH"}
    async with run_api(migrated_sqlite_url, cors_origins=good) as api:
        mia = await api.person()
        allowed = await api.ask("OPTIONS", "/auth/me", headers={"Origin": good, **asks})
        assert allowed.status == 204
        assert allowed.headers["Access-Control-Allow-Origin"] == good
        assert "PATCH" in allowed.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
        refused = await api.ask("OPTIONS", "/auth/me", headers={"Origin": bad, **asks})
        assert refused.status == 405
        for origin in (good, bad):
            answer = await mia.get("/auth/me", headers={"Origin": origin})
            assert answer.headers.get("Access-Control-Allow-Origin") == (
                good if origin == good else None
            )
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert answer.headers.getall("Vary") == ["Accept-Encoding", "Origin"]


async def test_by_default_no_page_of_another_origin_may_call(api: ApiStage) -> None:
    answer = await api.ask("GET", "/auth/me", headers={"Origin": "https://console.test"})
    assert "Access-Control-Allow-Origin" not in answer.headers
