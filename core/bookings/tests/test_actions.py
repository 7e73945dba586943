"""The life of a booking, as its own rows tell it; the database refuses what the rules do."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from core.audit.models import Record
from core.bookings import actions
from core.bookings.models import Booking, BookingChange, BookingLine, PromoCode
from core.bookings.refusals import PromoRefused
from core.bookings.tests.desk import booked
from core.kernel.append_only import erasing
from e2e.cast import NOW, House, visitor

pytestmark = pytest.mark.django_db
AMINA = visitor()
LATER = NOW + dt.timedelta(minutes=2)


@pytest.fixture
def booking(house: House) -> Booking:
    """A1 and A2, awaiting payment."""
    return booked(house, "A1", "A2")


def test_creating_writes_lines_history_and_the_activity_log_bo4(booking):
    assert [(line.label, line.price) for line in booking.lines.all()] == [
        ("Stalls, row A, seat 1", 1200),
        ("Stalls, row A, seat 2", 1200),
    ]
    [change] = booking.changes.all()
    assert (change.status, change.at) == ("awaiting_payment", NOW)
    record = Record.objects.get(action="booking.awaiting_payment")
    assert (record.object_id, record.data["total"], record.address) == (str(booking.pk), 2400, "192.0.2.10")


def test_creating_keeps_the_address_in_small_letters(booking):
    assert booking.email == "amina@foyer.example"


def test_codes_and_keys_are_not_to_be_guessed(booking):
    assert (len(booking.code), len(booking.access_key)) == (8, 32)


def test_ending_gives_the_promo_code_back_and_says_why_r20(house):
    promo = PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=50)
    booking = booked(house, "A1", promo=promo)
    actions.end_unpaid(booking, status="expired", reason="too late", actor=AMINA, now=LATER)
    booking.refresh_from_db()
    assert (booking.status, booking.reason, booking.ended_at) == ("expired", "too late", LATER)
    assert PromoCode.objects.get().used == 0


def test_cancelling_some_lines_leaves_the_booking_living(booking):
    first, second = booking.lines.all()
    for line, status in ((first, "partly_refunded"), (second, "refunded")):
        actions.cancel_lines(booking, lines=[line], refunds={line.pk: 1200}, reason="x", actor=AMINA, now=LATER)
        assert booking.status == status
    assert booking.is_living is False
    assert list(booking.changes.values_list("status", flat=True)) == ["awaiting_payment", "partly_refunded", "refunded"]


def test_a_promo_code_is_not_used_more_often_than_it_holds(house):
    promo = PromoCode.objects.create(organizer=house.organizer, word="ONCE", percent=50, most_uses=1)
    actions.use_promo(promo)
    with pytest.raises(PromoRefused):
        actions.use_promo(promo)
    assert PromoCode.objects.get().used == 1


def refused_by_the_database(change, name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change()


def test_the_database_refuses_sums_that_do_not_add_up(booking):
    refused_by_the_database(lambda: Booking.objects.update(total=1), "booking_total_adds_up")
    refused_by_the_database(lambda: BookingLine.objects.update(discount=1201), "booking_line_discount")
    refused_by_the_database(lambda: BookingLine.objects.update(refunded=1201), "booking_line_refund")
    refused_by_the_database(lambda: Booking.objects.update(payment=None), "booking_with_price_has_payment")
    assert Booking.objects.get().total == 2400


def test_the_database_refuses_the_same_promo_code_twice_in_other_letters(house):
    PromoCode.objects.create(organizer=house.organizer, word="Half", percent=50)
    refused_by_the_database(
        lambda: PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=10), "promo_code_once"
    )


def test_the_history_can_be_neither_changed_nor_deleted(booking):
    refused_by_the_database(lambda: BookingChange.objects.update(status="confirmed"), "append-only")
    refused_by_the_database(lambda: BookingChange.objects.all().delete(), "append-only")
    assert BookingChange.objects.get().status == "awaiting_payment"


def test_a_name_in_the_history_can_be_blanked_and_nothing_else(booking):
    refused_by_the_database(lambda: BookingChange.objects.update(actor_label=""), "append-only")
    with erasing():
        BookingChange.objects.update(actor_label="")
    refused_by_the_database(lambda: BookingChange.objects.update(actor_label="Somebody"), "append-only")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bookings_bookingchange WHERE actor_label = ''")
        assert cursor.fetchone() == (1,)
