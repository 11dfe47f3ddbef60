"""查, 券码: a ticket or a code, looked at and left alone."""

from __future__ import annotations

from bot import showing
from bot.commands.confirm import named, ticket_and_rest
from bot.commands.gate import NOT_LOOKED_AT
from bot.commands.own_codes import of_own_code
from bot.commands.redeem import GUESSES, look, parts
from bot.incoming import Reply, Say, lines
from bot.router import command
from core.errors import NotFound, VoucherError
from core.services.actor import Role
from core.services.staff_words import Words
from core.vouchers import owncode


@command("查", "查券", "查询", "find", "lookup", "check", role=Role.CLERK, takes_text=True,
         usage=("查 H0372", "find H0372"), english="Look at a ticket or a code, change nothing")
def find(say: Say) -> Reply:
    """看一单或一张券，不动它"""
    if not say.text:
        return Reply(Words("查哪张？发单号或券码，比如“查 H0372”",
                           "Which one? Send a ticket or a code, such as “find H0372”"))
    if say.services.visits.is_pass(say.text):
        return Reply(NOT_LOOKED_AT)
    ticket = ticket_and_rest(say.text)
    if ticket is not None and not ticket[1]:
        return Reply(showing.redemption(named(say, ticket[0])))
    return of_code(say, say.text)


def of_code(say: Say, code: str) -> Reply:
    """A code: our own book first, then the platform, which is only asked."""
    try:
        return Reply(showing.redemption(named(say, code)))
    except NotFound:
        pass
    who = f"staff\n{say.actor.id}"
    say.services.attempts.check("lookup", who)
    try:
        found = say.services.redeem.inspect(code, say.actor)
    except VoucherError as error:
        if error.word in GUESSES:
            say.services.attempts.failed("lookup", who)
        if error.word == "own_code":
            return of_own_code(say, code)
        raise
    return Reply(lines(*map(showing.certificate, found.certificates)))


@command("券码", "优惠码", "code", role=Role.CLERK, takes_text=True,
         usage=("券码 K7M4 9XRT 2AHC", "code K7M4 9XRT 2AHC"),
         english="How a discount code of ours stands")
def own_code(say: Say) -> Reply:
    """看一个优惠码现在能不能用，不动它"""
    if not say.text:
        return Reply(Words("查哪个？比如“券码 K7M4 9XRT 2AHC”",
                           "Which one? For example “code K7M4 9XRT 2AHC”"))
    if owncode.nearly(owncode.normalise(parts(say.text)[0])):
        return of_own_code(say, say.text)
    return look(say, say.text)  # an order's "券码：1234567890", pasted as it stands
