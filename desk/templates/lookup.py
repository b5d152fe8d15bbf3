"""Find the templates that fit a conversation, and the known values of their variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.ids import TemplateId
from db.queries.channels import templates as queries
from db.queries.conversations.threads import Thread
from db.tables import TemplateStatus, WhatsAppMessageTemplate
from desk.canned.lookup import build_values
from desk.templates.obstacles import find_obstacle
from desk.templates.rendering import Variable, list_variables
from desk.templates.selection import choose_languages, guess_values, list_missing
from desk.unit_of_work import UnitOfWork

_MARKETING = "MARKETING"


@dataclass(frozen=True, slots=True)
class TemplateVariables:
    """A template's variables: all of them, the known values, and the missing ones."""

    all: list[Variable]
    known: Mapping[str, str]

    @property
    def missing(self) -> list[Variable]:
        return list_missing(self.all, self.known)


async def list_templates(uow: UnitOfWork, thread: Thread) -> list[WhatsAppMessageTemplate]:
    """List the templates that a customer can be sent, each in the language that fits best."""
    rows = await queries.list_approved(uow.tx, thread.channel_id)
    return [
        each
        for each in _choose_languages(uow, thread, rows)
        if explain_obstacle(uow, thread, each) is None
    ]


def explain_obstacle(
    uow: UnitOfWork, thread: Thread, template: WhatsAppMessageTemplate
) -> str | None:
    """Return why an approved template cannot be sent to this customer; None if it can."""
    if thread.marketing_stopped_at is not None and template.category.upper() == _MARKETING:
        return uow.text_for_staff("reason.opted_out")
    obstacle = find_obstacle(template.components)
    return f"this template cannot be sent from here: {obstacle}" if obstacle else None


async def find_template(
    uow: UnitOfWork, thread: Thread, name: str
) -> WhatsAppMessageTemplate | None:
    """Find the approved template of a name, in the language that fits the customer best.

    Whether it can be sent, `explain_obstacle` says.
    """
    rows = await queries.list_approved(uow.tx, thread.channel_id, name.lower())
    return next(iter(_choose_languages(uow, thread, rows)), None)


async def get_template(
    uow: UnitOfWork, thread: Thread, template_id: TemplateId
) -> WhatsAppMessageTemplate | None:
    """Find a template by id; None if it is unknown, not approved, or another channel's."""
    row = await queries.find_template(uow.tx, template_id)
    if row is None or row.channel_id != thread.channel_id:
        return None
    return row if row.status is TemplateStatus.APPROVED else None


def get_variables(
    uow: UnitOfWork, thread: Thread, template: WhatsAppMessageTemplate, agent: str
) -> TemplateVariables:
    """Return a template's variables for this customer; `agent` is the name of the sender."""
    wanted = list_variables(template.components)
    return TemplateVariables(wanted, guess_values(wanted, build_values(uow, thread, agent)))


def _choose_languages(
    uow: UnitOfWork, thread: Thread, rows: list[WhatsAppMessageTemplate]
) -> list[WhatsAppMessageTemplate]:
    spoken = (thread.language, uow.channel_of(thread).language)
    return choose_languages(rows, [each for each in spoken if each])
