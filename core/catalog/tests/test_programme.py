"""DI1, DI2: what is on by day, city, category; featured and coming soon."""

import datetime as dt

import pytest

from core.catalog.models import Event, Seat, Showtime, TicketType
from core.catalog.queries import (
    City,
    Wanted,
    announced,
    categories_with_counts,
    cities,
    days_with_counts,
    events_on,
    featured,
    least_prices,
    next_showtimes,
    public_events,
    rooms_of,
    showtimes_of_event,
    showtimes_on,
    venues_to_visit,
)
from core.catalog.tests.town import DAY, HOUR, NOW, a_room, a_showtime, a_venue, an_event

pytestmark = pytest.mark.django_db


def titles(events):
    return [event.title for event in events]


def test_events_on_lists_what_is_still_to_come_the_next_first_di1():
    later, sooner, over, draft = (an_event(title) for title in ("Later", "Sooner", "Over", "Draft"))
    an_event("Never dated")
    a_showtime(later, NOW + 3 * DAY)
    a_showtime(sooner, NOW + DAY)
    a_showtime(sooner, NOW - DAY)
    a_showtime(over, NOW - HOUR)
    a_showtime(draft, NOW + DAY, status=Showtime.Status.DRAFT)
    found = list(events_on(Wanted(), now=NOW))
    assert titles(found) == ["Sooner", "Later"]
    assert [event.next_at for event in found] == [NOW + DAY, NOW + 3 * DAY]


def test_events_on_hides_drafts_and_cancelled_events():
    for title, status in (("Draft", Event.Status.DRAFT), ("Cancelled", Event.Status.CANCELLED)):
        a_showtime(an_event(title, status=status), NOW + DAY)
    a_showtime(an_event("Called off"), NOW + DAY, status=Showtime.Status.CANCELLED)
    assert titles(events_on(Wanted(), now=NOW)) == []


def test_events_on_a_day_means_the_day_on_the_venues_clock_di2():
    graz, tokyo = a_venue(), a_venue("Shibuya", city="Tokyo", time_zone="Asia/Tokyo")
    midnight_in_graz = dt.datetime(2026, 11, 22, 23, 0, tzinfo=dt.UTC)
    a_showtime(an_event("Last minute", venue=graz), midnight_in_graz - dt.timedelta(minutes=1))
    a_showtime(an_event("First minute", venue=graz), midnight_in_graz)
    a_showtime(an_event("Morning in Tokyo", venue=tokyo), dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC))
    a_showtime(an_event("Evening in Tokyo", venue=tokyo), dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC))
    assert titles(events_on(Wanted(day=dt.date(2026, 11, 22)), now=NOW)) == ["Evening in Tokyo", "Last minute"]
    assert titles(events_on(Wanted(day=dt.date(2026, 11, 23)), now=NOW)) == ["First minute", "Morning in Tokyo"]


def test_events_on_narrows_by_city_category_and_venue_di2():
    palace, lyric = a_venue(), a_venue("Lyric", city="Linz")
    a_showtime(an_event("Film in Graz", venue=palace), NOW + DAY)
    a_showtime(an_event("Jazz in Graz", venue=palace, category="Jazz"), NOW + DAY)
    a_showtime(an_event("Film in Linz", venue=lyric), NOW + DAY)
    assert titles(events_on(Wanted(city="graz"), now=NOW)) == ["Film in Graz", "Jazz in Graz"]
    assert titles(events_on(Wanted(city="Graz", category="jazz"), now=NOW)) == ["Jazz in Graz"]
    assert titles(events_on(Wanted(venue="lyric"), now=NOW)) == ["Film in Linz"]
    assert titles(events_on(Wanted(city="Wels"), now=NOW)) == []


