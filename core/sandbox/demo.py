"""The demo world: one chain, two venues, eight products on each platform.

Titles, prices and ids of the catalogue are fixed, so that a demo's SKU mappings fit every run;
credentials are fresh for every world.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.sandbox.world import (
    ChatUser,
    Douyin,
    DouyinMini,
    DouyinPoi,
    Kind,
    Meituan,
    MeituanCustomer,
    MeituanShop,
    OfficialAccount,
    Platform,
    Sku,
    Webhooks,
    WechatMini,
    WeCom,
    World,
)

BINJIANG, CHENGXI = 1, 2
BOTH = (BINJIANG, CHENGXI)

_GOODS: tuple[tuple[str, Kind, str, int, int, int, tuple[int, ...]], ...] = (
    ("month_card", "card", "健身月卡 30 天", 199_00, 299_00, 1, BOTH),
    ("season_card", "card", "健身季卡 90 天", 499_00, 799_00, 1, BOTH),
    ("renewal", "renewal", "月卡续费 30 天", 189_00, 299_00, 1, BOTH),
    ("lessons", "lessons", "私教课 10 节", 1280_00, 2000_00, 1, BOTH),
    ("class", "class", "团课单次体验", 39_90, 88_00, 1, BOTH),
    ("times_card", "times_card", "健身次卡 10 次", 268_00, 480_00, 10, BOTH),
    ("west_only", "card", "城西店专享月卡 30 天", 169_00, 299_00, 1, (CHENGXI,)),
    ("unmapped", "unmapped", "运动水壶礼盒", 59_00, 99_00, 1, BOTH),
)


def demo_world(token_hex: Callable[[int], str] = secrets.token_hex, *,
               sandbox_url: str = "http://127.0.0.1:8001",
               web_url: str = "http://127.0.0.1:8000") -> World:
    """A chain with 滨江店 (venue 1) and 城西店 (venue 2) under fresh credentials.

    `token_hex(n)` gives 2n hexadecimal characters; tests hand in a fixed one.
    """
    return World(
        base_url=sandbox_url,
        meituan=_meituan(token_hex, web_url),
        douyin=Douyin(
            client_key="aw" + token_hex(7), client_secret=token_hex(16),
            account_id="7126518681177163816", account_name="青屿健身",
            pois=(DouyinPoi(BINJIANG, "6601131117030606851", "青屿健身（滨江店）",
                            "江南大道 88 号"),
                  DouyinPoi(CHENGXI, "6601131117030606852", "青屿健身（城西店）",
                            "文二西路 7 号")),
            cipher_key=token_hex(16)),
        wecom=WeCom(
            corpid="ww" + token_hex(8), agentid=1000002, secret=token_hex(22)[:43],
            token=token_hex(12), aes_key=token_hex(22)[:43], robot_keys=(_uuid(token_hex),),
            users=(ChatUser("linxiaoman", "林小满", "前台，滨江店"),
                   ChatUser("meixue", "梅雪", "店长，滨江店"),
                   ChatUser("chenchen", "陈晨", "前台，城西店"),
                   ChatUser("laoli", "老李", "老板"),
                   ChatUser("zhoujiaolian", "周教练", "还没绑定"))),
        official=OfficialAccount(
            appid="wx" + token_hex(8), secret=token_hex(16), token=token_hex(12),
            aes_key=token_hex(22)[:43], template_id=token_hex(22)[:43],
            followers=(ChatUser("o" + token_hex(14)[:27], "林知夏", "会员"),
                       ChatUser("o" + token_hex(14)[:27], "小王", "店员，公众号"))),
        wechat_mini=WechatMini(
            appid="wx" + token_hex(8), secret=token_hex(16), template_id=token_hex(22)[:43],
            pages=("pages/index/index", "pages/continue/index", "pages/pass/index",
                   "pages/redemption/index", "pages/bookings/index")),
        douyin_mini=DouyinMini(
            appid="tt" + token_hex(8), secret=token_hex(20), template_id="MSG" + token_hex(16),
            phone_private_key=_private_key()),
        skus=(*_catalogue("meituan", "9000001{:02}", "7000001{:02}"),
              *_catalogue("douyin", "17912800000001{:02}", "17912700000001{:02}")),
        webhooks=Webhooks(
            meituan=f"{web_url}/callbacks/meituan", douyin=f"{web_url}/callbacks/douyin",
            wecom=f"{web_url}/callbacks/wecom", official=f"{web_url}/callbacks/wechat"))


def _meituan(token_hex: Callable[[int], str], web_url: str) -> Meituan:
    def shop(venue: int, name: str, address: str) -> MeituanShop:
        return MeituanShop(
            venue=venue, name=name, address=address, city="杭州", poi_id=600_100_000 + venue,
            op_poi_id=token_hex(16), op_biz_code=token_hex(16),
            app_auth_token="V2-" + token_hex(32), refresh_token="V2-" + token_hex(32),
            auth_code=token_hex(16))

    return Meituan(
        developer_id="1" + str(int(token_hex(3), 16) % 100_000).zfill(5),
        sign_key=token_hex(16),
        shops=(shop(BINJIANG, "青屿健身（滨江店）", "江南大道 88 号"),
               shop(CHENGXI, "青屿健身（城西店）", "文二西路 7 号")),
        customer=MeituanCustomer(
            name="青屿健身", op_biz_code=token_hex(16), app_auth_token="V2-" + token_hex(32),
            refresh_token="V2-" + token_hex(32), auth_code=token_hex(16)),
        redirect_url=f"{web_url}/callbacks/meituan/auth")


def _catalogue(platform: Platform, deal: str, group: str) -> list[Sku]:
    return [Sku(platform=platform, key=key, kind=kind, title=title, deal_id=deal.format(number),
                group_id=group.format(number), paid_fen=paid, original_fen=original, uses=uses,
                valid_days=90, venues=venues)
            for number, (key, kind, title, paid, original, uses, venues) in enumerate(_GOODS, 1)]


def _uuid(token_hex: Callable[[int], str]) -> str:
    text = token_hex(16)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()
