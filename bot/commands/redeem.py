"""核销: from a code to a summary to the redemption; a bare code does the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import showing
from bot.commands.gate import come_in
from bot.commands.own_codes import of_own_code
from bot.incoming import Key, Pending, Reply, Say, lines
from bot.phrases import sentence
from bot.router import YES, YES_OR_NO, command, step
from core.errors import InvalidInput, VoucherError
from core.ids import clean_phone, new_key
from core.services.actor import Role
from core.services.choices import CLASS, LESSONS
from core.services.inspection import Choice, FoundCertificate, Inspection
from core.services.redeem import RedeemRequest
from core.services.staff_words import Words

_USES = re.compile(r"(\d{1,2})\s*次|x\s?(\d{1,2})", re.IGNORECASE)
MOST_CHOICES = 9
"""Classes of the next days; more would not be read."""
GUESSES = frozenset({"voucher_not_found", "own_code_typo"})


@command("核销", "验券", "hx", "redeem", role=Role.CLERK, takes_text=True,
         usage=("核销 1234567890", "redeem 1234567890"), english="Redeem a voucher")
def redeem_voucher(say: Say) -> Reply:
    """核销一张团购券"""
    if not say.text:
        return Reply(Words("把券码或订单里的二维码发给我，也可以直接扫",
                           "Send me the code, or scan the QR code in the order"))
    return look(say, say.text)


def parts(text: str) -> tuple[str, str | None, int]:
    """`1234567890 13800138000 2次` as code, phone and uses; only the code is needed."""
    words = text.split()
    phone, uses = None, 1
    while len(words) > 1:
        if phone is None and (clean := clean_phone(words[-1])):
            phone = clean
        elif found := _USES.fullmatch(words[-1]):
            uses = int(found[1] or found[2])
        else:
            break
        words.pop()
    return " ".join(words), phone, max(uses, 1)


def look(say: Say, text: str) -> Reply:
    """Ask the platform what a code is, and the person what to make of it. A member pass is no
    voucher: it counts a visit."""
    if say.services.visits.is_pass(text):
        return come_in(say, text)
    code, phone, uses = parts(text)
    who = f"staff\n{say.actor.id}"
    say.services.attempts.check("lookup", who)
    try:
        found = say.services.redeem.inspect(code, say.actor, phone=phone)
    except VoucherError as error:
        if error.word in GUESSES:
            say.services.attempts.failed("lookup", who)
        if error.word == "own_code":
            shown = of_own_code(say, code)
            return Reply(lines(shown.words, sentence(error)))
        raise
    return _go_on(say, found, {"phone": phone, "uses": uses})


def _go_on(say: Say, found: Inspection, args: dict[str, Any]) -> Reply:
    """The next thing to ask: which certificate, whose phone, which choice, and last yes or no."""
    args = args | {"inspection": found.token}
    usable = [one for one in found.certificates if one.choices and not one.sibling]
    number = args.get("certificate")
    if number is None:
        if not usable:
            return Reply(showing.certificate(found.certificates[0]))
        if len(usable) > 1:
            return _ask("certificate", _which(usable), args, _numbers(len(usable)))
        number = usable[0].certificate
    one = next((each for each in usable if each.certificate == number), None)
    if one is None:
        raise VoucherError("choice_gone")
    args = args | {"certificate": number}
    if one.member is None:
        return _ask("phone", lines(
            Words(f"找到了：{one.product_name}，买的人 {one.user_phone}",
                  f"Found: {one.product_name}, bought by {one.user_phone}"),
            Words("回会员的手机号，记在谁名下", "Send the member's phone number")), args)
    if args["uses"] > one.uses_left:
        raise VoucherError("not_enough_uses", uses_left=one.uses_left)
    return _pick(one, args)


def _pick(one: FoundCertificate, args: dict[str, Any]) -> Reply:
    open_ones = sorted((each for each in one.choices if each.enabled),
                       key=lambda each: not each.recommended)[:MOST_CHOICES]
    if not open_ones:
        raise VoucherError(one.choices[0].why_not or "choice_gone")
    picked = args.get("choice")
    if picked is None and len(open_ones) > 1:
        asked = lines(Words("办哪一个，回编号", "Which one? Send its number"),
                      showing.choice_lines(open_ones))
        return _ask("choice", asked, args | {"choices": [each.choice for each in open_ones]},
                    _numbers(len(open_ones)))
    choice = next((each for each in open_ones if each.choice == picked), open_ones[0])
    return _ask("redeem", showing.summary(one, _for_uses(choice, args["uses"]), args["uses"]),
                args | {"choice": choice.choice}, YES_OR_NO)


def _for_uses(choice: Choice, uses: int) -> Choice:
    """A choice of one use, multiplied: several uses of a times card give that much more."""
    if uses == 1 or choice.kind == CLASS:
        return choice
    if choice.kind == LESSONS:
        return replace(choice, uses=(choice.uses or 1) * uses)
    days = choice.days or 0
    after = choice.after + timedelta(days=days * (uses - 1)) if choice.after else None
    return replace(choice, days=days * uses, after=after)


def _ask(name: str, words: Words, args: dict[str, Any], taps: tuple[str, ...] = ()) -> Reply:
    return Reply(words, Pending(name, new_key(), args), taps=taps)


def _numbers(most: int) -> tuple[str, ...]:
    return tuple(map(str, range(1, most + 1)))


def _which(usable: list[FoundCertificate]) -> Words:
    rows = [Words(f"{n} {one.product_name}，尾号 {one.code_tail}",
                  f"{n} {one.product_name}, ends in {one.code_tail}")
            for n, one in enumerate(usable, 1)]
    return lines(Words(f"这单有 {len(usable)} 张券，核销哪张，回编号",
                       f"{len(usable)} vouchers in this order. Which one? Send its number"), *rows)


def _number(answer: str, most: int) -> int | None:
    """A number from 1 to `most` as an index; 确认 means the first."""
    if answer == YES:
        return 0
    return int(answer) - 1 if re.fullmatch(r"[1-9]\d?", answer) and int(answer) <= most else None


@step("certificate")
def choose_certificate(say: Say, asked: Pending, answer: str) -> Reply | None:
    found = _again(say, asked)
    usable = [one for one in found.certificates if one.choices and not one.sibling]
    index = _number(answer, len(usable))
    if index is None:
        return None
    return _go_on(say, found, asked.args | {"certificate": usable[index].certificate})


@step("phone")
def give_phone(say: Say, asked: Pending, answer: str) -> Reply | None:
    phone = clean_phone(answer)
    if phone is None:
        if answer == YES:
            raise InvalidInput("phone_malformed")
        return None
    found = say.services.redeem.refine(asked.args["inspection"], say.actor, phone=phone)
    return _go_on(say, found, asked.args | {"phone": phone})


@step("choice")
def choose(say: Say, asked: Pending, answer: str) -> Reply | None:
    words = asked.args["choices"]
    index = _number(answer, len(words))
    if index is None:
        return None
    return _go_on(say, _again(say, asked), asked.args | {"choice": words[index]})


@step("redeem")
def do_redeem(say: Say, asked: Pending, answer: str) -> Reply | None:
    """The key was made with the summary: two yeses, or a yes after a crash, redeem once."""
    if answer != YES:
        return None
    args = asked.args
    request = RedeemRequest(inspection=args["inspection"], certificate=args["certificate"],
                            choice=args["choice"], phone=args["phone"], uses=args["uses"])
    view = say.services.redeem.request(
        request, say.actor, key=Key(f"staff:{say.actor.id}", asked.key))
    return Reply(showing.redemption(view), done=True)


def _again(say: Say, asked: Pending) -> Inspection:
    """The same inspection, read from its token; no platform is asked."""
    return say.services.redeem.refine(asked.args["inspection"], say.actor,
                                      phone=asked.args["phone"] or "")
