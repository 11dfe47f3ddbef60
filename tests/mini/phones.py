"""A member's phone with one of the mini-programs open."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.builders import Chain

HERE = "/api/v1/mini"


@dataclass
class Phone:
    """Its platform's side is played by the sandbox."""

    app: Flask
    chain: Chain
    platform: str = "wechat"
    openid: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        self.openid = self.openid or f"o-{secrets.token_hex(6)}"

    @property
    def kind(self) -> str:
        return f"{self.platform}_mini"

    def codes(self, number: str | None = None, **more: Any) -> dict[str, Any]:
        """Codes as `wx.login` and the phone button give them."""
        return self.chain.control("login-codes", {
            "platform": self.kind, "openid": self.openid,
            **({"phone": number} if number else {}), **more})

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "",
            **headers: str) -> TestResponse:
        """One request with this phone's token; a path that does not start with / is below
        `/api/v1/mini`."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key:
            sent["Idempotency-Key"] = key
        return self.app.test_client().open(
            path if path.startswith("/") else f"{HERE}/{path}", method=method, json=body,
            headers=sent | headers)

    def get(self, path: str) -> Any:
        """The data of a good answer."""
        return self._data(self.ask("GET", path))

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self._data(self.ask("POST", path, body or {}, **more))

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """Status and word of a refusal."""
        answer = self.ask(method, path, body, **more).get_json()
        return answer["code"], answer.get("error", "none")

    @staticmethod
    def _data(answer: TestResponse) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.get_json()["data"]

    def sign_in(self) -> Phone:
        self.token = self.post(f"{self.platform}/login", {"code": self.codes()["code"]})["token"]
        return self

    def share_number(self, number: str) -> Any:
        """Tap the phone button of a new library: a code."""
        return self.post("phone", {"code": self.codes(number)["phone_code"]})

    def sealed_number(self, number: str) -> dict[str, str]:
        """What the button of an older library gives: the number under the session key."""
        return {name: str(value) for name, value in self.chain.control(
            "encrypted-phone", {"platform": self.kind, "openid": self.openid,
                                "phone": number}).items()}
