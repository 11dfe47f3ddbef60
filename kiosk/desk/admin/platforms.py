"""Platforms: what connects us. Secrets are typed in and never shown again."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import NotFound
from core.services.actor import Role
from core.services.admin.platforms import PlatformChange, ShopChange
from kiosk.desk.access import needs
from kiosk.desk.forms import Form
from kiosk.desk.frame import done, page
from kiosk.desk.phrases import why
from kiosk.desk.state import actor, services

pages = Blueprint("platforms", __name__, url_prefix="/platforms")


@pages.get("")
@needs(Role.ADMIN)
def listed() -> AnyResponse:
    """Every platform and how our venues are called there."""
    return page("desk/admin/platforms.html",
                platforms=services().admin.platforms.listed(actor()))


@pages.get("/<int:platform_id>")
@needs(Role.ADMIN)
def edit(platform_id: int) -> AnyResponse:
    """The credentials of one platform."""
    return page("desk/admin/platform.html", errors={},
                one=services().admin.platforms.one(platform_id, actor()))


@pages.post("/<int:platform_id>")
@needs(Role.ADMIN)
def save(platform_id: int) -> AnyResponse:
    """Keep them; an empty secret keeps the one there is."""
    form = Form()
    wanted = PlatformChange(
        name=form.text("name", 50, least=1), app_id=form.text("app_id", 100),
        secret=form.text("secret", 500) or None, api_url=form.text("api_url", 255),
        active=form.ticked("active"))
    if form.does(services().admin.platforms.change, platform_id, wanted, actor()):
        return done(url_for("desk.platforms.listed"))
    return page("desk/admin/platform.html", 422, errors=form.errors,
                one=services().admin.platforms.one(platform_id, actor()))


@pages.get("/<int:platform_id>/shops")
@needs(Role.ADMIN)
def edit_shop(platform_id: int) -> AnyResponse:
    """What a platform calls one of our venues; `venue_id` and `business` choose the one."""
    return _shop(platform_id, Form())


@pages.post("/<int:platform_id>/shops")
@needs(Role.ADMIN)
def save_shop(platform_id: int) -> AnyResponse:
    """Keep it; an empty token keeps the one there is."""
    form = Form()
    venue_id = form.number("venue_id")
    wanted = ShopChange(
        venue_id=venue_id or 0, business=form.text("business", 10),
        shop_id=form.text("shop_id", 64, least=1), account_id=form.text("account_id", 64),
        token=form.text("token", 2000) or None, active=form.ticked("active"))
    if form.ok:
        services().admin.platforms.put_shop(platform_id, wanted, actor())
        return done(url_for("desk.platforms.listed"))
    return _shop(platform_id, form, 422)


def _shop(platform_id: int, form: Form, status: int = 200) -> AnyResponse:
    one = services().admin.platforms.one(platform_id, actor())
    venue, business = request.values.get("venue_id", ""), request.values.get("business", "")
    shop = next((shop for shop in one.shops
                 if str(shop.venue_id) == venue and shop.business == business), None)
    return page("desk/admin/platform_shop.html", status, one=one, shop=shop, errors=form.errors,
                venues=services().admin.venues.listed(actor()), venue_id=venue)


@pages.post("/<int:platform_id>/try")
@needs(Role.ADMIN)
def try_it(platform_id: int) -> AnyResponse:
    """Ask the platform about a code nobody has: it answers, or says what is wrong."""
    one = services().admin.platforms.one(platform_id, actor())
    venue_id = Form().number("venue_id") or 0
    try:
        tried = services().admin.platforms.try_it(platform_id, venue_id, actor())
    except NotFound as error:
        return page("desk/admin/platform_tried.html", 404, one=one, tried=None,
                    text=why(error.word))
    return page("desk/admin/platform_tried.html", one=one, tried=tried,
                text="" if tried.works else why(tried.word, {"platform_name": one.name}))
