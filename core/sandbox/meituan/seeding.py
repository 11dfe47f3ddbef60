"""The tokens of a fresh world (meituan.md 2.3): access 30 days, refresh 35 days.

Sandbox choice: the authorisation codes of the world file wait until they are used once; codes
from the authorisation page live 10 minutes.
"""

from __future__ import annotations

from core.sandbox.sandbox import Sandbox
from core.sandbox.world import MeituanCustomer, MeituanShop

DAY = 86400
ACCESS_LIFETIME, REFRESH_LIFETIME = 30 * DAY, 35 * DAY
CODE_LIFETIME = 600
FOR_EVER = 100 * 365 * DAY


def seed_tokens(sandbox: Sandbox) -> None:
    """Issue the world's tokens, once per ledger."""
    tokens = sandbox.tokens
    customer = sandbox.world.meituan.customer
    with sandbox.ledger.change():
        accounts: list[tuple[MeituanShop | MeituanCustomer, str]] = [(customer, "59")]
        accounts += [(shop, "58") for shop in sandbox.world.meituan.shops]
        for account, business in accounts:
            if tokens.find(account.app_auth_token) is None:
                owner = account.op_biz_code
                tokens.issue(account.app_auth_token, owner, f"meituan{business}", ACCESS_LIFETIME)
                tokens.issue(account.refresh_token, owner, f"meituan{business}.refresh",
                             REFRESH_LIFETIME)
                tokens.issue(account.auth_code, owner, f"meituan{business}.code", FOR_EVER)
