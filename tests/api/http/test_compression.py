"""Answers are compressed for clients that say so, and others get them as they are."""

import gzip
import zlib

import aiohttp
import pytest

from api.http.compression import accepts_gzip, compress
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage
from tests.api.test_login import HASH, PASSWORD


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("br, GZIP", True),
        ("deflate;q=0.5, gzip;q=0.1", True),
        ("gzip ; q = 1.0", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("xgzip", False),
        ("gzipped", False),
        ("gzip;q=high", False),
    ],
)
def test_what_a_client_accepts(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_only_what_is_worth_it_is_compressed() -> None:
    assert compress(b"a" * 1023) is None
    body = compress(b"a" * 1024)
    assert body is not None
    assert gzip.decompress(body) == b"a" * 1024


async def test_a_long_list_is_compressed_and_tokens_are_not(own_api: ApiStage) -> None:
    mia, past = await own_api.person(password_hash=HASH), await HistoryBuilder.on_a_channel(own_api)
    for _ in range(5):
        await past.session(mia, says=["Where is my order?"] * 3)
    url, bearer = f"{own_api.address}/api/v1/sessions", {"Authorization": f"Bearer {mia.token}"}
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        bodies = {}
        for header in ("gzip, br", "identity"):
            asked = {**bearer, "Accept-Encoding": header}
            async with http.get(url, headers=asked) as reply:
                assert "Accept-Encoding" in reply.headers.getall("Vary")
                is_small = reply.headers.get("Content-Encoding") == "gzip"
                assert is_small == header.startswith("gzip")
                raw = await reply.read()
                bodies[header] = zlib.decompress(raw, wbits=31) if is_small else raw
                if is_small:
                    assert len(raw) < len(bodies[header]) / 3
        assert len(set(bodies.values())) == 1
        log_in = {"email": mia.email, "password": PASSWORD}
        path = f"{own_api.address}/api/v1/auth/login"
        async with http.post(path, json=log_in, headers={"Accept-Encoding": "gzip"}) as reply:
            assert (reply.status, "Content-Encoding" in reply.headers) == (200, False)
