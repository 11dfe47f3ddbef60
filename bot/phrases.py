"""Error word → sentence, in the order: what happened, what about the voucher, what next.

Facts fill the gaps; a sentence whose facts are missing falls back to its plain form, so that an
error never turns into another error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.errors import HexiaotaiError, PlatformError
from core.services.staff_words import Words, day_and_time

HOW_TO_BIND = Words(
    "还不认识你。在电脑的核销台点“绑定聊天”，把那 8 位码发给我：绑定 ABCD2345",
    "I don't know you yet. Press “Bind chat” at the desk page and send me the code: "
    "bind ABCD2345")
NOT_FOR_YOU = Words("这个要店长来办。你能用的，回“帮助”看",
                    "A manager has to do this. Say “help” to see what you can use")
NOTHING_PENDING = Words("这会儿没有等你确认的。要核销就发券码，要看谁在等就回“待办”",
                        "Nothing waits for your yes. Send a code, or say “todo”")
BUSY = Words("这边卡住了，券没有多动。过半分钟再发一次，还不行报号 {trace}",
             "Something got stuck; no voucher was used twice. Try again in half a minute, "
             "or report {trace}")
STILL_AT_IT = Words("还在办，好了马上告诉你。不用再发一次",
                    "Still at it. You will hear in a moment; no need to send again")
ALERTS_HELP = Words("没看懂。回“告警 开”“告警 关”“告警 22-8”或“静音 2h”",
                    "I did not get that. Say “alerts on”, “alerts off”, “alerts 22-8” or “mute 2h”")

_VOUCHER: dict[str, tuple[str, str]] = {
    "voucher_not_found": ("平台查不到这张券，什么都没动。对一下券码，或扫订单里的码",
                          "The platform does not know this code; nothing changed. Check it, or "
                          "scan the code in the order"),
    "already_redeemed": ("这张券{when}{where}{by}核销过了，这次没动它",
                         "This voucher was used before{when}{where}{by}; nothing changed now"),
    "expired": ("这张券{when}到期了，没有核销。没用的券平台一般会自动退款，让会员去订单里看看",
                "This voucher ran out{when}; nothing was redeemed. Platforms usually refund "
                "unused ones"),
    "qr_expired": ("这个二维码过期了，券没动。让会员在订单里刷新一下再扫",
                   "This QR code has run out; the voucher is untouched. Refresh it in the order"),
    "not_started": ("这张券{when}才能用，现在没动它", "This voucher starts{when}; nothing changed"),
    "refunded": ("这单已经退款，券不能再用", "This order was refunded; the voucher is gone"),
    "refunding": ("会员正在退这张券，先没动它。退款取消了再来",
                  "The buyer is refunding it; nothing changed"),
    "wrong_venue": ("这张券{here}用不了。券没事{venues}",
                    "Not valid at {here}. The voucher is untouched{venues}"),
    "unmapped_sku": ("这张券店里还没设好，券没动。已经记成待办{ticket}，店长配好商品就能核销",
                     "Its product is not set up yet; the voucher is untouched and a task is "
                     "open{ticket}"),
    "frozen": ("这张券被平台冻结了，没有动它。让会员问一下平台客服",
               "The platform froze this voucher; nothing changed"),
    "in_progress": ("这张券正在办{ticket}，不会用两次。等它有结果再说",
                    "This voucher is being handled{ticket}; it cannot be used twice"),
    "platform_disabled": ("这个平台停用了，券没动。店长在后台打开就能用",
                          "This platform is switched off; the voucher is untouched"),
    "own_code_typo": ("券码好像打错了一位，什么都没动。对一下再发",
                      "The code seems to have a typo; nothing changed"),
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
    "entitlement_used": ("这张券换来的已经用过了，撤不了。要撤得店长来，写上原因",
                         "What it gave has been used. A manager may undo it with a reason"),
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
    "inspection_expired": ("停太久了，把券码再发一次。券没动",
                           "That took too long; send the code again. Nothing changed"),
    "choice_gone": ("刚才那一项没有了，把券码再发一次看新的。券没动",
                    "That choice is gone; send the code again. Nothing changed"),
    "choice_needed": ("要先选一节课，把券码再发一次。券没动",
                      "Pick a class first; send the code again. Nothing changed"),
    "own_code": ("这是店里自己的优惠码，结账的时候用，不用核销",
                 "This is our own discount code: it is used at checkout"),
    "phone_malformed": ("手机号不对，要 11 位。券没动", "That is no phone number; nothing changed"),
    "waiting_expired": ("超过 10 分钟没人确认，这单取消了，券没动。让会员再扫一次",
                        "Nobody confirmed within 10 minutes; nothing was used. Scan again"),
    "already_decided": ("这一单已经{by}处理了{when}，不用再点",
                        "This one has been dealt with{by}{when}"),
    "wrong_state": ("这一单现在不能这样办，回“查 单号”看看到哪一步了",
                    "Not possible in its present state. Say “find TICKET” to see"),
    "unreadable": ("没认出券码，什么都没动。重新复制，或拍清楚一点",
                   "No code found in this; nothing changed"),
    "payment_code": ("这是付款码，别往聊天里发。要订单里的券码",
                     "This is a payment code; keep it private. I need the voucher's code"),
    "phone_number": ("这是手机号，不是券码", "This is a phone number, not a voucher code"),
    "several_codes": ("里面有好几个码，一次发一个", "There are several codes; send one at a time"),
    "wrong_length": ("位数不对，券没动。对一下再发", "Wrong number of digits; nothing changed"),
    "masked_code": ("中间几位被遮住了，要完整的券码",
                    "The middle is masked; I need the whole code"),
    "not_a_code": ("没认出券码，什么都没动。重新复制，或拍清楚一点",
                   "No code found in this; nothing changed"),
    "empty": ("没看到券码，发一次看看", "There is no code in this; send it again"),
    "too_long": ("太长了，不像券码。只发券码就行", "Too long for a code; send the code alone"),
    "id_card": ("这像身份证号，别往聊天里发。要订单里的券码",
                "This looks like an identity number; keep it private. I need the code"),
    "product_barcode": ("这是商品条码，不是券码", "This is a product's barcode, not a voucher"),
    "other_qr": ("这个二维码不是券，要订单里的券码", "This QR code is no voucher"),
    "other_shop_link": ("这不是美团或抖音的券，要订单里的券码",
                        "Not a Meituan or Douyin voucher; I need the code in the order"),
    "no_code_in_link": ("这个链接里没有券，要打开订单里那张券的码",
                        "There is no voucher behind this link; open the one in the order"),
    "own_link": ("这是咱们自己的页面，会员用手机打开就行",
                 "This page of ours is for the member's phone"),
    "private_link": ("这个链接不能打开，要订单里的券码",
                     "This link is not opened; I need the code in the order"),
    "unsafe_link": ("这个链接不能打开，要订单里的券码",
                    "This link is not opened; I need the code in the order"),
    "wrong_platform": ("这是别的平台的券，换个平台再核销",
                       "This voucher belongs to another platform"),
    "not_an_image": ("这张照片打不开，重新拍一张", "This picture cannot be opened; take another"),
    "image_too_large": ("照片太大了，重新拍一张", "The picture is too large; take another"),
    "reason_needed": ("已经用过了，撤要写原因。回“撤销 单号 原因”",
                      "It has been used; say “undo TICKET REASON”"),
    "order_number": ("这是订单号，要订单里面的券码", "This is an order number; I need its code"),
}
_OTHER: dict[str, tuple[str, str]] = {
    "binding_code_wrong": ("这个绑定码不对，或者过了 10 分钟。在核销台重新点一次“绑定聊天”",
                           "Wrong or expired binding code. Press “Bind chat” again"),
    "too_many_requests": ("错得有点多，{retry_after} 秒后再试", "Too many wrong codes. Try again "
                          "in {retry_after} seconds"),
    "not_allowed": ("你没有这个权限。什么都没动", "You may not do this; nothing changed"),
    "role_too_low": ("这个要店长来办。什么都没动", "A manager has to do this; nothing changed"),
    "other_venue": ("这是别家店的单，你现在管不到。在那边上班就先回“门店”切过去",
                    "This belongs to another venue. Say “venue” to switch if you work there"),
    "second_person_needed": ("这一单要另一个人来确认", "Somebody else has to confirm this one"),
    "venue_needed": ("你现在不在任何一家店，先回“门店”选一家", "Say “venue” first and pick one"),
    "not_found": ("没找到。对一下单号或券码，或回“待办”看看",
                  "Not found. Check the ticket or code, or say “todo”"),
    "pass_unreadable": ("这不是会员码，或不是这家店的。打开手机上的会员码再扫",
                        "Not a pass of ours. Open the pass on the phone and scan again"),
    "pass_expired": ("会员码过时了，截图不能用。扫手机上正在变的那个码",
                     "This pass is out of date; screenshots do not work. Scan the live one"),
    "pass_nothing": ("没有能进场的卡或课，什么都没扣",
                     "No card or course to come in with; nothing was used"),
    "own_code_unknown": ("没有这个码，或者是别家店的。对一下再发",
                         "No such code here, or it is another venue's. Check it"),
    "platform_not_connected": ("这个平台还没接上，没什么可同步的。在核销台的“平台”里接",
                               "That platform is not connected. Connect it at the desk page"),
    "not_connected": ("这家店没接这个平台，没有账可对。在核销台的“平台”里接",
                      "This venue is not connected to that platform; there is no book to compare"),
    "day_to_come": ("那天还没到，没有账", "That day is still to come"),
    "too_many_days": ("一次拉不了那么多天", "Too many days at once"),
    "conflict": ("这一单已经有人处理了，回“查 单号”看结果",
                 "Somebody has dealt with this already. Say “find TICKET” to see"),
    "invalid_input": ("没看懂要办什么，什么都没动。回“帮助”看例子",
                      "I could not read this; nothing changed. Say “help” for examples"),
    "platform_busy": ("{platform}这会儿忙，券没动。半分钟后再试",
                      "{platform} is busy; the voucher is untouched. Try again in half a minute"),
    "platform_unknown": ("{platform}还没回话，正在查。不用再发，这张券最多只会用掉一次",
                         "{platform} has not answered; we are asking. It is used once at most"),
    "platform_misconfigured": ("{platform}的授权有问题，券没动。已经告诉店长",
                               "Our access to {platform} is broken; the voucher is untouched"),
    "platform_refused": ("{platform}不让核销这张券，券没动。让会员问一下平台客服",
                         "{platform} refused; the voucher is untouched"),
    "error": ("没办成，什么都没动", "It did not work; nothing changed"),
}
SENTENCES = _VOUCHER | _OTHER
PLATFORMS = {"meituan": Words("美团", "Meituan"), "douyin": Words("抖音", "Douyin"),
             "wecom": Words("企业微信", "WeCom"), "wechat": Words("微信", "WeChat"),
             "own": Words("本店", "our own"), "manual": Words("手工", "manual")}


def platform_name(code: str) -> Words:
    """`美团` for `meituan`."""
    return PLATFORMS.get(code, Words(code, code))


def sentence(error: HexiaotaiError) -> Words:
    """What to say about an error: by its word, else by its class."""
    word = error.word if error.word in SENTENCES else error.code
    return say_why(word, error.facts, error.platform if isinstance(error, PlatformError) else "")


def say_why(word: str, facts: Mapping[str, object], platform: str = "") -> Words:
    """The sentence of an error word, its gaps filled."""
    zh, en = SENTENCES.get(word, SENTENCES["error"])
    return Words(zh.format_map(_Facts(facts, platform, "zh")),
                 en.format_map(_Facts(facts, platform, "en")))


class _Facts(dict[str, str]):
    """The gaps of a sentence; one without its fact is filled with nothing."""

    def __init__(self, facts: Mapping[str, object], platform: str, language: str) -> None:
        zh = language == "zh"
        super().__init__({name: str(value) for name, value in facts.items()})
        name = str(facts.get("platform_name") or "") or (
            platform_name(platform).in_(language) if platform else "")
        self["platform"] = name or ("平台" if zh else "The platform")
        when = _moment(facts.get("at") or facts.get("expired_at") or facts.get("starts"))
        self["when"] = f" {when} " if when else ""
        where, by = facts.get("where"), facts.get("by")
        self["where"] = (f"在{where}" if zh else f" at {where}") if where else ""
        self["by"] = (f"由{by}" if zh else f" by {by}") if by else ""
        self["here"] = str(facts.get("here") or ("这家店" if zh else "this venue"))
        names = facts.get("venues")
        self["venues"] = "" if not isinstance(names, list) or not names else \
            (f"，{'、'.join(map(str, names))}可以用" if zh else f"; use it at {', '.join(names)}")
        self["ticket"] = (f"（{facts['ticket']}）" if zh else f" ({facts['ticket']})") \
            if facts.get("ticket") else ""
        left = facts.get("uses_left")
        self["left"] = "" if left is None else (f"，还剩 {left} 次" if zh else f" ({left})")

    def __missing__(self, key: str) -> str:
        return ""


def _moment(fact: object) -> str:
    """`11-08 14:33` at the shop, for a fact that holds an instant."""
    try:
        return day_and_time(datetime.fromisoformat(str(fact)))
    except ValueError:
        return ""
