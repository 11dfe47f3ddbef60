"""What stands on the paper slips of the desk, for a network printer (mock-ups' README)."""

from __future__ import annotations

from core.services.admin.printers import PrinterView
from core.services.redemption_view import RedemptionView
from core.services.slips.slip import Line, Pair, Qr, Rule, Slip, Text
from core.services.staff_words import gave, will_give
from core.services.workplace import Place
from core.vouchers.redemption import State
from kiosk.desk.showing import money, when
from kiosk.desk.state import services
from kiosk.desk.words import say, tell


def redemption_slip(view: RedemptionView, number: int, place: Place | None) -> Slip:
    """The slip of a redemption; `number` above 1 is a reprint and says so, an undone one is
    void."""
    result = view.result
    title = f"* {tell(gave(result) if result else will_give(view.choice))} *"
    if view.state is State.UNDONE:
        title = say("作废 ", "VOID ") + title
    if number > 1:
        title += say(" 补打 {n}", " copy {n}", n=number)
    brand = f"{place.brand} " if place and place.brand else ""
    lines: list[Line] = [Text(f"{brand}{view.venue.name}"), Text(title)]
    if result and result.after:
        lines += [Text(say("有 效 期 到", "valid to")), Text(result.after.isoformat(), big=True)]
    elif result and result.starts_at:
        lines.append(Text(when(result.starts_at), big=True))
    lines.append(Rule())
    if view.member:
        lines.append(Pair(f"{say('会员', 'Member')} {view.member.name}", view.member.phone or ""))
    lines += [
        Pair(f"{say('券', 'Voucher')} {view.product_name}",
             f"{say('尾号', 'ends')} {view.code_tail}"),
        Pair(say("实付", "Paid"), money(view.paid_price)),
        Pair(f"{say('单号', 'Ticket')} {view.ticket}", when(view.completed_at or view.moved_at)),
        Rule(), Qr(f"{services().settings.public_url.rstrip('/')}/m/r/{view.ref}"),
        Text(say("扫一下，手机上看结果", "Scan to see it on your phone"))]
    if view.confirmed_by:
        lines.append(Text(f"{say('办理', 'by')} {view.confirmed_by.name}"))
    if place and place.phone:
        lines.append(Text(f"{say('前台', 'Desk')} {place.phone}"))
    return Slip((*lines, Rule(cut=True)))


def test_slip(printer: PrinterView) -> Slip:
    """Everything a slip may hold, so that a look tells whether the printer can do it."""
    return Slip((
        Text(printer.venue_name), Text(say("* 打印机通了 *", "* The printer works *")),
        Text("2026-12-24", big=True), Rule(),
        Pair(printer.name, f"{int(printer.paper)} mm"),
        Pair(say("试打时间", "Printed"), when(services().clock.now())),
        Rule(), Qr(services().settings.public_url), Rule(cut=True)))
