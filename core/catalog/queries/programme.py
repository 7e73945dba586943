"""What is on: by day, city and category, by words; featured, and coming soon (DI1, DI2)."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, DateField, Exists, F, Func, Min, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from core.accounts.models import Organizer
from core.catalog.models import Category, Event, Showtime, Venue
from core.catalog.queries.search import matching_events

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody would like to see. Empty means anything."""

    day: dt.date | None = None
    city: str = ""
    category: str = ""
    words: str = ""
    venue: str = ""

    def __bool__(self) -> bool:
        return bool(self.day or self.city or self.category or self.words or self.venue)


@dataclass(frozen=True, slots=True)
class City:
    """A city where something is on, with the time zone of its venues."""

    name: str
    time_zone: str


class LocalDay(Func):
    """The date of an instant on the venue's clock."""

    template = "timezone(%(expressions)s)::date"
    output_field = DateField()


LOCAL_DAY = LocalDay(F("room__venue__time_zone"), F("starts_at"))


def showtimes_on(wanted: Wanted, *, now: dt.datetime) -> QuerySet[Showtime]:
    """Showtimes still to begin that fit in day, city and venue, the first one first."""
    found = Showtime.objects.upcoming(now).filter(event__status=Event.Status.PUBLISHED)
    if wanted.city:
        found = found.filter(room__venue__city__iexact=wanted.city)
    if wanted.venue:
        found = found.filter(room__venue__slug=wanted.venue)
    if wanted.day:
        # The first line uses the index, the second is exact: a day begins at another instant in each time zone.
        midnight = dt.datetime.combine(wanted.day, dt.time(), dt.UTC)
        found = found.filter(starts_at__gte=midnight - DAY, starts_at__lt=midnight + 2 * DAY)
        found = found.alias(local_day=LOCAL_DAY).filter(local_day=wanted.day)
    return found.order_by("starts_at", "id")


def events_on(wanted: Wanted, *, now: dt.datetime) -> QuerySet[Event]:
    """Published events that fit, with `next_at`: what fits the words best, then what begins first.

    Without a wish, what cannot be bought yet is left to `announced`. Words alone also find events without a showtime.
    """
    fitting = showtimes_on(wanted, now=now).filter(event=OuterRef("pk"))
    found: QuerySet[Event] = Event.objects.published()
    if wanted.words and not (wanted.day or wanted.city or wanted.venue):
        found = found.filter(Exists(fitting) | ~Exists(_ever(OuterRef("pk"))))
    else:
        found = found.filter(Exists(fitting if wanted else fitting.filter(_buyable(now))))
    if wanted.category:
        found = found.filter(category__slug=wanted.category)
    if wanted.words:
        found = matching_events(found, wanted.words)
    best_first = [F("rank").desc()] if wanted.words else []
    found = found.select_related("category", "film", "organizer")
    return found.annotate(next_at=Subquery(fitting.values("starts_at")[:1])).order_by(
        *best_first, F("next_at").asc(nulls_last=True), "title", "id"
    )


def featured(*, now: dt.datetime, limit: int = 4) -> QuerySet[Event]:
    """What the house puts forward and can be bought now, the next one first."""
    return events_on(Wanted(), now=now).filter(featured=True)[:limit]


def announced(*, now: dt.datetime, limit: int = 12) -> QuerySet[Event]:
    """Coming soon: published, but nothing of it can be bought yet. `next_at` and `opens_at` where they are known."""
    upcoming = Showtime.objects.upcoming(now).filter(event=OuterRef("pk"))
    closed = upcoming.exclude(_buyable(now))
    return (
        Event.objects.published()
        .annotate(
            next_at=Subquery(upcoming.order_by("starts_at").values("starts_at")[:1]),
            opens_at=Subquery(closed.order_by("sale_opens_at").values("sale_opens_at")[:1]),
        )
        .filter(~Exists(upcoming.filter(_buyable(now))))
        .filter(Q(next_at__isnull=False) | ~Exists(_ever(OuterRef("pk"))))
        .select_related("category", "film", "organizer")
        .order_by(F("next_at").asc(nulls_last=True), "title", "id")[:limit]
    )


