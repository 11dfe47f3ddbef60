"""Builds the services of one process from its settings: the only place that knows every part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.clock import Clock, SystemClock
from core.config import Settings
from core.errors import VoucherError
from core.platforms import network_printer
from core.platforms.base import CertificatePlatform, Shop
from core.platforms.douyin import Douyin
from core.platforms.douyin_gateway import Gateway as DouyinGateway
from core.platforms.douyin_gateway import log_id as douyin_log_id
from core.platforms.douyin_mini import DouyinMini
from core.platforms.douyin_mini import log_id as douyin_mini_log_id
from core.platforms.http import Caller
from core.platforms.manual import Manual
from core.platforms.meituan import Meituan
from core.platforms.meituan_gateway import Gateway as MeituanGateway
from core.platforms.meituan_gateway import log_id as meituan_log_id
from core.platforms.messenger import Messenger
from core.platforms.mini_program import MiniProgram
from core.platforms.shortlink import ShortLinks
from core.platforms.traffic import Board, Traffic
from core.platforms.wechat_mini import WechatMini
from core.platforms.wechat_official import OfficialAccount, Template
from core.platforms.wecom import WeCom
from core.platforms.wecom_robot import Robot
from core.services.admin import Administration, administration
from core.services.attempts import Attempts
from core.services.binding import Binding
from core.services.channels import Channels
from core.services.chat import Chat
from core.services.chat_menu import ChatMenu
from core.services.connections import Connections
from core.services.crash_points import killer
from core.services.demo import Demo
from core.services.export import Exports
from core.services.grant import Grants
from core.services.handover import Handovers
from core.services.health import Health
from core.services.inspect import Inspect
from core.services.look import Look
from core.services.lookup import Lookup
from core.services.manual_ledger import ManualBook, manual_books
from core.services.manual_records import ManualRecords
from core.services.manual_refunds import ManualRefunds
from core.services.members import Members, members
from core.services.notify import Notify
from core.services.operations import Operations, operations
from core.services.phone_sign_in import PhoneSignIn
from core.services.photos import Photos
from core.services.platform_books import (
    NewCaller,
    authorisation_makers,
    book_makers,
    douyin_directory,
)
from core.services.platform_ports import PlatformPorts
from core.services.platform_tokens import DatabaseTokenStore
from core.services.platform_work import PlatformWork, platform_work
from core.services.pricing.module import Pricing, pricing
from core.services.queue_depth import QueueDepth
from core.services.receipts import Receipts
from core.services.redeem import Redeem
from core.services.refunds import Refunds
from core.services.report import Report
from core.services.request import Request
from core.services.settle import Settle
from core.services.sign_in import SignIn
from core.services.slots import Slots, Timed
from core.services.takings import Cashbook
from core.services.tallies import Tallies
from core.services.token_refresh import TokenRefresh
from core.services.undo import Undo
from core.services.unmapped import Unmapped
from core.services.upkeep import Upkeep
from core.services.verify import Verify
from core.services.views import Views
from core.services.visit_book import VisitBook
from core.services.visits import Visits, signing_key
from core.services.vouchers import Vouchers
from core.services.workplace import Workplace
from core.store.db import Store, open_store
from core.store.tables import Platform
from core.store.vault import KeyVault
from core.store.visits import shared_now
from core.vouchers.reading import Reading, Unreadable
from core.vouchers.scan import read

Nudge = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that doors may call."""

    settings: Settings
    clock: Clock
    store: Store
    traffic: Traffic
    sign_in: SignIn
    redeem: Redeem
    settle: Settle
    vouchers: Vouchers
    tallies: Tallies
    report: Report
    exports: Exports
    attempts: Attempts
    chat: Chat
    binding: Binding
    notify: Notify
    channels: Channels
    photos: Photos
    manual: ManualRecords
    manual_refunds: ManualRefunds
    chat_menu: ChatMenu
    cashbook: Cashbook
    slots: Slots
    upkeep: Upkeep
    demo: Demo
    health: Health
    pricing: Pricing
    operations: Operations
    workplace: Workplace
    receipts: Receipts
    admin: Administration
    platforms: PlatformWork
    visits: Visits
    visit_book: VisitBook
    handovers: Handovers
    phone_sign_in: PhoneSignIn
    members: Members


