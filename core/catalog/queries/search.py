"""Finding events and venues by words."""

from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, FloatField, Q, QuerySet, Value, When

from core.catalog.folding import CONFIG, Folded, event_vector, folded_words
from core.catalog.models import CastMember, Event, FilmDetails, Showtime, Venue


def matching_events(events: QuerySet[Event], text: str) -> QuerySet[Event]:
    """Those of `events` in which every word is found, with `rank`: title before tagline before story.

    A word is found at the beginning of a word of title, tagline or description (full text), anywhere in the title,
    in the names of director and cast, or in the name or city of a venue where the event is to be seen.
    """
    words = folded_words(text)
    if not words:
        return events.annotate(rank=Value(0.0)).none()
    for word in words:
        # Sets of ids, each found once and by its index, instead of questions asked again for every event.
        events = events.filter(
            Q(pk__in=_told(word)) | Q(pk__in=_titled(word)) | Q(pk__in=_by_people(word)) | Q(pk__in=_shown_at(word))
        )
    query = _prefix(words[0])
    for word in words[1:]:
        query |= _prefix(word)
    begins = Case(When(folded__startswith=words[0], then=Value(1.0)), default=Value(0.0), output_field=FloatField())
    return events.alias(folded=Folded("title")).annotate(rank=begins + SearchRank(event_vector(), query))


def matching_venues(venues: QuerySet[Venue], text: str) -> QuerySet[Venue]:
    """Those of `venues` in whose name, street, postcode or city every word is found."""
    words = folded_words(text)
    if not words:
        return venues.none()
    venues = venues.alias(folded_name=Folded("name"), folded_street=Folded("street"), folded_city=Folded("city"))
    for word in words:
        venues = venues.filter(
            Q(folded_name__contains=word)
            | Q(folded_street__contains=word)
            | Q(folded_city__contains=word)
            | Q(postcode__startswith=word)
        )
    return venues


def _prefix(word: str) -> SearchQuery:
    return SearchQuery(f"{word}:*", search_type="raw", config=CONFIG)


def _told(word: str) -> QuerySet[Event, Any]:
    return Event.objects.alias(vector=event_vector()).filter(vector=_prefix(word)).values("pk")


def _titled(word: str) -> QuerySet[Event, Any]:
    return Event.objects.alias(folded=Folded("title")).filter(folded__contains=word).values("pk")


def _by_people(word: str) -> QuerySet[CastMember, Any]:
    cast = CastMember.objects.alias(folded=Folded("name")).filter(folded__contains=word)
    directed = FilmDetails.objects.alias(folded=Folded("director")).filter(folded__contains=word)
    return cast.order_by().values("event_id").union(directed.values("event_id"))


def _shown_at(word: str) -> QuerySet[Showtime, Any]:
    venues = Venue.objects.alias(folded_name=Folded("name"), folded_city=Folded("city")).filter(
        Q(folded_name__contains=word) | Q(folded_city__contains=word)
    )
    return Showtime.objects.filter(room__venue__in=venues, status=Showtime.Status.ON_SALE).values("event_id")
