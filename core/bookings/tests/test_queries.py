"""What is asked before booking: prices, promo codes, the open booking."""

import datetime as dt

import pytest

from core.bookings import queries
from core.bookings.models import PromoCode
from core.bookings.refusals import PromoRefused, TypeNotSold
from core.bookings.tests.desk import booked
from core.catalog.models import PriceTier
from e2e.cast import NOW, House

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def places(house: House, *labels: str):
    return list(house.showtime.places.filter(seat_id__in=house.seats(*labels)).select_related("seat", "zone"))


def test_quoting_asks_for_each_place_the_price_of_its_ticket_type(house):
    first, second = places(house, "A1", "A2")
    quote = queries.quote(house.showtime, [first, second], {first.pk: "adult", second.pk: "child"})
    assert [(line.ticket_type, line.price) for line in quote.lines] == [("adult", 1200), ("child", 800)]
    assert (quote.currency, quote.total) == ("EUR", 2000)


@pytest.mark.parametrize("chosen", ["", "senior", "reduced"])
def test_quoting_is_refused_by_the_name_of_the_place_when_its_type_is_not_sold(house, chosen):
    [place] = places(house, "A1")
    with pytest.raises(TypeNotSold) as refusal:
        queries.quote(house.showtime, [place], {place.pk: chosen})
    assert refusal.value.label == "A1"


def test_the_first_type_offered_is_the_adult(house):
    [place] = places(house, "A1")
    PriceTier.objects.create(showtime=house.showtime, ticket_type="reduced", amount=1000)
    assert list(house.showtime.prices.prices(zone_id=place.zone_id, seat_type="standard")) == [
        "adult",
        "child",
        "reduced",
    ]
    assert queries.default_types(house.showtime, [place]) == {place.pk: "adult"}


def test_a_place_without_a_price_has_no_type(house):
    PriceTier.objects.all().delete()
    [place] = places(house, "A1")
    assert queries.default_types(house.showtime, [place]) == {place.pk: ""}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"valid_from": NOW + HOUR}, "This code is not valid any more."),
        ({"valid_until": NOW}, "This code is not valid any more."),
        ({"most_uses": 2, "used": 2}, "This code has been used as often as it can be."),
    ],
)
def test_a_promo_code_that_does_not_hold_is_refused_with_the_reason(house, fields, said):
    PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=50, **fields)
    with pytest.raises(PromoRefused) as refusal:
        queries.promo_by_word(house.showtime, "half", now=NOW)
    assert str(refusal.value) == said


@pytest.mark.parametrize("typed", ["HALF", "half", "  Half "])
def test_a_promo_code_is_known_however_it_is_typed(house, typed):
    promo = PromoCode.objects.create(
        organizer=house.organizer, word="Half", percent=50, valid_from=NOW, valid_until=NOW + HOUR, most_uses=1
    )
    assert queries.promo_by_word(house.showtime, typed, now=NOW) == promo


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_is_no_promo_code(house, typed):
    assert queries.promo_by_word(house.showtime, typed, now=NOW) is None


def test_promo_codes_are_asked_for_only_where_there_are_living_ones(house):
    assert queries.has_promo_codes(house.showtime, now=NOW) is False
    PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=50, valid_until=NOW + HOUR)
    assert queries.has_promo_codes(house.showtime, now=NOW) is True
    assert queries.has_promo_codes(house.showtime, now=NOW + HOUR) is False


def test_the_open_booking_is_that_of_the_person_and_the_showtime(house):
    booking = booked(house, "A1")
    assert queries.open_booking("anon:amina", showtime=house.showtime) == booking
    assert queries.open_booking("anon:bruno", showtime=house.showtime) is None
    other = house.another_showtime(starts_at=house.showtime.starts_at + dt.timedelta(days=1))
    assert queries.open_booking("anon:amina", showtime=other) is None


def test_a_booking_can_be_paid_while_its_lease_lasts(house):
    booking = booked(house, "A1")
    assert booking.can_be_paid(booking.lease_until - dt.timedelta(seconds=1)) is True
    assert booking.can_be_paid(booking.lease_until) is False
    booking.status = "expired"
    assert booking.can_be_paid(NOW) is False
