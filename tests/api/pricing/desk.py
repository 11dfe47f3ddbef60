"""The photo shop of `tests.services.pricing`, spoken to over the REST door."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient

from core.services.actor import Actor
from tests.services.pricing.photo_shop import PhotoShop
from tests.web import rest_of


class Desk:
    """A client of the door; each actor of the shop has a token."""

    def __init__(self, shop: PhotoShop) -> None:
        self.shop = shop
        self.client: FlaskClient = rest_of(shop.services).test_client()
        self._tokens: dict[tuple[str, int], str] = {}

    def token(self, actor: Actor) -> str:
        who = (actor.kind, actor.id)
        if who not in self._tokens:
            sign_in = self.shop.services.sign_in
            with self.shop.services.store.connection():
                opened = (sign_in.open_for_staff(actor.id, "api") if actor.kind == "staff" else
                          sign_in.open_for_kiosk(actor.id) if actor.kind == "kiosk" else
                          sign_in.open_for_member(actor.id, None, "mini"))
            self._tokens[who] = opened.token
        return self._tokens[who]

    def call(self, method: str, path: str, body: Any = None, *, as_: Actor | None = None,
             key: str | None = None, language: str = "zh", **query: Any) -> Any:
        """The answer's envelope; `status` is in its `code`."""
        headers = {"Accept-Language": language}
        if as_ is not None:
            headers["Authorization"] = f"Bearer {self.token(as_)}"
        if key is not None:
            headers["Idempotency-Key"] = key
        answer = self.client.open(f"/api/pricing{path}", method=method, json=body,
                                  headers=headers, query_string=query)
        envelope = json.loads(answer.get_data())
        assert envelope["code"] == answer.status_code, envelope
        return envelope

    def get(self, path: str, as_: Actor, **query: Any) -> Any:
        return self._good(self.call("GET", path, as_=as_, **query))

    def post(self, path: str, body: Any, as_: Actor, *, key: str | None = None) -> Any:
        return self._good(self.call("POST", path, body, as_=as_, key=key))

    def put(self, path: str, body: Any, as_: Actor, *, key: str | None = None) -> Any:
        return self._good(self.call("PUT", path, body, as_=as_, key=key))

    def delete(self, path: str, as_: Actor) -> Any:
        return self._good(self.call("DELETE", path, as_=as_))

    @staticmethod
    def _good(envelope: Any) -> Any:
        assert envelope["code"] == 200, envelope
        return envelope["data"]

    def refusal(self, method: str, path: str, body: Any = None, *, as_: Actor,
                **more: Any) -> tuple[int, str]:
        """(status, error word) of a request that must be refused."""
        envelope = self.call(method, path, body, as_=as_, **more)
        assert envelope["code"] >= 400, envelope
        return envelope["code"], envelope["error"]


def cart(*products: tuple[str, int], **more: Any) -> dict[str, Any]:
    """A cart's body."""
    return {"products": [{"productType": kind, "quantity": count} for kind, count in products],
            **more}
