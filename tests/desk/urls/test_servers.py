"""Server URLs have one stored form, and never lead to a cloud's metadata service."""

import pytest

from desk.urls.servers import (
    InvalidServerUrlError,
    MetadataAddressError,
    is_metadata_address,
    normalize_server_url,
    open_checked_socket,
)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://waha:3000", "http://waha:3000"),
        ("http://waha:3000/", "http://waha:3000"),
        ("HTTP://WAHA.Example.:80/", "http://waha.example"),
        ("https://waha.example:443/below/it/", "https://waha.example/below/it"),
        ("http://10.0.0.7:3000", "http://10.0.0.7:3000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://[FD00:0:0::7]/", "http://[fd00::7]"),
        ("http://my_waha-1/", "http://my_waha-1"),
    ],
)
def test_an_address_is_kept_in_one_form(url: str, kept: str) -> None:
    assert normalize_server_url(url) == kept
    assert normalize_server_url(kept) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "waha:3000",
        "ftp://waha:3000",
        "file:///etc/passwd",
        "http:///path",
        "http://",
        "http://user@waha",
        "http://user:secret@waha:3000",
        "http://@waha",
        "http://waha:99999",
        "http://waha:0",
        "http://waha:x",
        "http://waha/?a=b",
        "http://waha/?",
        "http://waha/#",
        "http://waha/../x",
        "http://waha/./x",
        "http://waha//x",
        "http://waha/%2e%2e",
        "http://a b",
        "http://-waha",
        "http://waha..x",
        "http://[::1",
        "http://[::1%25eth0]/",
        "http://" + "a" * 64,
        # The cloud's metadata service, in any notation.
        "http://169.254.169.254",
        "http://169.254.170.2/v2",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:a9fe:a9fe::]/",
        "http://[fe80::1]",
        "http://[fd00:ec2::254]",
        "http://100.100.100.200",
        "http://metadata.google.internal",
        "http://METADATA.google.internal./",
        # Numbers that some resolvers read as an address.
        "http://2852039166",
        "http://0xa9fea9fe",
        "http://0xa9.0xfe.43518",
        "http://169.254.43518",
        "http://0251.0376.0251.0376",
    ],
)
def test_where_no_server_of_ours_can_be_is_refused(url: str) -> None:
    with pytest.raises(InvalidServerUrlError) as refused:
        normalize_server_url(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("169.254.169.254", True),
        ("::ffff:169.254.169.254", True),
        ("fe80::1%2", True),
        ("fd00:ec2::254", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("fd12::1", False),
        ("203.0.113.7", False),
    ],
)
def test_a_name_is_looked_at_when_it_is_known_where_it_leads(address: str, refused: bool) -> None:
    assert is_metadata_address(address) is refused
    if refused:
        with pytest.raises(MetadataAddressError):
            open_checked_socket((2, 1, 6, "", (address, 80)))
