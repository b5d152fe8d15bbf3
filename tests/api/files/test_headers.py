"""The name and type of a file cannot break a header or make a browser run the file."""

import email.message
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.files.headers import build_content_disposition, build_file_headers

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        (
            "Ärger 100%.pdf",
            "attachment; filename=\"_rger 100_.pdf\"; filename*=UTF-8''%C3%84rger%20100_.pdf",
        ),
        (
            'x"; filename="y',
            "attachment; filename=\"x__ filename__y\"; filename*=UTF-8''x_%3B%20filename%3D_y",
        ),
        (None, "attachment"),
        ("\r\n", "attachment"),
    ],
)
def test_a_name_is_written_twice(name: str | None, written: str) -> None:
    assert build_content_disposition(name, may_show=False) == written


@given(st.text(max_size=200), st.text(max_size=60), st.binary(max_size=64))
def test_whatever_they_say_the_headers_stay_whole(name: str, mime: str, head: bytes) -> None:
    headers = build_file_headers(head, mime, name, '"x"')
    for value in headers.values():
        assert value.isascii()
        assert value.isprintable()
    message = email.message.EmailMessage(policy=email.policy.HTTP)
    message["Content-Disposition"] = headers["Content-Disposition"]
    assert message.get_content_disposition() in {"inline", "attachment"}
    if message.get_content_disposition() == "inline":
        assert headers["Content-Type"].split("/")[0] in {"image", "audio", "video"}


def test_a_picture_is_shown_and_a_page_is_not() -> None:
    assert build_file_headers(PNG, "text/html", "x", '"x"')["Content-Type"] == "image/png"
    page = build_file_headers(b"<html>", "text/html", "x.html", '"x"')
    assert page["Content-Type"] == "application/octet-stream"
    assert page["Content-Disposition"].startswith("attachment")
    assert page["X-Content-Type-Options"] == "nosniff"
