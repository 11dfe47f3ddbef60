"""A click on a card: 确认, 拒绝, and 撤销 once it is redeemed."""

from __future__ import annotations

from bot import showing
from bot.commands.confirm import named
from bot.commands.undo import preview
from bot.incoming import Key, Kind, Reply, Say
from bot.phrases import sentence
from bot.router import otherwise
from core.errors import HexiaotaiError, InvalidInput
from core.services.staff_words import Words
from core.vouchers.redemption import State


@otherwise(Kind.CARD)
def clicked(say: Say) -> Reply:
    """A button of a card: role, venue and binding are those of this moment (wechat.md 4.3).

    The card itself shows what came of it, so a success needs no text of its own.
    """
    action, _, ref = say.incoming.text.partition(":")
    say.services.notify.card_clicked(say.incoming.channel, say.incoming.sender,
                                     say.incoming.task_id, say.incoming.response_code)
    if action not in ("confirm", "reject", "undo") or not ref:
        raise InvalidInput()
    try:
        if action == "undo":
            return _undo_asked(say, ref)
        if action == "confirm":
            done = say.services.redeem.confirm(
                ref, say.actor, key=Key(f"staff:{say.actor.id}", say.incoming.key))
        else:
            done = say.services.redeem.reject(ref, say.actor, "")
    except HexiaotaiError as error:
        say.services.notify.refresh_card(say.incoming.channel, say.incoming.sender,
                                         say.incoming.task_id)
        return Reply(sentence(error))
    if done.state is State.COMPLETED or done.state is State.REJECTED:
        return Reply(Words("", ""))
    return Reply(showing.redemption(done))


def _undo_asked(say: Say, ref: str) -> Reply:
    """The button of a closed card only asks: what would change, and a yes to it."""
    view = named(say, ref)
    if view.state is not State.COMPLETED:
        say.services.notify.refresh_card(say.incoming.channel, say.incoming.sender,
                                         say.incoming.task_id)
        return Reply(showing.redemption(view))
    return preview(say, view, "")
