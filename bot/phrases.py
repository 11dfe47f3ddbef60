"""What the bot says by itself, and error word → sentence where a chat says it in its own way; the
rest is in `staff_sentences`."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import HexiaotaiError, PlatformError
from core.services import staff_sentences
from core.services.staff_words import Words

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
    "already_redeemed": ("这张券{when}{where}{by}核销过了，这次没动它",
                         "This voucher was used before{when}{where}{by}; nothing changed now"),
    "qr_expired": ("这个二维码过期了，券没动。让会员在订单里刷新一下再扫",
                   "This QR code has run out; the voucher is untouched. Refresh it in the order"),
    "unmapped_sku": ("这张券店里还没设好，券没动。已经记成待办{ticket}，店长配好商品就能核销",
                     "Its product is not set up yet; the voucher is untouched and a task is "
                     "open{ticket}"),
    "platform_disabled": ("这个平台停用了，券没动。店长在后台打开就能用",
                          "This platform is switched off; the voucher is untouched"),
    "own_code_typo": ("券码好像打错了一位，什么都没动。对一下再发",
                      "The code seems to have a typo; nothing changed"),
    "entitlement_used": ("这张券换来的已经用过了，撤不了。要撤得店长来，写上原因",
                         "What it gave has been used. A manager may undo it with a reason"),
    "inspection_expired": ("停太久了，把券码再发一次。券没动",
                           "That took too long; send the code again. Nothing changed"),
    "choice_gone": ("刚才那一项没有了，把券码再发一次看新的。券没动",
                    "That choice is gone; send the code again. Nothing changed"),
    "choice_needed": ("要先选一节课，把券码再发一次。券没动",
                      "Pick a class first; send the code again. Nothing changed"),
    "phone_malformed": ("手机号不对，要 11 位。券没动", "That is no phone number; nothing changed"),
    "wrong_state": ("这一单现在不能这样办，回“查 单号”看看到哪一步了",
                    "Not possible in its present state. Say “find TICKET” to see"),
    "unreadable": ("没认出券码，什么都没动。重新复制，或拍清楚一点",
                   "No code found in this; nothing changed"),
    "payment_code": ("这是付款码，别往聊天里发。要订单里的券码",
                     "This is a payment code; keep it private. I need the voucher's code"),
    "phone_number": ("这是手机号，不是券码", "This is a phone number, not a voucher code"),
    "several_codes": ("里面有好几个码，一次发一个", "There are several codes; send one at a time"),
    "wrong_length": ("位数不对，券没动。对一下再发", "Wrong number of digits; nothing changed"),
    "not_a_code": ("没认出券码，什么都没动。重新复制，或拍清楚一点",
                   "No code found in this; nothing changed"),
    "empty": ("没看到券码，发一次看看", "There is no code in this; send it again"),
    "too_long": ("太长了，不像券码。只发券码就行", "Too long for a code; send the code alone"),
    "id_card": ("这像身份证号，别往聊天里发。要订单里的券码",
                "This looks like an identity number; keep it private. I need the code"),
    "own_link": ("这是咱们自己的页面，会员用手机打开就行",
                 "This page of ours is for the member's phone"),
    "reason_needed": ("已经用过了，撤要写原因。回“撤销 单号 原因”",
                      "It has been used; say “undo TICKET REASON”"),
}
_OTHER: dict[str, tuple[str, str]] = {
    "binding_code_wrong": ("这个绑定码不对，或者过了 10 分钟。在核销台重新点一次“绑定聊天”",
                           "Wrong or expired binding code. Press “Bind chat” again"),
    "not_allowed": ("你没有这个权限。什么都没动", "You may not do this; nothing changed"),
    "role_too_low": ("这个要店长来办。什么都没动", "A manager has to do this; nothing changed"),
    "other_venue": ("这是别家店的单，你现在管不到。在那边上班就先回“门店”切过去",
                    "This belongs to another venue. Say “venue” to switch if you work there"),
    "venue_needed": ("你现在不在任何一家店，先回“门店”选一家", "Say “venue” first and pick one"),
    "not_found": ("没找到。对一下单号或券码，或回“待办”看看",
                  "Not found. Check the ticket or code, or say “todo”"),
    "pass_unreadable": ("这不是会员码，或不是这家店的。打开手机上的会员码再扫",
                        "Not a pass of ours. Open the pass on the phone and scan again"),
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
    "platform_unknown": ("{platform}还没回话，正在查。不用再发，这张券最多只会用掉一次",
                         "{platform} has not answered; we are asking. It is used once at most"),
    "platform_misconfigured": ("{platform}的授权有问题，券没动。已经告诉店长",
                               "Our access to {platform} is broken; the voucher is untouched"),
}
SENTENCES = staff_sentences.SENTENCES | _VOUCHER | _OTHER


def sentence(error: HexiaotaiError) -> Words:
    """What to say about an error: by its word, else by its class."""
    word = error.word if error.word in SENTENCES else error.code
    return say_why(word, error.facts, error.platform if isinstance(error, PlatformError) else "")


def say_why(word: str, facts: Mapping[str, object], platform: str = "") -> Words:
    """The sentence of an error word, its gaps filled."""
    return staff_sentences.filled(SENTENCES.get(word, SENTENCES["error"]), facts, platform)
