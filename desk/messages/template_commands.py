"""Send templates from the topic, by a command or a button."""

from collections.abc import Sequence

from db.queries.conversations.threads import Thread
from db.tables import WhatsAppMessageTemplate
from desk.actors import AgentActor
from desk.canned.rendering import find_similar
from desk.content import Content, IncomingMessage
from desk.conversations.notices import notify_topic
from desk.formatting.splitting import utf16_length
from desk.messages.template_messages import send_template
from desk.templates.lookup import (
    explain_obstacle,
    find_template,
    get_variables,
    list_templates,
)
from desk.templates.rendering import MissingValuesError, RenderingError, Variable
from desk.templates.selection import assign_values
from desk.unit_of_work import UnitOfWork

# Lengths of names and examples in a notice.
_MAX_NAME_LENGTH, _MAX_EXAMPLE_LENGTH = 60, 40


def parse_arguments(argument: str) -> tuple[str, list[str]]:
    """Parse `name value1 | value2`."""
    name, _, rest = argument.strip().partition(" ")
    return name, [each.strip() for each in rest.split("|")] if rest.strip() else []


async def send_by_name(
    uow: UnitOfWork,
    thread: Thread,
    agent: AgentActor,
    name: str,
    given: Sequence[str],
    *,
    said: IncomingMessage,
) -> None:
    """Send the template of this name with the given values, or say in the topic why not."""
    template = await find_template(uow, thread, name)
    if template is None:
        await _suggest_names(uow, thread, name)
    else:
        await try_send(uow, thread, agent, template, given, said=said)


async def try_send(
    uow: UnitOfWork,
    thread: Thread,
    agent: AgentActor,
    template: WhatsAppMessageTemplate,
    given: Sequence[str],
    *,
    said: IncomingMessage | None = None,
) -> bool:
    """Send a template with these values, in order; if that fails, say why and return False."""
    obstacle = explain_obstacle(uow, thread, template)
    if obstacle is not None:
        notify_topic(uow, thread, "topic.template_wrong", name=template.name, reason=obstacle)
        return False
    variables = get_variables(uow, thread, template, agent.name)
    values = assign_values(variables.all, variables.known, given)
    if values is None:
        _show_missing(uow, thread, template, variables.missing)
        return False
    try:
        await send_template(uow, thread, agent, template, values, said=said)
    except MissingValuesError as error:
        missing = [each for each in variables.all if each.key in error.keys]
        _show_missing(uow, thread, template, missing)
        return False
    except RenderingError as error:
        notify_topic(uow, thread, "topic.template_wrong", name=template.name, reason=error)
        return False
    return True


def build_command(template: WhatsAppMessageTemplate, asked: Sequence[Variable]) -> str:
    """Return the command that sends a template, with placeholders to fill in."""
    places = " | ".join(f"{{{{{each.key}}}}}" for each in asked)
    return f"/t {template.name} {places}".rstrip()


def _show_missing(
    uow: UnitOfWork, thread: Thread, template: WhatsAppMessageTemplate, asked: Sequence[Variable]
) -> None:
    """Show the command to complete; a tap copies it."""
    text = uow.text_for_staff(
        "topic.template_needs",
        name=template.name,
        many=len(asked),
        missing=", ".join(map(_describe, asked)),
    )
    line = build_command(template, asked)
    code = {"type": "code", "offset": utf16_length(text) + 1, "length": utf16_length(line)}
    uow.enqueue_staff_notice(thread, Content(text=f"{text}\n{line}", entities=[code]))


def _describe(variable: Variable) -> str:
    return f"{variable.key} ({(variable.example or variable.kind.value)[:_MAX_EXAMPLE_LENGTH]})"


async def _suggest_names(uow: UnitOfWork, thread: Thread, name: str) -> None:
    names = find_similar(name, (each.name for each in await list_templates(uow, thread)))
    if names:
        commands = ", ".join(f"/t {each}" for each in names)
        notify_topic(
            uow, thread, "topic.template_near", name=name[:_MAX_NAME_LENGTH], near=commands
        )
    else:
        notify_topic(uow, thread, "topic.template_unknown", name=name[:_MAX_NAME_LENGTH])
