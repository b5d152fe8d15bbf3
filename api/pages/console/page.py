"""The console at `/`, and for Telegram at `/telegram`: a page, a script and a style sheet.

They are packed when the process starts.

The administration has a script of its own, with the words of one language beside it: the page loads
them when it shows a screen of it.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from aiohttp import web

from api.pages.console.packing import PackedModule, Packer, pack_styles

_SOURCE = Path(__file__).parents[3] / "console"
_MAIN = _SOURCE / "js/main.js"
# What runs before the rest of the script is there.
_EARLY = _SOURCE / "js/early.js"
_PREFIX = "/console"
# What the page loads when it is needed, by the names that it knows: `NAME`, and its words.
LATER_SCRIPTS = {
    "words.id": "js/i18n/id.js",
    "administration": "js/administration/page.js",
    "administration.en": "js/administration/i18n/en.js",
    "administration.id": "js/administration/i18n/id.js",
    "automation": "js/automation/page.js",
    "automation.en": "js/automation/i18n/en.js",
    "automation.id": "js/automation/i18n/id.js",
    "reports": "js/reports/page.js",
    "reports.en": "js/reports/i18n/en.js",
    "reports.id": "js/reports/i18n/id.js",
    "extras": "js/extras/page.js",
    "extras.en": "js/extras/i18n/en.js",
    "extras.id": "js/extras/i18n/id.js",
    "emoji": "js/emoji/page.js",
    "emoji.en": "js/emoji/i18n/en.js",
    "emoji.id": "js/emoji/i18n/id.js",
}
# Scripts that use the modules of another one, which stands above.
_BESIDE = {"automation": "administration"}
_TELEGRAM_PATH = "/telegram"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)
_SECURITY = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_PAGE_HEADERS = {
    **_SECURITY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": f"{_POLICY}'none'",
    # A new version must be seen at once; the files that the page names have other names then.
    "Cache-Control": "no-cache",
}
_PIECE_HEADERS = {
    **_SECURITY,
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class DemoLogIn:
    """An account of the demo, which its page logs in by one click."""

    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something to serve, compressed once."""

    body: bytes
    content_type: str
    compressed: bytes

    @classmethod
    def build(cls, body: bytes, content_type: str) -> "_Piece":
        return cls(body, content_type, gzip.compress(body, 9, mtime=0))

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:16]

    def to_response(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        """Build the response, compressed for those who accept that."""
        headers = {**headers, "Vary": "Accept-Encoding"}
        accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        if accepts_gzip:
            headers["Content-Encoding"] = "gzip"
        return web.Response(
            body=self.compressed if accepts_gzip else self.body,
            content_type=self.content_type,
            charset="utf-8",
            headers=headers,
        )


def build_console_routes(
    demo_log_ins: Sequence[DemoLogIn] = (), *, frames: Sequence[str] = ()
) -> list[web.RouteDef]:
    """Pack the console and build its routes; only the demo gives `demo_log_ins`.

    `frames`: the origins whose pages may show the page for Telegram in a frame.
    """
    pieces, addresses = _pack_pieces()
    page = _Piece.build(build_page(addresses, demo_log_ins), "text/html")
    framed_page = _Piece.build(build_page(addresses, ()), "text/html")
    framed_headers = _build_framed_headers(frames)

    async def show_page(request: web.Request) -> web.Response:
        return page.to_response(request, _PAGE_HEADERS)

    async def show_framed_page(request: web.Request) -> web.Response:
        return framed_page.to_response(request, framed_headers)

    async def show_piece(request: web.Request) -> web.Response:
        piece = pieces.get(request.match_info["path"])
        if piece is None:
            raise web.HTTPNotFound
        return piece.to_response(request, _PIECE_HEADERS)

    return [
        web.get("/", show_page),
        web.get(_TELEGRAM_PATH, show_framed_page),
        web.get(_PREFIX + "/{path:.+}", show_piece),
    ]


@cache
def _pack_pieces() -> tuple[dict[str, _Piece], dict[str, str]]:
    """Pack what the page loads; return it by its path, and the addresses for the page.

    Once in a process, which may serve more than one desk, as tests do.
    """
    pieces: dict[str, _Piece] = {}

    def add(name: str, body: bytes, content_type: str) -> str:
        piece = _Piece.build(body, content_type)
        stem, _, suffix = name.rpartition(".")
        path = f"static/{stem}-{piece.hash}.{suffix}"
        pieces[path] = piece
        return f"{_PREFIX}/{path}"

    packer = build_packer()
    early, rest = packer.pack_in_two(_EARLY)
    later = pack_later_scripts(
        packer, lambda name, body: add(f"{name}.js", body, "text/javascript")
    )
    return pieces, {
        "early": add("early.js", early, "text/javascript"),
        "script": add("app.js", rest, "text/javascript"),
        "later_scripts": escape(json.dumps(later)),
        "style": add("app.css", pack_styles(_SOURCE / "css/main.css"), "text/css"),
        "icon": add("icon.svg", (_SOURCE / "favicon.svg").read_bytes(), "image/svg+xml"),
    }


def _build_framed_headers(frames: Sequence[str]) -> dict[str, str]:
    """Build the headers of the page that Telegram's own page shows in a frame."""
    headers = {**_PAGE_HEADERS, "Content-Security-Policy": _POLICY + (" ".join(frames) or "'none'")}
    # It knows no exceptions; browsers that know the policy do not read it.
    del headers["X-Frame-Options"]
    return headers


def build_packer() -> Packer:
    """Read all modules of the console; raise PackingError."""
    return Packer(_MAIN, [_SOURCE / file for file in LATER_SCRIPTS.values()])


def pack_later_scripts(packer: Packer, place: Callable[[str, bytes], str]) -> dict[str, str]:
    """Pack what the page loads when it is needed; `place` returns the address of each script."""
    addresses: dict[str, str] = {}
    for name, file in LATER_SCRIPTS.items():
        beside = None
        if (other := _BESIDE.get(name)) is not None:
            beside = PackedModule(_SOURCE / LATER_SCRIPTS[other], addresses[other])
        addresses[name] = place(name, packer.pack_later_script(_SOURCE / file, beside=beside))
    return addresses


def build_page(addresses: dict[str, str], demo_log_ins: Sequence[DemoLogIn]) -> bytes:
    """Fill in the page's addresses, and the accounts of the demo."""
    text = (_SOURCE / "index.html").read_text("utf-8")
    accounts = [
        {"name": each.name, "email": each.email, "password": each.password} for each in demo_log_ins
    ]
    demo = f'<meta name="demo-accounts" content="{escape(json.dumps(accounts))}" />'
    values = {**addresses, "demo": demo if accounts else ""}
    for name, value in values.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text.encode()
