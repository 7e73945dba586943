"""DI4 as far as issue 2 asks for it: the houses, their programme by day, and how to get there."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from core.catalog.tests.town import DAY, NOW, a_room, a_showtime, a_venue, an_event
from core.seating.tests.crowd import fill

pytestmark = pytest.mark.django_db

VENUES = reverse("customer:venues")
EVENING = dt.datetime(2026, 11, 20, 19, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def names(response):
    return [venue.name for venue in response.context["page"].object_list]


def page(client, venue, **query):
    return client.get(reverse("customer:venue", args=[venue.slug]), query)


def on(response):
    return [(card.event.title, [showing.clock for showing in card.showings]) for card in response.context["on"].cards]


def test_venues_are_listed_and_found_by_words_and_city(client):
    a_venue(street="Mühlgasse 3")
    a_venue("Lyric", city="Linz")
    assert names(client.get(VENUES)) == ["Lyric", "Palace"]
    assert names(client.get(VENUES, {"q": "muhlgasse"})) == ["Palace"]
    assert names(client.get(VENUES, {"city": "linz"})) == ["Lyric"]
    assert "No venue found" in client.get(VENUES, {"q": "zeppelin"}).text


@pytest.mark.parametrize("query", [{"q": "\x00"}, {"q": "x" * 81}, {"city": "Atlantis"}, {"page": "x"}, {"page": "99"}])
def test_venues_survive_what_cannot_be_understood(client, query):
    a_venue()
    response = client.get(VENUES, query)
    assert (response.status_code, names(response)) == (200, ["Palace"])
    assert len(response.context["form"].troubles) == (0 if "page" in query else 1)


def test_venues_say_so_when_there_is_none(client):
    assert "No venues yet" in client.get(VENUES).text


def test_venues_give_htmx_the_part(client):
    a_venue()
    headers = {"HX-Request": "true", "HX-Target": "houses", "HX-Trigger-Name": "q"}
    response = client.get(VENUES, {"q": "pal", "city": ""}, headers=headers)
    assert response.text.lstrip().startswith('<div id="houses">')
    assert response["HX-Replace-Url"] == "/venues/?q=pal"


@pytest.mark.parametrize("count", [1, 3])
def test_venues_ask_the_database_as_often_for_three_as_for_one(client, django_assert_num_queries, count):
    for number in range(count):
        a_showtime(an_event(f"Event {number}", venue=a_venue(f"Venue {number}")), EVENING)
    with django_assert_num_queries(3):
        assert len(names(client.get(VENUES))) == count


def test_a_venue_tells_address_rooms_amenities_and_the_way(client):
    venue = a_venue(
        street="Hauptplatz 1",
        postcode="8010",
        about="A picture palace.",
        getting_there="Trams 1 and 7.",
        amenities=["bar", "hearing loop", "moon roof", "<b>"],
    )
    a_room(venue, "Floor", seats=0, standing=300)
    text = page(client, venue).text
    for words in ("8010 Graz", "A picture palace.", "Trams 1 and 7.", "40 seats", "300 standing places"):
        assert words in text
    for words in ("<li>Bar</li>", "<li>Hearing loop</li>", "<li>Moon roof</li>", "<li>&lt;b&gt;</li>"):
        assert words in text
    assert "https://www.openstreetmap.org/search?query=Hauptplatz%201%2C%208010%20Graz" in text


def test_a_venue_shows_the_next_day_with_something_or_the_chosen_one(client):
    venue = a_venue()
    a_showtime(an_event("Saturday"), EVENING + DAY)
    a_showtime(an_event("Monday"), EVENING + 3 * DAY)
    a_showtime(an_event("Elsewhere", venue=a_venue("Lyric")), EVENING)
    assert on(page(client, venue)) == [("Saturday", ["20:15"])]
    assert on(page(client, venue, day="2026-11-23")) == [("Monday", ["20:15"])]
    assert on(page(client, venue, day="2026-11-22")) == []
    assert [card.event.title for card in page(client, venue).context["on"].ahead] == ["Saturday", "Monday"]


def test_a_venues_days_are_those_of_its_own_clock(client):
    tokyo = a_venue("Shibuya", city="Tokyo", time_zone="Asia/Tokyo")
    a_showtime(an_event("Morning", venue=tokyo), dt.datetime(2026, 11, 20, 23, 0, tzinfo=dt.UTC))
    response = page(client, tokyo)
    assert response.context["title_of_day"] == "Tomorrow, Saturday 21 November"
    assert on(response) == [("Morning", ["08:00"])]


@pytest.mark.parametrize("day", ["x", "2026-11-01", "9999-12-31", "\x00"])
def test_a_venue_shows_its_next_day_and_says_so_when_the_day_is_not_understood(client, day):
    venue = a_venue()
    a_showtime(an_event(), EVENING)
    response = page(client, venue, day=day)
    assert on(response) == [("Ninth Orbit", ["20:15"])]
    assert "That is not a day of our programme. Choose another one." in response.text


def test_a_venue_without_a_programme_says_so(client):
    assert "Nothing is planned here just now." in page(client, a_venue()).text


def test_an_unknown_venue_is_not_found(client):
    assert client.get("/venues/nowhere/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_venue_asks_the_database_as_often_for_three_events_as_for_one(client, django_assert_num_queries, count):
    venue = a_venue()
    for number in range(count):
        fill(a_showtime(an_event(f"Event {number}"), EVENING), free=4)
    with django_assert_num_queries(13):
        assert len(on(page(client, venue))) == count
