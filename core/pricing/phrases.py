"""The explanation in spoken Chinese and in English (mock-ups' README, "Copy").

Templates go by code; each has both languages side by side so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.clock import DEFAULT_ZONE, zone
from core.money import WHOLE, Money
from core.pricing.explanation import Explanation, Fact, Named, Note, Row
from core.pricing.kinds import ProductType

CHINESE, ENGLISH = 0, 1

OFFERS = {
    "one_price": ("一口价 ¥{amount}", "One price ¥{amount}"),
    "set_price": ("组合价 ¥{amount}", "Set for ¥{amount}"),
    "set_percent": ("组合 {kept}", "Set, {kept}"),
    "set_less": ("每套减 ¥{amount}", "¥{amount} off each set"),
    "together_percent": ("一起买 {kept}", "Buy together, {kept}"),
    "together_less": ("一起买减 ¥{amount}", "Buy together, ¥{amount} off"),
    "code_free_all": ("券码全场免费", "Code: everything free"),
    "code_percent": ("券码 {kept}", "Code: {kept}"),
    "code_each_less": ("券码每件减 ¥{amount}", "Code: ¥{amount} off each"),
    "coupon_less": ("立减 {amount}", "¥{amount} off"),
    "coupon_percent": ("{kept}券", "{kept}"),
    "coupon_percent_capped": ("{kept}券，最多减 {cap}", "{kept}, at most ¥{cap}"),
    "coupon_from_less": ("满 {minimum} 减 {amount}", "¥{amount} off from ¥{minimum}"),
    "coupon_from_percent": ("满 {minimum} 打 {kept}", "{kept} from ¥{minimum}"),
    "coupon_from_percent_capped": ("满 {minimum} 打 {kept}，最多减 {cap}",
                                   "{kept} from ¥{minimum}, at most ¥{cap}"),
    "other": ("优惠", "Offer"),
}
"""What a promotion offers; its title when the shop gave it no name."""

REASONS = {
    "not_started": ("{at} 才开始", "Starts {at}"),
    "expired": ("{at} 到期了", "Ended {at}"),
    "nothing_covered": ("只用于{wanted}", "Only for {wanted}"),
    "too_few_units": ("还差 {missing} 件", "{missing} more to go"),
    "too_few_types": ("还差 {missing} 种商品", "{missing} more kinds of product to go"),
    "combination_incomplete": ("还差 {missing} 件：{wanted}", "{missing} more to go: {wanted}"),
    "spend_too_low": ("还差 {missing}", "{missing} more to spend"),
    "spend_too_low.discounted": ("打完折还差 {missing}", "{missing} more to spend after discounts"),
    "not_together": ("不能和“{other}”一起用，现在这样最便宜",
                     "Cannot be combined with “{other}”; this is the lowest price"),
    "saves_nothing": ("用了也是这个价", "It would not change the price"),
    "not_cheaper": ("现在这样更便宜，用它要付 {instead}",
                    "This is cheaper; with it you would pay {instead}"),
    "not_cheaper.equal": ("用它也是 {instead}", "With it you would pay {instead} just the same"),
    "refused": ("这次用不上", "Not usable this time"),
}

_TRIGGERS = {"units": ("{units} 件", "{units} more"),
             "types": ("{types} 种商品", "{types} more kinds of product"),
             "missing": ("{missing}", "{missing} more to spend")}
_TYPES = {
    ProductType.VLOG_VIDEO: "vlog", ProductType.RECORDING_SET: "recording set",
    ProductType.PHOTO_SET: "photo set", ProductType.PHOTO_PRINT: "photo print",
    ProductType.MACHINE_PRINT: "machine print",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One row of the waterfall or of the unused: `title`, small `detail`, and its amount."""

    title: str
    detail: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Sentences:
    """The whole explanation in one language. Amounts of `rows` are what is taken off."""

    original: Said
    rows: tuple[Said, ...]
    to_pay: Said
    unused: tuple[Said, ...]


