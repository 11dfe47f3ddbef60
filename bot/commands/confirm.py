"""确认, 拒绝, 取消, 待办: answering what waits, in words."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import showing
from bot.incoming import Key, Pending, Reply, Say, lines
from bot.phrases import NOTHING_PENDING
from bot.router import YES, command, go_on, step
from core.errors import InvalidInput
from core.ids import new_key
from core.services.actor import Role
from core.services.redeem import RedemptionView
from core.services.staff_words import Words
from core.vouchers.redemption import State

_TICKET_FIRST = re.compile(r"(H[\s-]?\d{4}|\d{4}|R[0-9A-Z]{16})(?![0-9A-Za-z])\s*(.*)",
                           re.IGNORECASE | re.DOTALL)
MOST_SHOWN = 10
MOST_BOOKS = 100
"""Days of the books that are looked through, the newest."""
MOST_REASON = 200


def ticket_and_rest(text: str) -> tuple[str, str] | None:
    """`H 0373 要本人来` as ticket and reason; None when it does not start with a ticket."""
    found = _TICKET_FIRST.match(text.strip())
    if found is None:
        return None
    return found[1].replace("-", " "), found[2].lstrip(" ，,:：").strip()


def named(say: Say, text: str) -> RedemptionView:
    """The redemption a ticket, reference or code names. Raises NotFound."""
    return say.services.redeem.find(text, say.actor)


def _waiting(say: Say) -> list[RedemptionView]:
    """Who waits at the venue this person works in."""
    return say.services.redeem.waiting(say.actor, say.actor.venue_id)


@command("确认", "是", "是的", "好", "好的", "可以", "confirm", "yes", "y", "ok", role=Role.CLERK,
         takes_text=True, usage=("确认 H0373", "confirm H0373"),
         english="Say yes to a summary or a waiting one")
def confirm(say: Say) -> Reply:
    """同意刚问你的，或等你确认的一单"""
    if not say.text:
        reply = go_on(say)
        return _only_one(say) if reply.words == NOTHING_PENDING else reply
    ticket = ticket_and_rest(say.text)
    if ticket is None:
        raise InvalidInput()
    return _confirmed(say, named(say, ticket[0]))


def _only_one(say: Say) -> Reply:
    """A yes without a question: if exactly one waits, show it and ask; never guess."""
    waiting = _waiting(say)
    return _decide(waiting[0]) if len(waiting) == 1 else Reply(NOTHING_PENDING)


def _decide(view: RedemptionView) -> Reply:
    words = lines(Words("这一单在等，核销吗", "This one waits. Redeem it?"),
                  showing.waiting_line(view), showing.member(view), showing.voucher(view),
                  Words("回“确认”核销，或“拒绝 原因”", "Say “yes”, or “reject REASON”"))
    return Reply(words, Pending("decide", new_key(), {"ref": view.ref}), taps=(YES, "拒绝"))


@step("decide")
def decided(say: Say, asked: Pending, answer: str) -> Reply | None:
    if answer != YES:
        return None
    return _confirmed(say, named(say, asked.args["ref"]))


def _confirmed(say: Say, view: RedemptionView) -> Reply:
    done = say.services.redeem.confirm(view.ref, say.actor,
                                       key=Key(f"staff:{say.actor.id}", say.incoming.key))
    return Reply(showing.redemption(done), done=True)


@command("拒绝", "不同意", "reject", "no", role=Role.CLERK, takes_text=True,
         usage=("拒绝 H0373 要本人来", "reject H0373 not the owner"),
         english="Turn a waiting one down")
def reject(say: Say) -> Reply:
    """不同意等你确认的一单，券不动"""
    ticket = ticket_and_rest(say.text)
    if ticket is not None:
        return _rejected(say, named(say, ticket[0]).ref, ticket[1])
    asked = say.services.chat.asked(say.staff)
    if asked is not None and asked.step == "decide":
        return _rejected(say, asked.args["ref"], say.text)
    if asked is not None and not say.text:
        return cancel(say)  # a "no" to what was asked just now, not to a member who waits
    waiting = _waiting(say)
    if len(waiting) == 1:
        return _rejected(say, waiting[0].ref, say.text)
    return Reply(NOTHING_PENDING if not waiting else lines(
        Words("拒绝哪一单？回“拒绝 单号”", "Which one? Say “reject TICKET”"),
        *map(showing.waiting_line, waiting[:MOST_SHOWN])))


def _rejected(say: Say, ref: str, reason: str) -> Reply:
    done = say.services.redeem.reject(ref, say.actor, reason[:MOST_REASON])
    return Reply(showing.redemption(done), done=True)


@command("取消", "算了", "cancel", role=Role.CLERK, takes_text=True,
         usage=("取消", "cancel"), english="Leave it: forget the question, or withdraw a ticket")
def cancel(say: Say) -> Reply:
    """不办了：刚问你的作废，或撤回一单还没确认的"""
    ticket = ticket_and_rest(say.text)
    if ticket is not None:
        view = named(say, ticket[0])
        if view.state is State.COMPLETED:
            number = showing.short(view.ticket)
            return Reply(Words(f"{view.ticket} 已经核销了。要退回去，回“撤销 {number}”",
                               f"{view.ticket} is redeemed. To take it back, "
                               f"say “undo {number}”"))
        return Reply(showing.redemption(say.services.redeem.withdraw(view.ref, say.actor)),
                     done=True)
    if say.services.chat.asked(say.staff) is None:
        return Reply(NOTHING_PENDING)
    return Reply(Words("好，不办了。券没动", "All right, left as it was"), done=True)


@command("待办", "谁在等", "todo", "waiting", role=Role.CLERK, usage=("待办", "todo"),
         english="Who is waiting for you")
def waiting(say: Say) -> Reply:
    """看谁在等你确认，还有什么没办"""
    views, more = _waiting(say), _to_do(say)
    if not views:
        return Reply(lines(Words("没有人在等", "Nobody is waiting"), *more))
    if len(views) == 1:
        asked = _decide(views[0])
        return replace(asked, words=lines(*more, asked.words))
    return Reply(lines(Words(f"{len(views)} 个人在等你确认", f"{len(views)} are waiting for you"),
                       *map(showing.waiting_line, views[:MOST_SHOWN]),
                       Words("回“确认 单号”或“拒绝 单号 原因”",
                             "Say “confirm TICKET” or “reject TICKET REASON”"), *more))


def _to_do(say: Say) -> list[Words]:
    """What waits at the desk: open tasks, and for managers what differs in the books."""
    told, venue = [], say.actor.venue_id
    tasks = say.services.operations.tasks.listed(say.actor, state="open", venue_id=venue,
                                                 page_size=1)["total"]
    if tasks:
        told.append(Words(f"还有 {tasks} 件事要办，在核销台的“待办”里",
                          f"{tasks} tasks are open at the desk page, “Tasks”"))
    role = say.actor.role
    if role is not None and role >= Role.MANAGER:
        books = say.services.operations.reconcile.listed(say.actor, venue_id=venue,
                                                         page_size=MOST_BOOKS)["items"]
        found = sum(one.open for one in books)
        if found:
            told.append(Words(f"对账有 {found} 处对不上，在核销台的“对账”里处理",
                              f"{found} differences in the books: desk page, “Reconcile”"))
    return told
