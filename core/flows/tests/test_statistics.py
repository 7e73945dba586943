"""What the house did, in figures (AD1)."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from core.bookings.models import Booking
from core.flows import statistics
from core.flows.statistics import Inventory, Popular, Span
from core.flows.taking_back import take_back
from core.flows.tests.stage import begin, pay
from e2e.cast import NOW, user_actor

pytestmark = pytest.mark.django_db
VIENNA = ZoneInfo("Europe/Vienna")
TODAY = dt.date(2026, 11, 21)
SOON = NOW + dt.timedelta(hours=1)


@pytest.fixture
def sold(house, stripe_desk, run_due, amina) -> list[Booking]:
    """Two bookings at NOW: two tickets for 24.00, one for 12.00."""
    first = pay(begin(house, "A1", "A2"), stripe_desk, run_due)
    return [first, pay(begin(house, "B1"), stripe_desk, run_due)]


def test_the_bars_of_a_span_end_today():
    assert Span.WEEK.bars(TODAY) == [dt.date(2026, 11, day) for day in range(15, 22)]
    assert (len(Span.MONTH.bars(TODAY)), Span.MONTH.bars(TODAY)[0]) == (30, dt.date(2026, 10, 23))
    weeks = Span.QUARTER.bars(TODAY)
    assert (len(weeks), weeks[-1], weeks[-1] + dt.timedelta(days=6)) == (13, dt.date(2026, 11, 15), TODAY)
    months = Span.YEAR.bars(TODAY)
    assert (len(months), months[0], months[-1]) == (12, dt.date(2025, 12, 1), dt.date(2026, 11, 1))


def test_inventory_counts_what_there_is(house, amina):
    house.another_showtime(starts_at=NOW - dt.timedelta(days=1))
    assert statistics.inventory(now=NOW) == Inventory(events=1, showtimes=1, venues=1, organizers=1, users=1)


@pytest.mark.parametrize("span", Span)
def test_sales_are_what_was_sold_in_the_last_bar(span, sold, house):
    found = statistics.sales(span, now=SOON, zone=VIENNA)
    count = len(found.bars)
    assert found.tickets == [0] * (count - 1) + [3]
    assert found.bookings == [0] * (count - 1) + [2]
    assert found.revenue == {"EUR": [0] * (count - 1) + [3600]}
    assert found.new_users == 1
    assert found.popular == [Popular(house.event.pk, "The Lantern Room", False, 3)]


def test_what_went_back_is_not_revenue_any_more(sold, ada):
    later = NOW + dt.timedelta(days=1)
    take_back(booking=sold[0], actor=user_actor(ada), now=later)
    found = statistics.sales(Span.WEEK, now=later, zone=VIENNA)
    assert found.revenue == {"EUR": [0] * 5 + [3600, -2400]}
    assert found.tickets == [0] * 5 + [1, 0]


def test_days_begin_when_they_do_in_the_zone_of_the_reader(house, stripe_desk, run_due):
    """Half past eleven in the evening in London is tomorrow in Vienna."""
    late = dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC)
    Booking.objects.filter(pk=pay(begin(house, "A1"), stripe_desk, run_due).pk).update(confirmed_at=late)
    here = statistics.sales(Span.WEEK, now=late, zone=ZoneInfo("Europe/London"))
    there = statistics.sales(Span.WEEK, now=late, zone=VIENNA)
    assert (here.bookings, here.bars[-1]) == ([0] * 6 + [1], dt.date(2026, 11, 21))
    assert (there.bookings, there.bars[-1]) == ([0] * 6 + [1], dt.date(2026, 11, 22))


def test_a_day_tells_what_was_sold_and_who_comes(sold, house):
    today = house.another_showtime(starts_at=NOW + dt.timedelta(hours=2))
    found = statistics.day(now=SOON, zone=VIENNA)
    assert (found.bookings, found.tickets, found.revenue, found.new_users) == (2, 3, {"EUR": 3600}, 1)
    assert (found.showtimes, found.guests) == (1, 0)
    house = replace(house, showtime=today)
    assert statistics.day(now=house.showtime.starts_at + dt.timedelta(days=2), zone=VIENNA).guests == 0
    start = NOW + dt.timedelta(days=3)
    assert (statistics.day(now=start, zone=VIENNA).showtimes, statistics.day(now=start, zone=VIENNA).guests) == (1, 3)


@pytest.mark.parametrize("span", Span)
def test_the_figures_cost_the_same_few_queries_for_every_span(span, sold, django_assert_num_queries):
    with django_assert_num_queries(5):
        statistics.sales(span, now=SOON, zone=VIENNA)
    with django_assert_num_queries(5):
        statistics.inventory(now=NOW)
    with django_assert_num_queries(6):
        statistics.day(now=NOW, zone=VIENNA)


def test_nothing_sold_gives_empty_figures(house):
    found = statistics.sales(Span.MONTH, now=NOW, zone=VIENNA)
    assert (found.tickets, found.revenue, found.popular) == ([0] * 30, {}, [])
