"""同步, 对账: whether our books are the platforms', and having them looked at now."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.incoming import Reply, Say, lines
from bot.router import command
from core.clock import business_day
from core.errors import InvalidInput, NotFound
from core.services import sync_words
from core.services.actor import Role
from core.services.reconciliation_views import KINDS, FindingView, ReconciliationView
from core.services.staff_sentences import platform_name
from core.services.staff_words import Words, day_and_time
from core.services.sync_views import RunView

PLATFORMS = {"美团": "meituan", "meituan": "meituan", "抖音": "douyin", "douyin": "douyin"}
_DAYS_AGO = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1,
             "前天": 2}
_DATE = re.compile(r"(?:(\d{4})-)?(\d{1,2})[-.月](\d{1,2})日?")
_SHOW = frozenset({"看", "进度", "状态", "status", "list"})
_AGAIN = frozenset({"重对", "再对", "again"})
MOST_RUNS = 6
MOST_FINDINGS = 5


@command("同步", "sync", role=Role.CLERK, takes_text=True, usage=("同步 昨天", "sync yesterday"),
         english="Fetch the platforms' orders now")
def sync(say: Say) -> Reply:
    """现在就拉平台的订单；“同步 看”看进度"""
    words = say.text.split()
    syncing = say.services.platforms.sync
    if words and words[0].casefold() in _SHOW:
        page = syncing.runs(say.actor, page_size=MOST_RUNS)
        return Reply(_runs(page["items"]))
    platform, day, left = _wish(say, words)
    if left:
        raise InvalidInput()
    runs = syncing.ask(say.actor, platform=platform, start_date=day, end_date=day)
    return Reply(lines(Words("✅ 去拉订单了，几秒后开始", "✅ Fetching orders in a moment"),
                       *map(sync_words.line, runs),
                       _told_later(say, runs)))


def _told_later(say: Say, runs: list[RunView]) -> Words:
    """Whoever asked here hears the end; of a run that somebody else asked for he does not."""
    if all(run.asked_by == say.actor.id and run.door == sync_words.CHAT for run in runs):
        return Words("好了会告诉你，也可以回“同步 看”看拉到哪了",
                     "You will hear when it is done, or say “sync status”")
    return Words("回“同步 看”看拉到哪了", "Say “sync status” to see how far it is")


def _runs(found: object) -> Words:
    runs = [one for one in found if isinstance(one, RunView)] if isinstance(found, list) else []
    if not runs:
        return Words("还没同步过。回“同步”拉一次", "Nothing fetched yet. Say “sync”")
    return lines(*map(sync_words.line, runs))


@command("对账", "reconcile", "books", role=Role.CLERK, takes_text=True,
         usage=("对账 昨天", "books yesterday"), english="What differs from the platforms' books")
def books(say: Say) -> Reply:
    """和平台的账对不对得上；店长回“对账 重对”再对一次"""
    again = [word for word in say.text.split() if word.casefold() in _AGAIN]
    platform, day, left = _wish(say, [word for word in say.text.split() if word not in again])
    if left:
        raise InvalidInput()
    venue = say.actor.venue_id
    if venue is None:
        raise InvalidInput("venue_needed")
    day = day or _today(say) - timedelta(days=1)
    if again:
        _compare(say, venue, platform, day)
    reconcile = say.services.operations.reconcile
    page = reconcile.listed(say.actor, venue_id=venue, day=day)
    rows: list[ReconciliationView] = [one for one in page["items"]
                                      if platform in (None, one.platform)]
    if not rows:
        return Reply(Words(f"{day:%m-%d} 还没对过。店长回“对账 重对”现在就对",
                           f"{day:%m-%d} is not compared yet. A manager may say “books again”"))
    shown = [reconcile.one(row.id, say.actor) if row.open else row for row in rows]
    return Reply(lines(*(line for row in shown for line in _book(row))))


def _compare(say: Say, venue: int, platform: str | None, day: date) -> None:
    """Read the platforms' books of that day and compare. Raises what `Reconcile.run` does."""
    wanted = [platform] if platform else sorted(set(PLATFORMS.values()))
    missing = 0
    for one in wanted:
        try:
            say.services.operations.reconcile.run(venue, one, day, say.actor)
        except NotFound:
            missing += 1
    if missing == len(wanted):
        raise NotFound("not_connected")


def _book(row: ReconciliationView) -> list[Words]:
    name = platform_name(row.platform)
    if row.state != "done":
        return [Words(f"⏳ {name.zh} {row.day:%m-%d} 还没对成，会自己再试",
                      f"⏳ {name.en} {row.day:%m-%d}: not compared yet, it tries again")]
    sums = Words(f"我们 {row.our_count} 笔 {row.our_amount}，平台 {row.platform_count} 笔 "
                 f"{row.platform_amount}",
                 f"ours {row.our_count}, {row.our_amount}; theirs {row.platform_count}, "
                 f"{row.platform_amount}")
    if not row.open:
        return [Words(f"✅ {name.zh} {row.day:%m-%d} 对上了：{sums.zh}",
                      f"✅ {name.en} {row.day:%m-%d} is equal: {sums.en}")]
    left = row.open - MOST_FINDINGS
    more = [Words(f"还有 {left} 处", f"and {left} more")] if left > 0 else []
    waiting = [one for one in row.findings if one.state == "open"][:MOST_FINDINGS]
    return [Words(f"⚠️ {name.zh} {row.day:%m-%d} {row.open} 处对不上：{sums.zh}",
                  f"⚠️ {name.en} {row.day:%m-%d}, {row.open} differences: {sums.en}"),
            *map(_finding, waiting), *more,
            Words("在核销台的“对账”里一处一处处理", "Deal with them at the desk page, “Books”")]


def _finding(one: FindingView) -> Words:
    kind, at = KINDS.get(one.kind, Words(one.kind, one.kind)), day_and_time(one.used_at)
    what = " ".join(part for part in (one.title, one.code_masked) if part)
    return Words(f"{at} {what}：{kind.zh}", f"{at} {what}: {kind.en}")


def _wish(say: Say, words: list[str]) -> tuple[str | None, date | None, list[str]]:
    """A platform and a day, in any order, and what is neither."""
    platform: str | None = None
    day: date | None = None
    left: list[str] = []
    for word in words:
        if word.casefold() in PLATFORMS:
            platform = PLATFORMS[word.casefold()]
        elif (said := _day(word.casefold(), _today(say))) is not None:
            day = said
        else:
            left.append(word)
    return platform, day, left


def _today(say: Say) -> date:
    return business_day(say.services.clock.now())


def _day(word: str, today: date) -> date | None:
    """`昨天`, `11-08`, `11月8日`, `2026-11-08`; one without a year lies in the past."""
    if word in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[word])
    found = _DATE.fullmatch(word)
    if found is None:
        return None
    try:
        day = date(int(found[1] or today.year), int(found[2]), int(found[3]))
    except ValueError as error:
        raise InvalidInput() from error
    return day if found[1] or day <= today else day.replace(year=day.year - 1)