def categories_with_counts(wanted: Wanted, *, now: dt.datetime) -> list[tuple[Category, int]]:
    """Every category with how many events fit in it, whatever category is wanted."""
    fitting = events_on(replace(wanted, category=""), now=now).order_by().values("pk")
    counted = Category.objects.annotate(found=Count("events", filter=Q(events__in=fitting)))
    return [(category, category.found) for category in counted.order_by("rank", "name")]


def days_with_counts(wanted: Wanted, *, first: dt.date, days: int, now: dt.datetime) -> dict[dt.date, int]:
    """How many showtimes fit on each of the coming days, whatever day is wanted; days without any are left out."""
    from_midnight = dt.datetime.combine(first, dt.time(), dt.UTC)
    found = showtimes_on(replace(wanted, day=None), now=now).filter(
        starts_at__gte=from_midnight - DAY, starts_at__lt=from_midnight + (days + 1) * DAY
    )
    if wanted.category:
        found = found.filter(event__category__slug=wanted.category)
    if wanted.words:
        found = found.filter(event__in=matching_events(Event.objects.all(), wanted.words).values("pk"))
    rows = found.order_by().values_list(LOCAL_DAY).annotate(Count("id"))
    return {day: count for day, count in rows if first <= day < first + dt.timedelta(days=days)}


def cities(*, now: dt.datetime) -> list[City]:
    """Cities where something is on, by name."""
    shown = Showtime.objects.upcoming(now).filter(room__venue=OuterRef("pk"), event__status=Event.Status.PUBLISHED)
    rows = Venue.objects.filter(Exists(shown)).values_list("city").annotate(Min("time_zone")).order_by("city")
    return [City(name, time_zone) for name, time_zone in rows]


def next_showtimes(
    events: list[Event], wanted: Wanted, *, now: dt.datetime, per_event: int
) -> dict[int, list[Showtime]]:
    """The first fitting showtimes of each event, by the event's id, in one query."""
    found = (
        _for_reading(showtimes_on(wanted, now=now).filter(event__in=events))
        .annotate(place=Window(RowNumber(), partition_by=F("event_id"), order_by=[F("starts_at"), F("id")]))
        .filter(place__lte=per_event)
        .order_by("starts_at", "id")
    )
    grouped: dict[int, list[Showtime]] = {event.pk: [] for event in events}
    for showtime in found:
        grouped[showtime.event_id].append(showtime)
    return grouped


def public_events() -> QuerySet[Event]:
    """Events whose page anybody may open, cancelled ones too, with film and cast."""
    return (
        Event.objects.filter(status__in=[Event.Status.PUBLISHED, Event.Status.CANCELLED])
        .select_related("category", "organizer", "film")
        .prefetch_related("cast")
    )


def showtimes_of_event(event: Event, *, now: dt.datetime) -> list[Showtime]:
    """Showtimes to come, cancelled ones too, so that nobody misses one silently. When none is left: the last one."""
    public = _for_reading(Showtime.objects.public().filter(event=event))
    coming = list(public.filter(starts_at__gt=now).order_by("starts_at", "room__venue__name", "id"))
    return coming or list(public.filter(starts_at__lte=now).order_by("-starts_at", "-id")[:1])


def showtimes_of_organizer(organizer: Organizer, *, ends_after: dt.datetime) -> QuerySet[Showtime]:
    """What an organizer shows from now on, running and cancelled ones too, in the order of the evening."""
    theirs = Showtime.objects.public().filter(event__organizer=organizer, ends_at__gt=ends_after)
    return _for_reading(theirs).order_by("starts_at", "room__venue__name", "id")


def _for_reading(showtimes: QuerySet[Showtime]) -> QuerySet[Showtime]:
    return showtimes.select_related("room__venue", "event__organizer")


def _buyable(now: dt.datetime) -> Q:
    return Q(sale_opens_at__isnull=True) | Q(sale_opens_at__lte=now)


def _ever(event: Any) -> QuerySet[Showtime]:
    """Showtimes of an event that the public knows of, whenever they are."""
    return Showtime.objects.exclude(status=Showtime.Status.DRAFT).filter(event=event)
