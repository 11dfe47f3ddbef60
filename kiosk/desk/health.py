"""Health that an owner can read: red, amber or green, and what to do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from core.services.staff_words import Words
from kiosk.desk.access import needs
from kiosk.desk.frame import live, page
from kiosk.desk.job_words import JOBS
from kiosk.desk.state import actor, services

pages = Blueprint("health", __name__, url_prefix="/health")

LIGHTS = {"green": ("redeemed", "redeemed", Words("正常", "fine")),
          "amber": ("verifying", "warn", Words("留意", "look")),
          "red": ("refunded", "warn", Words("要处理", "act"))}
WHY = {
    "not_connected": Words("没连上，去设置里的平台看密钥和门店编号",
                           "Not connected: see credentials and shop ids in the settings"),
    "token_over": Words("授权过期了，重新授权", "The authorisation is over: authorise again"),
    "token_ending": Words("授权快到期，先续上", "The authorisation ends soon: renew it"),
    "failing": Words("老是不回话。没动的券会自己再试，让会员等等",
                     "It keeps failing. Nothing is lost; let members wait"),
    "slow_answers": Words("有几次没及时回话，都在自己查清，不用做什么",
                          "Some answers were late; they settle by themselves"),
    "sync_late": Words("订单没按时同步，核销不受影响", "Orders are late; redeeming still works"),
    "platform_red": Words("有平台要处理", "A platform needs you"),
    "urgent_alerts": Words("有急事没处理，看告警", "Urgent alerts are open"),
    "kiosk_silent": Words("有自助机没动静，看看电和网", "A kiosk is silent: power or network?"),
    "alerts": Words("有告警没处理", "Alerts are open"), "tasks": Words("有待办", "Tasks are open"),
}
HEADLINES = {
    "green": Words("都正常，能核销", "Everything is fine"),
    "amber": Words("能核销，有几处要留意", "Redeeming works; some things want a look"),
    "red": Words("有要处理的，先看红的", "Something needs you: red first"),
}


@pages.get("", endpoint="page")
@needs(Role.MANAGER)
def health() -> AnyResponse:
    """The whole of it, kept fresh."""
    return page("desk/health.html", **_seen())


@pages.get("/state")
@needs(Role.MANAGER)
def state() -> AnyResponse:
    """The changing part."""
    return live("desk/health_body.html", **_seen())


def _seen() -> dict[str, Any]:
    return {"report": services().operations.health.report(actor()), "lights": LIGHTS,
            "reasons": WHY, "headlines": HEADLINES, "job_words": JOBS}
