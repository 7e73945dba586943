"""DI3: the page of an event."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.urls import reverse

from core.catalog.models import Event, Showtime, TicketType
from core.catalog.tests.town import DAY, HOUR, NOW, a_showtime, a_venue, an_event
from core.seating.tests.crowd import fill

pytestmark = pytest.mark.django_db

EVENING = dt.datetime(2026, 11, 20, 19, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def page(client, event):
    return client.get(reverse("customer:event", args=[event.slug]))


def told(response):
    return [
        (day.title, house.venue.name, [(s.clock, s.state, s.price) for s in house.showings])
        for day in response.context["days"]
        for house in day.venues
    ]


def test_event_tells_story_facts_and_cast_di3(client):
    event = an_event(
        tagline="Nobody is coming",
        director="Agnès Lindqvist",
        cast=["Tomás Ureña"],
        runtime_minutes=112,
        age_rating="12+",
        description="First.\n\nSecond <i>.",
    )
    a_showtime(event, EVENING)
    response = page(client, event)
    assert response.status_code == 200
    for words in (
        "Ninth Orbit</h1>",
        "Nobody is coming",
        "Agnès Lindqvist",
        "Tomás Ureña",
        "112 minutes",
        "12+",
        "2026",
        "<p>First.</p>",
        "<p>Second &lt;i&gt;.</p>",
    ):
        assert words in response.text


def test_event_lists_showtimes_by_day_and_venue_on_the_venues_clock_with_how_full_they_are_di3(client):
    graz, tokyo = a_venue(), a_venue("Shibuya", city="Tokyo", time_zone="Asia/Tokyo")
    event = an_event(venue=graz)
    fill(a_showtime(event, EVENING, venue=graz, language="English", subtitles="German"), free=30, sold=10)
    fill(a_showtime(event, EVENING + 2 * HOUR, venue=graz), sold=20)
    fill(a_showtime(event, EVENING, venue=tokyo), free=10, sold=30)
    fill(a_showtime(event, EVENING + DAY, venue=graz, prices={TicketType.ADULT: 1450}), free=2, sold=38)
    response = page(client, event)
    assert told(response) == [
        (
            "Today, Friday 20 November",
            "Palace",
            [("20:15", "Plenty left", "from 9.50 EUR"), ("22:15", "Sold out", "from 9.50 EUR")],
        ),
        ("Tomorrow, Saturday 21 November", "Shibuya", [("04:15", "Filling up", "from 9.50 EUR")]),
        ("Tomorrow, Saturday 21 November", "Palace", [("20:15", "2 places left", "from 14.50 EUR")]),
    ]
    assert "English, German subtitles" in response.text
    assert response.context["price"] == "from 9.50 EUR"


@pytest.mark.parametrize(
    ("fields", "filled", "state", "is_link"),
    [
        ({}, {"free": 4, "sold": 0}, "Plenty left", True),
        ({}, {"held": 4, "held_until": NOW + HOUR}, "All held just now", True),
        ({}, {"held": 4, "held_until": NOW}, "Plenty left", True),
        ({}, {"paying": 1, "sold": 3}, "All held just now", True),
        ({}, {"sold": 4}, "Sold out", False),
        ({}, {"free": 101, "sold": 1900}, "Few left", True),
        ({}, {}, "Not on sale yet", True),
        ({"sale_opens_at": NOW + HOUR}, {"free": 4}, "On sale from Fri 20 Nov 11:30", True),
        ({"sale_closes_at": NOW}, {"free": 4}, "Sold at the door only", False),
        ({"status": Showtime.Status.CANCELLED}, {"free": 4}, "Cancelled", False),
    ],
)
def test_event_says_of_each_showtime_what_is_the_matter_and_links_what_can_be_picked(
    client, fields, filled, state, is_link
):
    event = an_event()
    showtime = a_showtime(event, EVENING, **fields)
    fill(showtime, **filled)
    response = page(client, event)
    [(_day, _venue, [(clock, told_state, _price)])] = told(response)
    assert (clock, told_state) == ("20:15", state)
    assert (f'class="show" href="{reverse("customer:showtime", args=[showtime.pk])}"' in response.text) == is_link


def test_an_event_does_not_ask_to_choose_when_nothing_is_left(client):
    event = an_event()
    fill(a_showtime(event, EVENING), sold=4)
    response = page(client, event)
    assert "Nothing is left" in response.text
    assert "Choose a time" not in response.text
    assert response.context["price"] == ""


def test_an_event_says_when_its_sale_opens_before_it_does(client):
    event = an_event()
    fill(a_showtime(event, EVENING + 9 * DAY, sale_opens_at=NOW + DAY), free=4)
    response = page(client, event)
    assert "See the dates" in response.text
    assert "Choose a time" not in response.text
    assert response.context["opens"].state == "On sale from Sat 21 Nov 10:30"
    assert response.context["price"] == "from 9.50 EUR"


def test_a_cancelled_event_says_so_and_offers_nothing_to_pick(client):
    event = an_event(status=Event.Status.CANCELLED)
    fill(a_showtime(event, EVENING), free=4)
    response = page(client, event)
    assert "This event will not take place." in response.text
    assert 'class="show" href' not in response.text


def test_an_event_that_is_over_says_when_it_was_last_on(client):
    event = an_event()
    a_showtime(event, EVENING - 9 * DAY)
    a_showtime(event, EVENING - 2 * DAY)
    response = page(client, event)
    assert "It was last on Wed 18 Nov 20:15, Palace. No further dates are planned." in response.text
    assert response.context["days"] == []


def test_an_event_without_dates_says_so(client):
    assert "It is planned, but days and times are not fixed." in page(client, an_event()).text


def test_an_event_keeps_what_is_more_than_seven_days_ahead_folded(client):
    event = an_event()
    for days in range(9):
        a_showtime(event, EVENING + days * DAY)
    response = page(client, event)
    assert (len(response.context["days"]), len(response.context["later_days"])) == (7, 2)
    assert "2 more days" in response.text


@pytest.mark.parametrize(
    ("url", "player"),
    [
        (
            "https://www.youtube.com/watch?v=abcdefghijk",
            "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1&rel=0",
        ),
        ("https://youtu.be/abc-efg_ijk?t=3", "https://www.youtube-nocookie.com/embed/abc-efg_ijk?autoplay=1&rel=0"),
        ("https://www.youtube.com/watch?v=short", ""),
        ("https://evil.example/youtube.com/watch?v=abcdefghijk", ""),
        ("https://vimeo.com/12345", ""),
        ("", ""),
    ],
)
def test_a_trailer_is_a_link_and_plays_inside_the_page_only_from_where_no_cookie_is_set_di3(client, url, player):
    event = an_event(trailer_url=url)
    a_showtime(event, EVENING)
    response = page(client, event)
    assert response.context["trailer"] == player
    assert ("data-trailer=" in response.text) == bool(player)
    assert (f'href="{url}" rel="noopener noreferrer"' in response.text) == bool(url)
    assert "<iframe" not in response.text


def test_search_engines_are_told_each_showtime_and_nothing_breaks_out(client):
    event = an_event("</script><b>", slug="loud", director="R. Egger")
    fill(a_showtime(event, EVENING), free=4)
    fill(a_showtime(event, EVENING + DAY, status=Showtime.Status.CANCELLED), free=4)
    text = page(client, event).text
    [told_text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    first, second = json.loads(told_text)["@graph"]
    assert (first["@type"], first["name"], first["startDate"]) == (
        "ScreeningEvent",
        "</script><b>",
        "2026-11-20T20:15+01:00",
    )
    assert (first["offers"]["price"], first["offers"]["priceCurrency"]) == ("9.50", "EUR")
    assert second["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in second


def test_an_event_has_a_canonical_address_and_a_picture_to_share(client):
    event = an_event(poster="demo/posters/meridian.svg")
    text = page(client, event).text
    assert '<link rel="canonical" href="http://testserver/events/ninth-orbit/">' in text
    assert '<meta property="og:image" content="http://testserver/static/demo/posters/meridian.svg">' in text


def test_a_hidden_event_is_not_found(client):
    assert page(client, an_event(status=Event.Status.DRAFT)).status_code == 404
    assert client.get("/events/nothing-like-it/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_an_event_asks_the_database_as_often_for_three_showtimes_as_for_one(client, django_assert_num_queries, count):
    event = an_event(director="R. Egger", cast=["A", "B", "C"][:count])
    for days in range(count):
        fill(a_showtime(event, EVENING + days * DAY), free=4)
    with django_assert_num_queries(5):
        assert len(told(page(client, event))) == count
