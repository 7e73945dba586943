"""DI2: search over title, tagline, story, director, cast and venue."""

import pytest
from django.db import connection

from core.catalog.models import Event, Showtime
from core.catalog.queries import Wanted, events_on
from core.catalog.queries.search import matching_events
from core.catalog.tests.town import DAY, NOW, a_showtime, a_venue, an_event

pytestmark = pytest.mark.django_db


def search(words):
    return [event.title for event in events_on(Wanted(words=words), now=NOW)]


@pytest.fixture
def programme():
    muhle, rex = a_venue("Mühle"), a_venue("Rex", city="Linz")
    orbit = an_event(
        "Ninth Orbit",
        venue=muhle,
        tagline="Nobody is coming",
        director="Agnès Lindqvist",
        cast=["Tomás Ureña"],
        description="A lighthouse keeper among the stars.",
    )
    a_showtime(orbit, NOW + DAY, venue=muhle)
    keeper = an_event("The Lighthouse", venue=rex, director="R. Egger", description="A man, a lamp and a winter.")
    a_showtime(keeper, NOW + 2 * DAY, venue=rex)


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("orb", ["Ninth Orbit"]),
        ("RBIT", ["Ninth Orbit"]),
        ("nobody", ["Ninth Orbit"]),
        ("agnes lind", ["Ninth Orbit"]),
        ("urena", ["Ninth Orbit"]),
        ("muhle", ["Ninth Orbit"]),
        ("linz", ["The Lighthouse"]),
        ("orbit linz", []),
        ("winter lamp", ["The Lighthouse"]),
        ("inter", []),
        ("the", ["The Lighthouse", "Ninth Orbit"]),
        ("zeppelin", []),
        ("orbit zeppelin", []),
        ("' & | ! :* <-> \\", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search_finds_every_word_somewhere_di2(words, found):
    assert search(words) == found


@pytest.mark.usefixtures("programme")
def test_search_ranks_the_title_before_the_story_di2():
    assert search("lighthouse") == ["The Lighthouse", "Ninth Orbit"]


@pytest.mark.usefixtures("programme")
def test_search_ranks_what_begins_like_that_first():
    a_showtime(an_event("A Lighthouse in March", venue=a_venue("Lyric")), NOW + DAY / 2)
    a_showtime(an_event("Light", venue=a_venue("Apollo")), NOW + 9 * DAY)
    assert search("light")[0] == "Light"


@pytest.mark.usefixtures("programme")
def test_search_leaves_out_what_is_over_hidden_or_cancelled():
    a_showtime(an_event("Orbit over"), NOW - DAY)
    a_showtime(an_event("Orbit draft", status=Event.Status.DRAFT), NOW + DAY)
    a_showtime(an_event("Orbit called off"), NOW + DAY, status=Showtime.Status.CANCELLED)
    assert search("orbit") == ["Ninth Orbit"]


def test_the_full_text_index_serves_the_search():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "event_words" in matching_events(Event.objects.all(), "orbit").explain()
