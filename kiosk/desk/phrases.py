"""Error word → sentence, where the desk says it in its own way; the rest is in
`staff_sentences`."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import HexiaotaiError, PlatformError
from core.services import staff_sentences
from kiosk.desk.prices import phrases as prices
from kiosk.desk.words import tell

_VOUCHER: dict[str, tuple[str, str]] = {
    "already_redeemed": ("这张券{when}{where}{by}用过了，这次没动它。不是会员用的，看券的记录",
                         "This voucher was used before{when}{where}{by}; nothing changed now. "
                         "Its history tells more"),
    "unmapped_sku": ("这张券店里还没设好，券没动。已经记成待办{ticket}，配好商品就能核销",
                     "Its product is not set up yet; the voucher is untouched and a task is "
                     "open{ticket}"),
    "platform_disabled": ("这个平台停用了，券没动。管理员在设置里打开就能用",
                          "This platform is switched off; the voucher is untouched"),
    "own_code_typo": ("券码好像打错了一位，什么都没动。对一下再试",
                      "The code seems to have a typo; nothing changed"),
    "entitlement_used": ("这张券换来的已经用过了，你撤不了。要店长来，写上原因",
                         "What it gave has been used. A manager may undo it, with a reason"),
    "evidence_needed": ("留一张截图，或写一句怎么核的",
                        "Add a picture or a note that shows it"),
    "recorded_already": ("这个券码登记过了，内容不一样。查一下是不是输错了",
                         "This code is recorded with other details; check it"),
    "code_malformed": ("券码要 4 到 40 位",
                       "A code has 4 to 40 characters"),
    "uses_out_of_range": ("次数要在 1 到 100 之间",
                          "Uses go from 1 to 100"),
    "sheet_unreadable": ("第 {line} 行的“{column}”没看懂。改好再传，什么都没导入",
                         "Line {line}, column {column}: not understood. Nothing was imported"),
    "sheet_too_large": ("文件太大，按月分开再传",
                        "The file is too large; send it month by month"),
    "sheet_empty": ("表里一行都没有",
                    "There are no lines in this sheet"),
    "refund_out_of_range": ("退的钱要大于 0，最多 {most}",
                            "More than 0 and at most {most} can have been paid back"),
    "picture_not_found": ("这张券没有截图",
                          "There is no picture of this voucher"),
    "inspection_expired": ("停太久了，把券码再扫一次。券没动",
                           "That took too long; scan again. Nothing changed"),
    "choice_gone": ("刚才那一项没有了，把券码再扫一次看新的。券没动",
                    "That choice is gone; scan again. Nothing changed"),
    "choice_needed": ("要先选一节课。券没动", "Pick a class first; nothing changed"),
    "phone_malformed": ("手机号要 11 位。券没动", "A phone number has 11 digits; nothing changed"),
    "wrong_state": ("这一单现在不能这样办，刷新看看到哪一步了",
                    "Not possible in its present state; reload to see where it stands"),
    "redemption_not_found": ("没有这一单，对一下单号", "No such redemption; check the number"),
    "unreadable": ("没认出券码，什么都没动。重新扫，或拍清楚一点",
                   "No code found in this; nothing changed. Scan again, or take a clearer photo"),
    "payment_code": ("这是付款码，别给机器扫。要订单里的券码",
                     "This is a payment code; keep it private. Scan the voucher in the order"),
    "phone_number": ("这是手机号，不是券码。查这位会员的券，用列表上面的搜索",
                     "This is a phone number. To find a member's vouchers use the search"),
    "several_codes": ("里面有好几个码，一次扫一个", "There are several codes; scan one at a time"),
    "wrong_length": ("位数不对，券没动。对一下再试", "Wrong number of digits; nothing changed"),
    "not_a_code": ("没认出券码，什么都没动。扫订单里的码",
                   "No code found in this; nothing changed. Scan the code in the order"),
    "empty": ("还没有券码，扫一下或输入", "No code yet: scan it or type it"),
    "too_long": ("太长了，不像券码", "Too long for a code"),
    "id_card": ("这像身份证号，不要输在这里。要订单里的券码",
                "This looks like an identity number; it does not belong here"),
    "own_link": ("这是我们自己的页面，会员用手机打开就行",
                 "This page of ours is for the member's phone"),
    "qr_expired": ("二维码过期了，券没动。让会员在订单里重新打开再扫",
                   "This QR code is stale; let the member reopen it and scan again"),
    "no_code_in_image": ("照片里没找到码。调亮屏幕、放平再拍，或输入券码",
                         "No code in this picture. Brighten the screen and try again, or type it"),
    "reason_needed": ("已经用过了，要写明原因才能撤", "It has been used: say why it is undone"),
}
_OTHER: dict[str, tuple[str, str]] = {
    "pass_unreadable": ("这不是会员码，或不是这家店的。让会员打开手机上的会员码再扫",
                        "Not a pass of ours. Ask for the pass on the phone and scan again"),
    "sign_in_code_wrong": ("登录码不对，或过期了", "Wrong or expired sign-in code"),
    "not_signed_in": ("登录过期了，重新登录再试。刚才的没有提交",
                      "You have been signed out; nothing was sent. Sign in and try again"),
    "wrong_credentials": ("用户名或密码不对", "Wrong user name or password"),
    "locked_out": ("错了太多次，{until}再试，或找管理员重设密码",
                   "Too many wrong passwords. Try again{until}, or ask an administrator"),
    "csrf": ("页面放太久了，刷新再试。什么都没动",
             "This page is too old; reload it. Nothing changed"),
    "not_allowed": ("你没有这个权限，找店长。什么都没动",
                    "You may not do this; ask a manager. Nothing changed"),
    "role_too_low": ("这一步要店长或管理员来办。什么都没动",
                     "A manager or administrator has to do this; nothing changed"),
    "other_venue": ("这是别家店的，你现在管不到", "That belongs to another venue"),
    "venue_needed": ("你现在不在任何一家店，先在右上角选一家",
                     "You are at no venue now: choose one at the top right"),
    "password_too_short": ("密码至少 10 位", "A password has at least 10 characters"),
    "not_found": ("没有找到，可能已经删了，或地址不对", "Not found"),
    "owner_known": ("这张券换来的已经记在会员名下了，刷新看看是谁",
                    "What it gave is somebody's already; reload to see whose"),
    "conflict": ("别人先改了，刷新看看再办", "Somebody was faster; reload and look again"),
    "idempotency_conflict": ("这个表单已经交过一次，刷新再填",
                             "This form was sent before; reload it"),
    "taken": ("已经有了，换一个", "There is one already; choose another"),
    "needed": ("要填", "Needed"),
    "time_of_day_wrong": ("填钟点，比如 09:00", "A time of day, such as 09:00"),
    "zone_unknown": ("没有这个时区，比如 Asia/Shanghai", "No such zone; Asia/Shanghai is one"),
    "kind_unknown": ("选一种", "Choose one"),
    "product_not_on_sale": ("这个商品下架了，换一个", "This product is withdrawn; choose another"),
    "seats_taken": ("已经有 {taken} 个人占了位，先联系他们",
                    "{taken} seats are taken; talk to those members first"),
    "ends_before_start": ("结束要晚于开始，最长 12 小时",
                          "It must end after it starts, within 12 hours"),
    "capacity_unclear": ("名额填 1 到 1000", "From 1 to 1000 seats"),
    "too_many_weeks": ("最多 26 周", "At most 26 weeks"),
    "username_malformed": ("小写字母、数字、点和横线，至少 2 位",
                           "Small letters, digits, dots and dashes; at least 2"),
    "venue_unknown": ("没有这家店", "No such venue"),
    "last_admin": ("这是最后一个管理员，先让别人当管理员",
                   "This is the last administrator; make another one first"),
    "oneself": ("不能改自己的角色，也不能停用自己，让别的管理员来",
                "Somebody else has to change your own role"),
    "shop_not_connected": ("这家店还没连上这个平台，先填门店编号",
                           "This venue is not connected here yet: enter its id first"),
    "old_password_wrong": ("现在的密码不对", "That is not your present password"),
    "password_same": ("和现在的一样，换一个", "That is the present one; choose another"),
    "port_unclear": ("端口填 1 到 65535，一般是 9100", "A port from 1 to 65535, usually 9100"),
    "address_not_of_shop": ("填店里的内网地址，比如 192.168.1.50",
                            "An address in the shop's own network, such as 192.168.1.50"),
    "printer_off": ("这台打印机停用了，换一台", "This printer is switched off; use another"),
    "printer_not_found": ("没有这台打印机，可能已经删了", "No such printer"),
    "printer_silent": ("打印机没回话，没有打出来。看看电源、网线和地址",
                       "The printer does not answer; nothing was printed. Check power, cable and "
                       "address"),
    "printer_unsure": ("打到一半断了，看看纸上有没有", "The printer broke off; look at its paper"),
    "channel_not_set_up": ("这个渠道还没配好，先填上", "This channel is not set up yet"),
    "chat_not_bound": ("你的聊天还没绑定，先在我的账户里绑", "Bind your chat first, in My account"),
    "unreachable": ("{platform}说发不到，看看 key 或绑定对不对",
                    "{platform} cannot reach it: check the key or the binding"),
    "rate_limited": ("{platform}说发得太快，一分钟后再试", "Too many messages; try in a minute"),
    "task_taken": ("{by}已经接了，不用再接", "It has been taken{by}"),
    "task_done": ("这件事办完了，不用再办", "This task is done"),
    "resolution_needed": ("写一句怎么办的", "Say what was done"),
    "day_to_come": ("这一天还没到", "That day is still to come"),
    "no_such_fix": ("现在不能这样处理，刷新看看", "Not possible now; reload"),
    "finding_not_found": ("没有这条差异，可能已经处理了", "No such finding; it may be settled"),
    "days_reversed": ("开始日晚于结束日，换一下", "The days are the wrong way round"),
    "too_many_days": ("一次最多 {most} 天，分几次", "At most {most} days at once"),
    "platform_not_connected": ("这个平台还没连上，管理员在设置里连",
                               "This platform is not connected yet; an administrator does that"),
    "invalid_input": ("有一项填得不对，看红色的那一行", "Something is not right; see the red line"),
    "platform_unknown": ("{platform}还没回话，正在查。不用再扫，这张券最多只会用掉一次",
                         "{platform} has not answered; we are asking. It is used once at most"),
    "platform_misconfigured": ("{platform}的授权有问题，券没动。管理员在设置里看一下",
                               "Our access to {platform} is broken; nothing changed"),
    "internal_error": ("系统出了点问题，已经记下来了。再试一次，还不行找管理员",
                       "Something broke and was logged. Try again, or tell the administrator"),
}
SENTENCES = staff_sentences.SENTENCES | _VOUCHER | _OTHER | prices.SENTENCES


def sentence(error: HexiaotaiError) -> str:
    """What to say about an error: by its word, else by its class."""
    word = error.word if error.word in SENTENCES else error.code
    platform = error.platform if isinstance(error, PlatformError) else ""
    return why(word, error.facts, platform)


def why(word: str, facts: Mapping[str, object] | None = None, platform: str = "") -> str:
    """The sentence of an error word, its gaps filled."""
    found = SENTENCES.get(word, SENTENCES["error"])
    return tell(staff_sentences.filled(found, facts or {}, platform))


def platform_name(code: str) -> str:
    """`美团` for `meituan`."""
    return tell(staff_sentences.platform_name(code))
