"""Words without capitals and accents, so that "muhlgang" finds "Mühlgang".

PostgreSQL's own `unaccent` is an extension that is not everywhere; taking a letter apart and dropping its marks is.
"""

import re
import unicodedata

from django.contrib.postgres.search import SearchVector
from django.db.models import Func, TextField
from django.db.models.expressions import CombinedExpression

MOST_WORDS = 6
CONFIG = "simple"
MARKS = r"[\u0300-\u036f]"
# Letters that cannot be taken apart.
WHOLE = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d"}


def _folding(text: str) -> str:
    """The SQL that folds `text`. Lower case comes last: in a database of the C locale only plain letters have one."""
    folded = f"lower(regexp_replace(normalize({text}, NFD), '{MARKS}', '', 'g'))"
    for letter, plain in (WHOLE | {letter.upper(): plain for letter, plain in WHOLE.items() if letter != "ß"}).items():
        folded = f"replace({folded}, '{letter}', '{plain}')"
    return folded


class Folded(Func):
    """A text, folded in the database. An index rests on it: whoever changes it makes the index anew."""

    template = _folding("%(expressions)s")
    output_field = TextField()


def folded_words(text: str) -> list[str]:
    """The words of what somebody typed, folded like what they are compared with; the first few of them."""
    folded = re.sub(MARKS, "", unicodedata.normalize("NFD", text)).lower()
    for letter, plain in WHOLE.items():
        folded = folded.replace(letter, plain)
    return re.findall(r"\w+", folded)[:MOST_WORDS]


def event_vector() -> CombinedExpression:
    """What the full-text index of events holds: title before tagline before story. The index repeats it exactly."""
    return (
        SearchVector(Folded("title"), weight="A", config=CONFIG)
        + SearchVector(Folded("tagline"), weight="B", config=CONFIG)
        + SearchVector(Folded("description"), weight="D", config=CONFIG)
    )
