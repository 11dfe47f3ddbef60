"""告警 and 静音: whether and when alerts reach this chat; cards of waiting members always do."""

from __future__ import annotations

import re

from bot.incoming import Reply, Say
from bot.phrases import ALERTS_HELP
from bot.router import command
from core.errors import InvalidInput
from core.services.actor import Role
from core.services.chat import Alerts
from core.services.staff_words import Words, day_and_time

_ON = frozenset({"开", "打开", "on"})
_OFF = frozenset({"关", "关闭", "off"})
_HOURS = re.compile(r"(\d{1,2})\s*(?:h|小时|个小时)?", re.IGNORECASE)
_NIGHT = re.compile(r"(?:夜间|晚上|night)?\s*(\d{1,2})\s*(?:点)?\s*(?:-|到|至|~)\s*(\d{1,2})\s*点?",
                    re.IGNORECASE)


@command("告警", "提醒", "alerts", role=Role.MANAGER, takes_text=True,
         usage=("告警 22-8 不响", "alerts 22-8"), english="Alerts on, off, or quiet at night")
def alerts(say: Say) -> Reply:
    """告警开、关，或夜里不响"""
    said = say.text.replace("不响", "").replace("静音", "").strip().casefold()
    if not said:
        return Reply(_as_they_are(say, say.staff.alerts))
    if said in _ON:
        return Reply(_as_they_are(say, say.services.chat.alerts(say.staff, on=True)))
    if said in _OFF:
        return Reply(_as_they_are(say, say.services.chat.alerts(say.staff, on=False)))
    night = _NIGHT.fullmatch(said)
    if night is None or int(night[1]) > 23 or int(night[2]) > 23:
        return Reply(ALERTS_HELP)
    quiet = (int(night[1]), int(night[2]))
    return Reply(_as_they_are(say, say.services.chat.alerts(say.staff, quiet=quiet)))


@command("静音", "mute", role=Role.MANAGER, takes_text=True, usage=("静音 2h", "mute 2h"),
         english="No alerts for some hours")
def mute(say: Say) -> Reply:
    """几小时内不收告警"""
    hours = _HOURS.fullmatch(say.text or "2")
    if hours is None or not 0 <= int(hours[1]) <= 24:
        raise InvalidInput()
    return Reply(_as_they_are(say, say.services.chat.alerts(say.staff, mute_hours=int(hours[1]))))


def _as_they_are(say: Say, alerts: Alerts) -> Words:
    if not alerts.on:
        return Words("告警关着。等你确认的单照样发给你。要打开回“告警 开”",
                     "Alerts are off; cards still come. Say “alerts on” to switch them on")
    until = alerts.muted_until
    if until is not None and until > say.services.clock.now():
        return Words(f"静音到 {day_and_time(until)}，等你确认的单照样发给你",
                     f"Muted until {day_and_time(until)}; cards still come")
    if alerts.quiet is not None:
        start, end = alerts.quiet
        return Words(f"告警开着，{start} 点到 {end} 点攒着，天亮一起发",
                     f"Alerts are on; from {start}:00 to {end}:00 they wait")
    return Words("告警开着。要夜里不响回“告警 22-8”，要静一会儿回“静音 2h”",
                 "Alerts are on. Say “alerts 22-8” for quiet nights, “mute 2h” for a while")
