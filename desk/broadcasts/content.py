"""What a broadcast says: checked when it is written, and built for each customer."""

from dataclasses import dataclass, field, replace
from typing import Any

from db.content import BROADCAST
from db.ids import MessageId
from db.queries.channels.templates import list_approved
from db.queries.conversations.threads import Thread
from db.queries.reply_files import find_file
from db.tables import Broadcast, MessageType, ReplyFile, WhatsAppMessageTemplate
from desk.channels import ServedChannel
from desk.content import Content
from desk.formatting.variables import render, render_formatted
from desk.messages import window
from desk.messages.reply_files import build_file_content, describe_file
from desk.messages.template_messages import HeaderFile, build_template_content
from desk.setup.customer_texts import find_problem
from desk.setup.errors import InvalidValueError
from desk.templates.obstacles import find_obstacle
from desk.templates.rendering import RenderingError, list_variables
from desk.templates.selection import choose_languages, guess_values, list_missing
from desk.texts.customer_texts import COMMON_EXAMPLES, CustomerText, OwnText
from desk.unit_of_work import UnitOfWork

# Longer texts would become several messages.
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
VARIABLES = tuple(COMMON_EXAMPLES)


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """Which template is used on channels that need one, and what fills its variables."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    # Also while the reply window is open, where the text would do.
    is_always_used: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "values": self.values, "always": self.is_always_used}

    @classmethod
    def load(cls, broadcast: Broadcast) -> "TemplateChoice | None":
        """Read the choice of a broadcast; None: it has no template."""
        kept = broadcast.template
        return None if kept is None else cls(kept["name"], kept["values"], kept["always"])


@dataclass(slots=True)
class MessageBuilder:
    """Builds the message of a broadcast for one customer after the other."""

    uow: UnitOfWork
    broadcast: Broadcast
    file: ReplyFile | None
    _templates: dict[str, list[WhatsAppMessageTemplate]] = field(default_factory=dict)

    @classmethod
    async def create(cls, uow: UnitOfWork, broadcast: Broadcast) -> "MessageBuilder":
        file_id = broadcast.file_id
        return cls(uow, broadcast, await find_file(uow.tx, file_id) if file_id else None)

    async def build(self, thread: Thread) -> Content:
        """Build the message for a customer; raise RenderingError if there is none for them."""
        channel = self.uow.channel_of(thread)
        choice = TemplateChoice.load(self.broadcast)
        values = _name_values(thread.name, channel)
        is_open = window.is_open(thread, channel, self.uow.now)
        if (
            choice is not None
            and window.has_window(channel)
            and (choice.is_always_used or not is_open)
        ):
            content = await self._fill_in(thread, choice, values)
        elif self.broadcast.text is None and self.file is None:
            raise RenderingError("this broadcast has no text for this channel")
        else:
            content = self._write(values)
        return mark(content, self.broadcast)

    def build_example(self, name: str, channel: ServedChannel) -> Content:
        """Build the text as somebody of this name would get it, outside any conversation."""
        return self._write(_name_values(name, channel))

    def can_send(self, thread: Thread, content: Content) -> bool:
        """Check whether a customer may get this message now."""
        return window.can_send(thread, self.uow.channel_of(thread), content, self.uow.now)

    def _write(self, values: dict[str, str]) -> Content:
        text, entities = render_formatted(
            self.broadcast.text or "", self.broadcast.entities, values
        )
        if self.file is None:
            return Content(text=text, entities=entities)
        return replace(build_file_content(self.file, text), entities=entities)

    async def _fill_in(
        self, thread: Thread, choice: TemplateChoice, values: dict[str, str]
    ) -> Content:
        template = await self._find_template(thread, choice.name)
        filled = {name: render(text, values) for name, text in choice.values.items()}
        channel = self.uow.channel_of(thread)
        header = None
        if self.file is not None and _takes_file(template):
            kept_as, kind = MessageId(self.file.id), MessageType(self.file.message_type)
            header = HeaderFile(kept_as, kind, describe_file(self.file))
        return build_template_content(
            self.uow, thread, channel.name, template, filled, header=header
        )

    async def _find_template(self, thread: Thread, name: str) -> WhatsAppMessageTemplate:
        """Find the template in the customer's language, or else in that of the channel."""
        channel = self.uow.channel_of(thread)
        if channel.id not in self._templates:
            self._templates[channel.id] = await list_approved(self.uow.tx, channel.id, name)
        spoken = [each for each in (thread.language, channel.language) if each]
        chosen = choose_languages(self._templates[channel.id], spoken)
        if not chosen:
            raise RenderingError(f"the template {name} is not approved any more")
        return chosen[0]


def _name_values(name: str, channel: ServedChannel) -> dict[str, str]:
    """Return the value of each variable for a person of this name."""
    return {"name": name, "first_name": (name.split() or [""])[0], "channel": channel.name}


def build_example(broadcast: Broadcast, channel_name: str) -> Content:
    """Return the text of a broadcast as a customer would read it, with example values."""
    values = {**COMMON_EXAMPLES, "channel": channel_name}
    text, entities = render_formatted(broadcast.text or "", broadcast.entities, values)
    return Content(text=text, entities=entities)


def mark(content: Content, broadcast: Broadcast) -> Content:
    """Return a message with the mark of the broadcast that it belongs to."""
    about = {"id": broadcast.id, "name": broadcast.name}
    return replace(content, attributes={**(content.attributes or {}), BROADCAST: about})


def check_text(wording: OwnText, *, is_caption: bool) -> None:
    """Raise InvalidValueError if a text cannot be sent as a broadcast."""
    limit = CAPTION_LIMIT if is_caption else TEXT_LIMIT
    about = CustomerText("broadcast", "", VARIABLES, limit, is_plain=False)
    problem = find_problem(about, wording)
    if problem is not None:
        raise InvalidValueError(problem.field, problem.say("en"))


async def check_template(
    uow: UnitOfWork, choice: TemplateChoice, served: list[ServedChannel], *, has_file: bool
) -> None:
    """Raise InvalidValueError if a template cannot be sent on each channel that needs one."""
    needing = [each for each in served if window.has_window(each)]
    if not needing:
        raise InvalidValueError("template", "none of these channels has templates")
    for text in choice.values.values():
        check_text(OwnText(text), is_caption=True)
    for channel in needing:
        found = await list_approved(uow.tx, channel.id, choice.name)
        if not found:
            reason = f"{choice.name} is no approved template of {channel.name}"
            raise InvalidValueError("template.name", reason)
        for template in found:
            _check_variables(template, choice, has_file=has_file)


def _check_variables(
    template: WhatsAppMessageTemplate, choice: TemplateChoice, *, has_file: bool
) -> None:
    if obstacle := find_obstacle(template.components):
        raise InvalidValueError("template.name", f"cannot be sent from here: {obstacle}")
    wanted = list_variables(template.components)
    known = ", ".join(each.key for each in wanted) or "none"
    for name in choice.values:
        if name not in {each.key for each in wanted}:
            reason = f"{name} is no variable of {template.name}; they are: {known}"
            raise InvalidValueError("template.values", reason)
    given = {**guess_values(wanted, COMMON_EXAMPLES), **choice.values}
    missing = [
        each.key for each in list_missing(wanted, given) if not (has_file and each.kind.is_media)
    ]
    if missing:
        names = ", ".join(missing)
        reason = f"{template.name} ({template.language}) needs also a value for {names}"
        raise InvalidValueError("template.values", reason)


def _takes_file(template: WhatsAppMessageTemplate) -> bool:
    return any(each.kind.is_media for each in list_variables(template.components))
