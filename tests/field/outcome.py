"""Read what a case has led to: in the topic, at the customer's, in General, in the database."""

from typing import Any

from tests.field.player import Player
from tests.flows.chat_message import ChatMessage, from_telegram
from tests.flows.staff import Topic
from tests.flows.stage import Json


class Outcome:
    """What people see and the desk keeps after a case."""

    def __init__(self, player: Player, conversations: list[Json]) -> None:
        self.player = player
        self.conversations = conversations
        self._stage = player.stage.telegram

    @classmethod
    async def read(cls, player: Player) -> "Outcome":
        """Read the conversations that a case opened."""
        rows = await player.stage.telegram.rows(
            "SELECT v.id, p.topic, v.unread_count, v.reply_until, c.external_id, cl.name,"
            " cl.language FROM conversations v JOIN contacts c ON c.id = v.contact_id"
            " JOIN clients cl ON cl.id = c.client_id"
            " LEFT JOIN staff_places p ON p.group_conversation_id = v.id"
            " WHERE v.id > :after ORDER BY v.id",
            after=player.started_after,
        )
        return cls(player, rows)

    async def list_topic(self, number: int = 0) -> list[ChatMessage]:
        """List the desk's messages in a conversation's topic, without the card."""
        return await self._topic(number).list_messages()

    async def list_topic_texts(self, number: int = 0) -> list[str]:
        return [each.text for each in await self.list_topic(number)]

    async def read_card(self, number: int = 0) -> str:
        """Return the text of a topic's card."""
        return next(each.text for each in await self._topic(number).all() if each.is_card)

    def _topic(self, number: int) -> Topic:
        thread = int(self.conversations[number]["topic"])
        return Topic(self._stage.telegram, self._stage.group, thread)

    async def list_raw_topic(self, number: int = 0) -> list[Json]:
        """List a topic's messages as Telegram shows them."""
        thread = int(self.conversations[number]["topic"])
        found = await self._stage.telegram.messages(self._stage.group, thread)
        return [each for each in found if each["from"]["is_bot"]]

    async def list_topic_names(self) -> list[str]:
        """List the names of the topics of the case's conversations."""
        topics = await self._stage.telegram.topics(self._stage.group)
        names = {str(each["message_thread_id"]): str(each["name"]) for each in topics}
        return [names[each["topic"]] for each in self.conversations if each["topic"]]

    async def list_received(self) -> list[ChatMessage]:
        """List the desk's messages in the first customer's Telegram chat."""
        found = await self._stage.telegram.messages(int(self.conversations[0]["external_id"]))
        seen = (from_telegram(each) for each in found)
        return [each for each in seen if each and each.by_desk]

    async def list_received_texts(self) -> list[str]:
        return [each.text for each in await self.list_received()]

    async def list_calls(self, *methods: str) -> list[Json]:
        """List the bot's calls of these methods since the case began."""
        calls = (await self._stage.telegram.calls())[self.player.first_call :]
        return [each for each in calls if each["method"] in methods]

    async def list_general(self) -> list[str]:
        """List what General was told since the case began."""
        group = self._stage.group["id"]
        return [
            str(call["params"].get("text"))
            for call in await self.list_calls("sendMessage")
            if int(call["params"]["chat_id"]) == group and "message_thread_id" not in call["params"]
        ]

    async def rows(self, statement: str, **values: Any) -> list[Json]:
        """Read rows; `:conversation` is the first conversation, `:after` what was there before."""
        conversation = self.conversations[0]["id"] if self.conversations else ""
        given = {"conversation": conversation, "after": self.player.started_after, **values}
        used = {name: value for name, value in given.items() if f":{name}" in statement}
        return await self._stage.rows(statement, **used)

    async def list_parked(self) -> list[Json]:
        """List the updates that were set aside."""
        statement = "SELECT error, payload FROM inbox WHERE state = 'parked' AND id > :first"
        return await self._stage.rows(statement, first=self.player.first_row)

    async def list_sent_kinds(self) -> list[str]:
        """List what was to be sent to the customer: answers, and texts of the desk itself."""
        rows = await self.rows(
            "SELECT kind FROM outbox WHERE conversation_id > :after"
            " AND kind IN ('answer', 'notice') ORDER BY id"
        )
        return [str(row["kind"]) for row in rows]

    async def list_sessions(self) -> list[str]:
        """List the states of the sessions of all conversations."""
        rows = await self.rows(
            "SELECT status FROM sessions WHERE conversation_id > :after ORDER BY id"
        )
        return [str(row["status"]) for row in rows]

    async def list_messages(self) -> list[Json]:
        """List the stored messages of all conversations, in order."""
        return await self.rows(
            "SELECT message, message_type, direction, delivery_state, attributes, history,"
            " delivery_error FROM messages WHERE conversation_id > :after ORDER BY id"
        )

    async def assert_calm(self) -> None:
        """Check that nothing was set aside, and that General was told nothing."""
        parked, told = await self.list_parked(), await self.list_general()
        assert (parked, told) == ([], []), (parked, told)
