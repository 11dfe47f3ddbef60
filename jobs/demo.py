"""Fills the demo: our database, sample codes bought from the sandbox, and demo.json."""

from __future__ import annotations

import json
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from core.clock import business_day
from core.config import Settings
from core.sandbox.world import World
from core.services.demo import DemoPerson, DemoPlatforms, DemoShop, DemoSku
from core.services.redeem import RedeemRequest
from core.wiring import Services
from jobs import demo_offers
from jobs.demo_world import sandbox_url, web_url

BRAND = "青屿健身"
SAMPLE_PHONE = "13800138000"
ROLES = {"laoli": ("admin", 1), "meixue": ("manager", 1), "linxiaoman": ("clerk", 1),
         "chenchen": ("clerk", 2)}
"""WeCom userid → role and venue; whoever is not here stays unbound."""

SAMPLES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("meituan_card", "meituan", {"sku": "month_card"}),
    ("meituan_renewal", "meituan", {"sku": "renewal"}),
    ("douyin_lessons", "douyin", {"sku": "lessons"}),
    ("douyin_class", "douyin", {"sku": "class"}),
    ("times_card", "douyin", {"sku": "times_card"}),
    ("multi_certificate_order", "douyin", {"sku": "class", "quantity": 3}),
    ("expired", "meituan", {"sku": "month_card", "expires": -1}),
    ("used", "meituan", {"sku": "month_card"}),
    ("refunded", "douyin", {"sku": "lessons"}),
    ("wrong_venue", "meituan", {"sku": "west_only"}),
    ("unmapped", "douyin", {"sku": "unmapped"}),
)


def prepare(settings: Settings, services: Services, world: World) -> dict[str, Any]:
    """Seed the database and the sandbox, write DATA_DIR/demo.json (0600), return its content.

    Needs a migrated database and a sandbox that answers.
    """
    people = [DemoPerson(userid, user.name, ROLES[userid][0], ROLES[userid][1],
                         secrets.token_urlsafe(9), userid)
              for user in world.wecom.users if (userid := user.userid) in ROLES]
    services.demo.seed(brand=BRAND, shops=_shops(world), platforms=_platforms(world),
                       people=people, corpid=world.wecom.corpid,
                       skus=[DemoSku(sku.platform, sku.deal_id, sku.key, sku.title)
                             for sku in world.skus])
    content = _content(settings, services, world, people)
    path = settings.data_dir / "demo.json"
    fresh = path.with_suffix(".new")
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    Path(fresh).replace(path)
    return content


def _shops(world: World) -> list[DemoShop]:
    return [DemoShop(shop.name.split("（")[-1].rstrip("）"), shop.address, shop.op_poi_id,
                     shop.op_biz_code, shop.app_auth_token, shop.refresh_token, poi.poi_id)
            for shop, poi in zip(world.meituan.shops, world.douyin.pois, strict=True)]


def _platforms(world: World) -> DemoPlatforms:
    customer = world.meituan.customer
    return DemoPlatforms(
        developer_id=world.meituan.developer_id,
        sign_key=world.meituan.sign_key, customer_biz_code=customer.op_biz_code,
        customer_token=customer.app_auth_token, customer_refresh=customer.refresh_token,
        client_key=world.douyin.client_key,
        client_secret=world.douyin.client_secret, account_id=world.douyin.account_id)


def _content(settings: Settings, services: Services, world: World,
             people: list[DemoPerson]) -> dict[str, Any]:
    web, sandbox = web_url(settings), sandbox_url(settings)
    staff = []
    for person in people:
        staff_id, token = services.demo.staff_session(person)
        staff.append({"id": staff_id, "username": person.username, "name": person.name,
                      "password": person.password, "role": person.role,
                      "venue_id": person.venue, "token": token, "wecom_userid": person.chat_id})
    kiosk_token = services.demo.kiosk_token(1)
    members = services.demo.member_tokens(1)
    shop = world.meituan.shops[0]
    return {
        "web": web, "sandbox": sandbox, "docs": f"{web}/docs",
        "kiosk_page": f"{web}/kiosk#token={kiosk_token}", "desk_page": f"{web}/desk",
        "chat_page": f"{sandbox}/chat", "staff": staff,
        "kiosk": {"venue_id": 1, "token": kiosk_token},
        "members": members,
        "platforms": {
            "meituan": {"developerId": world.meituan.developer_id,
                        "signKey": world.meituan.sign_key, "appAuthToken": shop.app_auth_token,
                        "customerAppAuthToken": world.meituan.customer.app_auth_token,
                        "authCode": shop.auth_code, "refreshToken": shop.refresh_token},
            "douyin": {"client_key": world.douyin.client_key,
                       "client_secret": world.douyin.client_secret,
                       "account_id": world.douyin.account_id,
                       "poi_id": world.douyin.pois[0].poi_id},
            "wecom": {"corpid": world.wecom.corpid, "agentid": str(world.wecom.agentid),
                      "secret": world.wecom.secret, "token": world.wecom.token,
                      "aes_key": world.wecom.aes_key},
            "wechat_mini": {"appid": world.wechat_mini.appid, "secret": world.wechat_mini.secret,
                            "template_id": world.wechat_mini.template_id,
                            "login_code": _login_code(world, "wechat_mini")},
            "douyin_mini": {"appid": world.douyin_mini.appid, "secret": world.douyin_mini.secret,
                            "template_id": world.douyin_mini.template_id,
                            "login_code": _login_code(world, "douyin_mini")},
        },
        "codes": {**_codes(services, world, staff), **_own_codes(services, staff, members)},
    }


def _own_codes(services: Services, staff: list[dict[str, Any]],
               members: list[dict[str, str]]) -> dict[str, str]:
    """The pricing demo, filled by its owner."""
    tokens = [next(one["token"] for one in staff if one["role"] == "admin"),
              *(one["token"] for one in members)]
    owner, *buyers = (actor for actor in map(services.sign_in.recognise, tokens)
                      if actor is not None)
    return demo_offers.fill(services, owner, buyers)


def _codes(services: Services, world: World, staff: list[dict[str, Any]]) -> dict[str, str]:
    """A fresh code for every interesting case, bought from the sandbox now."""
    codes: dict[str, str] = {}
    today = business_day(services.clock.now())
    for name, platform, wish in SAMPLES:
        order = {"platform": platform, "phone": SAMPLE_PHONE, **wish}
        if "expires" in order:
            order["expires"] = (today + timedelta(days=order["expires"])).isoformat()
        bought = _control(world, "POST", "/_sandbox/orders", order)["certificates"][0]
        codes[name] = bought["code"]
        if name == "refunded":
            _control(world, "POST", "/_sandbox/refunds",
                     {"certificate_id": bought["certificate_id"]})
    clerk = next(person for person in staff if person["role"] == "manager")
    actor = services.sign_in.staff_actor(clerk["id"], "api")
    if actor is not None:
        services.redeem.at_once(RedeemRequest(code=codes["used"], phone=SAMPLE_PHONE), actor)
    return codes


def _login_code(world: World, platform: str) -> str:
    try:
        return str(_control(world, "POST", "/_sandbox/login-codes",
                            {"platform": platform, "phone": SAMPLE_PHONE})["code"])
    except requests.HTTPError:
        return ""


def _control(world: World, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = requests.request(method, world.base_url + path, json=body, timeout=10)
    answer.raise_for_status()
    content: dict[str, Any] = answer.json()
    return content