def build(settings: Settings, *, clock: Clock | None = None, nudge: Nudge | None = None,
          timetable: Sequence[Timed] = (), board: Board | None = None) -> Services:
    """The services of this process. Opens no connection, so it may run before a fork.

    `nudge` is called with a job's name when there is work for it; nothing depends on it.
    `timetable`: the periodic jobs, for the health report. `board`: where the processes of one
    server count their platform calls together.
    """
    clock = clock or SystemClock()
    nudge = nudge or (lambda job: None)
    probe = killer(settings.kill_at)
    vault = KeyVault(settings.data_key, settings.secret_keys)
    store = open_store(settings.database_url, vault, probe)
    traffic = Traffic(board)
    tokens = DatabaseTokenStore(store, clock)
    callers = _book_callers(settings, traffic)
    authorise = Connections(store, authorisation_makers(callers, clock,
                                                        settings.meituan_pages_url))
    refresh = TokenRefresh(store, clock, lambda: authorise("meituan"), nudge)
    ports = PlatformPorts(Connections(store, _makers(settings, store, clock, traffic, tokens,
                                                     refresh.renew)), store, probe)
    books = Connections(store, book_makers(callers, clock, tokens, refresh.renew)
                        | {"manual": lambda row: manual_books(store, clock)})
    redeem, settle = redemption(settings, store, vault, clock, ports, nudge)
    sign_in = SignIn(store, clock)
    chat, attempts = Chat(store, clock, sign_in), Attempts(store, clock)
    messengers = _messengers(settings, clock, traffic, tokens)
    apps = _mini_programs(settings, clock, traffic, tokens)
    prices = pricing(store, clock, nudge)
    phones = members(store, clock, sign_in, Views(store, ports, clock), prices, apps,
                     settings.door_budget)
    robot = _robot(settings, traffic)
    report = Report(store, clock, settings.zone)
    return Services(
        settings=settings, clock=clock, store=store, traffic=traffic, sign_in=sign_in,
        redeem=redeem, settle=settle,
        vouchers=Vouchers(store, settings.zone, read=reader(settings), see=redeem.see),
        tallies=Tallies(store, clock, settings.zone), report=report,
        exports=Exports(store, clock, report, settings.zone),
        attempts=attempts, chat=chat, binding=Binding(store, clock, chat, attempts),
        notify=Notify(store, clock, messengers, nudge, robot, phones.notices,
                      desk=f"{settings.public_url.rstrip('/')}/desk"),
        channels=Channels(store, clock, messengers, robot),
        photos=Photos(messengers), manual=ManualRecords(store, clock),
        manual_refunds=ManualRefunds(store, clock, Refunds(store, clock, Grants())),
        chat_menu=ChatMenu(store, clock, messengers),
        cashbook=Cashbook(store, clock, Views(store, ports, clock)),
        slots=Slots(store, clock, settings.zone), upkeep=Upkeep(store, clock),
        demo=Demo(store, sign_in, clock), pricing=prices,
        health=Health(store), operations=operations(
            store, clock, nudge, books, settings.zone, traffic,
            QueueDepth(settings.redis_address), timetable),
        workplace=Workplace(store, clock), receipts=Receipts(store, clock),
        admin=administration(store, clock, sign_in, ports, network_printer.send,
                             here=settings.mode != "production"),
        platforms=platform_work(store, clock, vault, ports, Grants(), books, refresh,
                                lambda: authorise("meituan"), douyin_directory(callers, clock),
                                nudge, settings.zone),
        visits=Visits(store, signing_key(settings.session_key), lambda: shared_now(store)),
        visit_book=VisitBook(store, lambda: shared_now(store)),
        handovers=Handovers(store, clock, next(
            (app.code_picture for app in apps if isinstance(app, WechatMini)), None),
            settings.door_budget),
        phone_sign_in=PhoneSignIn(store, clock, sign_in, attempts),
        members=phones)


def redemption(settings: Settings, store: Store, vault: KeyVault, clock: Clock,
               ports: PlatformPorts, nudge: Nudge) -> tuple[Redeem, Settle]:
    """The main flow over any platforms."""
    views = Views(store, ports, clock)
    grants = Grants()
    links = ShortLinks(frozenset(settings.short_link_hosts))
    look = Look(ports, clock, read=reader(settings), follow=links.follow,
                seconds=settings.door_budget)
    inspect = Inspect(look, clock, vault, Unmapped(store, clock))
    verify = Verify(store, ports, clock, grants, nudge)
    undo = Undo(store, ports, clock, grants)
    redeem = Redeem(store, clock, ports, inspect, Request(store, clock, inspect), verify, undo,
                    views, Lookup(views), nudge, seconds=settings.door_budget)
    return redeem, Settle(store, clock, ports, verify, undo, views, nudge)