def test_coming_soon_is_what_cannot_be_bought_yet_and_nothing_else_di1():
    on_sale, opens, both, undated, over = (an_event(title) for title in ("On sale", "Opens", "Both", "Undated", "Over"))
    a_showtime(on_sale, NOW + DAY)
    a_showtime(opens, NOW + 9 * DAY, sale_opens_at=NOW + 2 * DAY)
    a_showtime(both, NOW + DAY, sale_opens_at=NOW)
    a_showtime(both, NOW + 9 * DAY, sale_opens_at=NOW + 2 * DAY)
    a_showtime(over, NOW - DAY)
    a_showtime(undated, NOW + DAY, status=Showtime.Status.DRAFT)
    soon = list(announced(now=NOW))
    assert titles(soon) == ["Opens", "Undated"]
    assert [(event.next_at, event.opens_at) for event in soon] == [(NOW + 9 * DAY, NOW + 2 * DAY), (None, None)]
    assert titles(events_on(Wanted(), now=NOW)) == ["Both", "On sale"]


def test_what_comes_soon_is_found_when_it_is_asked_for():
    a_showtime(an_event("Opens"), NOW + 9 * DAY, sale_opens_at=NOW + 2 * DAY)
    an_event("Undated")
    assert titles(events_on(Wanted(city="Graz"), now=NOW)) == ["Opens"]
    assert titles(events_on(Wanted(words="undated"), now=NOW)) == ["Undated"]
    assert titles(events_on(Wanted(words="undated", city="Graz"), now=NOW)) == []


def test_featured_is_what_the_house_puts_forward_and_can_be_bought_di1():
    a_showtime(an_event("Plain"), NOW + DAY)
    a_showtime(an_event("Second", featured=True), NOW + 2 * DAY)
    a_showtime(an_event("First", featured=True), NOW + DAY)
    a_showtime(an_event("Over", featured=True), NOW - DAY)
    assert titles(featured(now=NOW)) == ["First", "Second"]
    assert titles(featured(now=NOW, limit=1)) == ["First"]


def test_categories_count_what_fits_whatever_category_is_wanted_di2():
    palace, lyric = a_venue(), a_venue("Lyric", city="Linz")
    for venue, title, category in ((palace, "A", "Film"), (palace, "B", "Film"), (lyric, "C", "Film")):
        a_showtime(an_event(title, venue=venue, category=category), NOW + DAY)
    an_event("D", category="Jazz")
    counted = categories_with_counts(Wanted(city="Graz", category="jazz"), now=NOW)
    assert [(category.slug, count) for category, count in counted] == [("film", 2), ("jazz", 0)]


def test_days_count_showtimes_that_fit_whatever_day_is_wanted_di1():
    orbit, quartet = an_event("Orbit"), an_event("Quartet", category="Jazz")
    a_showtime(orbit, NOW + HOUR)
    a_showtime(orbit, NOW + 5 * HOUR)
    a_showtime(orbit, NOW + 2 * DAY)
    a_showtime(quartet, NOW + 2 * DAY)
    a_showtime(orbit, NOW + 14 * DAY)
    first = dt.date(2026, 11, 20)
    wanted = Wanted(day=first)
    assert days_with_counts(wanted, first=first, days=14, now=NOW) == {first: 2, first + 2 * DAY: 2}
    assert days_with_counts(Wanted(category="jazz"), first=first, days=14, now=NOW) == {first + 2 * DAY: 1}
    assert days_with_counts(Wanted(words="orb"), first=first, days=3, now=NOW) == {first: 2, first + 2 * DAY: 1}


def test_cities_are_those_where_something_is_on_di2():
    for name, city in (("Palace", "Graz"), ("Rex", "Graz"), ("Lyric", "Linz"), ("Shut", "Wels")):
        a_showtime(an_event(name, venue=a_venue(name, city=city)), NOW + (-DAY if city == "Wels" else DAY))
    assert cities(now=NOW) == [City("Graz", "Europe/Vienna"), City("Linz", "Europe/Vienna")]


