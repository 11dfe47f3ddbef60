"""Our own codes: any slip is caught, look-alikes are forgiven, guessing does not pay."""

from __future__ import annotations

import doctest
import itertools
import random
import secrets
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.vouchers import digits, links, owncode, scanned_text

SEEDS = st.integers(0, 2**64)


def a_code(seed: int = 1, letter: str = "K") -> str:
    return owncode.make(letter, random.Random(seed))


def test_the_alphabet_has_a_prime_count_and_no_look_alikes() -> None:
    size = len(owncode.ALPHABET)
    assert len(set(owncode.ALPHABET)) == size
    assert all(size % divisor for divisor in range(2, size))
    for group in ("0OQD", "1IL", "2Z", "5S", "6G", "8B", "UVWY", "MN"):
        assert len(set(group) & set(owncode.ALPHABET)) == 1, group


def test_each_position_weighs_differently_so_every_slip_changes_the_sum() -> None:
    """The proof: a slip at one place changes the sum by weight × difference, a swap by the
    difference of two weights × the difference of two characters; modulo a prime neither is 0."""
    size = len(owncode.ALPHABET)
    weights = []
    for place in range(owncode.LENGTH - 1):
        body = ["0"] * (owncode.LENGTH - 1)
        body[place] = "1"
        weights.append(owncode.ALPHABET.index(owncode.check_character("".join(body))))
    weights.append(size - 1)
    assert all(weight % size for weight in weights)
    assert len({weight % size for weight in weights}) == owncode.LENGTH


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from(owncode.BATCH_LETTERS))
def test_every_single_wrong_character_is_caught(seed: int, letter: str) -> None:
    code = a_code(seed, letter)
    assert owncode.check(code)
    for place, character in itertools.product(range(owncode.LENGTH), owncode.ALPHABET):
        if character != code[place]:
            assert not owncode.check(code[:place] + character + code[place + 1:])


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_every_swap_of_two_characters_is_caught_neighbours_or_not(seed: int) -> None:
    code = a_code(seed)
    for one, other in itertools.combinations(range(owncode.LENGTH), 2):
        if code[one] != code[other]:
            swapped = list(code)
            swapped[one], swapped[other] = code[other], code[one]
            assert not owncode.check("".join(swapped))


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_a_code_with_a_character_lost_or_doubled_is_no_code_but_nearly(seed: int) -> None:
    code = a_code(seed)
    for place in range(1, owncode.LENGTH):
        for wrong in (code[:place] + code[place + 1:], code[:place] + code[place:][0] +
                      code[place:]):
            assert not owncode.check(wrong)
            assert owncode.nearly(wrong) or not any(c.isdigit() for c in wrong)


LOOKS_LIKE = {"0": "OoQqDd", "1": "IiLl", "2": "Zz", "5": "Ss", "6": "Gg", "8": "Bb"}


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_case_blanks_dashes_and_look_alikes_are_forgiven(
    seed: int, hand: random.Random
) -> None:
    code = a_code(seed)
    typed = "".join(hand.choice(["", "", " ", "-", "\u3000"]) + hand.choice(
        LOOKS_LIKE.get(character, "") + character + character.lower()) for character in code)
    assert owncode.normalise(typed) == code


@given(SEEDS)
def test_a_code_is_never_all_digits_so_never_a_platforms(seed: int) -> None:
    code = a_code(seed)
    assert code[0].isalpha()
    assert owncode.normalise(code)[0].isalpha()


def test_shown_in_fours_and_read_back() -> None:
    code = a_code()
    shown = owncode.in_fours(code)
    assert [len(group) for group in shown.split(" ")] == [4, 4, 4]
    assert owncode.normalise(shown) == code


def test_a_batch_of_100_000_codes_hardly_ever_clashes_and_never_fails_its_check() -> None:
    source = secrets.SystemRandom()
    codes = {owncode.make("K", source) for _ in range(100_000)}
    assert len(codes) >= 99_995  # expected clashes: 0.0001
    assert all(owncode.check(code) for code in itertools.islice(codes, 2_000))


def test_a_guess_hits_one_of_100_000_live_codes_less_than_once_in_400_million() -> None:
    guesses = len(owncode.ALPHABET) ** owncode.RANDOM_LENGTH
    assert guesses / 100_000 > 400_000_000


def test_all_random_characters_occur_at_all_places() -> None:
    source = random.Random(7)
    codes = [owncode.make("A", source) for _ in range(3_000)]
    for place in range(1, owncode.LENGTH):
        assert {code[place] for code in codes} == set(owncode.ALPHABET)


@pytest.mark.parametrize("letter", ["", "0", "O", "KK", "k", "é"])
def test_a_batch_letter_is_one_of_the_alphabet_s_letters(letter: str) -> None:
    with pytest.raises(ValueError, match="batch letter"):
        owncode.make(letter, random.Random(1))


@pytest.mark.parametrize("text", ["", "K", "0" * 12, "1234567890", "K7M4 9XRT 2AHC", "É" * 12,
                                  "K7M49XRT2AH٣"])
def test_what_is_not_normalised_or_not_ours_fails_the_check(text: str) -> None:
    assert not owncode.check(text)


@pytest.mark.parametrize("module", [owncode, digits, links, scanned_text])
def test_the_examples_in_the_docstrings_are_true(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted
    assert not outcome.failed
