"""Error word → sentence, zh-CN by default and English by Accept-Language.

Order of a sentence: what happened, what about the voucher, what next (mock-ups' README, copy).
A template may have a second form without facts, used when the facts are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from flask import g, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from core.api import member_phrases, platform_phrases
from core.api.pricing import phrases as pricing
from core.clock import zone

SENTENCES: dict[str, tuple[str, str]] = {
    # certificates
    "voucher_not_found": ("券码错误，没找到这张券。对一下数字再输一次",
                          "Wrong code: no such voucher. Check the digits and try again"),
    "already_redeemed": ("重复核销：这张券已经用过了。不是你用的，叫店员查",
                         "This voucher was already used. Not by you? Ask the staff"),
    "expired": ("券已过期。没用的券平台一般会自动退款，去订单里看看",
                "This voucher has expired. Platforms usually refund unused ones: see your order"),
    "not_started": ("这张券还没到能用的日子，券没动",
                    "This voucher is not valid yet; it has not been touched"),
    "refunded": ("这单已经退款，券不能再用", "This order was refunded; the voucher is void"),
    "refunding": ("这单正在退款，券暂时不能用", "A refund of this order is under way"),
    "wrong_venue": ("这张券这家店用不了，券没事，换一家能用的店",
                    "This voucher is for another shop. It has not been touched"),
    "unmapped_sku": ("这张券店里还没设好，券没动。已经告诉店员",
                     "This voucher is not set up here yet and was not touched. Staff were told"),
    "frozen": ("这张券被平台冻结了，找前台看一下",
               "The platform has frozen this voucher; ask the desk"),
    "in_progress": ("这张券正在办理，不用再扫",
                    "This voucher is already being handled; no need to rescan"),
    "platform_disabled": ("这个平台暂时停用，券没动，找前台办",
                          "This platform is switched off here; the voucher was not touched"),
    "not_enough_uses": ("剩下的次数不够，券没动", "Not enough uses left; nothing was used"),
    "class_full": ("这节课满了，券没动，换一节试试",
                   "This class is full; the voucher was not touched"),
    "class_started": ("这节课已经开始了，券没动，换一节",
                      "This class has started; the voucher was not touched"),
    "nothing_to_renew": ("没有能续的卡，可以办一张新的，券没动",
                         "No card to renew; open a new one"),
    "phone_needed": ("还差手机号，填了才知道办给谁", "A phone number is needed"),
    "phone_mismatch": ("手机号和买券的不一样，再对一下",
                       "The number differs from the buyer's; check it"),
    "undo_window_passed": ("过了能撤销的时间，券和权益都没变",
                           "Too late to undo; nothing was changed"),
    "entitlement_used": ("权益已经用过，要店长写明原因才能撤销",
                         "Already used: only a manager can undo it, with a reason"),
    "whole_verification_only": ("美团一次核的几次只能一起撤，全选再撤",
                                "Meituan takes these uses back together: choose all of them"),
    "not_consumed": ("这张没用上，券没动，可以再扫一次",
                     "This one was not used; scan it again"),
    "certificates_differ": ("只能一起用同一单里的券，券没动",
                            "Only vouchers of one order go together; nothing was used"),
    "certificate_twice": ("同一张券选了两次，券没动",
                          "One voucher was picked twice; nothing was used"),
    "no_such_use": ("选的那次已经撤了，刷新再看", "That use is gone already; look again"),
    "not_redeemed": ("这张券没有核销过，不用撤销", "This voucher was not redeemed"),
    "inspection_expired": ("停留太久了，再扫一次，券没动", "That took too long; scan again"),
    # passes
    "pass_unreadable": ("这不是会员码，或不是这家店的。打开手机上的会员码再扫",
                        "Not a pass of ours. Open the pass on the phone and scan again"),
    "pass_expired": ("会员码过时了，截图不能用。看手机上正在变的那个码",
                     "This pass is out of date; screenshots do not work. Scan the live one"),
    "pass_nothing": ("没有能进场的卡或课，什么都没扣。去前台看看",
                     "No card or course to come in with; nothing was used. Ask the desk"),
    # kiosk and phone
    "handover_over": ("这个码过期了。回自助机，点一下再出一个",
                      "This code has run out. Ask the kiosk for a new one"),
    "handover_taken": ("这个码已经有手机接上了。不是你，就回自助机再出一个",
                       "Another phone has taken this code. Ask the kiosk for a new one"),
    "sign_in_code_wrong": ("登录码不对，或过期了。找店员再要一个",
                         "Wrong or expired sign-in code. Ask the staff for another"),
    # reading
    "unreadable": ("没认出来。把屏幕调亮、离远一点再扫，或输入券码",
                   "Not recognised. Brighten the screen, move back a little, or type the code"),
    "qr_expired": ("二维码过期了，券没动。在订单里重新打开再扫",
                   "This QR code is stale; reopen it in your order and scan again"),
    "empty": ("还没有输入券码", "No code yet"),
    "too_long": ("内容太长，不像券码", "Too long to be a code"),
    "payment_code": ("这是付款码，别给机器扫。打开订单里的券码再来",
                     "That is a payment code: do not show it. Open the voucher in your order"),
    "own_code_typo": ("券码有一位不对，对一下再输", "One character is wrong; check the code"),
    "other_shop_link": ("这不是美团或抖音的券码。打开订单里的券码再扫",
                        "Not a Meituan or Douyin voucher. Open the code in your order"),
    "private_link": ("这个链接不能打开，换成订单里的券码", "That link is not a voucher"),
    "phone_number": ("这像手机号，不是券码", "That looks like a phone number, not a code"),
    "several_codes": ("一次只能扫一张，分开来", "One code at a time"),
    "not_a_code": ("这不像券码。打开订单，扫里面的券码",
                   "That does not look like a voucher. Scan the code in your order"),
    "wrong_length": ("这串有 {digits} 位，券码没有这个长度。对一下，看是不是多了或少了",
                     "No voucher has {digits} digits. Check whether some are missing"),
    "id_card": ("这是身份证号，不用给机器。扫订单里的券码",
                "That is an identity number: keep it. Scan the code in your order"),
    "order_number": ("这是订单号。券码在订单里面，打开再扫",
                     "That is the order number. Open the order and scan its code"),
    "product_barcode": ("这是商品条码，不是券码。扫订单里的券码",
                        "That is a product's barcode. Scan the code in your order"),
    "masked_code": ("券码中间被遮住了，打开订单看完整的",
                    "The middle of that code is hidden. Open the order for the whole code"),
    "other_qr": ("这个二维码是别的用途，不是券码。扫订单里的券码",
                 "That QR code is for something else. Scan the code in your order"),
    "no_code_in_link": ("这个链接里没有券。打开订单里的券码再扫",
                        "That link holds no voucher. Open the code in your order"),
    "own_link": ("这个码用手机扫，不是给机器扫的", "Scan that one with your phone, not here"),
    "unsafe_link": ("这个链接看着不对，我们没打开。扫订单里的券码",
                    "That link looks wrong and was not opened. Scan the code in your order"),
    "wrong_platform": ("这是另一个平台的券码，换一个平台再试，券没动",
                       "That code belongs to another platform; nothing was touched"),
    "not_an_image": ("这不是图片，重新拍一张", "Not a picture; take another"),
    "image_too_large": ("图片太大了，重新拍一张", "The picture is too large; take another"),
    # flow
    "already_settled": ("这一单已经办完了", "This one is already settled"),
    "already_confirmed": ("已经有人确认了", "Somebody has confirmed it already"),
    "wrong_state": ("这一单现在不能这样操作，刷新看看",
                    "Not possible in the present state; reload"),
    "waiting_expired": ("超过时间没人确认，已取消，券没动",
                        "Nobody confirmed in time; nothing was used"),
    "idempotency_conflict": ("同一个请求号内容不一样，换一个请求号",
                             "This Idempotency-Key was used with another body"),
    "operator_mismatch": ("操作员和登录的人不一致", "operator_id differs from who is signed in"),
    # operations
    "task_taken": ("{by}已经接了", "{by} has taken it"),
    "task_done": ("这件事已经办完了", "This is done already"),
    "resolution_needed": ("写一句怎么办的", "Say how it was settled"),
    "reason_needed": ("写一句原因", "Give a reason"),
    "no_such_fix": ("这处差异不能这样处理", "This difference cannot be settled like that"),
    "day_to_come": ("这天还没到", "That day has not come yet"),
    "not_connected": ("这家店没连这个平台", "This shop is not connected to that platform"),
    # platforms
    "platform_busy": ("平台现在忙，券没动，过一会儿再试",
                      "The platform is busy; nothing was changed"),
    "platform_unknown": ("平台还没回话，正在查。不用再扫",
                         "No answer from the platform yet; checking"),
    "platform_misconfigured": ("和平台的连接要店里处理一下，券没动",
                               "The link to the platform needs the staff; nothing was changed"),
    "platform_refused": ("平台没有同意，券没动", "The platform refused; nothing was changed"),
    # general
    "not_signed_in": ("要先登录", "Sign in first"),
    "wrong_credentials": ("用户名或密码不对", "Wrong user name or password"),
    "locked_out": ("错太多次，过一会儿再试", "Too many failures; try again later"),
    "not_allowed": ("你没有这个权限，找店长", "You may not do this; ask a manager"),
    "role_too_low": ("这一步要更高的权限，找店长", "This needs a manager"),
    "other_venue": ("这是别的门店的，你看不了", "That belongs to another venue"),
    "csrf": ("页面放太久了，刷新再试", "The page is too old; reload it"),
    "not_found": ("没有找到", "Not found"),
    "owner_known": ("这张券换来的已经记在会员名下了", "What it gave is somebody's already"),
    "conflict": ("和现在的状态冲突，刷新再试", "Conflicts with the present state; reload"),
    "too_many_requests": ("太快了，{retry_after} 秒后再试",
                          "Too fast; try again in {retry_after} s"),
    "too_large": ("内容太大了", "Too large"),
    "bad_request": ("请求看不懂", "The request could not be read"),
    "invalid_input": ("有一项填得不对", "Something in the request is not valid"),
    "wrong_content_type": ("内容类型要用 application/json", "Send application/json"),
    "method_not_allowed": ("这个地址不支持这种请求", "Method not allowed here"),
    "pairing_code_wrong": ("配对码不对或过期了，去前台重新生成", "Pairing code wrong or expired"),
    "internal_error": ("系统出了点问题，已经记下来了。再试一次，不行叫店员",
                       "Something broke and was logged. Try again, or ask the staff"),
    "price_calculation_error": ("价格算不出来，检查一下商品", "The price cannot be calculated"),
}


def language() -> str:
    """"zh" or "en", by the caller's Accept-Language."""
    if not has_request_context():
        return "zh"
    known: str | None = g.get("language")
    if known is None:
        known = g.language = _best(request.headers.get("Accept-Language", ""))
    return known


@lru_cache(maxsize=500)
def _best(accepted: str) -> str:
    best = parse_accept_header(accepted, LanguageAccept).best_match(["zh-CN", "zh", "en"], "zh")
    return "en" if best == "en" else "zh"


def sentence(word: str, facts: Mapping[str, object] | None = None) -> str:
    """The sentence for an error word; an unknown word gets the general one."""
    zh, en = (SENTENCES.get(word) or pricing.SENTENCES.get(word)
              or platform_phrases.SENTENCES.get(word) or member_phrases.SENTENCES.get(word)
              or SENTENCES["invalid_input"])
    template = en if language() == "en" else zh
    try:
        return template.format(**{name: _worded(fact) for name, fact in (facts or {}).items()})
    except (KeyError, IndexError):
        return template.split("{")[0].rstrip("，, ")


def _worded(fact: object) -> object:
    """An instant as people read it, to the minute, at the venues' clock."""
    return f"{fact.astimezone(zone()):%m-%d %H:%M}" if isinstance(fact, datetime) else fact
