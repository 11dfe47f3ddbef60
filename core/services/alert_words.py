"""Alerts in words: one by itself, or many in a few messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.services.staff_words import Words

Payload = Mapping[str, Any]

MOST_BYTES = 2000
"""Of one text; the chats end at 2048."""

ALERTS: dict[str, Words] = {
    "map_sku": Words("有人拿来一种还没设好的券：{title}。券没动，去后台把它配到商品上",
                     "A voucher without a product came in: {title}. Map it at the desk page"),
    "settle_by_hand": Words("{redemption_ticket} 问了很多次，平台都没回话，去平台后台看券用没用掉",
                            "{redemption_ticket}: the platform never answered. Look it up there"),
    "authorise_platform": Words("{platform_name}的授权有问题，券核销不了。去后台重新授权",
                                "Our access to {platform_name} is broken. Authorise again"),
    "refund_after_use": Words(
        "{member_name} 核销过的{product_name}被退款了，亏 {loss}。剩下的先冻结了，去后台定留不留",
        "{product_name} of {member_name} was refunded after use, a loss of {loss}. What is left is "
        "frozen; decide at the desk page"),
    "taken_back_elsewhere": Words(
        "{product_name}（{redemption_ticket}）在平台那边被撤销了，权益先冻结了，去后台看看",
        "{product_name} ({redemption_ticket}) was cancelled at the platform. It is frozen; have a "
        "look at the desk page"),
    "refund_asked": Words("会员在退{product_name}，尾号 {code_tail}。平台在问，去后台答复",
                          "A refund of {product_name} is asked for. Answer at the desk page"),
    "odd_orders": Words("{platform_name}有一单读不懂，先放一边了，别的照常。单号 {order_id}",
                        "An order of {platform_name} cannot be read and was set aside: {order_id}"),
    "token_ending": Words("{platform_name}的授权快到期了，去后台续一下",
                          "Our access to {platform_name} ends soon. Renew it"),
    "notice_failed": Words("有通知发不出去，看看企业微信里这个人还在不在：{who}",
                           "A notice could not be delivered to {who}"),
    "staff_called": Words("{kiosk} 有人叫店员", "Somebody at {kiosk} calls for staff"),
    "task_untaken": Words("{minutes} 分钟没人接：{about}",
                          "Nobody took this in {minutes} min: {about}"),
    "kiosk_silent": Words("{label} {minutes} 分钟没动静了，看看是不是断电断网",
                          "{label} has been silent for {minutes} min. Check power and network"),
    "platform_failing": Words("{platform_name}老是不回话，券没动的会自己再试。先让会员等等",
                              "{platform_name} keeps failing. Nothing is lost; let members wait"),
    "sync_late": Words("{platform_name}的订单 {minutes} 分钟没同步上了，核销不受影响",
                       "Orders of {platform_name} are {minutes} min behind; redeeming still works"),
    "unknown_long": Words("{label} 确认中 {minutes} 分钟了还没结果，券最多只会用掉一次",
                          "{label} has had no answer for {minutes} min"),
    "clock_skew": Words("电脑的钟和{platform_name}差 {seconds} 秒，校一下时间，差多了核销会失败",
                        "This machine's clock is {seconds} s off {platform_name}'s. Set it right"),
    "books_differ": Words("{venue_name} {platform_name} {day} 对账有 {open} 处对不上，去后台看",
                          "{venue_name}, {platform_name}, {day}: {open} differences in the books"),
    "reconcile_failed": Words("{venue_name} {platform_name} {day} 没对成账，会自己再试",
                              "{venue_name}, {platform_name}, {day} could not be reconciled yet"),
    "sheet_missing": Words(
        "{venue_name} {platform_name} {day} 的核销明细还没导入。从商家 App 导出，"
        "到后台“登记线下核销”里传上来，就能对账",
        "{venue_name}, {platform_name}, {day}: the app's sheet is not imported yet. Export it "
        "there, then send it under “Record a redemption” at the desk"),
    "price_drift": Words("有个数和明细对不上：{subject} {number} 的 {counter} 记的是 {counted}，"
                         "明细是 {rows}，让管理员查一下",
                         "A counter differs from its rows: {counter} of {subject} {number} says "
                         "{counted}, the rows say {rows}"),
    "morning_digest": Words("{day} 对账\n{text}", "Books of {day}\n{text_en}"),
}
NAMES: dict[str, Words] = {
    "map_sku": Words("券没配商品", "no product"),
    "settle_by_hand": Words("平台没回话，要人查", "look up by hand"),
    "authorise_platform": Words("授权有问题", "access broken"),
    "refund_after_use": Words("核销后退款", "refunded after use"),
    "taken_back_elsewhere": Words("平台那边撤销了", "cancelled there"),
    "refund_asked": Words("会员在退款", "refund asked"),
    "odd_orders": Words("读不懂的单", "odd orders"),
    "token_ending": Words("授权快到期", "access ends soon"),
    "notice_failed": Words("通知发不出去", "undelivered"),
    "staff_called": Words("叫店员", "staff called"),
    "task_untaken": Words("没人接的事", "untaken"),
    "kiosk_silent": Words("自助机没动静", "silent kiosk"),
    "platform_failing": Words("平台不回话", "platform failing"),
    "sync_late": Words("订单没同步上", "orders late"),
    "unknown_long": Words("一直没结果", "no outcome"),
    "clock_skew": Words("钟不准", "clock off"),
    "books_differ": Words("对不上账", "books differ"),
    "reconcile_failed": Words("没对成账", "not reconciled"),
    "sheet_missing": Words("明细没导入", "sheet not imported"),
    "price_drift": Words("数对不上", "counter differs"),
    "morning_digest": Words("早报", "digest"),
}
MARKS = {"urgent": "🔴", "info": "ℹ️"}


def task_words(kind: str, facts: Mapping[str, Any], language: str) -> str:
    """What a task or alert of this kind is about, without its number."""
    words = ALERTS.get(kind, Words("有件事要人去看：{kind}", "Look into this: {kind}"))
    return words.in_(language).format_map(_Known({**facts, "kind": kind}))


def alone(payload: Payload, language: str) -> str:
    """One alert."""
    mark = MARKS.get(payload.get("severity", ""), "⚠️")
    said = task_words(payload["kind"], payload.get("facts", {}), language)
    return " ".join(part for part in (mark, payload.get("ticket", ""), said) if part)


def together(payloads: Sequence[Payload], language: str) -> list[tuple[str, int]]:
    """Many alerts as texts of bounded size, each with how many of them (in order) it tells.

    Every alert is named by its number or by what it is about: none is only counted.
    """
    ordered = list(payloads)
    texts: list[tuple[str, int]] = []
    while ordered:
        text, count = _page(ordered, language)
        texts.append((text, count))
        ordered = ordered[count:]
    return texts


def _page(payloads: Sequence[Payload], language: str) -> tuple[str, int]:
    """As many of the first as fit into one text."""
    lines: dict[str, list[str]] = {}
    size, count = 60, 0  # the heading
    for one in payloads:
        label = _label(one)
        added = len(label.encode()) + 1
        if one["kind"] not in lines:
            added += len(_name(one["kind"], language).encode()) + 12
        if count and size + added > MOST_BYTES:
            break
        lines.setdefault(one["kind"], []).append(label)
        size, count = size + added, count + 1
    heading = Words(f"⚠️ 一起来了 {count} 件事，在后台都能看到",
                    f"⚠️ {count} alerts at once; all are on the desk page").in_(language)
    return "\n".join([heading, *(f"{_name(kind, language)} ×{len(labels)}：{' '.join(labels)}"
                                 for kind, labels in lines.items())]), count


def _name(kind: str, language: str) -> str:
    return NAMES.get(kind, Words(kind, kind)).in_(language)


def _label(payload: Payload) -> str:
    facts = payload.get("facts", {})
    said = str(payload.get("ticket") or "").removeprefix("H ") or str(facts.get("label") or "")
    return said[:40] or f"#{payload.get('alert', '')}"


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
