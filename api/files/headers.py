"""The response headers of a downloaded file."""

import re
from urllib.parse import quote

from desk.media.file_names import clean_name
from desk.media.mime_types import choose_display_type

# RFC 5987: characters that need no escape in an extended value, besides letters and digits.
_SAFE_CHARACTERS = "!#$&+-.^_`|~"
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()+-]")


def build_file_headers(
    head: bytes, mime: str | None, name: str | None, etag: str, *, as_attachment: bool = False
) -> dict[str, str]:
    """Build the headers of a file that begins with `head`.

    Only a type whose bytes are safe may be shown inline; `mime` and `name` are not trusted.
    """
    kind, is_safe = choose_display_type(head, mime)
    may_show = is_safe and not as_attachment
    return {
        "Content-Type": kind,
        "Content-Disposition": build_content_disposition(name, may_show=may_show),
        "ETag": etag,
        "Accept-Ranges": "bytes",
        # Only the browser may cache it, and it must ask each time.
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }


def build_content_disposition(name: str | None, *, may_show: bool) -> str:
    """Build a Content-Disposition as RFC 6266 defines it: an ASCII name and the real one."""
    how = "inline" if may_show else "attachment"
    clean = clean_name(name)
    if clean is None:
        return how
    plain = _UNSAFE.sub("_", clean)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe=_SAFE_CHARACTERS)}"
