"""Sixty messages of every kind, both ways, on every kind of channel and in every staff mode.

At the end the customer, the agent and the database have the same, in the same order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from db.tables import ChannelKind
from tests.flows.customers import PLACE, Customer
from tests.flows.eventually import eventually
from tests.flows.seats import (
    GROUP,
    PERSONAL,
    PERSONAL_WITHOUT_TOPICS,
    Seat,
    run_seat_stage,
    take_seat,
)
from tests.flows.staff import Json
from tests.flows.stage import BOT_ID, Stage

_SHORT = (ChannelKind.TELEGRAM, PERSONAL)
_WORLDS = [
    pytest.param(kind, mode, marks=() if (kind, mode) == _SHORT else pytest.mark.long)
    for kind in ChannelKind
    for mode in (GROUP, PERSONAL, PERSONAL_WITHOUT_TOPICS)
]
_STORED = {
    "photo": "IMAGE",
    "document": "FILE",
    "video": "VIDEO",
    "audio": "AUDIO",
    "voice": "VOICE",
    "sticker": "STICKER",
    "animation": "ANIMATION",
    "video_note": "VIDEO_NOTE",
    "location": "LOCATION",
    "venue": "LOCATION",
    "contact": "CONTACT",
    "dice": "OTHER",
    "poll": "OTHER",
}
_FILES = ("photo", "document", "video", "audio", "voice", "sticker")
_WITH_CAPTION = {"photo", "document", "video"}
_MARKS = {"bold": "urgent", "italic": "today", "strikethrough": "tomorrow", "code": "A-17"}
_FORMATTED = "It is urgent, I need it today and not tomorrow: A-17."
_TEXTS = (
    "short",
    "two\nlines",
    "emoji 👩‍👩‍👧‍👦 and 🇮🇩",
    "مرحبا from right to left",
    "<b>no markup</b> at all",
    ("long " * 150).strip(),
    "a link: https://osmo.example/order",
    "an unfinished *star and _line",
    "日本語と한국어",
    "// not at the beginning is no note",
    "/neither is this a command",
)
_OTHERS: dict[str, Json] = {
    "location": PLACE,
    "venue": {"location": PLACE, "title": "Monas", "address": "Jakarta"},
    "contact": {"phone_number": "+49170123", "first_name": "Workshop"},
    "dice": {"emoji": "🎲", "value": 4},
    "poll": {"question": "Tea?", "options": ["yes", "no"]},
}
_WORDS = {"dice": "🎲 4", "poll": "Tea?\n• yes\n• no"}
_WITHOUT_SIGNS = str.maketrans("", "", "*_~`")
_ARRIVED = {"sent", "delivered", "read"}


@dataclass(slots=True)
class Said:
    """What one side said: as the other one must see it, and as it must be stored."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    stored: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, words: str = "", *, seen_as: str | None = None) -> None:
        shown = seen_as or kind
        self.seen.append((shown, "" if shown in {"dice", "poll"} else words))
        is_link = kind == "text" and "https://" in words
        self.stored.append(("LINK" if is_link else _STORED.get(kind, "TEXT"), words))


