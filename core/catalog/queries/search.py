"""Finding events and venues by words."""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import (
    Case,
    Exists,
    Expression,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core.catalog.models import CastMember, Event, Showtime, Venue

MOST_WORDS = 6
CONFIG = "simple"
# The letters that carry a mark in Latin script, and what they are without it: PostgreSQL's own unaccent is an
# extension that is not everywhere.
_MARKED = [chr(code) for code in range(0xC0, 0x180) if len(unicodedata.normalize("NFD", chr(code))) > 1]
MARKED = "".join(_MARKED) + "øłđ"
PLAIN = "".join(unicodedata.normalize("NFD", letter)[0] for letter in _MARKED).lower() + "old"


class Folded(Func):
    """Lower case without accents, so that "muhlgang" finds "Mühlgang"."""

    template = f"translate(lower(%(expressions)s), '{MARKED}', '{PLAIN}')"
    output_field = TextField()


def words_of(text: str) -> list[str]:
    """The words to look for, folded like what they are compared with."""
    lowered = text.lower().translate(str.maketrans(MARKED, PLAIN))
    return re.findall(r"\w+", lowered)[:MOST_WORDS]


def matching_events(events: QuerySet[Event], text: str) -> QuerySet[Event]:
    """Those of `events` in which every word is found, with `rank`: title before people, people before story.

    A word is found at the beginning of a word of title, tagline, director or description (full text), anywhere in
    the title, in the cast, or in the name or city of a venue where the event is still to be seen.
    """
    words = words_of(text)
    if not words:
        return events.none()
    vector = (
        SearchVector(_folded("title"), weight="A", config=CONFIG)
        + SearchVector(
            _folded("tagline"), _folded("film__director"), _folded("film__original_title"), weight="B", config=CONFIG
        )
        + SearchVector(_folded("description"), weight="D", config=CONFIG)
    )
    found = events.alias(vector=vector, folded_title=Folded("title"))
    for word in words:
        found = found.filter(
            Q(vector=_prefix(word)) | Q(folded_title__contains=word) | Exists(_cast(word)) | Exists(_shown_at(word))
        )
    starts = Case(
        When(folded_title__startswith=words[0], then=Value(1.0)), default=Value(0.0), output_field=FloatField()
    )
    query = _prefix(words[0])
    for word in words[1:]:
        query |= _prefix(word)
    return found.annotate(rank=starts + SearchRank(F("vector"), query))


def matching_venues(venues: QuerySet[Venue], text: str) -> QuerySet[Venue]:
    """Those of `venues` in whose name, street or city every word is found."""
    words = words_of(text)
    if not words:
        return venues.none()
    for word in words:
        venues = venues.alias(
            folded_name=Folded("name"), folded_street=Folded("street"), folded_city=Folded("city")
        ).filter(
            Q(folded_name__contains=word)
            | Q(folded_street__contains=word)
            | Q(folded_city__contains=word)
            | Q(postcode__startswith=word)
        )
    return venues


def _folded(field: str) -> Expression:
    return Coalesce(Folded(field), Value(""), output_field=TextField())


def _prefix(word: str) -> SearchQuery:
    return SearchQuery(f"{word}:*", search_type="raw", config=CONFIG)


def _cast(word: str) -> QuerySet[CastMember]:
    return CastMember.objects.alias(folded=Folded("name")).filter(event=OuterRef("pk"), folded__contains=word)


def _shown_at(word: str) -> QuerySet[Showtime]:
    return (
        Showtime.objects.alias(name=Folded("room__venue__name"), city=Folded("room__venue__city"))
        .filter(event=OuterRef("pk"), status=Showtime.Status.ON_SALE)
        .filter(Q(name__contains=word) | Q(city__contains=word))
    )
