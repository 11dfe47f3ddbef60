"""The one command table of the staff chat: matching, authorising, help, near misses.

A command is a decorated function; its docstring is its help. Authorisation happens here, before
any command runs, and the same filter decides what help and suggestions show.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.incoming import SILENCE, Incoming, Kind, Pending, Reply, Say
from bot.phrases import HOW_TO_BIND, NOT_FOR_YOU, NOTHING_PENDING, sentence
from core.errors import HexiaotaiError
from core.services.actor import Role
from core.services.chat import Person
from core.services.staff_words import Words

Handler = Callable[[Say], Reply]
Step = Callable[[Say, Pending, str], Reply | None]

TRADE = "核销"
"""The command that no member says by chance."""
YES = "确认"
"""What a step is given when the person confirmed."""
YES_OR_NO = (YES, "取消")
_SEPARATORS = " \t\n:：,，、-"


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. `role` None: for everybody, bound or not."""

    name: str
    aliases: tuple[str, ...]
    role: Role | None
    usage: Words
    about: Words
    takes_text: bool
    run: Handler

    def allows(self, person: Person | None) -> bool:
        """The one authorisation filter."""
        if self.role is None:
            return True
        role = person.actor.role if person else None
        return role is not None and role >= self.role


COMMANDS: list[Command] = []
_STEPS: dict[str, Step] = {}
_OTHERWISE: dict[Kind, Handler] = {}


def command(name: str, *aliases: str, role: Role | None, usage: tuple[str, str] = ("", ""),
            english: str, takes_text: bool = False) -> Callable[[Handler], Handler]:
    """Put a function into the table. The first line of its docstring is its help in Chinese,
    `english` the same in English; `usage` shows an example in both."""
    def put(run: Handler) -> Handler:
        about = Words((run.__doc__ or "").strip().splitlines()[0].rstrip("。"), english)
        shown = Words(usage[0] or name, usage[1] or (aliases[0] if aliases else name))
        COMMANDS.append(Command(name, aliases, role, shown, about, takes_text, run))
        return run
    return put


def step(name: str) -> Callable[[Step], Step]:
    """Register what an answer to a pending step does. It returns None for an answer it does not
    understand; the text is then read as a new command or code."""
    def put(run: Step) -> Step:
        _STEPS[name] = run
        return run
    return put


def otherwise(kind: Kind) -> Callable[[Handler], Handler]:
    """Register what reads a message of this kind that is no command and no answer: a bare code,
    a photo, a click on a card."""
    def put(run: Handler) -> Handler:
        _OTHERWISE[kind] = run
        return run
    return put


def allowed(person: Person | None) -> list[Command]:
    """What this person may use, in the order of the table."""
    return [each for each in COMMANDS if each.allows(person)]


def normal(text: str) -> str:
    """Full-width folded, spaces collapsed, nothing invisible: `核销　ＡＢ` reads as `核销 AB`."""
    visible = "".join(one for one in unicodedata.normalize("NFKC", text)
                      if unicodedata.category(one) != "Cf")
    return re.sub(r"\s+", " ", visible).strip()


def match(text: str, table: Iterable[Command]) -> tuple[Command, str] | None:
    """The command a text names and what follows it; the longest name wins.

    A Chinese name needs no space before a code ("核销A1B2"), one of a single character only
    before other Chinese ("查一下" is talk); a Latin alias needs one unless a digit follows. A
    command without arguments matches only alone.
    """
    folded = normal(text)
    low = folded.casefold()
    named = [(word.casefold(), each) for each in table for word in (each.name, *each.aliases)]
    for word, each in sorted(named, key=lambda pair: -len(pair[0])):
        if not low.startswith(word):
            continue
        rest = folded[len(word):]
        if not rest:
            return each, ""
        if not each.takes_text or _goes_on(word, rest):
            continue
        return each, rest.lstrip(_SEPARATORS).strip()
    return None


def _goes_on(word: str, rest: str) -> bool:
    """Whether the rest belongs to the word, so that something else was said."""
    if word.isascii():
        return rest[0].isascii() and rest[0].isalpha()
    return len(word) == 1 and not rest[0].isascii() and rest[0] not in _SEPARATORS


def answer(incoming: Incoming, person: Person | None, say: Say) -> Reply:
    """Everything a message can lead to. Errors of the product become sentences here."""
    try:
        reply = _dispatch(incoming, say)
    except HexiaotaiError as error:
        reply = Reply(sentence(error))
    if person is not None:
        if reply.pending is not None:
            say.services.chat.ask(person, reply.pending.step, reply.pending.key,
                                  reply.pending.args)
        elif reply.done:
            say.services.chat.forget(person)
    return reply


def _dispatch(incoming: Incoming, say: Say) -> Reply:
    found = match(incoming.text, COMMANDS) if incoming.kind is Kind.TEXT else None
    if found is not None and found[0].allows(say.person):
        return found[0].run(_with(say, found[1]))
    if say.person is None:
        return _stranger(incoming, found[0].name if found else "")
    if found is not None:
        return Reply(NOT_FOR_YOU)
    if incoming.kind is Kind.TEXT and (reply := _answered(say, normal(incoming.text))):
        return reply
    return _OTHERWISE[incoming.kind](_with(say, incoming.text))


def _answered(say: Say, text: str) -> Reply | None:
    """The reply when the text answers the step this person was asked."""
    pending = recall(say)
    handler = _STEPS.get(pending.step) if pending is not None else None
    return handler(say, pending, text) if pending is not None and handler is not None else None


def _stranger(incoming: Incoming, name: str) -> Reply:
    """Somebody not bound. In the company's own app it is a colleague; the official account is
    full of members who say 好 and 取消 to people, so there only the word of the trade counts."""
    if incoming.channel == "wechat" and name != TRADE:
        return SILENCE
    return Reply(HOW_TO_BIND)


def recall(say: Say) -> Pending | None:
    """The step this person was asked to answer, unless two minutes have passed."""
    kept = say.services.chat.asked(say.staff)
    return None if kept is None else Pending(kept.step, kept.key, kept.args)


def go_on(say: Say) -> Reply:
    """The person said yes to the pending step."""
    return _answered(say, YES) or Reply(NOTHING_PENDING)


def suggestions(text: str, person: Person | None) -> list[str]:
    """Up to three commands that look like what was typed, only ones this person may use."""
    first = normal(text).split(" ")[0].casefold()
    words = {word.casefold(): each.name for each in allowed(person)
             for word in (each.name, *each.aliases)}
    near = difflib.get_close_matches(first, words, n=3, cutoff=0.5)
    return list(dict.fromkeys(words[word] for word in near))


def _with(say: Say, text: str) -> Say:
    return replace(say, text=text)