@dataclass(slots=True)
class Scenario:
    """A customer and an agent who say everything that can be said."""

    stage: Stage
    kind: ChannelKind
    mode: str
    ann: Customer
    seat: Seat
    customer: Said = field(default_factory=Said)
    agent: Said = field(default_factory=Said)

    @property
    def has_one_bot(self) -> bool:
        """Return whether the bot of the customers also speaks with staff, so that it can copy."""
        return self.kind is ChannelKind.TELEGRAM and self.mode == GROUP

    async def exchange_texts(self) -> None:
        for number, text in enumerate(_TEXTS, start=1):
            await self.ann.says(f"C{number:02} {text}")
            self.customer.add("text", f"C{number:02} {text}")
            await self.seat.writes(f"A{number:02} {text}")
            self.agent.add("text", f"A{number:02} {text}")
        await self.ann.says(f"C14 {_FORMATTED}", marks=_MARKS)
        shown = await self.seat.wait_for(f"C14 {_FORMATTED}")
        self.customer.add("text", f"C14 {_FORMATTED}")
        assert set(_MARKS.items()) <= set(shown.entities)
        marked = [
            {"type": kind, "offset": 4 + _FORMATTED.index(words), "length": len(words)}
            for kind, words in _MARKS.items()
        ]
        await self.seat.writes(f"A14 {_FORMATTED}", reply_to=shown, entities=marked)
        heard = await self.ann.wait_for("A14 ")
        self.agent.add("text", f"A14 {_FORMATTED}")
        assert self.ann.find_marks(heard) == set(_MARKS.items())
        assert heard.reply_to is not None
        await self.ann.says("C15 as a reply", reply_to=heard)
        self.customer.add("text", "C15 as a reply")
        assert (await self.seat.wait_for("C15 as a reply")).reply_to is not None

    async def exchange_files(self) -> None:
        replacements = self.stage.capabilities.replacements
        for number, kind in enumerate(_FILES, start=20):
            has_caption = kind in _WITH_CAPTION
            caption = f"C{number} {kind}" if has_caption else ""
            await self.ann.sends(kind, caption=caption or None)
            self.customer.add(kind, caption)
            caption = f"A{number} {kind}" if has_caption else ""
            await self.seat.writes(media={"kind": kind}, caption=caption or None)
            self.agent.add(kind, caption, seen_as=replacements.get(kind))
        for kind in ("animation", "video_note"):
            await self.seat.writes(media={"kind": kind})
            self.agent.add(kind, seen_as=replacements.get(kind))

    async def exchange_other_kinds(self) -> None:
        more = self.stage.capabilities.send_more
        for kind in ("location", "contact", *more):
            await self.ann.sends(kind)
            shown = "text" if kind == "dice" and not self.has_one_bot else kind
            self.customer.add(kind, _WORDS.get(kind, ""), seen_as=shown)
        replacements = self.stage.capabilities.replacements
        for kind, what in _OTHERS.items():
            more_of_it: Json = {kind: what}
            await self.seat.writes(**more_of_it)
            shown = replacements.get(kind, kind)
            if kind in _WORDS and not self.has_one_bot:
                has_polls = kind == "poll" and self.kind is ChannelKind.TELEGRAM
                shown = kind if has_polls else "text"
            self.agent.add(kind, _WORDS.get(kind, ""), seen_as=shown)

    async def exchange_albums(self) -> None:
        await self.ann.sends_album("photo", "video", "photo", caption="C30 all three")
        await self.ann.says("C31 after the album")
        await self.seat.wait_for("C31 after the album")
        for kind, words in (("photo", "C30 all three"), ("video", ""), ("photo", "")):
            self.customer.add(kind, words)
        self.customer.add("text", "C31 after the album")
        await self.seat.writes(album=[{"kind": "photo"}, {"kind": "photo"}], caption="A30 look")
        await self.seat.writes("A31 after the album")
        await self.ann.wait_for("A31 after the album")
        for kind, words in (("photo", "A30 look"), ("photo", ""), ("text", "A31 after the album")):
            self.agent.add(kind, words)

    async def change_what_was_said(self) -> None:
        said = await self.ann.says("C40 with a typo")
        await self.seat.wait_for("C40 with a typo")
        await self.ann.edits(said, "C40 without")
        await self.seat.wait_for("C40 without", edited=True)
        self.customer.add("text", "C40 without")
        answer = await self.seat.writes("A40 with a typo")
        heard = await self.ann.wait_for("A40 with a typo")
        can_edit = self.stage.capabilities.can_edit_answers
        if can_edit:
            await self.seat.edits(answer, "A40 without")
            await self.ann.wait_for("A40 without")
        self.agent.add("text", "A40 without" if can_edit else "A40 with a typo")
        await self.ann.reacts(heard, "👍")
        wrong = await self.seat.writes("A41 sent by mistake")
        await self.ann.wait_for("A41 sent by mistake")
        await self.stage.wait_for_delivery(self.ann, "A41 sent by mistake")
        await self.seat.writes("/delete", reply_to=wrong)
        await self.seat.wait_for("deleted this answer")
        if self.stage.capabilities.can_delete_answers:
            await eventually(self._has_forgotten, "the customer's copy is deleted")
        else:
            await self.seat.wait_for("This answer could not be deleted.")
            self.agent.add("text", "A41 sent by mistake")

    async def _has_forgotten(self) -> bool:
        return not any("A41" in each.text for each in await self.ann.list_received())

    async def refuse_what_cannot_go(self) -> None:
        await self._set_reachable(is_reachable=False)
        await self.seat.writes("A50 nobody hears this")
        await self.stage.wait_for_state(self.ann, "A50 nobody hears this", "failed")
        await self.seat.wait_for("Not delivered")
        await self._set_reachable(is_reachable=True)
        if not self.has_one_bot:
            telegram = self.stage.telegram
            await telegram.fail("getFile", code=400, description="Bad Request: file is too big")
            await self.seat.writes(media={"kind": "document"}, caption="A51 far too large")
            await self.stage.wait_for_state(self.ann, "A51 far too large", "failed")

    async def _set_reachable(self, *, is_reachable: bool) -> None:
        if self.kind is ChannelKind.TELEGRAM:  # there are two bots: this is about the customers'
            blocked = not is_reachable
            await self.stage.telegram.block(int(self.ann.address), blocked=blocked, bot=BOT_ID)
        elif is_reachable:
            await self.stage.provider.make_reachable(self.ann)
        else:
            await self.stage.provider.make_unreachable(self.ann)

    async def say_the_end(self) -> None:
        await self.ann.says("C99 the end")
        await self.seat.wait_for("C99 the end")
        self.customer.add("text", "C99 the end")
        await self.seat.writes("A99 the end")
        await self.ann.wait_for("A99 the end")
        self.agent.add("text", "A99 the end")
        await self.seat.writes("// A98 only for us")
        await self.stage.wait_for_state(self.ann, "// A98 only for us", "received")

    async def compare(self) -> None:
        label = self.ann.name if self.mode == PERSONAL_WITHOUT_TOPICS else ""
        shown = [
            (each.kind, each.text.removeprefix(label).removeprefix("\n"))
            for each in await self.seat.shown()
        ]
        assert _join_texts(shown, "C") == _join_texts(self.customer.seen, "C")
        heard = [(each.kind, each.text) for each in await self.ann.list_received()]
        assert self._as_seen(_join_texts(heard, "A")) == self._as_seen(
            _join_texts(self.agent.seen, "A")
        )
        rows = [row for row in await self.stage.load_messages(self.ann) if not row["deleted_at"]]
        assert _list_stored(rows, "inbound") == self.customer.stored
        arrived = [row for row in rows if row["delivery_state"] in _ARRIVED]
        assert _list_stored(arrived, "outbound") == self.agent.stored

    def _as_seen(self, messages: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return messages without WhatsApp's signs for formatting, which was compared before."""
        if self.kind is ChannelKind.TELEGRAM:
            return messages
        return [(kind, words.translate(_WITHOUT_SIGNS)) for kind, words in messages]

    async def is_quiet(self) -> bool:
        waiting = "SELECT id FROM outbox WHERE state IN ('pending', 'sending')"
        return not await self.stage.rows(waiting)


def _list_stored(rows: Iterable[Json], direction: str) -> list[tuple[str, str]]:
    return [
        (row["message_type"], row["message"] or "")
        for row in rows
        if row["direction"] == direction and row["message"] != "/start"
    ]


def _join_texts(messages: Iterable[tuple[str, str]], sign: str) -> list[tuple[str, str]]:
    """Join texts that follow each other: a burst may arrive as one message. Leave out notices."""
    joined: list[tuple[str, str]] = []
    for kind, words in messages:
        if kind == "text" and not words.startswith((sign, *_WORDS.values())):
            continue
        if kind == "text" and joined and joined[-1][0] == "text":
            joined[-1] = ("text", f"{joined[-1][1]}\n{words}")
        else:
            joined.append((kind, words))
    return joined


@pytest.mark.parametrize(("kind", "mode"), _WORLDS)
async def test_sixty_messages_of_every_kind(
    kind: ChannelKind, mode: str, migrated_url: str
) -> None:
    async with run_seat_stage(kind, mode, migrated_url) as stage:
        ann = await stage.customer("Ann")
        play = Scenario(stage, kind, mode, ann, await take_seat(stage, mode, ann))
        play.customer.add("text", "C00 hello")
        await play.exchange_texts()
        await play.exchange_files()
        await play.exchange_other_kinds()
        await play.exchange_albums()
        await play.change_what_was_said()
        await play.refuse_what_cannot_go()
        await play.say_the_end()
        await eventually(play.is_quiet, "nothing waits to be sent")
        assert len(await stage.load_messages(ann)) >= 60
        await play.compare()
