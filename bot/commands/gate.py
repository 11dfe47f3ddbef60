"""A member pass in the chat: whoever shows it has come in; 撤销进店 gives a visit back that was
counted by mistake."""

from __future__ import annotations

import re

from bot.incoming import Pending, Reply, Say, lines
from bot.router import YES, YES_OR_NO, command, step
from core.errors import NotAllowed, NotFound
from core.ids import new_key
from core.services.actor import Role
from core.services.staff_words import Words, day_and_time
from core.services.visit_book import MOST_REASON
from core.services.visits import VisitView

NOT_LOOKED_AT = Words("这是会员码，不是券。直接把它发给我，就记一次进店",
                      "This is a member pass, no voucher. Send it alone to count a visit")
NO_SUCH_VISIT = Words("没有这次进店，或者是别家店的。回“撤销进店”看最近有谁来过",
                      "No such visit here. Say “undo visit” to see who came lately")
NOT_TODAY = Words("不是今天的进店，要店长来撤。什么都没动",
                  "Not one of today: a manager has to give it back. Nothing changed")
GIVEN_BACK_BEFORE = Words("这次进店已经撤过了，不用再撤", "This visit has been given back already")
MOST_SHOWN = 10
_VISIT_FIRST = re.compile(r"(\d{1,18})(?!\d)\s*(.*)", re.DOTALL)


def come_in(say: Say, text: str) -> Reply:
    """Count the visit; the same one again changes nothing."""
    return Reply(_seen(say.services.visits.record(text, say.actor)))


def _seen(visit: VisitView) -> Words:
    done = Words("刚才已经记过了，没有再扣", "Counted a moment ago; nothing more was used") \
        if visit.repeated else Words("✅ 进场记好了", "✅ Checked in")
    until = Words(f"，能用到 {visit.ends_on}", f", valid to {visit.ends_on}") if visit.ends_on \
        else Words("", "")
    left = Words("", "") if visit.uses_left is None else Words(
        f"，还剩 {visit.uses_left} 次", f", {visit.uses_left} uses left")
    return lines(
        done, _whose(visit),
        Words(f"{visit.product_name}{left.zh}{until.zh}",
              f"{visit.product_name}{left.en}{until.en}"),
        Words(f"记错了，回“撤销进店 {visit.id} 原因”",
              f"A mistake? Say “undo visit {visit.id} REASON”"))


@command("撤销进店", "撤销 进店", "撤进店", "undo visit", role=Role.CLERK, takes_text=True,
         usage=("撤销进店 37 扫错了人", "undo visit 37 wrong person"),
         english="Give a visit back that was counted by mistake")
def undo_visit(say: Say) -> Reply:
    """撤回一次记错的进店，次数还给会员"""
    named = _VISIT_FIRST.match(say.text)
    if named is None:
        return _lately(say)
    try:
        visit = say.services.visit_book.undoable(int(named[1]), say.actor)
    except (NotFound, NotAllowed) as error:
        return Reply(_why_not(error))
    if visit.undone_at is not None:
        return Reply(GIVEN_BACK_BEFORE)
    reason = named[2].lstrip(" ，,:：").strip()[:MOST_REASON]
    if not reason:
        return Reply(lines(_one_line(visit), Words(
            f"撤进店要写原因，回“撤销进店 {visit.id} 原因”",
            f"It needs a reason: say “undo visit {visit.id} REASON”")))
    return Reply(lines(
        Words(f"撤销进店 {visit.id}，会变成这样", f"Undo visit {visit.id}: this would change"),
        _whose(visit), _when(visit), _comes_back(visit),
        Words("回“确认”撤销，回“取消”不动", "Say “yes” to undo, “cancel” to leave it")),
        Pending("undo_visit", new_key(), {"visit": visit.id, "reason": reason}), taps=YES_OR_NO)


@step("undo_visit")
def do_undo_visit(say: Say, asked: Pending, answer: str) -> Reply | None:
    """The visit is given back once, however many say yes."""
    if answer != YES:
        return None
    try:
        visit = say.services.visit_book.undo(asked.args["visit"], asked.args["reason"], say.actor)
    except (NotFound, NotAllowed) as error:
        return Reply(_why_not(error), done=True)
    left = Words("✅ 撤掉了，这次不算到店", "✅ Given back: it does not count as a visit") \
        if visit.uses_left is None else Words(
            f"✅ 撤掉了，次数还给会员，剩 {visit.uses_left} 次",
            f"✅ Given back: {visit.uses_left} uses left")
    return Reply(lines(left, _whose(visit), _when(visit)), done=True)


def _lately(say: Say) -> Reply:
    """Who came lately to the venue this person works in."""
    found = say.services.visit_book.listed(say.actor, venue_id=say.actor.venue_id)["items"]
    standing = [visit for visit in found if visit.undone_at is None][:MOST_SHOWN]
    if not standing:
        return Reply(Words("最近没有人用会员码进店", "Nobody came in with a pass lately"))
    return Reply(lines(Words("撤哪一次？回“撤销进店 编号 原因”",
                             "Which one? Say “undo visit NUMBER REASON”"),
                       *map(_one_line, standing)))


def _why_not(error: NotFound | NotAllowed) -> Words:
    """Clerks reach this command, so that a role too low means a visit of another day."""
    return NOT_TODAY if error.word == "role_too_low" else NO_SUCH_VISIT


def _who(visit: VisitView) -> str:
    return " ".join(part for part in (visit.member_name, visit.member_phone) if part)


def _whose(visit: VisitView) -> Words:
    return Words(f"会员：{_who(visit)}", f"Member: {_who(visit)}")


def _when(visit: VisitView) -> Words:
    at = day_and_time(visit.came_at)
    return Words(f"{visit.product_name}，{at}，{visit.venue_name}",
                 f"{visit.product_name}, {at}, {visit.venue_name}")


def _one_line(visit: VisitView) -> Words:
    at = day_and_time(visit.came_at)
    return Words(f"{visit.id} {_who(visit)}，{visit.product_name}，{at}",
                 f"{visit.id} {_who(visit)}, {visit.product_name}, {at}")


def _comes_back(visit: VisitView) -> Words:
    if visit.uses_left is None:
        return Words("这次不算到店", "It will not count as a visit")
    return Words(f"课包次数：剩 {visit.uses_left} → 剩 {visit.uses_left + 1}",
                 f"lessons left: {visit.uses_left} → {visit.uses_left + 1}")
