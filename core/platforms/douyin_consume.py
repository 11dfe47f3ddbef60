"""Douyin's verify of one certificate or of several of one order (douyin.md 3.3).

The codes of one request are answered one by one: a certificate may be refused while its siblings
are consumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.errors import PlatformError, VoucherError
from core.platforms import douyin_errors as errors
from core.platforms.base import ConsumedUse, Consumption, RefusedPiece
from core.platforms.douyin_certificates import Result


def presented(consumption: Consumption) -> list[str]:
    """`encrypted_codes`: one per use, a times card's repeated."""
    codes = [consumption.handle] * consumption.uses
    for piece in consumption.further:
        codes += [piece.handle] * piece.uses
    return codes


def own_uses(lines: Sequence[Result], consumption: Consumption) -> tuple[ConsumedUse, ...]:
    """The uses that were consumed, each naming its certificate where that is a further one."""
    return tuple(replace(line.use, certificate_id=name)
                 for name, line in _named(lines, consumption) if line.use is not None)


def own_code(lines: Sequence[Result], consumption: Consumption) -> str | None:
    """The plain code of the consumption's own certificate, told once it is used."""
    return next((line.code for name, line in _named(lines, consumption)
                 if not name and line.use is not None and line.code), None)


def refused_of(lines: Sequence[Result], consumption: Consumption) -> tuple[RefusedPiece, ...]:
    """The certificates of which nothing was consumed, and why."""
    pairs = list(_named(lines, consumption))
    taken = {name for name, line in pairs if line.use is not None}
    told = {name: line for name, line in pairs if name not in taken}
    return tuple(RefusedPiece(name, *_why(line)) for name, line in told.items())


def _why(line: Result) -> tuple[str, dict[str, object]]:
    try:
        errors.refuse(line.number, message=line.message)
    except (VoucherError, PlatformError) as refused:
        return refused.word, dict(refused.facts)


def _named(lines: Sequence[Result], consumption: Consumption) -> Iterator[tuple[str, Result]]:
    """Each line with the certificate it speaks of ("" for the consumption's own): by its id on
    success, else by the code sent, else by its place."""
    ids = [consumption.certificate_id] * consumption.uses
    for piece in consumption.further:
        ids += [piece.certificate_id] * piece.uses
    by_code = dict(zip(presented(consumption), ids, strict=True))
    for place, line in enumerate(lines):
        known = line.use.certificate_id if line.use is not None else ""
        known = known or by_code.get(line.presented, "") or (
            ids[place] if len(lines) == len(ids) else "")
        yield "" if known == consumption.certificate_id else known, line
