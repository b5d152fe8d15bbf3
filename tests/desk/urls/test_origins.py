"""A URL in a request body leads to a server that the operator configured, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.urls.origins import (
    Origin,
    UrlNotAllowedError,
    parse_origin,
    require_allowed_origin,
)

META = parse_origin("https://lookaside.fbsbx.com")
WAHA = parse_origin("http://waha:3000/")
ALLOWED = (META, WAHA)


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=A%2Bb",
        "https://lookaside.fbsbx.com:443/x",
        "HTTPS://LOOKASIDE.FBSBX.COM/x",
        "https://lookaside.fbsbx.com./x",
        "http://waha:3000/api/files/x.jpg",
    ],
)
def test_links_to_the_servers_that_were_named(url: str) -> None:
    assert require_allowed_origin(url, ALLOWED) == url


@pytest.mark.parametrize(
    "url",
    [
        # Other servers, our own network, the cloud's own data.
        "https://evil.example/x",
        "http://127.0.0.1:3000/",
        "http://localhost:3000/",
        "http://[::1]:3000/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::ffff:127.0.0.1]/",
        # The right name on another scheme or port.
        "http://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "http://waha/api/files/x",
        "https://waha:3000/api/files/x",
        # Similar names, and names that could resolve to our network.
        "https://lookaside.fbsbx.com.evil.example/x",
        "https://evil-lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com.127.0.0.1.nip.io/x",
        "https://7f000001.c0a80001.rbndr.us/x",
        "https://l\u043eokaside.fbsbx.com/x",
        "https://lookaside%2efbsbx.com/x",
        # A user before the name, backslashes, other tricks of notation.
        "https://lookaside.fbsbx.com@evil.example/x",
        "https://evil.example@lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:pass@evil.example/",
        "https://evil.example\\@lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com\\.evil.example/x",
        "https://evil.example#@lookaside.fbsbx.com/",
        "https://evil.example?@lookaside.fbsbx.com/",
        "https:///lookaside.fbsbx.com/x",
        "https:lookaside.fbsbx.com/x",
        "//lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com/x\r\nHost: evil",
        "https://lookaside.fbsbx.com /x",
        "\thttps://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com\u3002evil/x",
        "https://lookaside.fbsbx.com:99999/",
        "https://lookaside.fbsbx.com:0/",
        "https://lookaside.fbsbx.com:x/",
        "https://[lookaside.fbsbx.com]/",
        "https://[::1/",
        "https://./x",
        # Other schemes.
        "file:///etc/passwd",
        "ftp://lookaside.fbsbx.com/x",
        "gopher://waha:3000/_x",
        "data:text/plain,x",
        "javascript:alert(1)",
        "",
        "x" * 5000,
    ],
)
def test_nothing_else_is_followed(url: str) -> None:
    with pytest.raises(UrlNotAllowedError) as refused:
        require_allowed_origin(url, ALLOWED)
    assert "fbsbx" not in str(refused.value)


def test_an_address_may_be_one_that_was_named() -> None:
    allowed = [parse_origin("http://127.0.0.1:8081/graph")]
    assert require_allowed_origin("http://127.0.0.1:8081/graph/media/1?x=y", allowed)
    assert parse_origin("http://[::1]/x") == Origin("http", "[::1]", 80)


@given(st.text(max_size=60) | st.text(max_size=40).map(lambda rest: f"https://{rest}"))
def test_no_text_breaks_it(url: str) -> None:
    try:
        found = parse_origin(url)
    except UrlNotAllowedError:
        return
    assert found.scheme in {"http", "https"}
    assert found.host == found.host.strip("@/\\ ")
