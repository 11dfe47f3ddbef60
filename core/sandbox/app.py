"""The sandbox as one Flask app: both platforms, WeChat, WeCom, and the controls.

Serve it with threads (a hanging fault holds one for its delay) and in ONE process:

    create_sandbox(World.load(path), "var/sandbox.db")
"""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.json.provider import DefaultJSONProvider

from core.sandbox.chat.media import MediaShelf, media_blueprint
from core.sandbox.chat.routes import chat_blueprint
from core.sandbox.chat.talk import Talk
from core.sandbox.controls import control_blueprint
from core.sandbox.douyin import mini as douyin_mini
from core.sandbox.douyin import tokens as douyin_tokens
from core.sandbox.douyin.access import Access
from core.sandbox.douyin.cancel import cancel_blueprint
from core.sandbox.douyin.certificates import certificate_blueprint
from core.sandbox.douyin.orders import order_blueprint
from core.sandbox.faults import guard
from core.sandbox.meituan.customers import customer_blueprint
from core.sandbox.meituan.deals import deal_blueprint
from core.sandbox.meituan.gateway import Gateway
from core.sandbox.meituan.oauth import oauth_blueprint
from core.sandbox.meituan.receipts import receipt_blueprint
from core.sandbox.meituan.seeding import seed_tokens
from core.sandbox.phone_controls import phone_control_blueprint
from core.sandbox.phones import Phones
from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat import mini as wechat_mini
from core.sandbox.wechat import stable as wechat_tokens
from core.sandbox.wechat.access import account_of_request
from core.sandbox.wechat.official import menu_blueprint, official_blueprint
from core.sandbox.wechat.robot import robot_blueprint
from core.sandbox.wechat.wecom import wecom_blueprint
from core.sandbox.world import World


class _Json(DefaultJSONProvider):
    """Field order as written, Chinese as it is: easier to read beside the documentation."""

    sort_keys = False
    ensure_ascii = False


def create_sandbox(world: World, ledger_path: str | None = None) -> Flask:
    """The sandbox of a world over a ledger file (None keeps it in memory)."""
    app = Flask(__name__, static_folder="static", static_url_path="/_sandbox/static")
    app.json = _Json(app)
    sandbox = Sandbox.open(world, ledger_path)
    app.extensions["sandbox"] = sandbox
    app.extensions["sandbox_ledger"] = sandbox.ledger
    app.extensions["sandbox_account_of"] = lambda: account_of_request(sandbox)
    seed_tokens(sandbox)
    guard(app, sandbox.ledger, sandbox.faults)
    for blueprint in _blueprints(sandbox):
        app.register_blueprint(blueprint)
    sandbox.courier.resume()
    return app


def _blueprints(sandbox: Sandbox) -> list[Blueprint]:
    access, gateway = Access(sandbox), Gateway(sandbox)
    talk, shelf, phones = Talk(sandbox.ledger), MediaShelf(), Phones(sandbox.ledger)
    return [
        control_blueprint(sandbox), phone_control_blueprint(sandbox, phones),
        douyin_tokens.token_blueprint(sandbox), certificate_blueprint(sandbox, access),
        cancel_blueprint(sandbox, access), order_blueprint(sandbox, access),
        douyin_mini.mini_blueprint(sandbox, phones),
        receipt_blueprint(sandbox, gateway), oauth_blueprint(sandbox, gateway),
        customer_blueprint(sandbox, gateway), deal_blueprint(sandbox, gateway),
        wecom_blueprint(sandbox, talk), robot_blueprint(sandbox, talk),
        official_blueprint(sandbox, talk), menu_blueprint(sandbox),
        wechat_tokens.token_blueprint(sandbox), wechat_mini.mini_blueprint(sandbox, phones),
        chat_blueprint(sandbox, talk, shelf), media_blueprint(sandbox, shelf)]
