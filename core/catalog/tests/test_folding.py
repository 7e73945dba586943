"""DI2: words without capitals and accents."""

import pytest

from core.catalog.folding import Folded, folded_words
from core.catalog.models import Category


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


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Mühlgang ÄÖÜ", "Łódź Ørsted ČAPEK", "Annenstraße", "Ninth Orbit", "映画"])
def test_the_database_folds_as_we_do_di2(text):
    Category.objects.create(name=text, slug="c")
    folded = Category.objects.values_list(Folded("name"), flat=True).get()
    assert folded.split() == folded_words(text)
