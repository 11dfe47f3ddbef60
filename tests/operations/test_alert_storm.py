"""Alerts are few, readable and complete, however many there are; every channel's limit is kept."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import requests

from core.services import alarm
from core.store.tables import Alert, Audit, OutboxMessage, Venue
from tests.bot.conftest import Stage
from tests.bot.talk import Talk
from tests.builders import Chain

TICKETS = [f"{number:04d}" for number in range(1, 2001, 2)]


def storm(chain: Chain, tickets: list[str] = TICKETS) -> None:
    at = chain.clock.now()

    def sound() -> None:
        for number, ticket in enumerate(tickets):
            kind = ("settle_by_hand", "map_sku", "refund_after_use")[number % 3]
            alarm.sound(kind, f"storm:{ticket}", venue_id=chain.binjiang, at=at, facts={},
                        ticket=f"H {ticket}")

    chain.store.transact("test.storm", sound)


@pytest.fixture
def robot(chain: Chain, stage: Stage) -> str:
    """The robot of 滨江店's group."""
    key = stage.world.wecom.robot_keys[0]
    chain.services.operations.alerts.set_robot(chain.binjiang, key, chain.manager)
    return key


def group(chain: Chain, key: str, since: int = 0) -> list[str]:
    found: list[dict[str, Any]] = requests.get(
        f"{chain.sandbox_url}/_sandbox/chat/messages", params={"userid": key, "since": since},
        timeout=10).json()["messages"]
    return [one["text"] for one in sorted(found, key=lambda one: one["id"])]


def told(texts: list[str]) -> list[str]:
    return [ticket for text in texts for line in text.splitlines()[1:]
            for ticket in re.findall(r"\b\d{4}\b", line)]


def test_a_thousand_alerts_become_a_handful_of_messages(chain: Chain, chat: Talk,
                                                        robot: str) -> None:
    before = len(group(chain, robot)), len(chat.texts("梅雪")), len(chat.texts("老李"))
    storm(chain)
    chat.deliver()
    for texts in (group(chain, robot)[before[0]:], chat.texts("梅雪")[before[1]:],
                  chat.texts("老李")[before[2]:]):
        assert 1 <= len(texts) <= 5
        assert all(len(text.encode()) <= 2048 for text in texts)
        assert sorted(told(texts)) == TICKETS
    assert not chain.rows(OutboxMessage, OutboxMessage.state != "sent")
    assert chat.deliver().sent == 0


def test_a_trickling_storm_keeps_the_robots_limit(chain: Chain, chat: Talk, robot: str) -> None:
    before = len(group(chain, robot))
    for start in range(0, 90, 3):
        storm(chain, TICKETS[start:start + 3])
        chat.deliver()
    first_minute = group(chain, robot)[before:]
    assert len(first_minute) == 20
    chain.pass_time(timedelta(seconds=61))
    chat.deliver()
    every = "\n".join(group(chain, robot)[before:])
    assert len(group(chain, robot)[before:]) <= 23
    assert sorted(re.findall(r"\b\d{4}\b", every)) == TICKETS[:90]


def test_a_refused_message_is_sent_later(chain: Chain, chat: Talk, robot: str) -> None:
    before = len(group(chain, robot))
    chat.fault("wecom", "/cgi-bin/webhook/send", "http_500")
    storm(chain, TICKETS[:5])
    chat.deliver()
    assert len(group(chain, robot)) == before
    chain.pass_time(timedelta(seconds=6))
    chat.deliver()
    assert told(group(chain, robot)[before:]) != []


def test_few_alerts_come_one_by_one(chain: Chain, chat: Talk, robot: str) -> None:
    before = len(group(chain, robot))
    storm(chain, TICKETS[:2])
    chat.deliver()
    assert len(group(chain, robot)) == before + 2


def test_the_same_trouble_is_told_once_while_it_lasts(chain: Chain, chat: Talk) -> None:
    before = len(chat.texts("梅雪"))
    for _ in range(5):
        storm(chain, ["7101"])
        chat.deliver()
    assert len(chat.texts("梅雪")) == before + 1
    (row,) = chain.rows(Alert)
    assert row.times == 5
    at = chain.clock.now()
    assert chain.store.transact("test.over", lambda: alarm.over(
        "settle_by_hand", "storm:7101", at))
    chain.pass_time(timedelta(minutes=31))
    storm(chain, ["7101"])
    chat.deliver()
    assert len(chat.texts("梅雪")) == before + 2


def test_quiet_hours_hold_what_is_not_urgent(chain: Chain, chat: Talk) -> None:
    local = (chain.clock.now() + timedelta(hours=8)).hour
    chat.say(f"告警 {local}-{(local + 2) % 24}", as_="梅雪")
    before = len(chat.texts("梅雪"))
    storm(chain, ["7203", "7205"])  # settle_by_hand is urgent, map_sku is not
    chat.deliver()
    assert len(chat.texts("梅雪")) == before + 1 and "7203" in chat.texts("梅雪")[-1]
    chain.pass_time(timedelta(hours=2))
    chat.deliver()
    assert len(chat.texts("梅雪")) == before + 2 and "7205" in chat.texts("梅雪")[-1]


def test_a_robots_key_is_kept_encrypted_and_booked(chain: Chain, robot: str) -> None:
    with chain.store.connection():
        cursor = chain.store.database.execute_sql("SELECT robot_key FROM venues")
        assert robot not in str(cursor.fetchall())
    assert chain.rows(Venue)[0].robot_key == robot
    assert robot not in str([row.payload for row in chain.rows(OutboxMessage)])
    (row,) = chain.rows(Audit, Audit.action == "venue.robot_set")
    assert robot not in str(row.facts)
