"""批次, and a discount code of our own: looked at and left alone."""

from __future__ import annotations

from bot.incoming import Reply, Say, lines
from bot.router import command
from bot.showing import fact
from core.clock import business_day
from core.errors import NotFound, VoucherError
from core.pricing.kinds import VoucherCodeStatus, VoucherDiscountType
from core.services.actor import Role
from core.services.pricing.batches import BatchStats
from core.services.pricing.codes import CodeView
from core.services.staff_words import Words, day_and_time
from core.vouchers import owncode

MOST_BATCHES = 8
NO_SUCH_BATCH = Words("没有这一批。回“批次”看最近的", "No such batch. Say “batch” for the list")
NO_BATCHES = Words("还没有优惠码批次", "There are no batches yet")
STATUSES = {
    VoucherCodeStatus.UNCLAIMED: Words("还没人领", "unclaimed"),
    VoucherCodeStatus.CLAIMED_AVAILABLE: Words("能用", "usable"),
    VoucherCodeStatus.USED: Words("用过了", "used"),
    VoucherCodeStatus.CLAIMED_EXHAUSTED: Words("次数用完了", "used up"),
    VoucherCodeStatus.EXPIRED: Words("过期了", "expired"),
}


@command("批次", "batch", "batches", role=Role.CLERK, takes_text=True,
         usage=("批次 夏季", "batch summer"), english="How many codes of a batch went out")
def batch(say: Say) -> Reply:
    """看一批优惠码发了多少、用了多少"""
    batches = say.services.pricing.batches
    if say.text.isascii() and say.text.isdigit():
        return Reply(_batch(batches.stats(int(say.text), say.actor)))
    found = batches.page(say.actor, page=1, page_size=MOST_BATCHES, name=say.text)
    if not found.items:
        return Reply(NO_SUCH_BATCH if say.text else NO_BATCHES)
    if len(found.items) == 1:
        return Reply(_batch(batches.stats(found.items[0].id, say.actor)))
    rows = [Words(f"{one.id} {one.name}：领了 {one.claimed_count}/{one.total_count}，"
                  f"用了 {one.used_count} 次",
                  f"{one.id} {one.name}: {one.claimed_count}/{one.total_count} claimed, "
                  f"used {one.used_count} times") for one in found.items]
    left = found.total - len(rows)
    more = None if not left else Words(f"还有 {left} 批，回“批次 名字”找",
                                       f"{left} more; say “batch NAME”")
    return Reply(lines(*rows, more, Words("看一批回“批次 编号”", "Say “batch NUMBER” for one")))


def _batch(stats: BatchStats) -> Words:
    one = stats.batch
    off = None if one.status == 1 else Words("停发了，领过的还能用",
                                             "Switched off: no more claims; claimed ones work")
    made = None if one.generated_count == one.total_count else Words(
        f"正在生成：{one.generated_count}/{one.total_count}",
        f"Being made: {one.generated_count}/{one.total_count}")
    ends = None if one.ends is None else fact("到", "Until", day_and_time(one.ends))
    gives = gift(one.discount_type, one.amount_fen, one.kept)
    return lines(
        Words(f"{one.id} {one.name}", f"{one.id} {one.name}"),
        Words(f"给：{gives.zh}", f"Gives: {gives.en}"), made, off, ends,
        Words(f"没领 {stats.unclaimed}，能用 {stats.usable}，用过 {stats.used + stats.used_up}，"
              f"过期 {stats.expired}",
              f"Unclaimed {stats.unclaimed}, usable {stats.usable}, used "
              f"{stats.used + stats.used_up}, expired {stats.expired}"),
        Words(f"领取率 {stats.claimed_rate:.1%}，使用率 {stats.used_rate:.1%}",
              f"Claimed {stats.claimed_rate:.1%}, used {stats.used_rate:.1%}"))


def gift(kind: int, amount: object, kept: int | None) -> Words:
    """`减 ¥10.00`, `8.5 折`, `全场免费`: what a code of a batch gives."""
    match VoucherDiscountType.from_code(kind):
        case VoucherDiscountType.FREE_ALL:
            return Words("全场免费", "everything free")
        case VoucherDiscountType.REDUCE_PRICE:
            return Words(f"每件减 {amount}", f"{amount} off each")
        case _:
            share = (kept or 0) / 1000
            return Words(f"{share:g} 折", f"{100 - share * 10:g}% off")


def of_own_code(say: Say, text: str) -> Reply:
    """A code of our own book. Wrong ones count as guesses; another venue's is as good as none."""
    code, who = owncode.normalise(text), f"staff\n{say.actor.id}"
    say.services.attempts.check("lookup", who)
    if not owncode.check(code):
        say.services.attempts.failed("lookup", who)
        raise VoucherError("own_code_typo")
    found = say.services.pricing.codes.page(say.actor, page=1, page_size=1, code=code)
    if not found.items:
        say.services.attempts.failed("lookup", who)
        raise NotFound("own_code_unknown")
    return Reply(_code(found.items[0]))


def _code(one: CodeView) -> Words:
    status = STATUSES[one.status]
    gives = gift(one.batch.discount_type, one.batch.amount_fen, one.batch.kept)
    until = None if one.expires_at is None else fact("能用到", "Until",
                                                     day_and_time(one.expires_at))
    claimed = None if one.claimed_at is None else fact("领的时间", "Claimed",
                                                       business_day(one.claimed_at))
    used = None if one.used_at is None else fact("上次用", "Last used", day_and_time(one.used_at))
    uses = None if one.max_uses == 1 else Words(f"用了 {one.used_count}/{one.max_uses} 次",
                                                f"Used {one.used_count} of {one.max_uses} times")
    return lines(Words(f"{status.zh}，这次没动它", f"{status.en}; nothing changed"),
                 fact("码", "Code", one.code),
                 Words(f"给：{gives.zh}", f"Gives: {gives.en}"),
                 Words(f"批次：{one.batch.id} {one.batch.name}",
                       f"Batch: {one.batch.id} {one.batch.name}"), claimed, until, used, uses)
