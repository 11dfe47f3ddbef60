"""What the scheduled jobs do, for who wonders whether they still do it."""

from __future__ import annotations

from core.services.staff_words import Words

JOBS = {
    "settle": Words("查没回话的核销和撤销", "Settle what platforms did not answer"),
    "outbox": Words("发通知", "Send notices"),
    "expire_waiting": Words("没人确认的单，到时取消", "End requests that nobody confirmed"),
    "fold_tallies": Words("把变了的券记进每天的数", "Count changed vouchers into the daily sums"),
    "fold_backlog": Words("补记一大批券的数", "Count what an import left behind"),
    "prove_tallies": Words("核对每天的数", "Prove the daily sums"),
    "remind_classes": Words("提醒快上的课", "Remind members of classes"),
    "escalate": Words("待办没人接，告诉更多人", "Tell more people of tasks nobody takes"),
    "watch": Words("看自助机、平台、时钟有没有毛病", "Watch kiosks, platforms and the clock"),
    "reconcile": Words("对账", "Reconcile"),
    "reconcile_day": Words("对一天的账", "Reconcile one day"),
    "morning_digest": Words("早上报对账结果", "Tell the books in the morning"),
    "check_orders": Words("问清有动静的订单", "Ask about orders that moved"),
    "sync_requested": Words("同步有人点了的", "Sync what somebody asked for"),
    "sync_incremental": Words("同步新订单", "Sync new orders"),
    "sync_sweep": Words("再扫一遍这几小时的订单", "Sweep the last hours again"),
    "sync_status": Words("查悄悄变了的订单，到期的券", "Look for silent changes and expiry"),
    "refresh_tokens": Words("续平台的授权", "Renew platform authorisations"),
    "purge": Words("清掉过时的记录", "Forget what is long over"),
    "generate_codes": Words("做批次里还缺的券码", "Make the codes that batches lack"),
    "expire_orders": Words("没付的订单，到时取消", "Cancel orders not paid in time"),
    "expire_offers": Words("到期的券码和优惠券", "End codes and coupons that are over"),
    "check_counters": Words("核对价格模块的数", "Check the counters of prices"),
    "purge_codes": Words("删掉没人领的过期券码", "Delete expired codes nobody claimed"),
    "archive_codes": Words("收起早就用完的券码", "Put old codes away"),
}