def test_next_showtimes_are_the_first_of_each_event_in_one_query(django_assert_num_queries):
    orbit, quartet, none = an_event("Orbit"), an_event("Quartet"), an_event("None")
    for days in (4, 1, 3, 2):
        a_showtime(orbit, NOW + days * DAY)
    a_showtime(quartet, NOW + DAY)
    with django_assert_num_queries(1):
        found = next_showtimes([orbit, quartet, none], Wanted(), now=NOW, per_event=3)
        days = {pk: [(shown.starts_at - NOW).days for shown in shows] for pk, shows in found.items()}
        assert {shown.room.venue.name for shows in found.values() for shown in shows} == {"Palace"}
    assert days == {orbit.pk: [1, 2, 3], quartet.pk: [1], none.pk: []}


def test_showtimes_of_an_event_tell_cancelled_ones_and_the_last_when_all_are_over_di3():
    event = an_event()
    a_showtime(event, NOW - 9 * DAY)
    last = a_showtime(event, NOW - DAY)
    assert showtimes_of_event(event, now=NOW) == [last]
    called_off = a_showtime(event, NOW + DAY, status=Showtime.Status.CANCELLED)
    coming = a_showtime(event, NOW + 2 * DAY)
    a_showtime(event, NOW + 3 * DAY, status=Showtime.Status.DRAFT)
    assert showtimes_of_event(event, now=NOW) == [called_off, coming]


def test_public_events_are_published_or_cancelled_but_never_drafts():
    for status in Event.Status:
        an_event(status.label, status=status)
    assert titles(public_events().order_by("title")) == ["Cancelled", "Published"]


def test_least_price_is_an_adults_and_free_only_when_all_is_free():
    event = an_event()
    usual = a_showtime(event, NOW + DAY)
    usual.price_tiers.create(ticket_type=TicketType.ADULT, seat_type=Seat.Type.COMPANION, amount=0)
    usual.price_tiers.create(ticket_type=TicketType.ADULT, seat_type=Seat.Type.PREMIUM, amount=1450)
    free = a_showtime(event, NOW + 2 * DAY, prices={TicketType.ADULT: 0, TicketType.CHILD: 0})
    for_children = a_showtime(event, NOW + 3 * DAY, prices={TicketType.CHILD: 400})
    unpriced = a_showtime(event, NOW + 4 * DAY, prices={})
    assert least_prices(showtimes_on(Wanted(), now=NOW)) == {usual.pk: 950, free.pk: 0, for_children.pk: 400}
    assert least_prices(showtimes_on(Wanted(), now=NOW), by="showtime__event_id") == {event.pk: 950}
    assert least_prices(Showtime.objects.filter(pk=unpriced.pk)) == {}


def test_venues_are_found_by_words_and_city_with_what_is_ahead():
    palace, lyric = a_venue(street="Mühlgasse 3"), a_venue("Lyric", city="Linz")
    event = an_event(venue=palace)
    a_showtime(event, NOW + DAY)
    a_showtime(event, NOW + 2 * DAY)
    a_showtime(an_event("Over", venue=palace), NOW - DAY)
    found = list(venues_to_visit(now=NOW))
    assert [(venue, venue.events_ahead) for venue in found] == [(lyric, 0), (palace, 1)]
    assert list(venues_to_visit(words="muhl 3", now=NOW)) == [palace]
    assert list(venues_to_visit(words="muhl", city="linz", now=NOW)) == []
    assert list(venues_to_visit(city="linz", now=NOW)) == [lyric]
    assert list(venues_to_visit(words="'&", now=NOW)) == []


def test_rooms_tell_seats_and_standing_places_of_their_newest_plan():
    venue = a_venue()
    hall = venue.rooms.get()
    hall.seat_maps.create(version=2, document={}, width=9, height=9, seat_count=60, created_at=NOW)
    a_room(venue, "Floor", seats=0, standing=300)
    venue.rooms.create(name="Not built", slug="not-built")
    assert [(room.name, room.seats, room.standing) for room in rooms_of(venue)] == [
        ("Hall 1", 60, 0),
        ("Floor", 0, 300),
        ("Not built", 0, 0),
    ]
