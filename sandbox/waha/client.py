"""A client of the control API for tests and the demo: it plays phones and orders faults."""

import asyncio
import base64
from urllib.parse import quote

from sandbox.common.control_client import ControlClient
from sandbox.common.json_shapes import Json, without_none
from sandbox.waha.model.tuning import Tuning

Phone = str | Json
MessageId = str | Json
POLL_SECONDS = 0.02


def _phone(who: Phone) -> str:
    """Return the phone of a customer that is given as a phone or as its shape."""
    return str(who["phone"]) if isinstance(who, dict) else who


def _id(message: MessageId) -> str:
    return str(message["id"]) if isinstance(message, dict) else message


class WahaSandbox(ControlClient):
    """A client that plays customers and owners of linked phones; WAHA's own URL is `waha_url`.

    Customers are given as phones (digits) or as their shapes, messages as ids (full or tail) or as
    their shapes. `session` may be left out of `says` and `owner_says` while there is only one.
    """

    API_KEY = Tuning().api_key

    control = "control/waha"

    @property
    def waha_url(self) -> str:
        """The URL of WAHA itself."""
        return f"{self.base_url}/waha"

    # The owner of the linked phone.

    async def session(self, name: str) -> Json:
        """Return a session: status, me, config, statuses, qr (text), qr_count, code."""
        return await self._get(f"sessions/{quote(name)}")

    async def until(self, name: str, *statuses: str, seconds: float = 5.0) -> Json:
        """Wait until a session exists with one of the statuses, and return it."""
        async with asyncio.timeout(seconds):
            while True:
                state = await self.state()
                for session in state["sessions"]:
                    if session["name"] == name and session["status"] in statuses:
                        found: Json = session
                        return found
                await asyncio.sleep(POLL_SECONDS)

    async def scan(
        self,
        session: str,
        *,
        phone: str | None = None,
        name: str | None = None,
        value: str | None = None,
        code: str | None = None,
    ) -> Json:
        """Let a phone scan the code; `value` or the pairing `code` must be the current one."""
        body = without_none({"phone": phone, "name": name, "value": value, "code": code})
        return await self._post(f"sessions/{quote(session)}/scan", body)

    async def unlink(self, session: str, *, fails: bool = False) -> Json:
        """Let the phone unlink the session: codes again, or with `fails` status FAILED."""
        return await self._post(f"sessions/{quote(session)}/unlink", {"fails": fails})

    async def force_status(self, session: str, status: str) -> Json:
        """Put a session into any status; the webhooks are notified."""
        return await self._post(f"sessions/{quote(session)}/status", {"status": status})

    async def next_code(self, session: str) -> None:
        """Let the current QR code expire now."""
        await self._post(f"sessions/{quote(session)}/next-code", {})

    async def owner_says(
        self, to: Phone, text: str | None = None, *, session: str | None = None, **more: object
    ) -> Json:
        """Let the owner write on the linked phone: an echo with source "app"."""
        return await self.says(to, text, session=session, by_desk=True, **more)

    # The customers.

    async def add_customer(self, name: str, **fields: object) -> Json:
        """Add a customer, or return the one with this phone: phone, lid, by_lid."""
        return await self._post("people", {"name": name, **fields})

    async def change_customer(self, who: Phone, **fields: object) -> Json:
        """Change a customer: name, by_lid, blocked (names of sessions)."""
        return await self._post(f"people/{_phone(who)}", fields)

    async def says(
        self, who: Phone, text: str | None = None, *, session: str | None = None, **more: object
    ) -> Json:
        """Let a customer write: text, or media with text as caption, location, vcards.

        `media` is {"kind": image|file|video|audio|voice|sticker, "data"?: base64, "mimetype"?,
        "name"?}; further: reply_to (an id), id (the tail to take), at (Unix seconds).
        """
        if isinstance(more.get("reply_to"), dict):
            more["reply_to"] = _id(more["reply_to"])  # type: ignore[arg-type]  # a message's shape
        body = {"phone": _phone(who), "text": text, "session": session, **more}
        return await self._post("messages", without_none(body))

    async def sends(self, who: Phone, kind: str, data: bytes | None = None, **more: object) -> Json:
        """Let a customer send a file; without `data` a small sample of the kind.

        Further: mimetype, name, text (the caption), reply_to, session.
        """
        media: Json = {"kind": kind, "mimetype": more.pop("mimetype", None)}
        media["name"] = more.pop("name", None)
        media["data"] = None if data is None else base64.b64encode(data).decode()
        text = more.pop("text", None)
        caption = None if text is None else str(text)
        return await self.says(who, caption, media=without_none(media), **more)  # type: ignore[arg-type]  # `session` among them

    async def reacts(
        self, session: str, who: Phone, message: MessageId, emoji: str, *, by_desk: bool = False
    ) -> Json:
        """Let a customer (or the owner) react; an empty emoji removes the reaction."""
        path = f"{self._message(session, who, message)}/reaction"
        return await self._post(path, {"emoji": emoji, "by_desk": by_desk})

    async def edits(self, session: str, who: Phone, message: MessageId, text: str) -> Json:
        """Let the message's author change its text."""
        found: Json = await self.ask("PATCH", self._message(session, who, message), {"text": text})
        return found

    async def revokes(self, session: str, who: Phone, message: MessageId) -> Json:
        """Let the message's author delete it for everyone."""
        found: Json = await self.ask("DELETE", self._message(session, who, message))
        return found

    async def reads(self, session: str, who: Phone, *, played: bool = False) -> list[str]:
        """Let a customer read everything (or play the voice messages); return their ids."""
        path = f"chats/{quote(session)}/{_phone(who)}/read"
        return list((await self._post(path, {"played": played}))["ids"])

    async def ack(self, session: str, who: Phone, message: MessageId, ack: int) -> Json:
        """Set any delivery status (ack) of a message, -1 to 4, lower ones too."""
        return await self._post(f"{self._message(session, who, message)}/ack", {"ack": ack})

    async def sees(self, session: str, who: Phone) -> list[Json]:
        """Return a chat as the customer sees it, oldest first.

        Each has id, tail, author ("desk" or "customer"), source, kind, text, media (file,
        mimetype, filename, size, sha256), location, vcards, reply_to (a tail), reactions (by
        author), edited, revoked, seen (by the desk), ack, ack_name.
        """
        return list((await self.chat(session, who))["messages"])

    async def chat(self, session: str, who: Phone) -> Json:
        """Return a chat: typing (whether the desk writes) and messages."""
        return await self._get(f"chats/{quote(session)}/{_phone(who)}")

    async def file(self, file_id: str) -> bytes:
        """Return the bytes of a file in a message that a customer sees."""
        return await self._bytes(f"files/{file_id}")

    # Faults and tuning.

    async def fail(
        self,
        operation: str,
        *,
        session: str | None = None,
        times: int = 1,
        kind: str = "error",
        **fault: object,
    ) -> int:
        """Order a fault for the next calls: code, message, body, retry_after, seconds.

        Operations are named after their paths (sendText, reaction, sessions.create, messages.list,
        auth.qr, files, ...; * is any); kinds are error, drop_before, drop_after, late, hang,
        html (200 with a page, nothing done) and html_after (done, but answered with a page).
        """
        body = {"operation": operation, "session": session, "times": times, "kind": kind, **fault}
        return int((await self._post("faults", without_none(body)))["id"])

    async def tune(self, **settings: object) -> Json:
        """Set tempo, acks, duplicates, order, longest_retry, engine and what else Tuning has."""
        return await self._post("tuning", settings)

    async def calls(
        self, operation: str | None = None, session: str | None = None, after: int = 0
    ) -> list[Json]:
        """Return the recorded calls: seq, operation, session, path, params, ok, status, result."""
        found: list[Json] = await self.ask(
            "GET", "calls", operation=operation, session=session, after=after
        )
        return found

    async def deliveries(
        self, event: str | None = None, session: str | None = None, after: int = 0
    ) -> list[Json]:
        """Return each try to deliver an event.

        Each has event, session, url, about (the payload's id), attempt, outcome, began, ended.
        """
        found: list[Json] = await self.ask(
            "GET", "deliveries", event=event, session=session, after=after
        )
        return found

    async def wait_until_settled(self, seconds: float = 5.0) -> bool:
        """Wait until all events are delivered or given up; False if time runs out."""
        return bool((await self.ask("GET", "settled", seconds=seconds))["settled"])

    async def inject(
        self,
        session: str,
        event: str = "message",
        payload: Json | None = None,
        *,
        body: str | None = None,
        key: str | None = None,
    ) -> None:
        """Post an event with any payload, or any `body`, to the webhooks; `key` signs it."""
        asked: Json = {"session": session, "event": event, "payload": payload, "body": body}
        await self._post("events", without_none({**asked, "key": key}))

    async def state(self) -> Json:
        """Return sessions, people and the list of chats."""
        return await self._get("state")

    def _message(self, session: str, who: Phone, message: MessageId) -> str:
        return f"chats/{quote(session)}/{_phone(who)}/{quote(_id(message))}"
