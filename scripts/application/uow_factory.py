"""Builds the factory of units of work: the same for the desk and for the commands."""

from collections.abc import Sequence

from desk.channels import Channels
from desk.messages.openings import HistoryOpenings
from desk.projections import Projection
from desk.unit_of_work import ChooseGroup, UnitOfWork, choose_first_group
from desk.unit_of_work_factory import UnitOfWorkFactory
from scripts.configuration.settings import Settings


def build_uow_factory(
    settings: Settings,
    channels: Channels,
    projections: Sequence[Projection[UnitOfWork]],
    choose_group: ChooseGroup = choose_first_group,
) -> UnitOfWorkFactory:
    """Build the factory from the settings."""
    return UnitOfWorkFactory(
        channels,
        projections,
        staff_language=settings.default_language,
        default_region=settings.default_region,
        choose_group=choose_group,
        session_times=settings.session_times,
        customer_limit=settings.customer_limit or None,
        zone=settings.timezone,
        openings=HistoryOpenings(),
    )
