"""Play the steps of a case from the field; cases/ has the inputs, one file each."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from tests.field.field_stage import FieldStage
from tests.flows.eventually import eventually
from tests.flows.stage import BOT_ID, Json
from tests.flows.whatsapp_customer import new_phone

CASES = Path(__file__).parent / "cases"
# Ids and phones that a file names: each run gets its own, because all cases share one desk.
_PHONE = re.compile(r"62811000\d{4}")
_MESSAGE = re.compile(r"\b90000\d\d\b")
_WAMID = re.compile(r"wamid\.")
# Steps that have another name here.
_METHODS = {"errand": "row_id"}
_TAIL = re.compile(r"(?<=@c\.us_)\w+|(?<=@lid_)\w+")


@dataclass(slots=True)
class Player:
    """Plays one case; `names` are the people, chats and ids that its steps can name."""

    stage: FieldStage
    channel: str
    number: int
    names: dict[str, Any] = field(default_factory=dict)
    # What the database had before.
    started_after: str = ""
    # The calls that the sandbox had recorded before.
    first_call: int = 0
    # The last update that the desk had.
    first_row: int = 0

    @property
    def graph(self) -> GraphSandbox:
        assert self.stage.cloud.graph is not None
        return self.stage.cloud.graph

    @property
    def waha(self) -> WahaSandbox:
        assert self.stage.waha.waha is not None
        return self.stage.waha.waha

    async def prepare(self) -> None:
        """Add the people of a case, and note what was there before."""
        telegram = self.stage.telegram
        [last] = await telegram.rows("SELECT COALESCE(MAX(id), '') AS id FROM conversations")
        self.started_after = str(last["id"])
        [row] = await telegram.rows("SELECT COALESCE(MAX(id), 0) AS id FROM inbox")
        self.first_row = row["id"]
        self.first_call = len(await telegram.telegram.calls())
        await telegram.telegram.clear_faults()
        await self._set_agents("offline")
        await self._set_agents("online", self.stage.mia.agent_id)  # who holds every session
        await self._add_user({"as": "ANN", "first_name": f"Ann {self.number}"})
        assert self.stage.cloud.number is not None
        business = self.stage.cloud.number
        self.names |= {
            "MIA": self.stage.mia.user,
            "MIA_ID": self.stage.mia.user["id"],
            "BOSS": self.stage.boss.user,
            "BOSS_ID": self.stage.boss.user["id"],
            "GROUP": {key: telegram.group[key] for key in ("id", "type", "title", "is_forum")},
            "GROUP_ID": telegram.group["id"],
            "PHONE_ID": business["id"],
            "DISPLAY": business["phone"],
            "WABA_ID": business["account"],
            "NOW": 1_800_000_000,
            "NOW_S": "1800000000",
            "BOT_ID": BOT_ID,
        }

    async def play(self, steps: list[Json]) -> None:
        """Do what the steps say, one after the other."""
        for step in steps:
            [(verb, given)] = step.items()
            play = getattr(self, f"_play_{_METHODS.get(verb, verb)}")
            await play(self._fill_in(given))

    def _fill_in(self, given: Any) -> Any:
        """Replace the names that begin with @ by what they stand for."""
        match given:
            case str() if given.startswith("@") and given[1:] in self.names:
                return self.names[given[1:]]
            case dict():
                return {key: self._fill_in(value) for key, value in given.items()}
            case list():
                return [self._fill_in(each) for each in given]
        return given

    async def find_conversation(self) -> Json | None:
        """Find the first conversation that the case opened."""
        found = await self.stage.telegram.rows(
            "SELECT v.*, c.external_id, p.topic FROM conversations v"
            " JOIN contacts c ON c.id = v.contact_id"
            " LEFT JOIN staff_places p ON p.group_conversation_id = v.id"
            " WHERE v.id > :after ORDER BY v.id",
            after=self.started_after,
        )
        return found[0] if found else None

    # Telegram

    async def _play_user(self, given: Json) -> None:
        await self._add_user(given)

    async def _add_user(self, given: Json) -> None:
        name = given.pop("as")
        user = await self.stage.telegram.telegram.add_user(given.pop("first_name"), **given)
        private = {"id": user["id"], "type": "private", "first_name": user["first_name"]}
        self.names |= {name: user, f"{name}_ID": user["id"], f"{name}_CHAT": private}

    async def _play_say(self, given: Json) -> None:
        name = given.pop("as", None)
        said = await self.stage.telegram.telegram.say(given.pop("from"), **given)
        if name:
            last = said[-1] if isinstance(said, list) else said
            self.names[name] = last["message_id"]

    async def _play_edit(self, given: list[Any]) -> None:
        chat, message_id, body = given
        user = body.pop("from")
        await self.stage.telegram.telegram.edit(user, chat, message_id, **body)

    async def _play_react(self, given: list[Any]) -> None:
        chat, message_id, body = given
        await self.stage.telegram.telegram.react(
            body.pop("from"), chat, message_id, body.pop("emoji", ""), **body
        )

    async def _play_inject(self, given: Json) -> None:
        await self.stage.telegram.telegram.inject(given)

    async def _play_member(self, given: Json) -> None:
        chat = given.pop("chat", self.names["GROUP_ID"])
        await self.stage.telegram.telegram.member(chat, given.pop("user_id"), **given)

    async def _play_fault(self, given: Json) -> None:
        await self.stage.telegram.telegram.fail(given.pop("method"), **given)

    async def _play_callback(self, given: str) -> None:
        """Press a button of a message that Telegram does not keep any more."""
        conversation = await self.find_conversation()
        assert conversation is not None
        place = {"chat": self.names["GROUP"], "message_id": 1, "date": 0}
        query: Json = {"id": f"old{self.number}", "from": self.names["MIA"], "chat_instance": "1"}
        query |= {"data": f"{given}:{conversation['id']}", "message": place}
        await self.stage.telegram.telegram.inject({"callback_query": query})

    # WhatsApp

    async def _play_customer(self, given: Json) -> None:
        add = self.waha.add_customer if self.channel == "waha" else self.graph.add_customer
        self.names["CUSTOMER"] = await add(given.pop("name"), **given)

    async def _play_graph_says(self, given: Json) -> None:
        name = given.pop("as", None)
        said = await self.graph.says(
            given.pop("customer"),
            given.pop("text"),
            number=self.stage.cloud.number,
            **given,
        )
        if name:
            self.names[name] = said["id"]

    async def _play_graph(self, given: Json) -> None:
        await self.graph.inject(given, number=self.stage.cloud.number)

    async def _play_change(self, given: Json) -> None:
        phone = {"display_phone_number": self.names["DISPLAY"]}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {**phone, "phone_number_id": self.names["PHONE_ID"]},
            **given["value"],
        }
        change = {"field": given["field"], "value": value}
        entry = {"id": self.names["WABA_ID"], "changes": [change]}
        await self._play_graph({"object": "whatsapp_business_account", "entry": [entry]})

    async def _play_waha(self, given: Json) -> None:
        event = given["event"]
        before = len(await self.waha.deliveries(event))

        async def is_delivered() -> bool:
            tries = await self.waha.deliveries(event)
            return len(tries) > before and all(each["outcome"] is not None for each in tries)

        await self.waha.inject(self.stage.waha.session, event, given["payload"])
        await eventually(is_delivered, "WAHA has delivered the event")

    async def _play_hold(self, _: object) -> None:
        await self.graph.hold()

    # The desk

    async def _play_agents(self, status: str) -> None:
        await self._set_agents(status)

    async def _set_agents(self, status: str, *agents: str) -> None:
        for agent_id in agents or (self.stage.mia.agent_id, self.stage.boss.agent_id):
            await self.stage.telegram.change(
                "UPDATE agents SET status = :status WHERE id = :id", status=status, id=agent_id
            )

    async def _play_topic(self, _: object) -> None:
        async def found() -> Json | None:
            conversation = await self.find_conversation()
            return conversation if conversation and conversation["topic"] else None

        conversation = await eventually(found, "the customer's topic")
        self.names["TOPIC"] = int(conversation["topic"])

    async def _play_sent(self, name: str) -> None:
        async def found() -> str | None:
            rows = await self.stage.telegram.rows(
                "SELECT l.provider_id FROM message_links l JOIN messages m ON m.id = l.message_id"
                " WHERE l.side = 'customer' AND m.direction = 'outbound'"
                " AND m.conversation_id > :after ORDER BY m.id DESC LIMIT 1",
                after=self.started_after,
            )
            return rows[0]["provider_id"] if rows else None

        sent = await eventually(found, "an answer is sent")
        self.names[name] = int(sent) if self.channel == "telegram" else sent

    async def _play_row_id(self, name: str) -> None:
        """Remember the number that the last answer was given to the provider with."""
        [row] = await self.stage.telegram.rows(
            "SELECT id FROM outbox WHERE kind = 'answer' ORDER BY id DESC LIMIT 1"
        )
        self.names[name] = str(row["id"])

    async def _play_wait(self, _: float) -> None:
        await self.stage.settle()

    async def _play_settle(self, _: float) -> None:
        await self.stage.settle()

    async def _play_hurry(self, _: float) -> None:
        await self.stage.hurry()

    async def _play_print(self, _: object) -> None:
        """Do nothing: a person who tries a case looks at it here."""

    _play_calls = _play_sql = _play_print


def read_case(name: str, number: int) -> Json:
    """Read a case's file; give it ids and phones that no other case has."""
    text = (CASES / f"{name}.json").read_text()
    phones: dict[str, str] = {}
    for phone in sorted(set(_PHONE.findall(text))):
        phones[phone] = new_phone()
    for old, new in phones.items():
        text = text.replace(old, new)
    for tail in set(_TAIL.findall(text)):
        text = re.sub(rf"(?<![0-9A-Z]){tail}\b", f"{tail}{number:03}", text)
    text = _MESSAGE.sub(lambda found: str(9_000_000 + number * 100 + int(found[0][-2:])), text)
    case: Json = json.loads(_WAMID.sub(f"wamid.{number}.", text))
    return case


def list_cases(channel: str) -> list[str]:
    """List the cases of a channel by the names of their files."""
    return sorted(
        path.stem
        for path in CASES.glob("*.json")
        if json.loads(path.read_text())["channel"] == channel
    )


async def play_case(stage: FieldStage, name: str, number: int) -> Player:
    """Play a case to its end."""
    case: Mapping[str, Any] = read_case(name, number)
    player = Player(stage, case["channel"], number)
    await player.prepare()
    await player.play(case["steps"])
    await stage.settle()
    await player.graph.release()
    return player
