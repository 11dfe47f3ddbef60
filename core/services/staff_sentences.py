"""Error word → sentence, for what staff read alike in their chat and at the desk: what happened,
what about the voucher, what next (mock-ups' README, copy).

Facts fill the gaps; a gap without its fact is filled with nothing, so that an error never turns
into another error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.services.staff_words import Words, day_and_time

SENTENCES: dict[str, tuple[str, str]] = {
    "voucher_not_found": ("平台查不到这张券，什么都没动。对一下券码，或扫订单里的码",
                          "The platform does not know this code; nothing changed. Check it, or "
                          "scan the code in the order"),
    "expired": ("这张券{when}到期了，没有核销。没用的券平台一般会自动退款，让会员去订单里看看",
                "This voucher ran out{when}; nothing was redeemed. Platforms usually refund "
                "unused ones"),
    "not_started": ("这张券{when}才能用，现在没动它", "Not valid before{when}; nothing changed"),
    "refunded": ("这单已经退款，券不能再用", "This order was refunded; the voucher is void"),
    "refunding": ("会员正在退这张券，先没动它。退款取消了再来",
                  "The buyer is refunding it; nothing changed"),
    "wrong_venue": ("这张券{here}用不了。券没事{venues}",
                    "Not valid at {here}. The voucher is untouched{venues}"),
    "frozen": ("这张券被平台冻结了，没有动它。让会员问一下平台客服",
               "The platform froze this voucher; nothing changed"),
    "in_progress": ("这张券正在办{ticket}，不会用两次。等它有结果再说",
                    "This voucher is being handled{ticket}; it cannot be used twice"),
    "not_enough_uses": ("剩下的次数不够，券没动{left}",
                        "Not enough uses left{left}; nothing changed"),
    "class_full": ("这节课满了，券没动。换一节再来",
                   "This class is full; the voucher is untouched"),
    "class_started": ("这节课已经开始，券没动。换一节再来",
                      "This class has started; the voucher is untouched"),
    "nothing_to_renew": ("这位会员没有能续的卡，券没动。可以改开新卡",
                         "There is no card to renew; the voucher is untouched"),
    "phone_needed": ("这张券要记在会员名下，还差手机号。券没动",
                     "A member's phone is needed; the voucher is untouched"),
    "undo_window_passed": ("过了平台能撤的时间，撤不了，权益也没动。会员要退，让他在平台申请",
                           "The platform no longer takes it back; nothing changed"),
    "whole_verification_only": ("美团一次核的几次只能一起撤，全选再撤",
                                "Meituan takes these uses back together: choose all of them"),
    "not_consumed": ("这张没用上，券没动，可以再扫一次",
                     "This one was not used; scan it again"),
    "certificates_differ": ("只能一起用同一单里的券，券没动",
                            "Only vouchers of one order go together; nothing was used"),
    "certificate_twice": ("同一张券选了两次，券没动",
                          "One voucher was picked twice; nothing was used"),
    "no_such_use": ("选的那次已经撤了，刷新再看", "That use is gone already; look again"),
    "not_redeemed": ("这一单没有核销成，没什么可撤的", "It was never redeemed; nothing to undo"),
    "own_code": ("这是店里自己的优惠码，结账的时候用，不用核销",
                 "This is our own discount code: it is used at checkout"),
    "waiting_expired": ("超过 10 分钟没人确认，这单取消了，券没动。让会员再扫一次",
                        "Nobody confirmed within 10 minutes; nothing was used. Scan again"),
    "already_decided": ("这一单已经{by}处理了{when}，不用再点",
                        "This one has been dealt with{by}{when}"),
    "masked_code": ("中间几位被遮住了，要完整的券码", "The middle is masked; the whole code is "
                    "needed"),
    "product_barcode": ("这是商品条码，不是券码", "This is a product's barcode, not a voucher"),
    "other_qr": ("这个二维码不是券，要订单里的券码", "This QR code is no voucher"),
    "other_shop_link": ("这不是美团或抖音的券，要订单里的券码",
                        "Not a Meituan or Douyin voucher; scan the code in the order"),
    "no_code_in_link": ("这个链接里没有券，要打开订单里那张券的码",
                        "There is no voucher behind this link; open the one in the order"),
    "private_link": ("这个链接不能打开，要订单里的券码", "This link is not opened"),
    "unsafe_link": ("这个链接不能打开，要订单里的券码", "This link is not opened"),
    "wrong_platform": ("这是别的平台的券，换个平台再核销",
                       "This voucher belongs to another platform"),
    "not_an_image": ("这张照片打不开，重新拍一张", "This picture cannot be opened; take another"),
    "image_too_large": ("照片太大了，重新拍一张", "The picture is too large; take another"),
    "order_number": ("这是订单号，要订单里面的券码", "This is an order number; scan its code"),
    "pass_expired": ("会员码过时了，截图不能用。扫手机上正在变的那个码",
                     "This pass is out of date; screenshots do not work. Scan the live one"),
    "pass_nothing": ("没有能进场的卡或课，什么都没扣",
                     "No card or course to come in with; nothing was used"),
    "too_many_requests": ("错得有点多，{retry_after} 秒后再试",
                          "Too many tries. Try again in {retry_after} seconds"),
    "second_person_needed": ("这一单要另一个人来确认", "Somebody else has to confirm this one"),
    "platform_busy": ("{platform}这会儿忙，券没动。半分钟后再试",
                      "{platform} is busy; the voucher is untouched. Try again in half a minute"),
    "platform_refused": ("{platform}不让核销这张券，券没动。让会员问一下平台客服",
                         "{platform} refused; the voucher is untouched"),
    "error": ("没办成，什么都没动", "It did not work; nothing changed"),
}
PLATFORMS = {"meituan": Words("美团", "Meituan"), "douyin": Words("抖音", "Douyin"),
             "own": Words("本店", "our own"), "manual": Words("手工", "manual"),
             "wecom": Words("企业微信", "WeCom"), "wecom_robot": Words("群机器人", "The robot"),
             "wechat": Words("微信", "WeChat"), "printer": Words("打印机", "Printer")}


def platform_name(code: str) -> Words:
    """`美团` for `meituan`."""
    return PLATFORMS.get(code, Words(code, code))


def filled(sentence: tuple[str, str], facts: Mapping[str, object], platform: str = "") -> Words:
    """A sentence of a door's table, its gaps filled in both languages."""
    zh, en = sentence
    return Words(zh.format_map(_Facts(facts, platform, "zh")),
                 en.format_map(_Facts(facts, platform, "en")))


