"""DI1, DI2: what's on, in the browser."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from core.catalog.models import TicketType
from core.catalog.tests.town import DAY, HOUR, NOW, a_showtime, a_venue, an_event
from core.seating.tests.crowd import fill

pytestmark = pytest.mark.django_db

HOME = reverse("customer:home")
HTMX = {"HX-Request": "true", "HX-Target": "programme"}
EVENING = dt.datetime(2026, 11, 20, 19, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def cards(response):
    return [(card.event.title, card.meta, card.price, card.flag) for card in response.context["found"].cards]


def titles(response):
    return [card.event.title for card in response.context["found"].cards]


def troubles(response):
    return [str(trouble) for trouble in response.context["form"].troubles]


def chosen_day(response):
    return [link.day.isoformat() for link in response.context["days"] if link.current]


def test_home_shows_what_is_on_with_time_venue_and_price_di1(client):
    orbit = an_event("Ninth Orbit")
    fill(a_showtime(orbit, EVENING), free=40)
    fill(a_showtime(an_event("Morning", category="Talk"), EVENING + DAY, prices={TicketType.ADULT: 0}), free=1, sold=9)
    fill(a_showtime(an_event("Full"), EVENING + 2 * DAY), sold=40)
    response = client.get(HOME)
    assert response.status_code == 200
    assert cards(response) == [
        ("Ninth Orbit", "Today 20:15 · Palace", "from 9.50 EUR", ""),
        ("Morning", "Tomorrow 20:15 · Palace", "Free", "1 place left"),
        ("Full", "Sun 22 Nov 20:15 · Palace", "from 9.50 EUR", "Sold out"),
    ]
    assert f'<a href="{reverse("customer:event", args=[orbit.slug])}">Ninth Orbit</a>' in response.text


def test_home_names_the_first_showing_that_can_still_be_had(client):
    event = an_event()
    fill(a_showtime(event, EVENING), sold=40)
    fill(a_showtime(event, EVENING + DAY), free=40)
    assert cards(client.get(HOME)) == [("Ninth Orbit", "Tomorrow 20:15 · Palace", "from 9.50 EUR", "")]


def test_home_opens_with_featured_and_ends_with_coming_soon_di1(client):
    fill(a_showtime(an_event("Plain"), EVENING), free=9)
    fill(a_showtime(an_event("Star", featured=True), EVENING + DAY), free=9)
    a_showtime(an_event("Later"), EVENING + 30 * DAY, sale_opens_at=NOW + DAY)
    an_event("Undated")
    response = client.get(HOME)
    found = response.context["found"]
    assert [card.event.title for card in found.featured] == ["Star"]
    assert [(card.event.title, card.meta, card.flag) for card in found.soon] == [
        ("Later", "Sun 20 Dec 20:15 · Palace", "On sale from Sat 21 Nov 10:30"),
        ("Undated", "Dates to be announced", ""),
    ]
    assert titles(response) == ["Plain", "Star"]
    narrowed = client.get(HOME, {"category": "film"}).context["found"]
    assert (narrowed.featured, narrowed.soon) == ([], [])


def test_home_of_a_day_shows_its_showings_venue_by_venue_with_how_full_they_are_di2_di3(client):
    palace, lyric = a_venue(), a_venue("Lyric")
    orbit = an_event("Ninth Orbit", venue=palace)
    fill(a_showtime(orbit, EVENING, venue=palace), free=3, sold=37)
    fill(a_showtime(orbit, EVENING + HOUR, venue=lyric), sold=40)
    fill(a_showtime(orbit, EVENING + DAY, venue=palace), free=40)
    response = client.get(HOME, {"day": "2026-11-20"})
    [card] = response.context["found"].cards
    told = [(house.venue.name, [(s.clock, s.state, bool(s.url)) for s in house.showings]) for house in card.houses]
    assert told == [("Palace", [("20:15", "3 places left", True)]), ("Lyric", [("21:15", "Sold out", False)])]
    assert chosen_day(response) == ["2026-11-20"]
    assert response.context["title_of_day"] == "Today, Friday 20 November"


def test_home_narrows_by_city_category_day_and_words_in_the_url_di2(client):
    palace, lyric = a_venue(), a_venue("Lyric", city="Linz")
    a_showtime(an_event("Orbit in Graz", venue=palace), EVENING)
    a_showtime(an_event("Orbit in Linz", venue=lyric), EVENING)
    a_showtime(an_event("Jazz in Linz", venue=lyric, category="Jazz"), EVENING + DAY)
    assert titles(client.get(HOME, {"city": "linz"})) == ["Orbit in Linz", "Jazz in Linz"]
    assert titles(client.get(HOME, {"city": "Linz", "category": "jazz"})) == ["Jazz in Linz"]
    assert titles(client.get(HOME, {"q": "orbit", "city": "Linz"})) == ["Orbit in Linz"]
    response = client.get(HOME, {"q": "linz", "day": "2026-11-21"})
    assert titles(response) == ["Jazz in Linz"]
    assert [(chip.key, chip.count, chip.url, chip.current) for chip in response.context["chips"]] == [
        ("all", None, "?day=2026-11-21&q=linz", True),
        ("jazz", 1, "?category=jazz&day=2026-11-21&q=linz", False),
    ]
    assert [(link.day.day, link.url) for link in response.context["days"] if link.url] == [
        (20, "?day=2026-11-20&q=linz"),
        (21, "?day=2026-11-21&q=linz"),
    ]


@pytest.mark.parametrize(
    ("query", "trouble"),
    [
        ({"day": "2026-13-45"}, "That is not a day of our programme. All days are shown."),
        ({"day": "2026-11-19"}, "That is not a day of our programme. All days are shown."),
        ({"day": "9999-12-31"}, "That is not a day of our programme. All days are shown."),
        ({"day": "20\x0026"}, "That is not a day of our programme. All days are shown."),
        ({"city": "Atlantis"}, "Nothing is on in that city. All cities are shown."),
        ({"city": "\x00"}, "Nothing is on in that city. All cities are shown."),
        ({"category": "nonsense"}, "There is no such category. All are shown."),
        ({"q": "a\x00b"}, "The search is too long or has signs that cannot be searched for. Everything is shown."),
        ({"q": "x" * 81}, "The search is too long or has signs that cannot be searched for. Everything is shown."),
    ],
)
def test_home_shows_everything_and_says_so_when_the_wish_is_not_understood(client, query, trouble):
    a_showtime(an_event(), EVENING)
    response = client.get(HOME, query)
    assert (response.status_code, titles(response), troubles(response)) == (200, ["Ninth Orbit"], [trouble])
    assert trouble in response.text


@pytest.mark.parametrize(("page", "shown"), [("1", 24), ("2", 1), ("0", 1), ("-1", 1), ("9" * 30, 1), ("x\x00", 24)])
def test_home_turns_pages_and_survives_wrong_ones(client, page, shown):
    for number in range(25):
        a_showtime(an_event(f"Event {number:02}"), EVENING)
    response = client.get(HOME, {"page": page})
    assert (response.status_code, len(titles(response))) == (200, shown)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "The programme is being made"),
        ({"q": "<b>zeppelin"}, "Nothing found for “&lt;b&gt;zeppelin”"),
        ({"day": "2026-11-25"}, "Nothing is on that day"),
        ({"category": "film"}, "Nothing like that is planned"),
    ],
)
def test_home_says_what_to_do_when_there_is_nothing(client, query, words):
    a_showtime(an_event(), NOW - DAY)
    assert words in client.get(HOME, query).text


def test_home_gives_htmx_the_part_and_a_clean_address(client):
    a_showtime(an_event(), EVENING)
    response = client.get(HOME, {"q": "orb", "day": "", "city": ""}, headers=HTMX | {"HX-Trigger-Name": "q"})
    assert response.text.lstrip().startswith('<div id="programme">')
    assert "1 event found" in response.text
    assert response["HX-Replace-Url"] == "/?q=orb"
    assert response["Vary"].split(", ")[:3] == ["HX-Request", "HX-Target", "HX-History-Restore-Request"]
    pushed = client.get(HOME, {"q": "orb", "day": "2026-11-20"}, headers=HTMX | {"HX-Trigger-Name": "day"})
    assert pushed["HX-Push-Url"] == "/?day=2026-11-20&q=orb"


@pytest.mark.parametrize(
    "headers",
    [{}, {"HX-Request": "true", "HX-Target": "main"}, HTMX | {"HX-History-Restore-Request": "true"}],
)
def test_home_gives_the_whole_page_to_everybody_else(client, headers):
    response = client.get(HOME, {"q": "orb"}, headers=headers)
    assert response.text.startswith("<!doctype html>")
    assert "<title>“orb” · What’s on · Foyer</title>" in response.text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [({}, 12), ({"day": "2026-11-20"}, 10), ({"q": "orbit"}, 10)])
def test_home_asks_the_database_as_often_for_three_events_as_for_one(
    client, django_assert_num_queries, count, query, queries
):
    for number in range(count):
        event = an_event(f"Orbit {number}", featured=True, director="R. Egger")
        fill(a_showtime(event, EVENING), free=2)
        fill(a_showtime(event, EVENING + DAY), free=2)
    with django_assert_num_queries(queries):
        assert len(titles(client.get(HOME, query))) == count


def test_home_takes_no_post(client):
    assert client.post(HOME).status_code == 405


def test_home_opens_with_the_city_of_the_person_and_shows_all_when_asked(client, django_user_model):
    """AC7: an empty city in the URL means all of them, and the links on the page go on meaning it."""
    for city in ("Graz", "Wien"):
        venue = a_venue(f"Palace {city}", city=city)
        a_showtime(an_event(f"In {city}", venue=venue), EVENING, venue=venue)
    amina = django_user_model.objects.create_user("amina@foyer.example", home_city="Graz")
    assert titles(client.get(HOME)) == ["In Graz", "In Wien"]
    client.force_login(amina)
    opened = client.get(HOME)
    assert titles(opened) == ["In Graz"]
    assert opened.context["form"].url_with(category="film") == "?category=film&city=Graz"
    everywhere = client.get(HOME, {"city": ""})
    assert titles(everywhere) == ["In Graz", "In Wien"]
    assert everywhere.context["form"].url_with(category="film") == "?category=film&city="
    assert titles(client.get(HOME, {"city": "Wien"})) == ["In Wien"]
    part = client.get(HOME, {"city": ""}, headers=HTMX)
    assert part["HX-Push-Url"] == "/?city="


def test_home_shows_everything_when_nothing_is_on_in_the_city_of_the_person(client, django_user_model):
    venue = a_venue(city="Wien")
    a_showtime(an_event("In Wien", venue=venue), EVENING, venue=venue)
    client.force_login(django_user_model.objects.create_user("amina@foyer.example", home_city="Wels"))
    opened = client.get(HOME)
    assert (titles(opened), troubles(opened)) == (["In Wien"], [])
