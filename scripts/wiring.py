"""Puts the rooms together: the only module that names concrete classes of all of them."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial

from aiogram import Bot
from aiogram.types import User
from aiohttp import web
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import PREFIX, build_api
from api.docs.page import docs_routes
from api.health import Vitals, health_routes
from api.metrics import metrics_routes
from api.office import Manners, Office, Transactions
from api.reset.page import reset_routes
from bot.bots import bot_url, make_bot
from bot.carrier.carrier import TelegramCarrier
from bot.handlers import build_router
from bot.intake.poller import Poller
from bot.intake.webhook import PATH, webhook_routes, webhook_secret
from bot.limits import OFF, TELEGRAM
from bot.probe import Probe
from bot.receiver import TelegramReceiver
from bot.registration import Webhook, register
from db.database import Database
from db.ids import ChannelId
from db.queries import channels as kept_channels
from db.tables import Channel, ChannelKind
from desk.accounts.sealed import Seal
from desk.cards import card_of
from desk.channels import Channels, ServedChannel
from desk.delivery.courier import Courier, CourierSettings
from desk.delivery.performing import Performer
from desk.desk import ChooseGroup
from desk.groups import GroupChooser
from desk.housekeeping import Housekeeping
from desk.lanes import gate_channel, gate_kind
from desk.receiving.worker import Worker
from desk.sharing.bells import Bell
from desk.sharing.budgets import Budgets, KeptBudgets, SharedThrottle, Unlimited
from desk.telemetry.backlog import Backlog
from desk.telemetry.metrics import Metrics
from desk.throttle import Throttle
from scripts.api_services import ApiServices, api_services
from scripts.place import Place
from scripts.readiness import RedisReadiness, TelegramReadiness, checks
from scripts.settings import Settings


@dataclass(frozen=True, slots=True)
class TelegramChannel:
    """A Telegram channel that this process serves."""

    channel: ServedChannel
    token: str
    bot: Bot


@dataclass(slots=True)
class House:
    """Everything that one process consists of, put together and not yet running."""

    settings: Settings
    database: Database
    channels: Channels
    telegram: list[TelegramChannel]
    worker: Worker
    courier: Courier
    metrics: Metrics
    housekeeping: Housekeeping
    place: Place
    inbox_bell: Bell
    outbox_bell: Bell
    choose_group: ChooseGroup
    services: ApiServices
    pollers: dict[ChannelId, Poller] = field(default_factory=dict)
    vitals: Vitals = field(default_factory=Vitals)
    readiness: dict[ChannelId, TelegramReadiness] = field(default_factory=dict)
    redis: RedisReadiness | None = None

    @property
    def uses_webhooks(self) -> bool:
        return self.settings.public_url is not None

    def web_app(self) -> web.Application:
        """Build the application: health and metrics, and the channels' webhooks beside them."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        asked = checks(self.database, self.redis, self.readiness)
        app.add_routes(health_routes(asked, self.vitals))
        app.add_routes(metrics_routes(self.metrics, Backlog(self.database)))
        secrets = {each.channel.id: self._secret(each) for each in self.telegram}
        routes = webhook_routes(secrets, self.database, self.inbox_bell, self.metrics)
        app.add_routes(routes)
        app.add_routes([*docs_routes(), *reset_routes()])
        app.add_subapp(PREFIX, build_api(self._office()))
        return app

    def _office(self) -> Office:
        """Put together what the API's handlers take."""
        settings = self.settings
        transactions = Transactions(
            self.database,
            self.channels,
            self.outbox_bell,
            staff_language=settings.default_language,
            choose_group=self.choose_group,
        )
        manners = Manners(settings.cors_origins, settings.trusted_proxies)
        return Office(transactions, manners, self.services.by_type)

    def registrations(self) -> Iterator[Callable[[], Coroutine[None, None, None]]]:
        """List what makes each bot known at Telegram."""
        for each in self.telegram:
            yield partial(self._register, each)

    async def close(self) -> None:
        """Let go of connections."""
        for each in self.telegram:
            await each.bot.session.close()
        await self.services.close()
        if self.redis is not None:
            await self.redis.close()
        await self.database.close()

    async def _register(self, each: TelegramChannel) -> None:
        lead = self.place.lead(f"register:{each.channel.id}")
        if not await lead.known():
            self.readiness[each.channel.id].is_registered = None  # another process sees to it
            await lead.taken()
        learnt = partial(self._learnt, each.channel)
        await register(each.bot, self._webhook(each), each.channel.staff_groups, learnt)
        self.readiness[each.channel.id].is_registered = True

    async def _learnt(self, channel: ServedChannel, me: User) -> None:
        """Keep what Telegram says of the bot."""
        settings = {**channel.settings, "username": me.username}
        name = me.full_name[:120]

        async def keep(tx: AsyncSession) -> None:
            await kept_channels.name_channel(tx, channel.id, name, settings)

        await self.database.run(keep)
        self.channels.rename(channel.id, name)

    def _webhook(self, each: TelegramChannel) -> Webhook | None:
        if self.settings.public_url is None:
            return None
        path = PATH.format(channel_id=each.channel.id)
        return Webhook(f"{self.settings.public_url.rstrip('/')}{path}", self._secret(each))

    def _secret(self, each: TelegramChannel) -> str:
        return webhook_secret(_secret_key(self.settings), each.channel.id)