class _Facts(dict[str, str]):
    """What fills the gaps of a sentence in one language."""

    def __init__(self, facts: Mapping[str, object], platform: str, language: str) -> None:
        zh = language == "zh"
        super().__init__({name: str(value) for name, value in facts.items()})
        name = str(facts.get("platform_name") or "") or (
            platform_name(platform).in_(language) if platform else "")
        self["platform"] = name or ("平台" if zh else "The platform")
        when = _moment(facts.get("at") or facts.get("expired_at") or facts.get("starts"))
        self["when"] = f" {when} " if when else ""
        until = _moment(facts.get("until"))
        self["until"] = f" {until} " if until else ("过一会儿" if zh else " later")
        where, by = facts.get("where"), facts.get("by")
        self["where"] = (f"在{where}" if zh else f" at {where}") if where else ""
        self["by"] = (f"由{by}" if zh else f" by {by}") if by else ""
        self["here"] = str(facts.get("here") or ("这家店" if zh else "this venue"))
        names = facts.get("venues")
        self["venues"] = "" if not isinstance(names, list) or not names else \
            (f"，{'、'.join(map(str, names))}可以用" if zh
             else f"; use it at {', '.join(map(str, names))}")
        ticket = facts.get("ticket")
        self["ticket"] = (f"（{ticket}）" if zh else f" ({ticket})") if ticket else ""
        left = facts.get("uses_left", facts.get("left"))
        self["left"] = "" if left is None else (f"，还剩 {left} 次" if zh else f" ({left})")

    def __missing__(self, key: str) -> str:
        return ""


def _moment(fact: object) -> str:
    """`11-08 14:33` at the shop, for a fact that holds an instant."""
    try:
        return day_and_time(datetime.fromisoformat(str(fact)))
    except ValueError:
        return ""
