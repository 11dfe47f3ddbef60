"""The refusals a platform may give to any call, for the fault modes of the same names."""

from __future__ import annotations

from flask import Response

from core.sandbox.douyin import envelope as douyin
from core.sandbox.meituan import envelope as meituan
from core.sandbox.wechat import envelope as wechat


def refuse(platform: str, path: str, mode: str) -> Response:
    """`mode` is rate_limited, token_expired or cancel_refused."""
    if platform == "meituan":
        if mode == "rate_limited":
            return meituan.failure("OP_LIMITATION_REJECT", "请求过于频繁")
        if mode == "token_expired":
            return meituan.unauthorised(4)
        return meituan.failure(*meituan.CANCEL_REFUSED)
    if platform == "douyin":
        if mode == "rate_limited":
            return douyin.failure(2119003, "请求太频繁")
        if mode == "token_expired":
            return douyin.failure(2190008, "access_token已过期")
        return douyin.cancel_too_late()
    if platform == "douyin_mini":
        code, text = (28006003, "rate limited") if mode == "rate_limited" else (
            28001008, "access_token expired")
        return douyin.mini_failure(code, text)
    if mode == "rate_limited":
        return wechat.failure(45009, "reach max api daily quota limit")
    return wechat.failure(42001, "access_token expired")