def reader(settings: Settings) -> Callable[[str, str | None], Reading]:
    """Reads scanned text with this installation's hosts; raises VoucherError with the reason."""
    short = frozenset(settings.short_link_hosts)
    own = frozenset({settings.public_url.split("://", 1)[1]})

    def reading(text: str, platform: str | None) -> Reading:
        result = read(text, platform=platform, short_link_hosts=short, own_hosts=own)
        if isinstance(result, Unreadable):
            refused = VoucherError(result.reason.value)
            refused.facts.update(result.facts)
            raise refused
        return result

    return reading


def _caller(settings: Settings, traffic: Traffic, name: str, url: str,
            log_id: Callable[[dict[str, Any]], str] = lambda body: "") -> Caller:
    """A way out, with a breaker of its own."""
    return Caller(name, url, traffic=traffic, log_id=log_id,
                  connect_timeout=settings.platform_connect_timeout,
                  read_timeout=settings.platform_read_timeout)


def _makers(settings: Settings, store: Store, clock: Clock, traffic: Traffic,
            tokens: DatabaseTokenStore,
            renew: Callable[[Shop], Shop | None],
            ) -> dict[str, Callable[[Platform], CertificatePlatform]]:
    caller = partial(_caller, settings, traffic)

    def meituan(row: Platform) -> CertificatePlatform:
        gate = MeituanGateway(
            caller("meituan", row.api_url or settings.meituan_base_url, meituan_log_id),
            row.app_id or "", row.app_secret or "", clock)
        return Meituan(gate, clock, renew)

    def douyin(row: Platform) -> CertificatePlatform:
        gate = DouyinGateway(
            caller("douyin", row.api_url or settings.douyin_base_url, douyin_log_id),
            row.app_id or "", row.app_secret or "", tokens, clock)
        return Douyin(gate, clock)

    def manual(row: Platform) -> CertificatePlatform:
        return Manual(ManualBook(store), clock)

    return {"meituan": meituan, "douyin": douyin, "manual": manual}


def _book_callers(settings: Settings, traffic: Traffic) -> NewCaller:
    """Ways to the platforms' books, each with a breaker of its own."""
    urls = {"meituan": settings.meituan_base_url, "douyin": settings.douyin_base_url}

    def caller(platform: str, url: str | None,
               log_id: Callable[[dict[str, object]], str]) -> Caller:
        return _caller(settings, traffic, platform, url or urls[platform], log_id)

    return caller


def _robot(settings: Settings, traffic: Traffic) -> Robot:
    return Robot(_caller(settings, traffic, "wecom_robot", settings.wecom_base_url))


def _messengers(settings: Settings, clock: Clock, traffic: Traffic,
                tokens: DatabaseTokenStore) -> list[Messenger]:
    """The chat apps that are configured, the preferred one first."""
    caller = partial(_caller, settings, traffic)
    found: list[Messenger] = []
    if (wecom := settings.wecom) is not None:
        found.append(WeCom(caller("wecom", settings.wecom_base_url), tokens, clock,
                           corpid=wecom.corpid, agentid=wecom.agentid, secret=wecom.secret))
    if (official := settings.wechat_official) is not None:
        found.append(OfficialAccount(caller("wechat", settings.wechat_base_url), tokens, clock,
                                     appid=official.appid, secret=official.secret,
                                     template=Template(official.template_id,
                                                       official.template_fields)
                                     if official.template_id else None))
    return found


def _mini_programs(settings: Settings, clock: Clock, traffic: Traffic,
                   tokens: DatabaseTokenStore) -> list[MiniProgram]:
    """The mini-programs that are configured, the preferred one first."""
    caller = partial(_caller, settings, traffic, log_id=douyin_mini_log_id)
    found: list[MiniProgram] = []
    if (app := settings.wechat_mini) is not None:
        found.append(WechatMini(caller("wechat_mini", settings.wechat_base_url), tokens, clock,
                                appid=app.appid, secret=app.secret,
                                template_id=app.template_id))
    if (douyin := settings.douyin_mini) is not None:
        found.append(DouyinMini(
            caller("douyin_mini", settings.douyin_mini_base_url),
            caller("douyin_mini", settings.douyin_base_url), tokens, clock, appid=douyin.appid,
            secret=douyin.secret, template_id=douyin.template_id, phone_key=douyin.phone_key))
    return found