async def build_house(
    settings: Settings, database: Database, place: Place, *, works: bool = True
) -> House:
    """Put a process together from its settings and what the database knows of channels.

    `works`: it will also receive, handle and deliver, not only serve.
    """
    seal = Seal(_secret_key(settings))
    read_channels = partial(_channel_rows, settings=settings, seal=seal)
    try:
        rows = await database.run(read_channels)
    except IntegrityError:  # a process that started at the same moment made the same channel
        rows = await database.run(read_channels)
    enrols = settings.staff_enrolment == "members"
    language = settings.default_language
    served = {
        row.id: ServedChannel.of(row, language=language, enrols_members=enrols) for row in rows
    }
    channels = Channels(served.values())
    telegram = [
        TelegramChannel(served[row.id], token, make_bot(token, settings.telegram_api_url))
        for row in rows
        if row.kind is ChannelKind.TELEGRAM and (token := _token(row, seal))
    ]
    throttle = _throttle(settings)
    metrics = Metrics(lambda: database.retries)
    courier = _courier(settings, database, channels, telegram, throttle=throttle, metrics=metrics)
    bots = {each.channel.id: each.bot for each in telegram}
    choose_group = GroupChooser(throttle).choose
    outbox_bell = place.bells.bell("outbox", courier.wake)
    worker = Worker(
        database,
        channels,
        {ChannelKind.TELEGRAM: TelegramReceiver(bots, build_router())},
        outbox_wake=outbox_bell,
        staff_language=settings.default_language,
        choose_group=choose_group,
        metrics=metrics,
    )
    housekeeping = Housekeeping(database)
    house = House(
        settings,
        database,
        channels,
        telegram,
        worker,
        courier,
        metrics,
        housekeeping,
        place,
        inbox_bell=place.bells.bell("inbox", worker.wake),
        outbox_bell=outbox_bell,
        choose_group=choose_group,
        services=api_services(settings, database),
    )
    if works and not house.uses_webhooks:
        house.pollers = {each.channel.id: _poller(house, each) for each in telegram}
    house.readiness = {each.channel.id: _readiness(house, each, works) for each in telegram}
    if settings.redis_url is not None:
        house.redis = RedisReadiness(settings.redis_url)
    return house


def _readiness(house: House, each: TelegramChannel, works: bool) -> TelegramReadiness:
    registers = works and house.uses_webhooks
    poller = house.pollers.get(each.channel.id)
    return TelegramReadiness(Probe(each.bot), poller, False if registers else None)


async def _channel_rows(tx: AsyncSession, *, settings: Settings, seal: Seal) -> list[Channel]:
    """Read the channels; the environment's token makes or renews its own."""
    if settings.telegram_bot_token is not None:
        token = settings.telegram_bot_token.get_secret_value()
        await kept_channels.keep_channel(
            tx,
            ChannelKind.TELEGRAM,
            token.partition(":")[0],
            name="Telegram",
            credentials=seal.seal({"token": token}),
            staff_groups=settings.telegram_staff_group,
        )
    return await kept_channels.active(tx)


def _courier(
    settings: Settings,
    database: Database,
    channels: Channels,
    telegram: list[TelegramChannel],
    *,
    throttle: Throttle,
    metrics: Metrics,
) -> Courier:
    language = settings.default_language
    carriers = {each.channel.id: TelegramCarrier(each.bot, language) for each in telegram}
    performer = Performer(
        channels,
        carriers,
        lambda thread: card_of(thread, channels[thread.channel_id], language),
    )
    chosen = CourierSettings(staff_language=language)
    budgets: Budgets = Unlimited()
    if isinstance(throttle, SharedThrottle):
        sending = {sender for each in channels for sender in (each.id, each.staff_channel_id)}
        budgets = KeptBudgets(throttle, sending)
    return Courier(
        database, channels, performer, throttle, chosen, metrics=metrics, budgets=budgets
    )


def _throttle(settings: Settings) -> Throttle:
    if settings.telegram_limits == "off":
        return Throttle(OFF, kind_of=gate_kind, owner_of=gate_channel)
    return SharedThrottle(TELEGRAM, kind_of=gate_kind, owner_of=gate_channel)


def _poller(house: House, each: TelegramChannel) -> Poller:
    url = bot_url(each.token, house.settings.telegram_api_url)
    lead = house.place.lead(f"poll:{each.channel.id}")
    bell, metrics = house.inbox_bell, house.metrics
    return Poller(each.channel.id, url, house.database, bell, metrics=metrics, lead=lead)


def _token(row: Channel, seal: Seal) -> str | None:
    return seal.unseal(row.credentials).get("token") if row.credentials else None


def _secret_key(settings: Settings) -> str:
    assert settings.secret_key is not None  # noqa: S101 the commands ask for it
    return settings.secret_key.get_secret_value()
