"""Seats follow the person who turns out to be somebody; bookings made as a guest follow a proved address (BO13)."""

import pytest

from core.audit.models import Record
from core.bookings.models import Booking
from core.flows import closing, guests
from core.flows.tests.stage import LATER, LEASE_OVER, all_adds_up, begin, pay, state
from core.seating import actions as seating
from core.seating.models import Hold, Place
from core.seating.queries import held_by
from e2e.cast import NOW, user_actor, visitor

pytestmark = pytest.mark.django_db(transaction=True)
VISITOR = visitor()


def test_following_hands_the_held_seats_to_the_person(house, amina):
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1", "A2"), actor=VISITOR, now=NOW)
    assert guests.follow(visitor=VISITOR.holder, actor=user_actor(amina), now=LATER) == 2
    held = held_by(amina.holder, showtime=house.showtime, now=LATER)
    assert [place.label for place in held.places] == ["A1", "A2"]
    assert held_by(VISITOR.holder, showtime=house.showtime, now=LATER).places == []
    assert set(Hold.objects.values_list("user_id", flat=True)) == {amina.pk}


def test_following_takes_a_payment_under_way_along(house, amina, stripe_desk, run_due):
    booking = begin(house, "A1", actor=VISITOR)
    guests.follow(visitor=VISITOR.holder, actor=user_actor(amina), now=LATER)
    booking.refresh_from_db()
    assert (booking.user, booking.holder) == (amina, amina.holder)
    assert state(pay(booking, stripe_desk, run_due)) == ("confirmed", 1, 1)
    assert all_adds_up()


def test_following_leaves_seats_alone_that_somebody_else_holds(house, amina):
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=visitor("bruno"), now=NOW)
    assert guests.follow(visitor=VISITOR.holder, actor=user_actor(amina), now=LATER) == 0
    assert Place.objects.get(seat_id=house.seats("A1")[0]).holder == "anon:bruno"


@pytest.mark.parametrize("visitor_id", ["", "user"])
def test_following_does_nothing_when_there_was_no_visitor(house, amina, visitor_id):
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1"), actor=user_actor(amina), now=NOW)
    asked = amina.holder if visitor_id else ""
    assert guests.follow(visitor=asked, actor=user_actor(amina), now=LATER) == 0
    assert len(held_by(amina.holder, showtime=house.showtime, now=LATER).places) == 1


def test_following_keeps_the_cap_of_places_r22(house, amina):
    house.organizer.max_places = 3
    house.organizer.save()
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A1", "A2"), actor=user_actor(amina), now=NOW)
    seating.hold(showtime=house.showtime, seat_ids=house.seats("B1", "B2"), actor=VISITOR, now=NOW)
    assert guests.follow(visitor=VISITOR.holder, actor=user_actor(amina), now=LATER) == 1
    assert len(held_by(amina.holder, showtime=house.showtime, now=LATER).places) == 3
    assert Place.objects.free(LATER).count() == 37
    assert all_adds_up()


def test_claiming_brings_the_bookings_of_a_proved_address_bo13(house, amina, stripe_desk, run_due):
    booking = pay(begin(house, "A1"), stripe_desk, run_due)
    assert guests.claim(user=amina, email="Amina@foyer.example ", actor=user_actor(amina), now=LATER) == 1
    booking.refresh_from_db()
    amina.refresh_from_db()
    assert (booking.user, amina.email_verified_at) == (amina, LATER)
    record = Record.objects.get(action="booking.claimed")
    assert (record.object_id, record.actor_user_id) == (str(booking.pk), amina.pk)


def test_claiming_brings_expired_bookings_too_r20(house, amina, stripe_desk):
    begin(house, "A1")
    closing.complete_unfinished(now=LEASE_OVER)
    assert guests.claim(user=amina, email=amina.email, actor=user_actor(amina), now=LEASE_OVER) == 1
    assert Booking.objects.of(amina).get().status == "expired"


def test_claiming_leaves_the_bookings_of_others_alone(house, amina, bruno, stripe_desk, run_due):
    pay(begin(house, "A1", actor=user_actor(bruno)), stripe_desk, run_due)
    pay(begin(house, "A2", actor=visitor("other")), stripe_desk, run_due)
    Booking.objects.filter(user=None).update(email="other@foyer.example")
    assert guests.claim(user=amina, email=amina.email, actor=user_actor(amina), now=LATER) == 0
    assert Booking.objects.of(amina).count() == 0


def test_claiming_twice_brings_nothing_more(house, amina, stripe_desk, run_due):
    pay(begin(house, "A1"), stripe_desk, run_due)
    asked = {"user": amina, "email": amina.email, "actor": user_actor(amina), "now": LATER}
    assert (guests.claim(**asked), guests.claim(**asked)) == (1, 0)
    assert Record.objects.filter(action="booking.claimed").count() == 1
