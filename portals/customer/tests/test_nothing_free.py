"""SE1: a showtime without a free place says so honestly, offers no choice that is none, and stays useful."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from core.seating.models import Place
from portals.customer.tests.shop import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
A_DAY = dt.timedelta(days=1)


def sell_all_but(house, *labels):
    Place.objects.filter(showtime=house.showtime).exclude(seat_id__in=house.seats(*labels)).update(sold=True)


def look(client, house):
    return client.get(reverse("customer:showtime", args=[house.showtime.pk]))


def shown(page):
    """Which parts of the page that depend on whether anything is free are shown."""
    parts = re.findall(r"<\w+[^>]* data-(while-free|nothing-free|sold-out|all-held)( hidden)?[ >]", page.text)
    return {name for name, hidden in parts if not hidden}


def test_showtime_offers_the_best_seats_when_one_is_free(client, house):
    sell_all_but(house, "A1")
    page = look(client, house)
    assert (shown(page) & {"while-free", "nothing-free"}, page.context["nothing_free"]) == ({"while-free"}, None)
    assert "Hold the chosen seats" in page.text


def test_showtime_says_that_it_is_sold_out_and_offers_no_choice_when_all_is_sold(client, house):
    sell_all_but(house)
    page = look(client, house)
    assert shown(page) == {"nothing-free", "sold-out"}
    assert "Hold the chosen seats" not in page.text


def test_showtime_is_not_called_sold_out_when_somebody_holds_the_last_seats(client, house):
    """Its holder can still let go or pay, and sees no such words."""
    sell_all_but(house, "A1")
    holder = Client()
    arrive(holder, house, "A1", who="bruno")
    assert shown(look(client, house)) == {"nothing-free", "all-held"}
    page = look(holder, house)
    assert shown(page) & {"nothing-free", "while-free"} == set()
    assert "Release all" in page.text


def test_showtime_leads_to_times_with_something_left_when_it_is_sold_out(client, house):
    other, gone, past = (
        house.another_showtime(starts_at=house.showtime.starts_at + offset) for offset in (A_DAY, 2 * A_DAY, -9 * A_DAY)
    )
    sell_all_but(house)
    Place.objects.filter(showtime=gone).update(sold=True)
    page = look(client, house)
    assert past.starts_at < house.showtime.starts_at - 3 * A_DAY
    assert [showing.showtime for showing in page.context["nothing_free"].others] == [other]
    assert reverse("customer:showtime", args=[other.pk]) in page.text
