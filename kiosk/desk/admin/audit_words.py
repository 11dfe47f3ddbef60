"""What the audit book says, in words: `finding.fixed` is 对账差异：处理了."""

from __future__ import annotations

from core.services.reconciliation_views import FIX_NAMES, KINDS
from core.services.staff_words import STATES, STATUSES, Words
from kiosk.desk.words import say, tell

NOUNS = {
    "redemption": Words("核销", "Redemption"), "receipt": Words("小票", "Slip"),
    "staff": Words("员工", "Staff"), "binding": Words("聊天绑定", "Chat binding"),
    "binding_code": Words("绑定口令", "Binding code"), "kiosk": Words("自助机", "Kiosk"),
    "platform": Words("平台", "Platform"), "platform_shop": Words("平台门店", "Platform shop"),
    "venue": Words("门店", "Venue"), "product": Words("商品", "Product"),
    "sku": Words("商品对照", "Mapping"), "class": Words("课表", "Class"),
    "task": Words("待办", "Task"), "voucher": Words("券", "Voucher"),
    "vouchers": Words("券的表格", "Voucher list"), "sync": Words("同步", "Sync"),
    "order": Words("订单", "Order"), "batch": Words("券码批次", "Batch of codes"),
    "bundle": Words("组合", "Bundle"), "one_price": Words("一口价", "One price"),
    "coupon": Words("优惠券", "Coupon"), "tier": Words("阶梯价", "Tier"),
    "reconciliation": Words("对账", "Reconciliation"),
    "reconciliations": Words("对账的表格", "Reconciliation list"),
    "finding": Words("对账的差异", "Finding"), "statistics": Words("统计的表格", "Figures list"),
    "entitlement": Words("权益", "Entitlement"), "member": Words("会员", "Member"),
    "face": Words("人脸", "Face"), "handover": Words("转到手机", "Handover"),
    "visit": Words("到店", "Visit"), "printer": Words("打印机", "Printer"),
    "channel": Words("通知", "Notification"), "chat": Words("聊天", "Chat"),
    "manual": Words("手工记的券", "Voucher by hand"), "tallies": Words("每天的数", "Daily sums"),
    "secrets": Words("密钥", "Secrets"), "export": Words("表格", "File"),
}
VERBS = {
    "added": Words("加了", "added"), "changed": Words("改了", "changed"),
    "create": Words("加了", "added"), "update": Words("改了", "changed"),
    "delete": Words("删了", "deleted"), "replace": Words("整套换了", "replaced"),
    "deleted": Words("注销了", "deleted"), "status": Words("开或停", "opened or stopped"),
    "cancelled": Words("取消了", "cancelled"), "cancel": Words("取消了", "cancelled"),
    "mapped": Words("对应好了", "mapped"), "tried": Words("试了一下", "tried"),
    "pairing_offered": Words("发了配对码", "pairing code given"),
    "password_reset": Words("重设了密码", "password reset"),
    "password_changed": Words("改了密码", "password changed"),
    "signed_out": Words("退出了登录", "signed out"), "moved": Words("换了", "moved"),
    "issued": Words("发了", "issued"), "bound": Words("绑上了", "bound"),
    "unbound": Words("解绑了", "unbound"), "removed": Words("解绑了", "removed"),
    "robot_set": Words("设了群机器人", "group robot set"),
    "menu_published": Words("发布了菜单", "menu published"),
    "authorisation_begun": Words("开始授权", "authorisation begun"),
    "authorised": Words("授权了", "authorised"),
    "token_renewed": Words("续了授权", "authorisation renewed"),
    "booked": Words("订了位", "booked"), "given_back": Words("还了位", "seat given back"),
    "offered": Words("出了码", "offered"), "taken": Words("接走了", "taken"),
    "forgotten": Words("忘掉了", "forgotten"), "joined": Words("来了", "joined"),
    "renamed": Words("改了称呼", "renamed"), "merged": Words("并到一起", "merged"),
    "phone": Words("留了手机号", "phone given"),
    "phone_offered": Words("出了登录码", "sign-in code given"),
    "phone_signed_in": Words("在手机上登录了", "signed in on a phone"),
    "owner": Words("记到会员名下", "given an owner"), "settle": Words("下了单", "placed"),
    "pay": Words("付了", "paid"), "refund": Words("退了钱", "refunded"),
    "claim": Words("领了", "claimed"), "use": Words("用了", "used"),
    "undo": Words("撤销了", "undone"), "give_back": Words("还回了", "given back"),
    "print": Words("打印了", "printed"), "printed": Words("打印了", "printed"),
    "confirmed": Words("确认了", "confirmed"), "reminded": Words("催了一次", "reminded"),
    "undo_begun": Words("开始撤销", "undo begun"),
    "undo_refused": Words("平台没让撤销", "undo refused"),
    "undo_uncertain": Words("撤销，平台还没回话", "undo, no answer yet"),
    "partly_undone": Words("撤销了一部分", "partly undone"),
    "refunded": Words("退款了", "refunded"),
    "taken_back_elsewhere": Words("别处撤销了", "undone elsewhere"),
    "used_elsewhere": Words("别处用掉了", "used elsewhere"),
    "frozen": Words("冻结了", "frozen"), "unfrozen": Words("解冻了", "released"),
    "rotated": Words("换了", "rotated"), "repaired": Words("修好了", "repaired"),
    "recounted": Words("重数了", "counted anew"), "opened": Words("来了", "opened"),
    "closed": Words("办完了", "closed"), "escalated": Words("告诉了更多人", "escalated"),
    "counted": Words("记了一次", "counted"), "run": Words("对了一次", "compared"),
    "exported": Words("导出了", "exported"), "recorded": Words("记下了", "recorded"),
    "imported": Words("导入了", "imported"), "fixed": Words("处理了", "decided"),
    **{state.value: words for state, words in STATES.items()},
}
"""A redemption that came into a state says what that state is called everywhere."""
WHOLE = {"visit.undone": Words("到店：撤掉了", "Visit: given back")}
"""Actions whose verb means something else of their noun."""
FACTS: dict[str, dict[str, Words]] = {
    "fix": FIX_NAMES, "kind": KINDS, "state": {
        **{status.name.lower(): words for status, words in STATUSES.items()},
        **{state.value: words for state, words in STATES.items()},
        "open": Words("开着", "open"), "fixed": Words("处理了", "decided"),
        "on": Words("在用", "in use"), "off": Words("停用", "off"),
        "connected": Words("连上了", "connected"), "done": Words("办完了", "done"),
        "taken": Words("有人在办", "taken"), "active": Words("在", "active"),
        "cancelled": Words("取消了", "cancelled")}}
