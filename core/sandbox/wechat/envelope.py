"""WeChat's and WeCom's answers: `errcode` 0 is success, HTTP is always 200."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify


def success(**fields: Any) -> Response:
    return jsonify({"errcode": 0, "errmsg": "ok", **fields})


def failure(errcode: int, errmsg: str, **fields: Any) -> Response:
    return jsonify({"errcode": errcode, "errmsg": errmsg, **fields})
