"""DI2: words without capitals and accents."""

import pytest

from core.catalog.folding import MARKED, PLAIN, folded_words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  Ninth   ORBIT ", ["ninth", "orbit"]),
        ("Mühlgang", ["muhlgang"]),
        ("Annenstraße 68", ["annenstrasse", "68"]),
        ("Łódź Ørsted ČAPEK", ["lodz", "orsted", "capek"]),
        ("rock'n'roll & (blues): *", ["rock", "n", "roll", "blues"]),
        ("!!! ' \\ :*", []),
        ("a b c d e f g h", ["a", "b", "c", "d", "e", "f"]),
        ("映画", ["映画"]),
    ],
)
def test_folding_gives_plain_words_di2(typed, words):
    assert folded_words(typed) == words


def test_every_marked_letter_has_one_plain_one():
    assert len(MARKED) == len(PLAIN)
    assert PLAIN.lower() == PLAIN
