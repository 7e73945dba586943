"""The checkout asks whether it is still true when another tab may have changed what is held (SE2, BO1)."""

import datetime as dt

import pytest
from django.urls import reverse

from core.bookings.models import Booking
from core.seating import actions as seating
from e2e.cast import NOW, visitor
from portals.customer.tests.shop import (
    HTMX,
    arrive,
    checkout_url,
    filled,
    pay,
    pay_button,
    told,
    total_in,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
SOON = NOW + dt.timedelta(seconds=30)


def look(client, house, form):
    """What the page's script asks."""
    return client.post(checkout_url(house), form | {"update": "1", "look": "1"}, headers=HTMX)


def test_look_answers_nothing_when_all_is_as_it_was(client, house):
    arrive(client, house, "A1", "A2")
    answer = look(client, house, filled(client, house))
    assert (answer.status_code, answer.content) == (204, b"")


def test_look_draws_the_checkout_anew_with_what_was_typed_when_another_tab_released_a_seat(client, house):
    arrive(client, house, "A1", "A2")
    form = filled(client, house, name="Amina", email="", mobile="0664")
    seating.release(showtime=house.showtime, seat_ids=house.seats("A1"), actor=visitor(), now=NOW)
    part = look(client, house, form)
    assert (part.status_code, part["HX-Retarget"], part["HX-Reswap"]) == (200, "#buying", "outerHTML")
    assert part.text.lstrip().startswith('<div id="buying"')
    assert total_in(part) == "12.00 EUR"
    form = part.context["form"]
    assert ([form[name].value() for name in form.fields], form.errors) == (["Amina", "", "0664"], {})
    assert "What you hold has changed in another window." in part.text


def test_look_moves_the_countdown_and_nothing_else_when_another_tab_extended_the_hold(client, house):
    arrive(client, house, "A1")
    form = filled(client, house)
    seating.extend(showtime=house.showtime, actor=visitor(), now=SOON)
    part = look(client, house, form)
    assert (part.status_code, part["HX-Retarget"]) == (200, "#buying")
    assert 'data-expires-at="2026-11-21T17:10:00' in part.text
    assert "has changed in another window" not in part.text


def test_choosing_a_type_draws_everything_anew_when_another_tab_took_one_more_seat(client, house):
    arrive(client, house, "A1")
    form = filled(client, house, update="1")
    arrive(client, house, "A2")
    part = client.post(checkout_url(house), form, headers=HTMX)
    assert (part["HX-Retarget"], total_in(part)) == ("#buying", "24.00 EUR")


def test_look_leads_back_to_the_seats_when_another_tab_released_all(client, house):
    arrive(client, house, "A1")
    form = filled(client, house)
    seating.release(showtime=house.showtime, actor=visitor(), now=NOW)
    answer = look(client, house, form)
    assert answer["HX-Redirect"] == reverse("customer:showtime", args=[house.showtime.pk])
    assert told(answer) == ["You have given your seats back."]


def test_look_leads_back_to_the_seats_when_the_hold_has_lapsed(client, house, clock):
    arrive(client, house, "A1")
    form = filled(client, house)
    clock.shift(dt.timedelta(minutes=6))
    answer = look(client, house, form)
    assert answer["HX-Redirect"] == reverse("customer:showtime", args=[house.showtime.pk])
    assert told(answer) == ["Your hold has ended, so the seats are free for everyone again."]


def test_look_leads_to_the_payment_when_another_tab_has_begun_it(client, house, stripe_desk):
    arrive(client, house, "A1")
    form = filled(client, house)
    pay_button(client, house)
    booking = Booking.objects.get()
    assert look(client, house, form)["HX-Redirect"] == reverse("customer:payment", args=[booking.code])


def test_look_leads_to_the_booking_when_another_tab_has_paid(client, house, stripe_desk):
    """It is not said that the seats were free for everyone."""
    arrive(client, house, "A1")
    form = filled(client, house)
    pay_button(client, house)
    booking = pay(client, stripe_desk, Booking.objects.get())
    answer = look(client, house, form)
    assert (answer["HX-Redirect"], told(answer)) == (reverse("customer:booking", args=[booking.code]), [])
    assert Booking.objects.count() == 1


def test_checkout_asks_for_seats_first_when_nothing_was_ever_held(client, house):
    answer = client.get(checkout_url(house))
    assert (answer["Location"], told(answer)) == (
        reverse("customer:showtime", args=[house.showtime.pk]),
        ["Choose your seats first."],
    )
