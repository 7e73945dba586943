"""Places under payment, sold, and back: SE6, R18."""

import pytest

from core.seating import actions, refusals
from core.seating.tests.stage import AMINA, BRUNO, MINUTE, NOW, everything, holds, places

pytestmark = pytest.mark.django_db
LEASE = NOW + 10 * MINUTE


@pytest.fixture
def taken(hall):
    """Amina holds A1 and A2."""
    made = actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A1", "A2"), actor=AMINA, now=NOW)
    return [hold.place_id for hold in made]


def lease(hall, place_ids, *, actor=AMINA, now=NOW):
    return actions.lease(
        showtime_id=hall.showtime.pk, place_ids=place_ids, lessee="booking:1", until=LEASE, actor=actor, now=now
    )


def sell(hall, place_ids, *, lessee="booking:1", now=NOW):
    return actions.sell(showtime_id=hall.showtime.pk, place_ids=place_ids, lessee=lessee, now=now)


def test_lease_takes_the_places_out_of_the_clock(hall, taken):
    lease(hall, taken, now=NOW + 4 * MINUTE)
    assert places(hall) == dict.fromkeys(("A1", "A2"), ("booking:1", LEASE, True, False))
    with pytest.raises(refusals.PlacesTaken):
        actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A1"), actor=BRUNO, now=LEASE + 60 * MINUTE)
    assert actions.lapse(now=LEASE + 60 * MINUTE) == 0
    assert everything(hall)


def test_lease_is_refused_when_the_hold_lapsed_or_is_somebody_elses(hall, taken):
    before = everything(hall)
    with pytest.raises(refusals.HoldLapsed) as refused:
        lease(hall, taken, now=NOW + 5 * MINUTE)
    assert [place.label for place in refused.value.places] == ["A1", "A2"]
    with pytest.raises(refusals.HoldLapsed):
        lease(hall, taken, actor=BRUNO)
    with pytest.raises(refusals.UnknownPlaces):
        lease(hall, [*taken, 999_999])
    assert everything(hall) == before


def test_sell_makes_them_the_bookings_for_good(hall, taken):
    lease(hall, taken)
    assert sell(hall, taken) == []
    assert places(hall) == dict.fromkeys(("A1", "A2"), ("booking:1", None, False, True))
    assert holds(hall) == [("A1", "sold", NOW), ("A2", "sold", NOW)]


def test_sell_names_what_is_gone_and_sells_nothing_then_r18(hall, taken):
    lease(hall, taken)
    actions.give_back(showtime_id=hall.showtime.pk, place_ids=taken, lessee="booking:1", now=NOW)
    actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A2"), actor=BRUNO, now=NOW)
    before = everything(hall)
    assert [place.label for place in sell(hall, taken)] == ["A2"]
    assert everything(hall) == before


def test_sell_takes_what_was_given_back_and_is_still_free_r18(hall, taken):
    lease(hall, taken)
    actions.give_back(showtime_id=hall.showtime.pk, place_ids=taken, lessee="booking:1", now=NOW)
    actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A2"), actor=BRUNO, now=NOW)
    assert sell(hall, taken, now=NOW + 5 * MINUTE) == []
    assert holds(hall)[-1] == ("A2", "lapsed", NOW + 5 * MINUTE)
    assert everything(hall)


def test_give_back_frees_only_what_the_booking_has(hall, taken):
    lease(hall, taken[:1])
    gone = actions.give_back(showtime_id=hall.showtime.pk, place_ids=taken, lessee="booking:1", now=NOW)
    assert [place.label for place in gone] == ["A1"]
    assert sorted(places(hall)) == ["A2"]
    assert actions.give_back(showtime_id=hall.showtime.pk, place_ids=taken, lessee="booking:2", now=NOW) == []


def test_unsell_frees_sold_places(hall, taken):
    lease(hall, taken)
    sell(hall, taken)
    actions.unsell(showtime_id=hall.showtime.pk, place_ids=taken[:1])
    assert sorted(places(hall)) == ["A2"]
    actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A1"), actor=BRUNO, now=NOW)
