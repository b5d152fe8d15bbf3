"""A client of the control API for tests and the demo: it plays users and orders faults."""

from typing import overload
from urllib.parse import quote

from sandbox.common.control_client import LimitingControlClient
from sandbox.common.json_shapes import Json, without_none

Id = int | Json


def _id(who: Id) -> int:
    """Return the id of a user, bot or chat that is given as an id or as its shape."""
    return int(who["id"]) if isinstance(who, dict) else who


class TelegramSandbox(LimitingControlClient):
    """A client that plays all users; users, bots and chats are given as ids or as shapes."""

    async def add_bot(
        self,
        token: str,
        username: str = "osmo_bot",
        first_name: str = "OsmoDesk",
        *,
        renew: bool = False,
    ) -> Json:
        """Add a bot, or return the one with this token; `renew` gives a bot this token."""
        body: Json = {"token": token, "username": username, "first_name": first_name}
        body["renew"] = renew
        return await self._post("bots", body)

    async def set_threaded_mode(self, bot: Id, *, enabled: bool = True) -> None:
        """Switch topics in private chats with a bot on or off."""
        await self._post(f"bots/{_id(bot)}/threaded-mode", {"enabled": enabled})

    async def add_user(self, first_name: str, **fields: object) -> Json:
        """Add a user: id, last_name, username, language_code, is_premium."""
        return await self._post("users", {"first_name": first_name, **fields})

    async def add_group(
        self,
        title: str,
        *,
        members: list[Id] | None = None,
        admins: list[Id] | None = None,
        bots: list[Id] | None = None,
        **fields: object,
    ) -> Json:
        """Add a supergroup with topics: id, is_forum, is_supergroup."""
        body: Json = {"title": title, **fields}
        body["members"] = [_id(one) for one in members or []]
        body["admins"] = [_id(one) for one in admins or []]
        body["bots"] = [_id(one) for one in bots or []]
        return await self._post("groups", body)

    @overload
    async def say(
        self,
        user: Id,
        text: str | None = ...,
        *,
        chat: Id | None = ...,
        thread: int | None = ...,
        reply_to: int | None = ...,
        media: Json | None = ...,
        album: None = ...,
        location: Json | None = ...,
        anonymous: bool = ...,
        **more: object,
    ) -> Json: ...

    @overload
    async def say(
        self,
        user: Id,
        text: str | None = ...,
        *,
        chat: Id | None = ...,
        thread: int | None = ...,
        reply_to: int | None = ...,
        media: Json | None = ...,
        album: list[Json],
        location: Json | None = ...,
        anonymous: bool = ...,
        **more: object,
    ) -> list[Json]: ...

    async def say(
        self,
        user: Id,
        text: str | None = None,
        *,
        chat: Id | None = None,
        thread: int | None = None,
        reply_to: int | None = None,
        media: Json | None = None,
        album: list[Json] | None = None,
        location: Json | None = None,
        anonymous: bool = False,
        **more: object,
    ) -> Json | list[Json]:
        """Let a user write to a bot or in a group; return the message or messages.

        `bot` names the bot if there are several; `new_topic` opens a topic of this name for it.
        """
        body: Json = {"from": _id(user), "text": text, "thread": thread, "reply_to": reply_to}
        body |= {"media": media, "album": album, "location": location, **more}
        body["anonymous"] = anonymous or None
        body["chat"] = None if chat is None else _id(chat)
        sent: Json | list[Json] = await self.ask("POST", "messages", without_none(body))
        return sent

    async def edit(
        self, user: Id, chat: Id, message_id: int, text: str | None = None, **more: object
    ) -> Json:
        """Let a user edit a message: text or caption, entities."""
        body = without_none({"from": _id(user), "text": text, **more})
        edited: Json = await self.ask("PATCH", f"messages/{_id(chat)}/{message_id}", body)
        return edited

    async def delete(self, chat: Id, message_id: int, **more: object) -> None:
        """Delete a message without an update."""
        await self.ask("DELETE", f"messages/{_id(chat)}/{message_id}", {**more})

    async def react(self, user: Id, chat: Id, message_id: int, emoji: str, **more: object) -> None:
        """Let a user react; an empty emoji removes the reaction."""
        body = {"from": _id(user), "emoji": emoji, **more}
        await self._post(f"messages/{_id(chat)}/{message_id}/reaction", body)

    async def press(
        self,
        user: Id,
        chat: Id,
        message_id: int,
        data: str | None = None,
        *,
        text: str | None = None,
        anonymous: bool = False,
        **more: object,
    ) -> str:
        """Let a user press a button, by its data or its text; return the callback's id."""
        body: Json = {"from": _id(user), "data": data, "text": text, **more}
        body["anonymous"] = anonymous or None
        path = f"messages/{_id(chat)}/{message_id}/press"
        pressed = await self._post(path, without_none(body))
        return str(pressed["id"])

    async def callback(self, callback_id: str) -> Json:
        """Return how the bot answered a press: answered, text, show_alert, url."""
        return await self._get(f"callbacks/{quote(callback_id)}")

    async def block(self, user: Id, blocked: bool = True, *, bot: Id | None = None) -> None:
        """Let a user block the bot, or unblock it."""
        body: Json = {"blocked": blocked, "bot": None if bot is None else _id(bot)}
        await self._post(f"users/{_id(user)}", without_none(body))

    async def start_before(self, user: Id, bot: Id) -> None:
        """Let a user have started a bot at some earlier time: it may write, and gets no update."""
        await self._post(f"users/{_id(user)}", {"started": True, "bot": _id(bot)})

    async def deactivate(self, user: Id) -> None:
        """Let a user delete their account."""
        await self._post(f"users/{_id(user)}", {"deactivated": True})

    async def open_mini_app(
        self,
        user: Id,
        *,
        bot: Id | None = None,
        auth_date: int | None = None,
        start_param: str | None = None,
    ) -> str:
        """Let a user open a bot's Mini App; return the `initData` that it gets."""
        body: Json = {"auth_date": auth_date, "start_param": start_param}
        body["bot"] = None if bot is None else _id(bot)
        opened = await self._post(f"users/{_id(user)}/mini-app", without_none(body))
        return str(opened["init_data"])

    async def delete_topic(self, chat: Id, thread: int, bot: Id | None = None) -> None:
        """Let an administrator delete a topic, or a person one of their chat with a bot."""
        asked = None if bot is None else _id(bot)
        await self.ask("DELETE", f"topics/{_id(chat)}/{thread}", bot=asked)

    async def close_topic(self, chat: Id, thread: int, *, closed: bool = True) -> None:
        """Let an administrator close a topic, or reopen it."""
        await self._post(f"topics/{_id(chat)}/{thread}", {"closed": closed})

    async def set_forum(self, chat: Id, *, is_forum: bool) -> Json:
        """Switch a group's topics on or off."""
        return await self._post(f"groups/{_id(chat)}/forum", {"is_forum": is_forum})

    async def upgrade(self, chat: Id, **more: object) -> int:
        """Turn a basic group into a supergroup and return its new id."""
        return int((await self._post(f"groups/{_id(chat)}/upgrade", {**more}))["id"])

    async def member(
        self, chat: Id, user: Id, status: str, rights: dict[str, bool] | None = None
    ) -> Json:
        """Change a user's status in a group: member, administrator, restricted, left, kicked."""
        body: Json = {"user_id": _id(user), "status": status, "rights": rights or {}}
        return await self._post(f"groups/{_id(chat)}/members", body)

    async def fail(
        self,
        method: str,
        *,
        chat_id: int | None = None,
        times: int = 1,
        kind: str = "error",
        **fault: object,
    ) -> int:
        """Order a fault: code, description, retry_after, migrate_to_chat_id, body, seconds."""
        body: Json = {"method": method, "chat_id": chat_id, "times": times, "kind": kind, **fault}
        return int((await self._post("faults", without_none(body)))["id"])

    async def calls(
        self,
        method: str | None = None,
        chat_id: int | None = None,
        after: int = 0,
        bot: Id | None = None,
    ) -> list[Json]:
        """Return the recorded calls of all bots or of one, oldest first."""
        recorded: list[Json] = await self.ask(
            "GET",
            "calls",
            method=method,
            chat_id=chat_id,
            after=after,
            bot=None if bot is None else _id(bot),
        )
        return recorded

    async def webhook_retry_base(self, seconds: float) -> None:
        """Set how long the webhook's retry unit lasts; Telegram's is one second."""
        await self._post("webhooks", {"retry_base": seconds})

    async def messages(
        self, chat: Id, thread: int | None = None, bot: Id | None = None
    ) -> list[Json]:
        """Return a chat's messages in order; thread 1 is General."""
        asked = None if bot is None else _id(bot)
        path = f"chats/{_id(chat)}/messages"
        found: list[Json] = await self.ask("GET", path, thread=thread, bot=asked)
        return found

    async def file(self, file_id: str) -> bytes:
        """Return the bytes of a file in a message."""
        return await self._bytes(f"files/{quote(file_id)}")

    async def topics(self, chat: Id, bot: Id | None = None) -> list[Json]:
        """Return a chat's topics; those of a forum with General first."""
        asked = None if bot is None else _id(bot)
        found: list[Json] = await self.ask("GET", f"chats/{_id(chat)}/topics", bot=asked)
        return found

    async def inject(self, update: Json | str, bot: Id | None = None) -> Json:
        """Queue a raw update, or post raw text to the webhook."""
        body: Json = {"update": update} if isinstance(update, dict) else {"body": update}
        if bot is not None:
            body["bot"] = _id(bot)
        return await self._post("updates", body)

    async def state(self) -> Json:
        """Return bots, users, groups and private chats."""
        return await self._get("state")
