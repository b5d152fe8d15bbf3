"""Templates at hand in a conversation: which fit its customer, and what is known of their gaps."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.ids import TemplateId
from db.queries.channels import templates as queries
from db.queries.conversations.threads import Thread
from db.tables import TemplateStatus, WhatsAppMessageTemplate
from desk.canned.lookup import build_values
from desk.templates.rendering import Variable, obstacle, variables
from desk.templates.selection import asked, best, guesses
from desk.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a template leaves out: all of it, what is known already, and what is to be asked."""

    all: list[Variable]
    known: Mapping[str, str]

    @property
    def asked(self) -> list[Variable]:
        return asked(self.all, self.known)


async def listed(uow: UnitOfWork, thread: Thread) -> list[WhatsAppMessageTemplate]:
    """List the templates that a customer may be sent, each in the language that fits them best."""
    rows = await queries.list_approved(uow.tx, thread.channel_id)
    return _best(uow, thread, rows)


async def found(uow: UnitOfWork, thread: Thread, name: str) -> WhatsAppMessageTemplate | None:
    """Find the template of a name in the language that fits the customer best."""
    rows = await queries.list_approved(uow.tx, thread.channel_id, name.lower())
    return next(iter(_best(uow, thread, rows)), None)


async def by_id(
    uow: UnitOfWork, thread: Thread, template_id: TemplateId
) -> WhatsAppMessageTemplate | None:
    """Find a template that the customer may be sent; None: it is not there, or not approved."""
    row = await queries.find_template(uow.tx, template_id)
    if row is None or row.channel_id != thread.channel_id:
        return None
    return row if row.status is TemplateStatus.APPROVED else None


def gaps(uow: UnitOfWork, thread: Thread, template: WhatsAppMessageTemplate, agent: str) -> Gaps:
    """Tell what a template leaves out for this customer; `agent` is the name of who sends it."""
    wanted = variables(template.components)
    return Gaps(wanted, guesses(wanted, build_values(uow, thread, agent)))


def _best(
    uow: UnitOfWork, thread: Thread, rows: list[WhatsAppMessageTemplate]
) -> list[WhatsAppMessageTemplate]:
    spoken = (thread.language, uow.channel_of(thread).language)
    can_be_sent = (row for row in rows if obstacle(row.components) is None)
    return best(can_be_sent, [each for each in spoken if each])
