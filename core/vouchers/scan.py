"""Read whatever was scanned, typed or pasted: a code of somebody's, or the reason why not.

The first step of a redemption (design section 3). Nothing is fetched here and nothing reaches a
platform before it has passed here. The work is bounded: longer texts are refused before any
pattern runs, and the patterns are linear.

The readers are asked in this order, and the first that knows the text answers: a member's pass,
JSON, other schemes (Wi-Fi, payment, scripts), links, nothing but a code, a code in a message.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from urllib.parse import unquote

from core.ids import clean_code, mask_code
from core.vouchers import codes, links, scanned_text
from core.vouchers.reading import (
    DOUYIN,
    MANUAL,
    MEITUAN,
    OWN,
    Candidate,
    Form,
    Reading,
    Reason,
    Unreadable,
)

__all__ = ["PASS_PREFIX", "Candidate", "Form", "Reading", "Reason", "Unreadable", "read"]

PASS_PREFIX = "hxp:"
"""Stands before a member's rotating pass, so that it is never taken for a voucher."""

_PASS = re.compile(r"hxp:([A-Za-z0-9_.-]{16,300})", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):(//)?")
_PAYMENT_SCHEMES = frozenset({"wxp", "alipay", "alipays", "alipayqr", "upwallet"})
_APP_SCHEMES = frozenset({"imeituan", "meituan", "dianping", "snssdk1128", "aweme", "douyin"})
_SCRIPT_SCHEMES = frozenset({"javascript", "vbscript", "data", "file", "about"})
_OTHER_QR = {
    "wifi": "wifi", "begin": "contact", "mecard": "contact", "weixin": "contact",
    "mqqapi": "contact", "sms": "message", "smsto": "message", "mailto": "message",
    "matmsg": "message", "geo": "place", "otpauth": "sign_in",
}  # fmt: skip
_BARE_LINK = re.compile(r"(?:[A-Za-z0-9_-]+\.)+[A-Za-z]{2,24}(?::\d{1,5})?(?:/\S*)?")
_CODE_PARAMETERS = frozenset({"code", "vouchercode", "voucher_code"})
_LONGEST_HOST_SHOWN = 80

_PLATFORM_NAMES = (
    (DOUYIN, re.compile("抖音|douyin", re.IGNORECASE)),
    (MEITUAN, re.compile("美团|点评|meituan|dianping", re.IGNORECASE)),
)
_MAYBE_MANUAL = frozenset({
    Reason.WRONG_LENGTH, Reason.NOT_A_CODE, Reason.OWN_CODE_TYPO, Reason.ORDER_NUMBER,
    Reason.PRODUCT_BARCODE,
})  # fmt: skip
_MANUAL_CODE = re.compile(r"[0-9A-Z]{4,32}")


def read(
    text: str | bytes,
    *,
    platform: str | None = None,
    short_link_hosts: Set[str] = links.DOUYIN_SHORT_HOSTS,
    own_hosts: Set[str] = frozenset(),
) -> Reading | Unreadable:
    """What a text is. Never raises, asks nobody.

    `platform`: the caller's choice, where a route or button names one; candidates of others are
    dropped. With "manual" any short code is taken: a clerk reads it from the merchant's app.
    Entries of the host sets are `name` (usual ports; http becomes https) or `name:port`. A
    listed host of Meituan's stays a page without a code: its QR codes hold plain digits.
    """
    if len(text) > scanned_text.LONGEST * (4 if isinstance(text, bytes) else 1):
        return Unreadable(Reason.TOO_LONG)
    folded = scanned_text.fold(scanned_text.decode(text) if isinstance(text, bytes) else text)
    if folded is None:
        return Unreadable(Reason.UNREADABLE)
    if not folded:
        return Unreadable(Reason.EMPTY)
    if len(folded) > scanned_text.LONGEST:
        return Unreadable(Reason.TOO_LONG)
    reader = _Reader(short_link_hosts, own_hosts)
    result = reader.read(folded)
    if isinstance(result, Unreadable) and (once := scanned_text.fed_once(folded)) != folded:
        result = reader.read(once)
    if isinstance(result, Reading):
        result = _narrowed(result, folded)
    return result if platform is None else _chosen(result, platform, folded)


@dataclass(frozen=True, slots=True)
class _Reader:
    short_link_hosts: Set[str]
    own_hosts: Set[str]

    def read(self, text: str) -> Reading | Unreadable:
        """A folded text of any kind."""
        if text[0] in "{[":
            payload = scanned_text.payload(text)
            if payload is not None:
                return self._payload(payload)
            if text[0] == "{":
                return Unreadable(Reason.UNREADABLE)
        scanned = scanned_text.without_symbology(text)
        if scanned.retail and scanned.text.isdigit():
            return Unreadable(Reason.PRODUCT_BARCODE)
        return self._plain(scanned.text)

    def _payload(self, payload: scanned_text.Payload) -> Reading | Unreadable:
        found = [
            _encrypted(value) for object_id in payload.object_ids
            if (value := links.as_object_id(object_id))
        ]  # fmt: skip
        if found:
            return codes.the_one(found)
        # JSON may spell control and invisible characters as escapes: fold what it holds.
        folded = [scanned_text.fold(text) for text in payload.texts]
        results = [self._plain(t) if t else Unreadable(Reason.UNREADABLE) for t in folded]
        found = [result for result in results if isinstance(result, Reading)]
        if found:
            return codes.the_one(found)
        refused = [result for result in results if isinstance(result, Unreadable)]
        return refused[0] if refused else Unreadable(Reason.NOT_A_CODE)

    def _plain(self, text: str) -> Reading | Unreadable:
        return (
            _by_scheme(text)
            or self._by_links(text)
            or codes.alone(text)
            or codes.within(text)
            or Unreadable(Reason.NOT_A_CODE)
        )

    def _by_links(self, text: str) -> Reading | Unreadable | None:
        text = links.completed(links.retyped(text), self.short_link_hosts | self.own_hosts)
        if _BARE_LINK.fullmatch(text):
            text = f"http://{text}"
        results = [self._link(url) for url in links.find(text)]
        if not results:
            return None
        found = [result for result in results if isinstance(result, Reading)]
        if found:
            return codes.the_one(found)
        refused = [result for result in results if isinstance(result, Unreadable)]
        for result in refused:
            if result.reason in (Reason.PAYMENT_CODE, Reason.PRIVATE_LINK, Reason.UNSAFE_LINK):
                return result
        return codes.labelled(links.without_links(text)) or refused[0]

    def _link(self, url: str) -> Reading | Unreadable:
        link = links.parse(url)
        if link is None:
            return Unreadable(Reason.UNSAFE_LINK)
        if link.is_at(self.own_hosts):
            return _own_link(link)
        listed = link.is_at(self.short_link_hosts) and not links.is_meituan(link)
        if listed and links.is_voucher_path(link):
            object_id = links.object_id(link)
            if object_id:
                return _encrypted(object_id)
            target = link.url(self.short_link_hosts)
            return Reading((Candidate(DOUYIN, Form.SHORT_LINK, target),), f"{link.host}/…")
        if links.is_private(link.host):
            return Unreadable(Reason.PRIVATE_LINK)
        if link.port not in (None, 80, 443):
            return Unreadable(Reason.UNSAFE_LINK)
        return _foreign_link(link)


def _by_scheme(text: str) -> Reading | Unreadable | None:
    match = _SCHEME.match(text)
    scheme = match.group(1).lower() if match else ""
    if match is None or scheme in ("http", "https"):
        return None
    if scheme == PASS_PREFIX[:-1]:
        found = _PASS.fullmatch(text)
        if found is None:
            return Unreadable(Reason.UNREADABLE)
        return Reading((Candidate(OWN, Form.PASS, found.group(1)),), PASS_PREFIX + "…")
    if scheme in _PAYMENT_SCHEMES or text.lower().startswith("weixin://wxpay"):
        return Unreadable(Reason.PAYMENT_CODE, {"kind": "collect"})
    if scheme in _OTHER_QR:
        return Unreadable(Reason.OTHER_QR, {"kind": _OTHER_QR[scheme]})
    if scheme == "tel":
        return Unreadable(Reason.PHONE_NUMBER)
    if scheme in _APP_SCHEMES:
        return Unreadable(Reason.NO_CODE_IN_LINK)
    if scheme in _SCRIPT_SCHEMES or match.group(2):
        return Unreadable(Reason.UNSAFE_LINK)
    return None


def _own_link(link: links.Link) -> Reading | Unreadable:
    """A slip's QR may be a page of ours that ends in, or asks with, one of our codes."""
    pairs = (pair.partition("=") for pair in link.query.split("&"))
    values = [unquote(value) for name, _, value in pairs if name.lower() in _CODE_PARAMETERS]
    for value in (*values, unquote(link.path.rstrip("/").rpartition("/")[2])):
        reading = codes.own(value)
        if reading:
            return reading
    return Unreadable(Reason.OWN_LINK)


def _foreign_link(link: links.Link) -> Reading | Unreadable:
    if links.is_douyin(link):
        object_id = links.object_id(link)
        if object_id:
            return _encrypted(object_id)
        damaged = links.names_object_id(link)
        return Unreadable(Reason.UNREADABLE if damaged else Reason.NO_CODE_IN_LINK)
    if links.is_meituan(link):
        return Unreadable(Reason.NO_CODE_IN_LINK)
    if links.is_wallet(link):
        return Unreadable(Reason.PAYMENT_CODE, {"kind": "collect"})
    if links.is_contact(link):
        return Unreadable(Reason.OTHER_QR, {"kind": "contact"})
    return Unreadable(Reason.OTHER_SHOP_LINK, {"host": link.host[:_LONGEST_HOST_SHOWN]})


def _encrypted(object_id: str) -> Reading:
    candidate = Candidate(DOUYIN, Form.ENCRYPTED_DATA, object_id)
    return Reading((candidate,), mask_code(object_id))


def _narrowed(reading: Reading, text: str) -> Reading:
    """Twelve digits fit two platforms; the text around them may name the right one."""
    named = {platform for platform, name in _PLATFORM_NAMES if name.search(text)}
    kept = tuple(c for c in reading.candidates if c.platform in named)
    return Reading(kept, reading.shown) if kept else reading


def _chosen(result: Reading | Unreadable, platform: str, text: str) -> Reading | Unreadable:
    """The result for the one platform that the caller asked for."""
    if platform == MANUAL:
        return _manual(result, text)
    if isinstance(result, Unreadable):
        return result
    kept = tuple(c for c in result.candidates if c.platform == platform)
    if kept:
        return Reading(kept, result.shown)
    names = [c.platform for c in result.candidates]
    return Unreadable(Reason.WRONG_PLATFORM, {"platforms": names})


def _manual(result: Reading | Unreadable, text: str) -> Reading | Unreadable:
    code = clean_code(text)
    if isinstance(result, Reading):
        if result.candidates[0].form not in (Form.CODE, Form.OWN_CODE):
            return Unreadable(Reason.NOT_A_CODE)
        code = result.candidates[0].value
    elif result.reason not in _MAYBE_MANUAL or not _MANUAL_CODE.fullmatch(code):
        return result
    return Reading((Candidate(MANUAL, Form.CODE, code),), mask_code(code))
