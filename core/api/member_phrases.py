"""Error words of the members' door → sentence, zh-CN and English."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # signing in
    "login_code_wrong": ("登录没成功，重新打开小程序再试",
                         "Signing in failed; reopen the mini-program and try again"),
    "login_unanswered": ("平台没回话，等几秒再试一次",
                         "The platform did not answer; try again in a few seconds"),
    "user_blocked": ("平台暂时限制了这个账号，换个方式或找前台办",
                     "The platform restricts this account for now; ask the desk"),
    "mini_not_configured": ("这家店还没开这个小程序，找前台办",
                            "This mini-program is not set up here; ask the desk"),
    "not_a_mini_session": ("要在小程序里登录才能验证手机号",
                           "Sign in with the mini-program to verify a phone number"),
    "phone_code_wrong": ("授权过期了，再点一次获取手机号",
                         "That permission has expired; tap the phone button again"),
    "phone_unreadable": ("手机号没读出来，重新登录后再点一次",
                         "The number could not be read; sign in again and tap once more"),
    "phone_not_mainland": ("现在只支持中国大陆的手机号，找前台办",
                           "Only mainland China numbers for now; ask the desk"),
    # classes
    "class_not_found": ("没有这节课，刷新看看", "No such class; reload"),
    "already_booked": ("这节课你已经约了", "You have a seat in this class already"),
    "nothing_to_book_with": ("没有能约这节课的次数，先核销一张券或买课程",
                             "Nothing to pay for this class with; redeem a voucher first"),
    "too_late_to_cancel": ("快上课了，{until} 以后不能退位，找前台",
                           "Too late: seats could be given back until {until}; ask the desk"),
    "seat_not_booked": ("这个位已经用过了，退不了", "This seat was used and cannot be given back"),
    "venue_closed": ("这家店停业了，换一家", "This venue is closed; choose another"),
    # messages
    "unknown_template": ("这个消息模板不是本店的，刷新小程序再试",
                         "Not a template of ours; reload the mini-program"),
    # faces
    "face_taken": ("这张脸已经在别人名下，找前台",
                   "That face belongs to somebody else; ask the desk"),
    "face_code_wrong": ("这个码用过了或过期了，去自助机重新生成",
                        "This code was used or has expired; make a new one at the kiosk"),
    # deletion
    "still_open": ("还有 {open} 单在办理，办完再注销", "{open} redemptions are under way; wait"),
    "still_holds": ("还有能用的卡、课程或约好的课，注销就没了。想好了再确认一次",
                    "You still hold something usable, which would be lost; confirm to go on"),
}
