"""撤销: first what it would take back, then, after a yes, the undo itself."""

from __future__ import annotations

from bot import showing
from bot.commands.confirm import named, ticket_and_rest
from bot.incoming import Key, Pending, Reply, Say, lines
from bot.phrases import say_why
from bot.router import YES, YES_OR_NO, command, step
from core.ids import new_key
from core.services.actor import Role
from core.services.redeem import RedemptionView
from core.services.staff_words import Words
from core.vouchers.redemption import State

MOST_REASON = 200


@command("撤销", "退券", "undo", "revoke", role=Role.CLERK, takes_text=True,
         usage=("撤销 H0372 点错了", "undo H0372 by mistake"), english="Take a redemption back")
def undo(say: Say) -> Reply:
    """撤回一次核销，券回到未核销"""
    ticket = ticket_and_rest(say.text)
    if ticket is not None:
        return preview(say, named(say, ticket[0]), ticket[1])
    if say.text:
        code, _, reason = say.text.partition(" ")
        return preview(say, named(say, code), reason.strip())
    last = _my_last(say)
    if last is None:
        return Reply(Words("你最近没有能撤的。回“撤销 单号”指定一单，进店记错了回“撤销进店”",
                           "Nothing of yours to undo. Say “undo TICKET”, or “undo visit” for a "
                           "visit"))
    return preview(say, last, "")


def _my_last(say: Say) -> RedemptionView | None:
    """The last redemption this person confirmed here, while it may still be undone."""
    page = say.services.redeem.listed(say.actor, state=State.COMPLETED,
                                      venue_id=say.actor.venue_id)
    return next((view for view in page["items"] if view.confirmed_by is not None
                 and view.confirmed_by.id == say.actor.id and view.undo.possible), None)


def preview(say: Say, view: RedemptionView, reason: str) -> Reply:
    """What would change; nothing has changed yet."""
    found = say.services.redeem.undo_preview(view.ref, say.actor)
    if not found.allowed:
        return Reply(say_why(found.why_not or "not_redeemed", {"ticket": view.ticket},
                             view.platform))
    if found.needs_reason and not reason:
        number = showing.short(view.ticket)
        return Reply(lines(
            Words("已经用过了，撤要写原因", "It has been used; an undo needs a reason"),
            Words(f"回“撤销 {number} 原因”", f"Say “undo {number} REASON”")))
    return Reply(showing.undo_preview(view, found),
                 Pending("undo", new_key(), {"ref": view.ref, "reason": reason[:MOST_REASON]}),
                 taps=YES_OR_NO)


@step("undo")
def do_undo(say: Say, asked: Pending, answer: str) -> Reply | None:
    """The key was made with the preview, so that two yeses undo once."""
    if answer != YES:
        return None
    view = say.services.redeem.undo(asked.args["ref"], say.actor, asked.args["reason"],
                                    key=Key(f"staff:{say.actor.id}", asked.key))
    if view.state is State.COMPLETED and view.error is not None:
        return Reply(say_why(view.error.error, view.error.facts, view.platform), done=True)
    return Reply(showing.redemption(view), done=True)
