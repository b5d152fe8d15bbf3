"""Links a phone: by QR code, in three shapes, or by a pairing code."""

import base64
import secrets

from sandbox.common.json_shapes import Json
from sandbox.waha.engine.qr import render_qr_png
from sandbox.waha.model.errors import refusal
from sandbox.waha.model.records import SCAN_QR_CODE
from sandbox.waha.operations.call import Call

# WhatsApp leaves out characters that are easily confused.
_LETTERS = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"


def show_code(call: Call) -> Json | bytes:
    """Return the code that can be scanned now: PNG, base64 in JSON, or the text in it."""
    value = str(call.in_status(SCAN_QR_CODE).qr)
    if call.query.get("format", "image") == "raw":
        return {"value": value}
    image = render_qr_png(value)
    if "application/json" in call.accept:
        return {"mimetype": "image/png", "data": base64.b64encode(image).decode()}
    return image


def request_code(call: Call) -> Json:
    """Return a pairing code to enter on the phone with this number."""
    session = call.in_status(SCAN_QR_CODE)
    phone = str(call.body["phoneNumber"]).removeprefix("+")
    if not phone.isascii() or not phone.isdigit():
        raise refusal(400, ["phoneNumber must consist of digits"])
    letters = [secrets.choice(_LETTERS) for _ in range(8)]
    session.code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
    call.world.notify_changed(session)
    return {"code": session.code}
