"""Codes in plain folded text: standing alone, or somewhere in a message."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.ids import mask_code
from core.vouchers import digits, owncode
from core.vouchers.reading import OWN, Candidate, Form, Reading, Reason, Unreadable

_ONLY_CODES = re.compile(r"[0-9A-Za-z\s,;/|_-]+")
_SEPARATORS = re.compile(r"[\s,;/|_-]+")
_BETWEEN_CODES = re.compile(r"[\n,;/|]+")
_MOST_LOOK_ALIKES = 2
_FEWEST_DIGITS_TO_MENTION = 6

_MASKED = re.compile(r"[0-9A-Za-z]{2,8}\*{2,12}[0-9A-Za-z]{2,8}")
_MASKED_PHONE = re.compile(r"1[3-9]\d\*{4}\d{4}")
_DASHED_PHONE = re.compile(r"0\d{2,3}-\d{3,4}[ -]?\d{4}|[48]00-\d{3,4}-\d{3,4}")
"""Landlines and 400 numbers: written like this they are no codes, though of fitting length."""

_LABEL = "券码|券号|核销码|验券码|消费码|兑换码|优惠码|团购码"
_LATIN_LABEL = r"\b(?:code|voucher|coupon|no)\b\.?"
_LABEL_IN_FRONT = re.compile(
    rf"(?:{_LABEL})[\s:=#是为]*|{_LATIN_LABEL}(?: ?[:=#] ?|\s)", re.IGNORECASE
)
_LABELLED = re.compile(
    rf"(?:{_LABEL}|{_LATIN_LABEL})[ :#是为(\[]{{0,6}}(\d+(?:[ -]\d+)*)", re.IGNORECASE
)
_HINT = re.compile(
    rf"{_LABEL}|券|团购|美团|点评|抖音|\b(?:meituan|dianping|douyin)\b", re.IGNORECASE
)
_LATIN = re.compile(r"[A-Za-z]")
_OTHER_NUMBER = re.compile(r"密码|验证码|快递|运单|单号|账号|卡号|群号|QQ", re.IGNORECASE)
_SCRIPT = re.compile(r"['\"<>\\`{}$]")
"""Nobody's message has these; queries and pages do. Their numbers are not codes."""
_WRAPPING = " \"'“”‘’「」『』【】()[].。!"
_DATE = re.compile(
    r"20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]?\d{1,2}:\d\d(?::\d\d)?)?|\d{1,2}:\d\d(?::\d\d)?"
)
_NUMBER = re.compile(r"\d+(?:[ -]\d+)*")
_WORDS = re.compile(r"[0-9A-Za-z]+(?:[ -][0-9A-Za-z]+)*")


def alone(text: str) -> Reading | Unreadable | None:
    """A text that is nothing but a code, in pieces and repeated as it may be. None: it is more.

    A label in front and look-alike letters in a number (`12345678O0`) are forgiven.
    """
    dense = text.replace(" ", "")
    if _MASKED_PHONE.fullmatch(dense) or _DASHED_PHONE.fullmatch(text):
        return Unreadable(Reason.PHONE_NUMBER)
    if _MASKED.fullmatch(dense):
        return Unreadable(Reason.MASKED_CODE)
    label = _LABEL_IN_FRONT.match(text)
    bare = (text[label.end() :] if label else text).strip(_WRAPPING)
    if not _ONLY_CODES.fullmatch(bare):
        return None
    parts = _parts(bare)
    readings = [reading for part in parts if (reading := _one(part))]
    if len(parts) > 1 and len(readings) == len(parts):
        return the_one(readings)
    joined = _SEPARATORS.sub("", bare)
    return _one(joined) or _explain(joined)


def within(text: str) -> Reading | Unreadable | None:
    """The code in a message: labelled, or the only one in a text about vouchers.

    None: no number in it looks like anything.
    """
    if _SCRIPT.search(text):
        return None
    undated = _DATE.sub("\n", text)
    labelled = [match.group(1) for match in _LABELLED.finditer(undated)]
    found = [reading for number in labelled for reading in _in_number(number)]
    if found:
        return the_one(found)
    numbers = [match.group() for match in _NUMBER.finditer(undated)]
    about_vouchers = _HINT.search(text) or not _LATIN.search(text)
    if about_vouchers and not _OTHER_NUMBER.search(text):
        found = [reading for number in numbers for reading in _in_number(number)]
        found += _own_codes(undated)
        if found:
            return the_one(found)
    for number in labelled or numbers:
        joined = digits.fed_once(_SEPARATORS.sub("", number))
        explained = digits.explain(joined)
        if labelled or explained.reason not in (Reason.WRONG_LENGTH, Reason.NOT_A_CODE):
            return explained
    return None


def labelled(text: str) -> Reading | None:
    """A code that the text itself calls one; for texts that also hold foreign links."""
    found = [
        reading
        for match in _LABELLED.finditer(_DATE.sub("\n", text))
        for reading in _in_number(match.group(1))
    ]
    result = the_one(found) if found and not _SCRIPT.search(text) else None
    return result if isinstance(result, Reading) else None


def the_one(readings: Sequence[Reading]) -> Reading | Unreadable:
    """The reading if all are the same; otherwise it is for the reader to choose one."""
    distinct = list(dict.fromkeys(readings))
    if len(distinct) == 1:
        return distinct[0]
    shown = [reading.shown for reading in distinct]
    return Unreadable(Reason.SEVERAL_CODES, {"count": len(distinct), "codes": shown[:10]})


def own(code: str) -> Reading | None:
    """One of our own codes, whatever case and look-alikes it was typed in."""
    normal = owncode.normalise(code)
    if not owncode.check(normal):
        return None
    return Reading((Candidate(OWN, Form.OWN_CODE, normal),), mask_code(normal))


def _parts(text: str) -> list[str]:
    """The copies or codes of a text. Blanks part codes only if every piece is a code."""
    parts: list[str] = []
    for line in _BETWEEN_CODES.split(text):
        words = line.split()
        whole = bool(words) and all(_one(word) for word in words)
        parts += words if whole else [line] if words else []
    return parts


def _one(text: str) -> Reading | None:
    code = _SEPARATORS.sub("", text)
    number = _as_number(code)
    return digits.reading(digits.fed_once(number)) if number else own(code)


def _as_number(code: str) -> str | None:
    if code.isdigit():
        return code
    number = owncode.normalise(code)
    letters = sum(not character.isdigit() for character in code)
    return number if number.isdigit() and letters <= _MOST_LOOK_ALIKES else None


def _explain(code: str) -> Unreadable | None:
    number = _as_number(code)
    if number:
        return digits.explain(digits.fed_once(number))
    if digits.is_id_card(code.upper()):
        return Unreadable(Reason.ID_CARD)
    if owncode.nearly(owncode.normalise(code)):
        return Unreadable(Reason.OWN_CODE_TYPO)
    return None


def _in_number(number: str) -> list[Reading]:
    """Codes in a run of digits of a message: its pieces, or else all of them together."""
    pieces = [reading for piece in re.split("[ -]", number) if (reading := _one(piece))]
    joined = _one(number)
    return pieces or ([joined] if joined else [])


def _own_codes(text: str) -> list[Reading]:
    found: list[Reading] = []
    for match in _WORDS.finditer(text):
        words = re.split("[ -]", match.group())
        for first in range(len(words)):
            code = ""
            for word in words[first : first + owncode.LENGTH]:
                code += word
                if len(code) >= owncode.LENGTH:
                    break
            reading = own(code) if len(code) == owncode.LENGTH else None
            found += [reading] if reading else []
    return found