"""Facts whose values have words of their own; `state` is where a thing was and came to."""
NAMES = {
    "reason": Words("原因", "reason"), "name": Words("名字", "name"), "uses": Words("次数", "uses"),
    "choice": Words("换什么", "choice"), "number": Words("第几次", "number"),
    "total": Words("一共", "total"), "fix": Words("怎么处理", "fix"), "kind": Words("哪种", "kind"),
    "order": Words("订单", "order"), "along": Words("同一单", "along with"),
    "platform": Words("平台", "platform"), "day": Words("哪天", "day"),
    "format": Words("格式", "format"), "product": Words("商品", "product"),
    "amount": Words("金额", "amount"), "role": Words("角色", "role"),
    "resolution": Words("怎么办的", "resolution"), "title": Words("名称", "title"),
}
"""Facts that people ask about; the others are for who looks into the code."""


def done(action: str) -> str:
    """An action in words; one that has none, as it is written."""
    if action in WHOLE:
        return tell(WHOLE[action])
    noun, _, verb = action.partition(".")
    if noun not in NOUNS or verb not in VERBS:
        return action
    return say("{noun}：{verb}", "{noun}: {verb}", noun=tell(NOUNS[noun]), verb=tell(VERBS[verb]))


def named(name: str) -> str:
    """What a fact is called."""
    return tell(NAMES[name]) if name in NAMES else name


def told(name: str, value: object) -> object:
    """A fact's value in words, where it has any."""
    words = FACTS.get(name, {}).get(str(value))
    return tell(words) if words else value
