"""The desk's first page: figures, bars and their tables (AD1)."""

import datetime as dt

import pytest

from core.flows.statistics import Span
from core.flows.tests.stage import begin, pay
from e2e.cast import NOW, log_in
from project.desk_figures import chart

BARS = [dt.date(2026, 11, day) for day in range(15, 22)]


def draw(figures):
    return chart(figures, bars=BARS, span=Span.WEEK, value="Tickets", say=str)


def test_the_highest_bar_fills_the_drawing_and_the_others_their_share():
    drawn = draw([0, 5, 10, 0, 0, 0, 2])
    assert [bar.height for bar in drawn["bars"]] == [0.0, 50.0, 100.0, 0.0, 0.0, 0.0, 20.0]
    assert [bar.y + bar.height for bar in drawn["bars"]] == [100.0] * 7
    assert drawn["summary"] == "17 in all; most on Tue 17 Nov 2026: 10."


def test_nothing_and_less_than_nothing_are_drawn_flat_and_said():
    assert [bar.height for bar in draw([0] * 7)["bars"]] == [0] * 7
    drawn = draw([-500] + [0] * 6)
    assert [bar.height for bar in drawn["bars"]] == [0] * 7
    assert drawn["bars"][0].value == "-500"


def test_only_the_last_bar_has_the_full_colour_and_few_have_a_tick():
    long = chart([1] * 30, bars=[dt.date(2026, 11, 1)] * 30, span=Span.MONTH, value="Tickets", say=str)
    assert [bar.tone for bar in long["bars"]] == ["soft"] * 29 + [""]
    assert len([bar for bar in long["bars"] if bar.tick]) == 8


@pytest.mark.django_db
@pytest.mark.parametrize("period", ["", "7", "90", "365", "nonsense"])
def test_the_first_page_tells_how_the_house_does(period, client, ada, house, stripe_desk, run_due, time_machine):
    pay(begin(house, "A1", "A2"), stripe_desk, run_due)
    log_in(client, ada)
    time_machine.move_to(NOW + dt.timedelta(hours=1), tick=False)
    page = client.get("/desk/", {"period": period})
    assert page.status_code == 200
    assert page.context["totals"] == {"bookings": 1, "tickets": 2, "revenue": ["24.00 EUR"], "new_users": 1}
    assert [title for title, _ in page.context["charts"]] == ["Revenue, EUR", "Tickets sold"]
    assert page.context["today"].tickets == 2
    assert "The Lantern Room" in page.text


@pytest.mark.django_db
def test_the_first_page_costs_a_fixed_number_of_queries(client, ada, house, django_assert_num_queries):
    log_in(client, ada)
    with django_assert_num_queries(23):
        client.get("/desk/")
