"""Saving a callback address makes the platform knock on it first.

Douyin posts a signed challenge; WeCom sends an encrypted `echostr` that must come back decrypted
within a second; the official account sends a plain one (douyin.md 6, wechat.md 3.1). Sandbox
choice: an address that fails is kept all the same, so that a demo may start in any order.
"""

from __future__ import annotations

import json
import secrets

import requests

from core.sandbox.courier import TIMEOUT, douyin_signature
from core.sandbox.ledger import Ledger
from core.sandbox.wechat.crypto import Envelope, signature
from core.sandbox.world import World

WECOM_TIMEOUT = 1


def verify_webhook(world: World, ledger: Ledger, platform: str, url: str) -> bool | None:
    """Whether the address answered its challenge; None when the platform sends none."""
    try:
        if url and platform == "douyin":
            return _douyin(world, url)
        if url and platform == "wecom":
            return _wecom(world, url, str(int(ledger.now())))
        if url and platform == "official":
            return _official(world, url, str(int(ledger.now())))
    except (requests.RequestException, ValueError):
        return False
    return None


def _douyin(world: World, url: str) -> bool:
    challenge = secrets.randbelow(10**9)
    raw = json.dumps({"event": "verify_webhook", "client_key": world.douyin.client_key,
                      "content": {"challenge": challenge}}, separators=(",", ":")).encode()
    answer = requests.post(url, data=raw, timeout=TIMEOUT, allow_redirects=False, headers={
        "Content-Type": "application/json",
        "X-Douyin-Signature": douyin_signature(world.douyin.client_secret, raw)})
    said = answer.json()
    return answer.status_code == 200 and isinstance(said, dict) and said.get(
        "challenge") == challenge


def _wecom(world: World, url: str, now: str) -> bool:
    plain, nonce = str(secrets.randbelow(10**19)), str(secrets.randbelow(10**9))
    sealed = Envelope(world.wecom.aes_key, world.wecom.corpid).seal(plain)
    query = {"msg_signature": signature(world.wecom.token, now, nonce, sealed),
             "timestamp": now, "nonce": nonce, "echostr": sealed}
    answer = requests.get(url, params=query, timeout=WECOM_TIMEOUT, allow_redirects=False)
    return answer.status_code == 200 and answer.content == plain.encode()


def _official(world: World, url: str, now: str) -> bool:
    echo, nonce = str(secrets.randbelow(10**19)), str(secrets.randbelow(10**9))
    query = {"signature": signature(world.official.token, now, nonce), "timestamp": now,
             "nonce": nonce, "echostr": echo}
    answer = requests.get(url, params=query, timeout=TIMEOUT, allow_redirects=False)
    return answer.status_code == 200 and answer.content == echo.encode()
