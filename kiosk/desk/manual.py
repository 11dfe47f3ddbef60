"""Recording what was redeemed in a merchant's own app: evidence first, then as usual."""

from __future__ import annotations

from flask import Blueprint, make_response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import Conflict, HexiaotaiError, InvalidInput, NotFound
from core.money import Money
from core.services.decode_image import MOST_BYTES
from core.services.manual_records import MOST_USES, Evidence
from core.services.sheet_reading import MOST_BYTES as MOST_SHEET
from kiosk.desk import redeem
from kiosk.desk.forms import Form
from kiosk.desk.frame import done, page
from kiosk.desk.phrases import sentence
from kiosk.desk.state import actor, services
from kiosk.desk.words import say

pages = Blueprint("manual", __name__, url_prefix="/manual")


@pages.get("")
def form() -> AnyResponse:
    """Ask for the code, the product and the evidence; and, of managers, for the sheet."""
    return _form(Form())


@pages.post("")
def record() -> AnyResponse:
    """Keep the evidence, then show what the voucher may become."""
    form = Form()
    code, note = form.text("code", 40, least=4), form.text("note", 200)
    product = form.number("product")
    paid, uses = form.yuan("paid", needed=True), form.whole("uses", 1, MOST_USES)
    expires = form.day("expires", needed=False)
    sent = request.files.get("picture")
    picture = sent.read(MOST_BYTES + 1) if sent and sent.filename else b""
    if not form.ok or product is None:
        return _form(form, status=422)
    try:
        services().manual.record(Evidence(
            code, product, paid or Money.zero(), uses or 1, expires, note, picture), actor())
        found = services().redeem.inspect(code, actor(), platform="manual")
    except HexiaotaiError as error:
        form.wrong("evidence", sentence(error))
        return _form(form, status=422)
    return redeem.shown(found)


@pages.post("/sheet")
def sheet() -> AnyResponse:
    """Take up the sheet that the app exports: reconciliation reads it."""
    form = Form()
    sent = request.files.get("sheet")
    if not sent or not sent.filename:
        form.wrong("sheet", say("选一个 Excel 或 CSV 文件", "Choose an Excel or CSV file"))
        return _form(form, status=422)
    try:
        told = services().manual.import_sheet(sent.read(MOST_SHEET + 1), actor())
    except HexiaotaiError as error:
        form.wrong("sheet", sentence(error))
        return _form(form, status=422)
    return _form(form, imported=say("导入了 {n} 行，新的 {m} 行。去对账页对这几天",
                                    "{n} lines, {m} of them new. Compare these days now",
                                    n=told.lines, m=told.new))


@pages.get("/<int:voucher_id>/picture")
def picture(voucher_id: int) -> AnyResponse:
    """The evidence behind a voucher. Raises NotFound, NotAllowed."""
    kept = services().manual_refunds.kept(voucher_id, actor())
    if kept.picture is None:
        raise NotFound("picture_not_found")
    answer = make_response(kept.picture)
    answer.headers.update({"Content-Type": "image/jpeg", "Cache-Control": "no-store",
                           "X-Content-Type-Options": "nosniff"})
    return answer


@pages.get("/<int:voucher_id>/refund")
def refund(voucher_id: int) -> AnyResponse:
    """Ask how much the buyer got back in the app, and say what follows."""
    return _refund(voucher_id, Form())


@pages.post("/<int:voucher_id>/refund")
def refunded(voucher_id: int) -> AnyResponse:
    """Freeze what is left, as a platform's own notice would."""
    form = Form()
    amount = form.yuan("amount", needed=True)
    if form.ok and amount is not None:
        try:
            services().manual_refunds.refunded(voucher_id, amount, actor())
            return done(url_for("desk.vouchers.one", voucher_id=voucher_id))
        except (InvalidInput, Conflict) as error:
            form.wrong("amount", sentence(error))
    return _refund(voucher_id, form, 422)


def _refund(voucher_id: int, form: Form, status: int = 200) -> AnyResponse:
    services().manual_refunds.kept(voucher_id, actor())  # raises for whom it does not concern
    voucher = services().vouchers.by_id(voucher_id, actor())
    return page("desk/manual_refund.html", status, voucher=voucher, errors=form.errors,
                amount=request.form.get("amount"))


def _form(form: Form, status: int = 200, imported: str = "") -> AnyResponse:
    products = [each for each in services().admin.products.listed(actor()) if each.active]
    return page("desk/manual.html", status, errors=form.errors, given=request.form,
                products=products, imported=imported, back=url_for("desk.redeem.enter"))
