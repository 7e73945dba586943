"""Whose bookings and tickets a person may see: their own, this browser's, and what a mailed link has opened."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from core.bookings.models import Booking
from e2e.cast import NOW, House
from portals.customer import mine

pytestmark = pytest.mark.django_db


def request_of(user=None, **session):
    request = RequestFactory().get("/")
    request.user, request.session = user or AnonymousUser(), session
    return request


def booked(house: House, **fields) -> Booking:
    return Booking.objects.create(
        organizer=house.organizer, showtime=house.showtime, name="A", email="a@foyer.example", currency="EUR",
        subtotal=0, total=0, status="confirmed", created_at=NOW, lease_until=NOW, **{"holder": "anon:x", **fields},
    )  # fmt: skip


def seen(request) -> set[int]:
    return set(mine.bookings_of(request).values_list("pk", flat=True))


def test_somebody_new_sees_nothing(house):
    booked(house)
    assert seen(request_of()) == set()


def test_an_empty_holder_is_nobodys(house):
    booked(house, holder="")
    assert seen(request_of(visitor="")) == set()


def test_a_visitor_sees_what_was_booked_in_this_browser(house):
    here = booked(house, holder="anon:amina")
    booked(house, holder="anon:bruno")
    assert seen(request_of(visitor="anon:amina")) == {here.pk}


def test_a_visitor_sees_no_booking_that_belongs_to_a_login_by_now(house, amina):
    booked(house, holder="anon:amina", user=amina)
    assert seen(request_of(visitor="anon:amina")) == set()


def test_a_login_sees_its_own_and_not_what_a_visitor_has(house, amina, bruno):
    own = booked(house, user=amina)
    booked(house, user=bruno)
    booked(house, holder="anon:amina")
    assert seen(request_of(amina, visitor="anon:amina")) == {own.pk}


def test_a_link_opens_one_booking_for_this_session(house, bruno):
    request = request_of(bruno)
    opened, other = booked(house), booked(house)
    mine.open_by_key(request, opened)
    assert seen(request) == {opened.pk}
    mine.open_by_key(request, other)
    mine.open_by_key(request, opened)
    assert request.session == {"opened_bookings": [other.pk, opened.pk]}


def test_only_the_last_fifty_links_stay_open(house):
    request = request_of(opened_bookings=list(range(1, 60)))
    opened = booked(house)
    mine.open_by_key(request, opened)
    assert len(request.session["opened_bookings"]) == 50
    assert request.session["opened_bookings"][-1] == opened.pk


def test_what_was_booked_here_stays_open_when_the_visitor_logs_in(house, amina):
    here = booked(house, holder="anon:amina")
    booked(house, holder="anon:bruno")
    request = request_of(amina)
    mine.keep_open(request, "anon:amina")
    assert seen(request) == {here.pk}


def test_nothing_stays_open_when_there_was_no_visitor(house, amina):
    booked(house, holder="")
    request = request_of(amina)
    mine.keep_open(request, "")
    assert request.session == {}
