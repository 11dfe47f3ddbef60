"""A member pass in the chat: whoever shows it has come in."""

from __future__ import annotations

from bot.incoming import Reply, Say, lines
from core.services.staff_words import Words
from core.services.visits import VisitView

NOT_LOOKED_AT = Words("这是会员码，不是券。直接把它发给我，就记一次进店",
                      "This is a member pass, no voucher. Send it alone to count a visit")


def come_in(say: Say, text: str) -> Reply:
    """Count the visit; the same one again changes nothing."""
    return Reply(_seen(say.services.visits.record(text, say.actor)))


def _seen(visit: VisitView) -> Words:
    who = " ".join(part for part in (visit.member_name, visit.member_phone) if part)
    done = Words("刚才已经记过了，没有再扣", "Counted a moment ago; nothing more was used") \
        if visit.repeated else Words("✅ 进场记好了", "✅ Checked in")
    until = Words(f"，能用到 {visit.ends_on}", f", valid to {visit.ends_on}") if visit.ends_on \
        else Words("", "")
    left = Words("", "") if visit.uses_left is None else Words(
        f"，还剩 {visit.uses_left} 次", f", {visit.uses_left} uses left")
    return lines(
        done, Words(f"会员：{who}", f"Member: {who}"),
        Words(f"{visit.product_name}{left.zh}{until.zh}",
              f"{visit.product_name}{left.en}{until.en}"),
        None if visit.repeated else Words("记错了，在核销台的“进店”里撤",
                                          "A mistake? Give it back at the desk page, “Visits”"))
