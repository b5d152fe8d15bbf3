"""Send templates; every sender of templates uses these functions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.tables import MessageType, TemplateStatus, WhatsAppMessageTemplate
from desk.actors import AgentActor
from desk.content import Content, IncomingMessage
from desk.conversations.notices import notify_beside
from desk.messages import from_api, outbound
from desk.templates.lookup import explain_obstacle, get_variables
from desk.templates.rendering import (
    HeaderUpload,
    RenderedTemplate,
    RenderingError,
    VariableKind,
    render_components,
)
from desk.unit_of_work import UnitOfWork

_MESSAGE_TYPES: Mapping[VariableKind, MessageType] = {
    VariableKind.IMAGE: MessageType.IMAGE,
    VariableKind.VIDEO: MessageType.VIDEO,
    VariableKind.DOCUMENT: MessageType.FILE,
}
_VARIABLE_KINDS = {kind: each for each, kind in _MESSAGE_TYPES.items()}


@dataclass(frozen=True, slots=True)
class HeaderFile:
    """A file on our own disk for a template's header, stored under the message's id."""

    message_id: MessageId
    type: MessageType
    file: dict[str, Any]

    @property
    def upload(self) -> HeaderUpload:
        """Return what rendering needs to know of the file; raise RenderingError for a bad type."""
        if self.type not in _VARIABLE_KINDS:
            raise RenderingError("a header must be a picture, a video or a document", "header")
        return HeaderUpload(_VARIABLE_KINDS[self.type], self.file.get("name"))


def render_template(
    uow: UnitOfWork,
    thread: Thread,
    agent: str,
    template: WhatsAppMessageTemplate,
    variables: Mapping[str, str],
    *,
    header: HeaderFile | None = None,
) -> RenderedTemplate:
    """Render a template for a customer; known values fill variables that were not given.

    Raises RenderingError; its subclass MissingValuesError names the variables without a value.
    """
    if template.status is not TemplateStatus.APPROVED:
        raise RenderingError(f"this template is {template.status}: only approved ones can be sent")
    obstacle = explain_obstacle(uow, thread, template)
    if obstacle is not None:
        raise RenderingError(obstacle)
    known = get_variables(uow, thread, template, agent).known
    values = {**known, **variables}
    upload = header.upload if header else None
    return render_components(template.components, values, is_named=template.is_named, upload=upload)


async def send_template(
    uow: UnitOfWork,
    thread: Thread,
    agent: AgentActor,
    template: WhatsAppMessageTemplate,
    variables: Mapping[str, str],
    *,
    said: IncomingMessage | None = None,
    reply_to: MessageId | None = None,
    header: HeaderFile | None = None,
    client_key: str | None = None,
) -> MessageId:
    """Send a customer a template, and show it in the topic; it needs no open reply window.

    `said` is the command in the topic that asked for it. Raises RenderingError; then nothing is
    sent.
    """
    content = build_template_content(uow, thread, agent.name, template, variables, header=header)
    content = from_api.keep_client_key(content, client_key)
    if said is None:
        kept_as = header.message_id if header else None
        return await from_api.reply_from_api(
            uow, thread, agent, content, reply_to=reply_to, message_id=kept_as
        )
    message_id = await outbound.reply_from_topic(uow, thread, agent, replace(said, content=content))
    notify_beside(uow, thread, message_id, "topic.template_sent", more=content.text)
    return message_id


def build_template_content(
    uow: UnitOfWork,
    thread: Thread,
    agent: str,
    template: WhatsAppMessageTemplate,
    variables: Mapping[str, str],
    *,
    header: HeaderFile | None = None,
) -> Content:
    """Return a template as a message to a customer, in an agent's name; raise RenderingError."""
    rendered = render_template(uow, thread, agent, template, variables, header=header)
    return _to_content(template, rendered, header)


def _to_content(
    template: WhatsAppMessageTemplate, rendered: RenderedTemplate, header: HeaderFile | None
) -> Content:
    about = {
        "name": template.name,
        "language": template.language,
        "components": rendered.components,
    }
    content = Content(text=rendered.text, attributes={"template": about})
    if header is None:
        return content
    return replace(content, type=header.type, file=header.file)
