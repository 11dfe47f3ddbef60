"""Error words of connecting and syncing platforms → sentence, zh-CN and English."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "authorised": ("授权好了，{venue}已经连上，这个页面可以关掉",
                   "Done: {venue} is connected. You can close this page"),
    "authorisation_state": ("这个授权链接用过了或者过期了，去后台重新打开一个",
                            "This link was used or has expired; open a new one at the desk"),
    "shop_taken": ("这家店已经连到{venue}了，没有改动",
                   "That shop is connected to {venue} already"),
    "credentials_needed": ("还差应用的 key、secret 或商家账号",
                           "The app's key, secret or the merchant account is missing"),
    "credentials_wrong": ("平台不认这组 key 和 secret，对一下再试",
                          "The platform does not know this key and secret"),
    "unknown_shop": ("这个账号下没有这家店", "The account has no such store"),
    "unknown_venue": ("没有这家门店", "No such venue"),
    "unknown_business": ("授权类型只能是 58 或 59", "business is 58 or 59"),
    "venue_not_found": ("没有这家门店", "No such venue"),
    "platform_not_connected": ("这个平台还没连上，先去授权", "Connect this platform first"),
    "platform_not_found": ("没有这个平台", "No such platform"),
    "days_reversed": ("开始的日子要早于结束的日子", "The first day must be before the last"),
    "too_many_days": ("一次最多同步 {most} 天", "At most {most} days at once"),
    "sync_run_not_found": ("没有这次同步", "No such run"),
    "entitlement_not_found": ("没有这项权益", "No such entitlement"),
    "reason_needed": ("写一句原因再继续", "Give a reason"),
}
