"""Words without capitals and accents, so that "muhlgang" finds "Mühlgang".

PostgreSQL's own `unaccent` is an extension that is not everywhere; `translate` is.
"""

import re
import unicodedata

from django.contrib.postgres.search import SearchVector
from django.db.models import Func, TextField
from django.db.models.expressions import CombinedExpression

MOST_WORDS = 6
CONFIG = "simple"
# The letters of Latin script that carry a mark, and what they are without it. Capitals too, since `lower` leaves
# them alone in a database of the C locale.
_MARKED = [chr(code) for code in range(0xC0, 0x180) if len(unicodedata.normalize("NFD", chr(code))) == 2]
MARKED = "".join(_MARKED) + "øłđØŁĐ"
PLAIN = "".join(unicodedata.normalize("NFD", letter)[0] for letter in _MARKED).lower() + "oldold"


class Folded(Func):
    """Lower case without accents, in the database. An index rests on it: whoever changes it makes the index anew."""

    template = f"replace(translate(lower(%(expressions)s), '{MARKED}', '{PLAIN}'), 'ß', 'ss')"
    output_field = TextField()


def folded_words(text: str) -> list[str]:
    """The words of what somebody typed, folded like what they are compared with; the first few of them."""
    folded = text.lower().translate(str.maketrans(MARKED, PLAIN)).replace("ß", "ss")
    return re.findall(r"\w+", folded)[:MOST_WORDS]


def event_vector() -> CombinedExpression:
    """What the full-text index of events holds: title before tagline before story. The index repeats it exactly."""
    return (
        SearchVector(Folded("title"), weight="A", config=CONFIG)
        + SearchVector(Folded("tagline"), weight="B", config=CONFIG)
        + SearchVector(Folded("description"), weight="D", config=CONFIG)
    )
