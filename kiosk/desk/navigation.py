"""The main menu: one table. Whether somebody sees an entry follows from its page's own rule."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request

from core.services.staff_words import Words
from kiosk.desk.access import may_open


@dataclass(frozen=True, slots=True)
class Entry:
    """`tab`: also in the bar at the bottom of a phone. `count`: which number stands beside it;
    `key`: what opens it from anywhere (`static/keys.js`)."""

    endpoint: str
    icon: str
    words: Words
    tab: bool = False
    count: str = ""
    part: int = 1
    key: str = ""


ENTRIES = (
    Entry("desk.vouchers.listed", "ticket", Words("券", "Vouchers"), tab=True),
    Entry("desk.waiting.page", "bell", Words("待确认", "Waiting"), tab=True, count="waiting",
          key="F8"),
    Entry("desk.redeem.enter", "scan", Words("核销", "Redeem"), tab=True, part=0),
    Entry("desk.visits.listed", "person", Words("进店", "Visits")),
    Entry("desk.tasks.listed", "task", Words("待办", "Tasks"), count="tasks"),
    Entry("desk.stats.page", "chart", Words("统计", "Figures"), tab=True),
    Entry("desk.reconcile.page", "scale", Words("对账", "Reconcile"), count="findings"),
    Entry("desk.prices.page", "tag", Words("价格与券码", "Prices and codes"), count="orders",
          part=2),
    Entry("desk.classes.week", "calendar", Words("课表", "Classes"), part=2),
    Entry("desk.staff.listed", "people", Words("员工与设备", "Staff and devices"), part=2),
    Entry("desk.health.page", "pulse", Words("运行状况", "Health"), part=2),
    Entry("desk.settings.page", "gear", Words("设置", "Settings"), part=2),
)
SETTINGS = (
    Entry("desk.platforms.listed", "link", Words("平台", "Platforms")),
    Entry("desk.venues.listed", "shop", Words("门店", "Venues")),
    Entry("desk.products.listed", "card", Words("商品", "Products")),
    Entry("desk.skus.listed", "ticket", Words("平台商品对照", "Platform products")),
    Entry("desk.printers.listed", "print", Words("打印机", "Printers")),
    Entry("desk.channels.listed", "bell", Words("通知", "Notifications")),
    Entry("desk.sync.runs", "sync", Words("同步记录", "Sync runs")),
    Entry("desk.alerts.listed", "warn", Words("告警", "Alerts")),
    Entry("desk.audit.search", "book", Words("审计", "Audit")),
)


def allowed(entries: tuple[Entry, ...] = ENTRIES) -> list[Entry]:
    """The entries whose page exists and which this person may open."""
    return [entry for entry in entries
            if entry.endpoint in current_app.view_functions and may_open(entry.endpoint)]


def is_current(entry: Entry) -> bool:
    """Whether the page shown belongs to this entry: pages of one noun do."""
    here = (request.endpoint or "").rsplit(".", 1)[0]
    noun = entry.endpoint.rsplit(".", 1)[0]
    if noun == "desk.settings":
        return here in {each.endpoint.rsplit(".", 1)[0] for each in SETTINGS} | {noun}
    if noun == "desk.staff":
        return here in ("desk.staff", "desk.kiosks")
    return here == noun or here.startswith(f"{noun}.")
