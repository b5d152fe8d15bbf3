"""Sends templates: by agents now, by whatever else sends them through the same function."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.ids import MessageId
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.tables import MessageType, TemplateStatus, WhatsAppMessageTemplate
from desk.content import Content, IncomingMessage
from desk.conversations.notices import notify_beside
from desk.messages import from_api, outbound
from desk.templates.lookup import gaps
from desk.templates.rendering import Filled, FillingError, Kind, Upload, fill
from desk.unit_of_work import UnitOfWork

_AS: Mapping[Kind, MessageType] = {
    Kind.IMAGE: MessageType.IMAGE,
    Kind.VIDEO: MessageType.VIDEO,
    Kind.DOCUMENT: MessageType.FILE,
}
_KINDS = {kind: each for each, kind in _AS.items()}


@dataclass(frozen=True, slots=True)
class HeaderFile:
    """A file on our own disk for a template's header, kept under the message's own id."""

    message_id: MessageId
    type: MessageType
    file: dict[str, Any]

    @property
    def upload(self) -> Upload:
        """Say what filling has to know of it; raises FillingError."""
        if self.type not in _KINDS:
            raise FillingError("a header takes a picture, a video or a document", "header")
        return Upload(_KINDS[self.type], self.file.get("name"))


def filled(
    uow: UnitOfWork,
    thread: Thread,
    agent: str,
    template: WhatsAppMessageTemplate,
    variables: Mapping[str, str],
    *,
    header: HeaderFile | None = None,
) -> Filled:
    """Fill a template in for a customer, with what is known where nothing was given.

    Raises FillingError; MissingError names what nobody knows.
    """
    if template.status is not TemplateStatus.APPROVED:
        raise FillingError(f"this template is {template.status}: only approved ones can be sent")
    known = gaps(uow, thread, template, agent).known
    values = {**known, **variables}
    upload = header.upload if header else None
    return fill(template.components, values, is_named=template.is_named, upload=upload)


async def send(
    uow: UnitOfWork,
    thread: Thread,
    agent: BoundAgent,
    template: WhatsAppMessageTemplate,
    variables: Mapping[str, str],
    *,
    said: IncomingMessage | None = None,
    reply_to: MessageId | None = None,
    header: HeaderFile | None = None,
) -> MessageId:
    """Send a customer a template, and show it in the topic; the window does not matter.

    `said`: the command in the topic that asked for it. Raises FillingError, and nothing is sent.
    """
    content = _content(
        template, filled(uow, thread, agent.name, template, variables, header=header), header
    )
    if said is None:
        kept_as = header.message_id if header else None
        return await from_api.reply_from_api(
            uow, thread, agent, content, reply_to=reply_to, message_id=kept_as
        )
    message_id = await outbound.reply_from_topic(uow, thread, agent, replace(said, content=content))
    notify_beside(uow, thread, message_id, "topic.template_sent", more=content.text)
    return message_id


def _content(template: WhatsAppMessageTemplate, made: Filled, header: HeaderFile | None) -> Content:
    about = {"name": template.name, "language": template.language, "components": made.components}
    content = Content(text=made.text, attributes={"template": about})
    if header is None:
        return content
    return replace(content, type=header.type, file=header.file)
