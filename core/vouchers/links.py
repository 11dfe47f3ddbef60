"""Links in scanned text: taken apart, never fetched.

Shared with `core/platforms/shortlink.py`, so that what may be followed is decided once.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Set
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

DOUYIN_SHORT_HOSTS = frozenset({"v.douyin.com"})

_DOUYIN = ("douyin.com", "iesdouyin.com")
_MEITUAN = ("meituan.com", "dianping.com", "dpurl.cn")
_WALLETS = (
    "qr.alipay.com", "mobilecodec.alipay.com", "qr.95516.com", "pay.weixin.qq.com",
    "payapp.weixin.qq.com", "wx.tenpay.com",
)  # fmt: skip
_CONTACTS = ("u.wechat.com", "weixin.qq.com", "work.weixin.qq.com", "qm.qq.com")
_PRIVATE_NAMES = (
    "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp",
    "home.arpa",
)  # fmt: skip

_URL = re.compile(
    r"https?://([^\s/?#]*)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%\\]*", re.IGNORECASE
)
_TYPED_BY_IME = re.compile(r"https?:(?://|、、)[^\s/。、]*。[A-Za-z]", re.IGNORECASE)
_TRAILING = ".,;:!?)]'"
_SHORT_PATH = re.compile(r"(?:/[A-Za-z0-9_-]+)+/?")
_OBJECT_ID = re.compile(r"[A-Za-z0-9+/=_.~-]{8,2048}")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")
_LONGEST_HOST = 253
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Link:
    """An http(s) link without user name and without tricks. `port` only where written."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    def is_at(self, hosts: Set[str]) -> bool:
        """Whether `hosts` lists exactly this place.

        An entry `name` means the usual ports. An entry `name:port` (a sandbox, a page of ours
        in development) means that port.
        """
        return self._at_usual_port(hosts) or f"{self._name}:{self.port}" in hosts

    def _at_usual_port(self, hosts: Set[str]) -> bool:
        return self._name in hosts and self.port in (None, 443 if self.scheme == "https" else 80)

    @property
    def _name(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    def belongs_to(self, domains: tuple[str, ...]) -> bool:
        """Whether the host is one of the domains or lies under one."""
        return any(self.host == d or self.host.endswith("." + d) for d in domains)

    def url(self, hosts: Set[str]) -> str:
        """To be fetched: https, unless a `name:port` entry lists this place (the sandbox)."""
        query = f"?{self.query}" if self.query else ""
        if self._at_usual_port(hosts):
            return f"https://{self._name}{self.path}{query}"
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self._name}{port}{self.path}{query}"


def parse(url: str) -> Link | None:
    """Take an http(s) link apart. None for anything a browser and we might read differently.

    That is: a user name (`v.douyin.com@evil.example`), a backslash, characters outside ASCII
    (look-alike letters), a broken port, another scheme.
    """
    if not url.isascii() or "\\" in url or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        return None
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        return None
    if host.startswith("xn--") or ".xn--" in host:
        return None
    return Link(parts.scheme, host, port, parts.path, parts.query)


def find(text: str) -> list[str]:
    """The http(s) links in a folded text, each once, without the punctuation behind them."""
    return list(dict.fromkeys(m.group().rstrip(_TRAILING) for m in _URL.finditer(text)))


def without_links(text: str) -> str:
    """The text around the links."""
    return _URL.sub("\n", text)


def retyped(text: str) -> str:
    """Undo a Chinese input method that was on while a scanner gun typed a link.

    >>> retyped("https:、、v。douyin。com、abc、")
    'https://v.douyin.com/abc/'
    """
    return text.translate({ord("。"): ".", ord("、"): "/"}) if _TYPED_BY_IME.search(text) else text


def completed(text: str, hosts: Set[str]) -> str:
    """Put the scheme before a listed host that was pasted without it.

    >>> completed("v.douyin.com/abc/", DOUYIN_SHORT_HOSTS)
    'https://v.douyin.com/abc/'
    """
    if "://" in text:
        return text
    names = "|".join(re.escape(host) for host in sorted(hosts))
    if not names:
        return text
    bare = re.compile(rf"(?<![A-Za-z0-9_.@:/-])(?:{names})/", re.IGNORECASE)
    return bare.sub(lambda m: f"http{'' if ':' in m.group() else 's'}://{m.group()}", text, count=1)


def object_id(link: Link) -> str | None:
    """Douyin's `object_id`, percent-decoded once; a `+` stays a `+` (douyin.md 3.1).

    None when there is none, when two differ, or when the value is not base64-like text (one
    that was encoded twice still holds a `%`).
    """
    pairs = (pair.partition("=") for pair in link.query.split("&"))
    values = {unquote(value) for name, _, value in pairs if name == "object_id"}
    return as_object_id(values.pop()) if len(values) == 1 else None


def names_object_id(link: Link) -> bool:
    """Whether there is an `object_id` at all, sound or damaged."""
    return any(pair.startswith("object_id=") for pair in link.query.split("&"))


def as_object_id(value: str) -> str | None:
    """The value if it has the shape of an object id."""
    return value if _OBJECT_ID.fullmatch(value) else None


def is_voucher_path(link: Link) -> bool:
    """Whether a short link has something to follow. Its length is never judged."""
    return _SHORT_PATH.fullmatch(link.path) is not None


def is_private(host: str) -> bool:
    """Whether a host lies (or hides) inside somebody's own network.

    Numbers that are not a plain public address count too: nobody honest writes 127.1, 0x7f.1
    or 2130706433.
    """
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        name, _, last = host.rpartition(".")
        return (
            not name
            or _NUMERIC_LABEL.fullmatch(last) is not None
            or any(host == p or host.endswith("." + p) for p in _PRIVATE_NAMES)
        )


def is_douyin(link: Link) -> bool:
    return link.belongs_to(_DOUYIN)


def is_meituan(link: Link) -> bool:
    return link.belongs_to(_MEITUAN)


def is_wallet(link: Link) -> bool:
    return link.belongs_to(_WALLETS)


def is_contact(link: Link) -> bool:
    """A WeChat, WeCom or QQ contact or group."""
    return link.host in _CONTACTS
