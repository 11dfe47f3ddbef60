"""What exists in the sandbox before the first order: accounts, shops, users and a catalogue.

A `World` is plain data. A demo keeps it as a JSON file (readable by its owner only), so that a
restart meets the same shops under the same credentials. Nothing here is a real credential.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

Platform = Literal["meituan", "douyin"]
Kind = Literal["card", "renewal", "lessons", "class", "times_card", "unmapped"]
"""What a shop would map the SKU to; "unmapped" is one it has forgotten to map."""


@dataclass(frozen=True)
class MeituanShop:
    """One shop that has authorised the developer for businessId 58; its token names it."""

    venue: int
    name: str
    address: str
    city: str
    poi_id: int
    op_poi_id: str
    op_biz_code: str
    app_auth_token: str
    refresh_token: str
    auth_code: str


@dataclass(frozen=True)
class MeituanCustomer:
    """The chain behind the shops, authorised for businessId 59 (orders and shop list)."""

    name: str
    op_biz_code: str
    app_auth_token: str
    refresh_token: str
    auth_code: str


@dataclass(frozen=True)
class Meituan:
    """`redirect_url` is where the authorisation page sends the merchant back to."""

    developer_id: str
    sign_key: str
    shops: tuple[MeituanShop, ...]
    customer: MeituanCustomer
    redirect_url: str


@dataclass(frozen=True)
class DouyinPoi:
    """One Douyin store of the merchant account."""

    venue: int
    poi_id: str
    name: str
    address: str


@dataclass(frozen=True)
class Douyin:
    """`cipher_key` (hex, 16 bytes) is the platform's own: it makes the coupon ciphertexts."""

    client_key: str
    client_secret: str
    account_id: str
    account_name: str
    pois: tuple[DouyinPoi, ...]
    cipher_key: str


@dataclass(frozen=True)
class ChatUser:
    """A person in a chat app: a WeCom member (userid) or a follower (openid)."""

    userid: str
    name: str
    title: str


@dataclass(frozen=True)
class WeCom:
    """One self-built app of one corporation, and its group robots by key."""

    corpid: str
    agentid: int
    secret: str
    token: str
    aes_key: str
    users: tuple[ChatUser, ...]
    robot_keys: tuple[str, ...]


@dataclass(frozen=True)
class OfficialAccount:
    """A WeChat official account in safe mode."""

    appid: str
    secret: str
    token: str
    aes_key: str
    template_id: str
    followers: tuple[ChatUser, ...]


@dataclass(frozen=True)
class WechatMini:
    appid: str
    secret: str
    template_id: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class DouyinMini:
    """`phone_private_key` (PEM) belongs to the app; the platform encrypts for its public half."""

    appid: str
    secret: str
    template_id: str
    phone_private_key: str


@dataclass(frozen=True)
class Sku:
    """Something on sale. `deal_id` is Meituan's package id or Douyin's sku_id, as text."""

    platform: Platform
    key: str
    kind: Kind
    title: str
    deal_id: str
    group_id: str
    paid_fen: int
    original_fen: int
    uses: int
    valid_days: int
    venues: tuple[int, ...]


@dataclass(frozen=True)
class Webhooks:
    """Where each platform sends its callbacks until PUT /_sandbox/webhooks says otherwise."""

    meituan: str
    douyin: str
    wecom: str
    official: str


@dataclass(frozen=True)
class World:
    """Everything that exists before the first order."""

    base_url: str
    meituan: Meituan
    douyin: Douyin
    wecom: WeCom
    official: OfficialAccount
    wechat_mini: WechatMini
    douyin_mini: DouyinMini
    skus: tuple[Sku, ...]
    webhooks: Webhooks

    def sku(self, platform: str, key: str) -> Sku | None:
        """The SKU of a platform by its key, deal id or sku id."""
        return next((sku for sku in self.skus
                     if sku.platform == platform and key in (sku.key, sku.deal_id)), None)

    def save(self, path: Path) -> None:
        """Write as JSON that only the owner can read (mode 0600)."""
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(opened, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)

    @classmethod
    def load(cls, path: Path) -> World:
        """Read what `save` wrote. Raises OSError, ValueError, KeyError or TypeError."""
        world = _build(cls, json.loads(path.read_text(encoding="utf-8")))
        assert isinstance(world, cls)
        return world


def _build(kind: Any, value: Any) -> Any:
    """Nested dataclasses from what json.load gives back."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{field.name: _build(hints[field.name], value[field.name])
                       for field in fields(kind)})
    if isinstance(value, list):
        return tuple(_build(get_args(kind)[0], item) for item in value)
    return value
