"""Voucher codes of our own: easy to read aloud, hard to guess, any slip of the finger caught.

A code is 12 characters, shown in fours: `K7M4 9XRT 2AHC`.

    K            batch letter: a code is never all digits, so never taken for a platform's
    7M49XRT2AH   ten random characters
    C            check character

**Guessing.** 23^10 is 4.1e13. With a batch of 100 000 live codes one guess in 414 million
hits; at the doors' limit of ten wrong codes a minute that is one hit in some 79 years.
**Slips.** Positions weigh 1 … 11 and -1, all different and not zero modulo the prime 23. So a
single wrong character changes the sum, and so does any swap of two different characters,
neighbours or not (issue 4, "Batches").
"""

from __future__ import annotations

from random import Random

from core.ids import clean_code

ALPHABET = "0123456789ACEFHJKMPRTWX"
"""23 characters, a prime count. Of each look-alike group one remains: 0 for O, Q and D, 1 for
I and L, 2 for Z, 5 for S, 6 for G, 8 for B, W and M without U, V, Y and N."""

BATCH_LETTERS = "ACEFHJKMPRTWX"
RANDOM_LENGTH = 10
LENGTH = 1 + RANDOM_LENGTH + 1

_PRIME = len(ALPHABET)
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans("OQDILZSGB", "000112568")


def make(batch_letter: str, random: Random) -> str:
    """A new code of a batch. Pass `secrets.SystemRandom()`, or a seeded Random in tests.

    Uniqueness is the table's business: on a clash make another.
    Raises ValueError when `batch_letter` is not one of BATCH_LETTERS.
    """
    if len(batch_letter) != 1 or batch_letter not in BATCH_LETTERS:
        raise ValueError(f"a batch letter is one of {BATCH_LETTERS}")
    number = random.randrange(_PRIME**RANDOM_LENGTH)
    body = batch_letter
    for _ in range(RANDOM_LENGTH):
        number, value = divmod(number, _PRIME)
        body += ALPHABET[value]
    return body + check_character(body)


def check_character(body: str) -> str:
    """The last character for the 11 before it. Raises KeyError outside ALPHABET."""
    return ALPHABET[sum(weight * _VALUE[c] for weight, c in enumerate(body, start=1)) % _PRIME]


def normalise(text: str) -> str:
    """One spelling, whatever case, blanks, dashes or look-alikes were typed.

    >>> normalise("k7m4-9xrt 2ahc")
    'K7M49XRT2AHC'
    >>> normalise("KOl2 34S6 I8AX")
    'K012345618AX'
    """
    return clean_code(text).translate(_LOOK_ALIKES)


def check(code: str) -> bool:
    """Whether a normalised code could be ours: shape, letter and check character."""
    return (
        len(code) == LENGTH
        and code[0] in BATCH_LETTERS
        and all(character in _VALUE for character in code)
        and check_character(code[:-1]) == code[-1]
    )


def nearly(code: str) -> bool:
    """Whether a normalised text was probably meant as one of our codes: say "typo", not "what?".

    One character too many or too few, or a letter that we never print.
    """
    return (
        abs(len(code) - LENGTH) <= 1
        and code.isascii()
        and code.isalnum()
        and code[0] in BATCH_LETTERS
        and any(character.isdigit() for character in code)
    )


def in_fours(code: str) -> str:
    """As printed and shown: `K7M4 9XRT 2AHC`."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
