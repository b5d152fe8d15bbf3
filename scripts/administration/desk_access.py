"""Access to the desk's data for a command, as the API has it, without serving anything."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from api.routing.transactions import Transactions
from db.database import Database
from db.queries.channels import channels as queries
from desk.accounts.encryption import Encryptor
from desk.channels import Channels
from desk.cluster.wake import Signal
from desk.linking.ports import Linkers
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.providers import Providers
from desk.urls.public import PublicAddress
from scripts.application.channels_of_settings import find_environment_channel
from scripts.application.database_work import run_with_settings
from scripts.application.projections import list_projections
from scripts.application.uow_factory import build_uow_factory
from scripts.configuration.settings import Settings, load_settings
from scripts.wiring import list_plugins

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeskAccess:
    """What the functions of the API need."""

    transactions: Transactions
    providers: Providers
    linkers: Linkers
    encryptor: Encryptor
    own: EnvironmentChannel
    public: PublicAddress
    # Nobody listens: a running desk looks for changes by itself, every few seconds.
    notifier: ChannelChangeNotifier


async def open_desk(settings: Settings, database: Database) -> DeskAccess:
    """Load the channels, and return access to the desk on this database."""
    plugins, signal = list_plugins(settings), Signal()
    channels = Channels(traits=plugins.traits)
    by_members = settings.staff_enrolment == "members"
    channels.replace_all(
        channels.read_row(
            row,
            language=settings.default_language,
            enrols_members=by_members,
            staff_mode=settings.staff_mode,
        )
        for row in await database.run(queries.list_all)
    )
    uow_factory = build_uow_factory(settings, channels, list_projections())
    return DeskAccess(
        Transactions(database, uow_factory, signal),
        plugins.build_providers(),
        plugins.build_linkers(),
        Encryptor(*settings.secret_keys),
        find_environment_channel(settings),
        PublicAddress(settings.public_url),
        ChannelChangeNotifier(signal),
    )


def run_on_desk(work: Callable[[DeskAccess], Awaitable[T]]) -> T:
    """Run `work` with access to the desk of the settings; SECRET_KEY is required."""
    settings = load_settings(required=["SECRET_KEY"])

    async def open_and_work(database: Database) -> T:
        return await work(await open_desk(settings, database))

    return asyncio.run(run_with_settings(settings, open_and_work, migrate_sqlite=True))