def in_words(explanation: Explanation, language: int = CHINESE,
             zone_name: str = DEFAULT_ZONE) -> Sentences:
    """Say an explanation; instants are told in the venue's zone."""
    saved = (("省了 {saved}，已经是最低价", "You save {saved}; this is the lowest price")
             if explanation.saved else ("已经是最低价", "This is the lowest price"))
    return Sentences(
        Said(("原价", "Original price")[language], "", explanation.original),
        tuple(Said(title(row.promotion, language), _detail(row, language), row.off)
              for row in explanation.rows),
        Said(("要付", "To pay")[language],
             saved[language].format(saved=explanation.saved), explanation.final),
        tuple(Said(title(note.promotion, language), reason(note, explanation.final, language,
                                                           zone_name))
              for note in explanation.notes))


def as_lines(said: Sentences, language: int = CHINESE) -> list[str]:
    """Plain text for chat and slips, one line each: 满 300 减 40：打完折还差 ¥49.25."""
    colon = ("：", ": ")[language]
    return [
        f"{said.original.title} {said.original.amount}",
        *(f"{row.title} −{row.amount}" + (f" ({row.detail})" if row.detail else "")
          for row in said.rows),
        f"{said.to_pay.title} {said.to_pay.amount}",
        *(f"{one.title}{colon}{one.detail}" for one in said.unused),
    ]


def title(promotion: Named, language: int = CHINESE) -> str:
    """The shop's name for it, or what it offers."""
    return promotion.name or offer(promotion, language)


def offer(promotion: Named, language: int = CHINESE) -> str:
    """What it offers, such as 满 300 减 40."""
    facts = _worded(promotion.facts, language, short=True)
    return OFFERS[promotion.offer][language].format(**facts)


def reason(note: Note, final: Money, language: int = CHINESE,
           zone_name: str = DEFAULT_ZONE) -> str:
    """Why it is not used, such as 打完折还差 ¥49.25."""
    facts = _worded(note.facts, language, zone_name=zone_name)
    if note.other is not None:
        facts["other"] = title(note.other, language)
    if note.code == "trigger_unmet":
        ways = [_TRIGGERS[name][language].format(**facts)
                for name in _TRIGGERS if note.facts.get(name) is not None]
        return "还差 " + "或 ".join(ways) if language == CHINESE else " or ".join(ways)
    code = note.code
    if code == "spend_too_low" and note.facts["discounted"]:
        code += ".discounted"
    if code == "not_cheaper" and note.facts["instead"] == final:
        code += ".equal"
    return REASONS.get(code, REASONS["refused"])[language].format(**facts)


def _detail(row: Row, language: int) -> str:
    if row.minimum is not None:
        template = ("打完折 {covered}，够了", "{covered} after discounts, enough") \
            if row.discounted else ("{covered}，够了", "{covered}, enough")
        return template[language].format(covered=row.covered)
    if row.promotion.name:
        return offer(row.promotion, language)
    if row.promotion.offer == "code_percent":
        return ("每样都打，按分算", "Off every line, to the fen")[language]
    return ""


def _worded(facts: Mapping[str, Fact], language: int, *, short: bool = False,
            zone_name: str = DEFAULT_ZONE) -> dict[str, str]:
    worded = {}
    for name, value in facts.items():
        if isinstance(value, Money):
            worded[name] = _short(value) if short else str(value)
        elif isinstance(value, datetime):
            worded[name] = f"{value.astimezone(zone(zone_name)):%m-%d %H:%M}"
        elif isinstance(value, tuple):
            names = [one.description if language == CHINESE else _TYPES[one] for one in value]
            worded[name] = ("、" if language == CHINESE else ", ").join(names)
        elif name == "kept" and isinstance(value, int):
            worded[name] = _percent(value, language)
        else:
            worded[name] = str(value)
    return worded


def _short(amount: Money) -> str:
    """As in a title: 300 or 49.50."""
    return str(amount.fen // 100) if amount.fen % 100 == 0 else str(amount.to_yuan())


def _percent(kept: int, language: int) -> str:
    """8500 is 8.5 折, or 15% off."""
    if language == CHINESE:
        return f"{_trimmed(kept, 3)} 折" if kept else "免费"
    return f"{_trimmed(WHOLE - kept, 2)}% off"


def _trimmed(number: int, decimals: int) -> str:
    whole, rest = divmod(number, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}".rstrip("0").rstrip(".")
