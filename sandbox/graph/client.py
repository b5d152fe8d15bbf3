"""A client of the control API for tests and the demo: it plays customers and orders faults."""

import base64
from urllib.parse import quote

from sandbox.common.control_client import LimitingControlClient
from sandbox.common.json_shapes import Json, without_none

Who = str | Json


def _id(who: Who) -> str:
    """Return the id of a number or customer that is given as an id or as its shape."""
    return str(who["id"]) if isinstance(who, dict) else who


def _path(message: Who, part: str = "") -> str:
    return f"messages/{quote(_id(message), safe='')}{part}"


class GraphSandbox(LimitingControlClient):
    """A client that plays customers and the business's phone; the API's own URL is `api_url`.

    Customers may be given as shapes, ids, phones or user_ids, numbers as shapes, ids or phones,
    messages as shapes or ids. `number` may be left out where there is only one.

    Fields of messages: id, from, type, text, content, shown (a template filled in), media, voice,
    buttons, reply_to, reactions, status, statuses, read, edited, deleted, callback_data.
    """

    control = "control/graph"

    @property
    def api_url(self) -> str:
        """The URL of the Graph API itself, without its version."""
        return f"{self.base_url}/graph"

    # Accounts, numbers and customers.

    async def add_number(self, phone: str = "15550783881", **fields: object) -> Json:
        """Add a number: id, token, name, app_secret, account, app, webhook with verify_token.

        Missing fields get generated values; token and app_secret are only in this answer.
        """
        return await self._post("numbers", {"phone": phone, **fields})

    async def set_webhook(self, number: Who, url: str | None, verify_token: str = "") -> Json:
        """Send a number's webhooks to this address after a handshake; None removes the webhook."""
        body: Json = {"webhook": url, "verify_token": verify_token}
        return await self._post(f"numbers/{_id(number)}", body)

    async def change_number(self, number: Who, **fields: object) -> Json:
        """Change a number: quality, tier, status, name, subscribed."""
        return await self._post(f"numbers/{_id(number)}", {**fields})

    async def token(self, token: str, state: str = "valid", account: str | None = None) -> Json:
        """Add a token, or make one valid, expired, revoked or forbidden."""
        body: Json = {"token": token, "state": state, "account": account}
        return await self._post("tokens", without_none(body))

    async def add_customer(self, name: str, **fields: object) -> Json:
        """Add a customer: phone, user_id (made up if missing, "" for none), username, wa_id."""
        return await self._post("customers", {"name": name, **fields})

    async def change_customer(self, customer: Who, **fields: object) -> Json:
        """Change a customer: name, username, online, reachable, blocked (with number).

        phone and user_id change the customer's identity, reported by a system message unless
        told=False.
        """
        return await self._post(f"customers/{quote(_id(customer), safe='')}", {**fields})

    async def add_template(self, name: str, components: list[Json], **fields: object) -> Json:
        """Add a template, APPROVED by default: language, category, status, parameter_format."""
        return await self._post("templates", {"name": name, "components": components, **fields})

    async def change_template(self, template: Who, status: str, reason: str = "NONE") -> Json:
        """Give a template another status; the webhook is notified."""
        return await self._post(f"templates/{_id(template)}", {"status": status, "reason": reason})

    # Actions of customers.

    async def says(self, customer: Who, text: str, **more: object) -> Json:
        """Let a customer write: number, reply_to, forwarded, referral, more (merged in)."""
        return await self._say(customer, {"text": text, **more})

    async def sends_media(
        self,
        customer: Who,
        kind: str,
        data: bytes | None = None,
        *,
        mime: str | None = None,
        caption: str | None = None,
        filename: str | None = None,
        **more: object,
    ) -> Json:
        """Let a customer send a file: image, video, audio, voice, document or sticker."""
        media = without_none({"kind": kind, "mime": mime, "caption": caption, "filename": filename})
        if data is not None:
            media["data"] = base64.b64encode(data).decode()
        return await self._say(customer, {"media": media, **more})

    async def sends(self, customer: Who, kind: str, content: object, **more: object) -> Json:
        """Let a customer send any type with its content: location, contacts, order, interactive."""
        return await self._say(customer, {"type": kind, "content": content, **more})

    async def sends_unsupported(self, customer: Who, what: str = "poll_creation") -> Json:
        """Let a customer send a message that the Cloud API does not support."""
        return await self._post("unsupported", {"customer": _id(customer), "what": what})

    async def edits(
        self, message: Who, text: str | None = None, content: Json | None = None
    ) -> str:
        """Let a customer change a message's text or caption; return the event's id."""
        body = without_none({"text": text, "content": content})
        return str((await self.ask("PATCH", _path(message), body))["id"])

    async def deletes(self, message: Who) -> str:
        """Let a customer delete a message for everyone; return the event's id."""
        return str((await self.ask("DELETE", _path(message)))["id"])

    async def reacts(self, message: Who, emoji: str, *, empty: bool = False) -> str:
        """Let the chat's customer react; "" removes the reaction (emoji left out, or `empty`)."""
        body: Json = {"emoji": emoji, "empty": empty}
        return str((await self._post(_path(message, "/reaction"), body))["id"])

    async def presses(self, message: Who, button: str) -> Json:
        """Let the customer press a button or choose a row, by its id or its title."""
        return await self._post(_path(message, "/press"), {"button": button})

    async def reads(
        self, customer: Who, *, up_to: str | None = None, number: Who | None = None
    ) -> list[str]:
        """Let a customer read everything, or up to a message; return the read messages' ids."""
        body = without_none({"customer": _id(customer), "up_to": up_to})
        if number is not None:
            body["number"] = _id(number)
        read: list[str] = (await self._post("read", body))["read"]
        return read

    async def writes_from_phone(self, customer: Who, text: str, **more: object) -> Json:
        """Let the business write to a customer from its own phone (smb_message_echoes)."""
        return await self._post("echoes", {"customer": _id(customer), "text": text, **more})

    async def status(self, message: Who, status: str, **more: object) -> Json:
        """Send a status by hand: sent, delivered, read, played, failed (code, details)."""
        return await self._post(_path(message, "/status"), {"status": status, **more})

    # State to read.

    async def messages(self, customer: Who, number: Who | None = None) -> list[Json]:
        """Return a customer's chat in order, as the phone shows it."""
        where = "-" if number is None else quote(_id(number), safe="")
        place = f"{where}/{quote(_id(customer), safe='')}"
        found: list[Json] = await self.ask("GET", f"chats/{place}/messages")
        return found

    async def media(self, media: Who) -> bytes:
        """Return the bytes of a file, by its id or by a message's media."""
        return await self._bytes(f"media/{_id(media)}")

    async def is_typing(self, customer: Who) -> bool:
        """Check whether the customer sees "typing …" now, from any number."""
        known = await self.state()
        ids = {one["id"] for one in known["customers"] if _id(customer) in _names(one)}
        return any(chat["typing"] for chat in known["chats"] if chat["customer"] in ids)

    async def calls(
        self, call: str | None = None, to: str | None = None, after: int = 0
    ) -> list[Json]:
        """Return the calls made: seq, call, verb, path, query, to, body, status, code, result."""
        recorded: list[Json] = await self.ask("GET", "calls", call=call, to=to, after=after)
        return recorded

    async def posts(self, after: int = 0) -> list[Json]:
        """Return the webhooks posted.

        Each has seq, url, body, signature, try, began, ended, status, answer.
        """
        posted: list[Json] = await self.ask("GET", "posts", after=after)
        return posted

    async def state(self) -> Json:
        """Return accounts with templates, numbers, customers and chats."""
        return await self._get("state")

    async def wait_until_settled(self, seconds: float = 5.0) -> bool:
        """Wait until all statuses are sent and all webhooks accepted; False if time runs out."""
        return bool((await self.ask("GET", "settled", seconds=seconds))["settled"])

    # Faults, limits and settings.

    async def fail(
        self,
        call: str = "messages",
        *,
        to: str | None = None,
        times: int = 1,
        kind: str = "error",
        **fault: object,
    ) -> int:
        """Order a fault.

        call: messages, read, upload, resolve, download, templates, number, ... or "*". kind: error
        (code, subcode, status, message, details, retry_after), failed (accepted, then a `failed`
        status with code), html (200 with a page; status, body), drop_before, drop_after, late
        (seconds), hang.
        """
        body: Json = {"call": call, "to": to, "times": times, "kind": kind, **fault}
        return int((await self._post("faults", without_none(body)))["id"])

    async def settings(self, **settings: object) -> Json:
        """Change settings.

        window, undeliverable, media: "off", "later" (a failed status) or "at_once"; ladder, delay,
        early (statuses before the answer); leave_out, copies, retry_base (webhooks);
        message_status, any_document, media_origin, approve_templates.
        """
        return await self._post("settings", {**settings})

    async def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward: windows close, media URLs and ids expire."""
        await self._post("clock", {"advance": seconds})

    async def freeze(self) -> None:
        """Stop the sandbox's clock: from now on only `advance` moves it."""
        await self._post("clock", {"freeze": True})

    async def hold(self) -> None:
        """Hold webhooks back until `release`."""
        await self._post("hold", {})

    async def release(self, **how: object) -> int:
        """Post the held webhooks: order, seed, grouping, per_body (see control/rules.py)."""
        return int((await self._post("release", {**how}))["released"])

    async def inject(
        self, body: Json | str, *, signed: str = "right", number: Who | None = None
    ) -> Json:
        """Post any body to the webhook once and return its answer; signed: right, wrong, none."""
        more: Json = {"number": None if number is None else _id(number)}
        return await self._post("webhooks", without_none({"body": body, "signed": signed, **more}))

    async def notify(self, field: str, value: Json, **where: object) -> None:
        """Send a webhook of any field, such as account_update, for a `number` or an `account`."""
        await self._post("notifications", {"field": field, "value": value, **where})

    async def _say(self, customer: Who, body: Json) -> Json:
        if isinstance(body.get("number"), dict):
            body["number"] = body["number"]["id"]
        if isinstance(body.get("reply_to"), dict):
            body["reply_to"] = body["reply_to"]["id"]
        return await self._post("messages", {"customer": _id(customer), **body})


def _names(customer: Json) -> set[str]:
    return {str(customer[name]) for name in ("id", "phone", "wa_id", "user_id")}
