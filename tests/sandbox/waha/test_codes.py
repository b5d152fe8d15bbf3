"""Tests of QR codes, their shapes and their times, and of pairing codes."""

import base64
import struct
import zlib

import pytest
import segno

from sandbox.common.control_client import SandboxRequestError
from sandbox.waha.engine.qr import render_qr_png
from tests.sandbox.waha.stage import SESSION, Stage

QR = f"/api/{SESSION}/auth/qr"
SCALE, BORDER = 6, 4


def modules(png: bytes) -> list[list[int]]:
    """Return the dark (1) and light (0) modules of a black and white PNG of a QR code."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (width, depth, colour) == (height, 1, 0)
    at = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[at - 4 : at])
    rows, step = zlib.decompress(png[at + 4 : at + 4 + length]), (width + 7) // 8 + 1
    side = width // SCALE - 2 * BORDER

    def dark(x: int, y: int) -> int:
        column, line = (x + BORDER) * SCALE, (y + BORDER) * SCALE
        byte = rows[line * step + 1 + column // 8]
        return 1 - (byte >> (7 - column % 8) & 1)

    return [[dark(x, y) for x in range(side)] for y in range(side)]


async def raw(stage: Stage) -> str:
    value: str = (await stage.ok("GET", QR, params={"format": "raw"}))["value"]
    return value


async def test_the_code_comes_in_three_shapes(bare: Stage) -> None:
    await bare.create()
    image = await bare.call("GET", QR)
    assert (image.status, image.kind) == (200, "image/png")
    value = await raw(bare)
    assert value.startswith("2@")
    assert len(value.split(",")) == 4
    expected = segno.make_qr(value, error="l")
    assert modules(image.body) == [list(row) for row in expected.matrix]
    in_json = await bare.ok("GET", QR, headers={"Accept": "application/json"})
    assert in_json["mimetype"] == "image/png"
    assert base64.b64decode(in_json["data"]) == image.body == render_qr_png(value)


async def test_each_code_is_new_and_reported_and_the_sixth_is_the_last(bare: Stage) -> None:
    await bare.create()
    values = []
    for number in range(1, 7):
        await bare.hook.until("session.status", number + 1)
        values.append(await raw(bare))
        await bare.waha.next_code(SESSION)
    await bare.waha.until(SESSION, "FAILED")
    told = [one["status"] for one in await bare.hook.until("session.status", 8)]
    assert told == ["STARTING", *["SCAN_QR_CODE"] * 6, "FAILED"]
    assert len(set(values)) == 6
    assert (await bare.call("GET", QR)).status == 422
    with pytest.raises(SandboxRequestError, match="no code"):
        await bare.waha.next_code(SESSION)
    await bare.ok("POST", f"/api/sessions/{SESSION}/restart")
    await bare.waha.until(SESSION, "SCAN_QR_CODE")


async def test_codes_expire_by_themselves_on_a_fast_clock(bare: Stage) -> None:
    await bare.waha.tune(tempo=0.001)
    await bare.ok("POST", "/api/sessions", {"name": SESSION, "config": bare.config()})
    told = await bare.hook.until("session.status", 8)
    assert [one["status"] for one in told] == ["STARTING", *["SCAN_QR_CODE"] * 6, "FAILED"]
    # The first code is valid three times as long as the others.
    moments = [one["timestamp"] for one in told[-1]["statuses"]][1:]
    first, second = moments[1] - moments[0], moments[2] - moments[1]
    assert first >= 60
    assert second >= 20


async def test_only_the_current_code_can_be_scanned(bare: Stage) -> None:
    await bare.create()
    old = await raw(bare)
    await bare.waha.next_code(SESSION)
    await bare.hook.until("session.status", 3)
    with pytest.raises(SandboxRequestError, match="no longer valid"):
        await bare.waha.scan(SESSION, value=old)
    await bare.waha.scan(SESSION, value=await raw(bare))
    with pytest.raises(SandboxRequestError, match="no code to scan"):
        await bare.waha.scan(SESSION)


async def test_a_pairing_code_links_too(bare: Stage) -> None:
    await bare.create()
    path = f"/api/{SESSION}/auth/request-code"
    code = (await bare.ok("POST", path, {"phoneNumber": "+491715550"}))["code"]
    assert (await bare.waha.session(SESSION))["code"] == code
    with pytest.raises(SandboxRequestError, match="pairing code"):
        await bare.waha.scan(SESSION, code="AAAA-0000")
    await bare.waha.scan(SESSION, code=code, phone="491715550")
    assert (await bare.waha.session(SESSION))["me"]["id"] == "491715550@c.us"
    assert (await bare.call("POST", path, {"phoneNumber": "491715550"})).status == 422
