"""DI3: how full a showtime is."""

import datetime as dt

import pytest

from core.catalog.tests.town import DAY, NOW, a_showtime, an_event
from core.seating.occupancy import Fullness, Occupancy, occupancy
from core.seating.tests.crowd import fill

MINUTE = dt.timedelta(minutes=1)


@pytest.mark.django_db
def test_occupancy_counts_free_and_held_places_in_one_query(django_assert_num_queries):
    event = an_event()
    mixed, lapsed, empty = (a_showtime(event, NOW + days * DAY) for days in (1, 2, 3))
    fill(mixed, free=5, sold=3, paying=2, blocked=4, held=1, held_until=NOW + MINUTE)
    fill(lapsed, free=1, held=2, held_until=NOW)
    with django_assert_num_queries(1):
        found = occupancy([mixed.pk, lapsed.pk, empty.pk], now=NOW)
    assert found == {mixed.pk: Occupancy(5, 11, 3), lapsed.pk: Occupancy(3, 3, 0), empty.pk: Occupancy(0, 0, 0)}


@pytest.mark.parametrize(
    ("free", "total", "held", "fullness"),
    [
        (0, 0, 0, Fullness.UNKNOWN),
        (300, 300, 0, Fullness.PLENTY),
        (151, 300, 0, Fullness.PLENTY),
        (150, 300, 0, Fullness.FILLING),
        (31, 300, 0, Fullness.FILLING),
        (30, 300, 0, Fullness.FEW),
        (9, 20, 0, Fullness.FILLING),
        (8, 20, 0, Fullness.FEW),
        (2, 2, 0, Fullness.PLENTY),
        (1, 2, 0, Fullness.FEW),
        (0, 300, 1, Fullness.TAKEN),
        (0, 300, 0, Fullness.SOLD_OUT),
    ],
)
def test_fullness_says_as_much_as_one_needs_to_choose(free, total, held, fullness):
    assert Occupancy(free, total, held).fullness == fullness


@pytest.mark.parametrize(
    ("free", "total", "percent"),
    [(0, 0, 0), (10, 10, 0), (999, 1000, 1), (500, 1000, 50), (1, 1000, 99), (0, 1000, 100)],
)
def test_percent_is_100_only_when_nothing_is_free(free, total, percent):
    assert Occupancy(free, total).percent == percent
