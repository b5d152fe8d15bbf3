"""The data of Mini Apps: both signatures are required, and nothing can be read in two ways."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk.accounts.init_data import BadInitDataError, InitDataVerifier
from sandbox.telegram import mini_app

TOKEN = "123456789:" + "A" * 35
OTHER = "987654321:" + "B" * 35
VERIFIER = InitDataVerifier.from_hex(mini_app.PUBLIC_KEY)
USER = {"id": 910000001, "first_name": "Mia \N{GRINNING FACE} & co", "language_code": "en"}
AT = 1_767_600_000
Fields = dict[str, str]


def made(**more: Any) -> str:
    return mini_app.build_init_data(TOKEN, USER, AT, **more)


def fields(**more: str) -> Fields:
    return {"user": '{"id":910000001}', "auth_date": str(AT), **more}


def refused(text: str, tokens: list[str] | None = None) -> str:
    with pytest.raises(BadInitDataError) as error:
        VERIFIER.verify(text, [TOKEN] if tokens is None else tokens)
    return str(error.value)


def with_hash(signed: Fields, token: str = TOKEN) -> str:
    """Add a right hash to these fields, whatever their signature is."""
    said = "\n".join(f"{name}={signed[name]}" for name in sorted(signed))
    secret = hmac.digest(b"WebAppData", token.encode(), "sha256")
    mac = hmac.digest(secret, said.encode(errors="surrogatepass"), "sha256").hex()
    return urlencode({**signed, "hash": mac}, quote_via=quote)


def test_what_telegram_signed_for_one_of_our_bots_names_a_person() -> None:
    for text in (made(), made(start_param="s_01KAPQ4M6Q9Y0JX7T0ZV3F9B2D")):
        found = VERIFIER.verify(text, [OTHER, TOKEN])
        given = dict(parse_qsl(text))["hash"]
        assert found.telegram_id == "910000001"
        assert found.signed_at == datetime.fromtimestamp(AT, UTC)
        assert found.digest == hashlib.sha256(given.encode()).hexdigest()
    # The order of the fields does not matter, and both ways to write a blank are the same.
    turned = "&".join(reversed(made().split("&"))).replace("%20", "+")
    assert VERIFIER.verify(turned, [TOKEN]).telegram_id == "910000001"


def test_it_agrees_with_a_library_about_what_is_signed() -> None:
    from aiogram.utils.web_app import check_webapp_signature as check_hash  # noqa: PLC0415
    from aiogram.utils.web_app_signature import (  # noqa: PLC0415
        check_webapp_signature as check_signature,
    )

    assert check_hash(TOKEN, made())
    key = bytes.fromhex(mini_app.PUBLIC_KEY)
    assert check_signature(int(TOKEN.partition(":")[0]), made(), key)


def test_another_bot_and_another_telegram_are_refused() -> None:
    assert "bot of this desk" in refused(made(), [OTHER])
    assert "bot of this desk" in refused(made(), [])
    # Whoever has the bot's token can make the hash, but not the signature.
    forged = mini_app.sign(TOKEN, fields(), key=Ed25519PrivateKey.generate())
    assert "Telegram did not sign it" in refused(forged)
    with pytest.raises(BadInitDataError):
        InitDataVerifier.from_hex().verify(made(), [TOKEN])
    # The signature is for one bot: another bot's data with a new hash is no use.
    others = dict(parse_qsl(mini_app.sign(OTHER, fields())))
    del others["hash"]
    assert "Telegram did not sign it" in refused(with_hash(others))


def _double(text: str, name: str) -> str:
    return f"{text}&{name}={dict(parse_qsl(text))[name]}"


BROKEN: dict[str, Callable[[str], str]] = {
    "no hash": lambda text: text.partition("&hash=")[0],
    "no signature": lambda text: with_hash(fields()),
    # The five traps of a common library.
    "a hash that is not ASCII": lambda text: text.replace("hash=", "hash=%C3%A9"),
    "a signature that is not base64": lambda text: with_hash(fields(signature="a")),
    "a long signature": lambda text: with_hash(fields(signature="A" * 87)),
    "a doubled hash": lambda text: _double(text, "hash"),
    "a doubled user": lambda text: _double(text, "user"),
    "a doubled signature": lambda text: _double(text, "signature"),
    "a line end in a value": lambda text: mini_app.sign(TOKEN, fields(start_param="a\nuser={}")),
    "another line end": lambda text: mini_app.sign(TOKEN, fields(start_param="a\u2028b")),
    "no time": lambda text: mini_app.sign(TOKEN, {"user": '{"id":1}'}),
    # And others.
    "an upper-case hash": lambda text: text[:-64] + text[-64:].upper() + "A",
    "a time that is not a number": lambda text: mini_app.sign(TOKEN, fields(auth_date="1e9")),
    "a time before 1970": lambda text: mini_app.sign(TOKEN, fields(auth_date="-1")),
    "no user": lambda text: mini_app.sign(TOKEN, {"auth_date": str(AT)}),
    "a user that is no object": lambda text: mini_app.sign(TOKEN, fields(user="[1]")),
    "a user that is not JSON": lambda text: mini_app.sign(TOKEN, fields(user="{")),
    "a deep user": lambda text: mini_app.sign(TOKEN, fields(user="[" * 900)),
    "a user without an id": lambda text: mini_app.sign(TOKEN, fields(user="{}")),
    "a user with a text as id": lambda text: mini_app.sign(TOKEN, fields(user='{"id":"1"}')),
    "a user whose id is true": lambda text: mini_app.sign(TOKEN, fields(user='{"id":true}')),
    "a user with a negative id": lambda text: mini_app.sign(TOKEN, fields(user='{"id":-100}')),
    "a bot": lambda text: mini_app.sign(TOKEN, fields(user='{"id":1,"is_bot":true}')),
    "bytes that are no text": lambda text: f"{text}&x=%ff",
    "a lone surrogate": lambda text: f"{text}&x=\ud800",
    "a name in capitals": lambda text: f"{text}&User=1",
    "a name with an escape": lambda text: f"{text}&us%65r=1",
    "no equals sign": lambda text: f"{text}&x",
    "an empty part": lambda text: f"{text}&",
    "nothing": lambda text: "",
    "more than Telegram sends": lambda text: f"{text}&x={'a' * 4096}",
    "one more field": lambda text: f"{text}&x=1",
}


@pytest.mark.parametrize("way", BROKEN)
def test_what_is_malformed_is_refused_and_raises_nothing_else(way: str) -> None:
    refused(BROKEN[way](made()))


def test_every_changed_character_is_noticed() -> None:
    text = made()
    for place, character in enumerate(text):
        for other in ("1", "a", "&"):
            changed = f"{text[:place]}{other}{text[place + 1 :]}"
            # `%2A` and `%2a` are the same.
            if other != character and parse_qsl(changed) != parse_qsl(text):
                refused(changed)


def test_only_whole_signatures_count() -> None:
    """Base64 has spare bits: no second spelling of a signature is accepted for a hash."""
    signed = dict(parse_qsl(made()))
    raw = base64.urlsafe_b64decode(signed["signature"] + "==")
    assert len(raw) == 64
    assert VERIFIER.verify(made(), [TOKEN])
