"""Batches of voucher codes: made, watched while they are generated, switched off, printed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import Conflict, HexiaotaiError, InvalidInput, PricingError
from core.pricing.kinds import VoucherCodeStatus, VoucherDiscountType
from core.pricing.promotion import VOUCHER
from core.services.actor import Role
from core.services.pricing.prints import Form as Paper
from core.services.pricing.prints import Which
from core.services.staff_words import Words
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, live, page, secured
from kiosk.desk.prices import fields
from kiosk.desk.prices.showing import TYPES, gives, spoken
from kiosk.desk.state import actor, services
from kiosk.desk.words import tell

pages = Blueprint("batches", __name__, url_prefix="/batches")

PAGE_SIZE = 20
MOST_CODES, MOST_USES, MOST_DAYS = 1_000_000, 1000, 3660
KINDS = {
    str(VoucherDiscountType.DISCOUNT.code): Words("打折", "A percentage off"),
    str(VoucherDiscountType.REDUCE_PRICE.code): Words("每件减几元", "An amount off each"),
    str(VoucherDiscountType.FREE_ALL.code): Words("全场免费", "Everything free"),
}
STATES = {
    VoucherCodeStatus.UNCLAIMED: ("unused", Words("没人领", "not claimed")),
    VoucherCodeStatus.CLAIMED_AVAILABLE: ("verifying", Words("可以用", "usable")),
    VoucherCodeStatus.USED: ("redeemed", Words("用过了", "used")),
    VoucherCodeStatus.CLAIMED_EXHAUSTED: ("redeemed", Words("次数用完", "used up")),
    VoucherCodeStatus.EXPIRED: ("expired", Words("到期了", "expired")),
}


@pages.get("")
def listed() -> AnyResponse:
    """Every batch, the newest first, with its counters."""
    found = services().pricing.batches.page(actor(), page=fields.page_number(),
                                            page_size=PAGE_SIZE)
    return page("desk/prices/batches.html", found=found, gives=_gives,
                base=lambda wanted: url_for("desk.prices.batches.listed", page=wanted))


@pages.get("/new")
@needs(Role.MANAGER)
def new() -> AnyResponse:
    """An empty form."""
    return _form(Form())


@pages.post("/new")
@needs(Role.MANAGER)
def add() -> AnyResponse:
    """Make a batch; a large one goes on being made while the page shows how far it is."""
    form = Form()
    columns = _read(form)
    if form.ok:
        try:
            made = services().pricing.batches.create(columns, actor(), key=form_key())
            return page("desk/prices/batch_made.html", **_seen(made))
        except (PricingError, InvalidInput, Conflict) as error:
            form.refuse(error)
    return _form(form, 422)


@pages.get("/<int:batch_id>")
def one(batch_id: int) -> AnyResponse:
    """A batch: its counters, and its codes as the reader may see them."""
    batch = services().pricing.batches.get(batch_id, actor())
    wanted = request.args.get("status", "")
    status = int(wanted) if wanted in {str(state.code) for state in STATES} else None
    codes = services().pricing.codes.page(actor(), page=fields.page_number(),
                                          page_size=PAGE_SIZE, batch_id=batch_id, status=status)

    def base(number: int) -> str:
        return url_for("desk.prices.batches.one", batch_id=batch_id, page=number, status=status)

    return page("desk/prices/batch.html", codes=codes, base=base, states=STATES, chosen=status,
                may_change=fields.may_change, **_seen(batch))


@pages.get("/<int:batch_id>/progress")
def progress(batch_id: int) -> AnyResponse:
    """The counters, for a page that stays open."""
    return live("desk/prices/batch_numbers.html",
                **_seen(services().pricing.batches.get(batch_id, actor())))


@pages.post("/<int:batch_id>/status")
@needs(Role.MANAGER)
def switch(batch_id: int) -> AnyResponse:
    """On, or off: nobody can claim from it any more; what was claimed stays good."""
    services().pricing.batches.set_status(batch_id, int(Form().ticked("active")), actor())
    return done(url_for("desk.prices.batches.one", batch_id=batch_id))


@pages.get("/codes/<int:code_id>/print")
def ask_print(code_id: int) -> AnyResponse:
    """What printing means for this code: an original, or a marked copy."""
    return page("desk/prices/code_print.html", code=services().pricing.codes.get(code_id, actor()),
                printed=services().pricing.prints.times(code_id, actor()), error="",
                states=STATES)


@pages.post("/codes/<int:code_id>/print")
def print_code(code_id: int) -> AnyResponse:
    """The slip as a picture that the browser prints; every one after the first says so."""
    try:
        view = services().pricing.codes.get(code_id, actor())
        slip = services().pricing.prints.print_one(
            Which(scenic_id=view.scenic_id, code_id=code_id), actor(), form=Paper.PDF,
            language=spoken(), key=form_key())
    except HexiaotaiError as error:
        form = Form()
        form.refuse(error)
        return page("desk/prices/code_print.html", 409, states=STATES,
                    code=services().pricing.codes.get(code_id, actor()),
                    printed=services().pricing.prints.times(code_id, actor()),
                    error=next(iter(form.errors.values())))
    answer = secured(slip.content)
    answer.mimetype = slip.media_type
    answer.headers["Content-Disposition"] = f"inline; filename=code-{code_id}-{slip.number}.pdf"
    return answer


def _gives(row: Any) -> str:
    return gives(VOUCHER, row)


def _seen(batch: Any) -> dict[str, Any]:
    return {"batch": batch, "gives": _gives,
            "stats": services().pricing.batches.stats(batch.id, actor()),
            "settled": batch.generated_count >= batch.total_count}


def _read(form: Form) -> dict[str, Any]:
    kind = form.one_of("discount_type", KINDS)
    free = kind == str(VoucherDiscountType.FREE_ALL.code)
    gift = {"amount_fen": None, "kept": None} if free else \
        fields.gift(form, kind == str(VoucherDiscountType.DISCOUNT.code))
    return {
        "name": form.text("name", 100, least=1), "scenic_id": form.number("scenic_id") or 0,
        "discount_type": int(kind or 0), **gift, "product_types": fields.types(),
        **fields.window(form),
        "total_count": form.whole("total_count", 1, MOST_CODES) or 0,
        "max_uses": form.whole("max_uses", 1, MOST_USES) or 1,
        "claim_days": form.whole("claim_days", 0, MOST_DAYS, needed=False),
        "broker_id": form.whole("broker_id", 1, 2**31, needed=False),
        "on_paper": form.one_of("way", ("claim", "paper")) == "paper",
        "release_on_expiry": form.ticked("release_on_expiry"),
    }


def _form(form: Form, status: int = 200) -> AnyResponse:
    chosen = request.form.getlist("product_types")
    return page("desk/prices/batch_form.html", status, errors=form.errors, sent=request.form,
                chosen=chosen, venues=[one for one in fields.venues() if one[0]],
                types=[(kind.code, tell(said)) for kind, said in TYPES.items()],
                kinds=[(key, tell(said)) for key, said in KINDS.items()], most=MOST_CODES)
