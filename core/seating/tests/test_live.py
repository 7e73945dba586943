"""What the watchers are told: SE5, in the words of the seat-selection protocol."""

import pytest

from core.seating import actions, live
from core.seating.models import Place
from core.seating.tests.stage import AMINA, MINUTE, NOW

pytestmark = pytest.mark.django_db
STAMP = "2026-11-21T17:00:00Z"


def place_ids(hall, *labels):
    return list(Place.objects.filter(seat_id__in=hall.seats(*labels)).values_list("id", flat=True))


def message(hall, *labels, now=NOW):
    return live.message(hall.showtime.pk, place_ids(hall, *labels), now=now)


def test_one_seat_is_told_as_seat_update_without_naming_anybody_se5(hall):
    seat_id = hall.ids["A1"]
    actions.hold(showtime=hall.showtime, seat_ids=[seat_id], actor=AMINA, now=NOW)
    assert message(hall, "A1") == {
        "type": "seat_update",
        "seat_id": seat_id,
        "status": "reserved",
        "expires_at": "2026-11-21T17:05:00Z",
        "timestamp": STAMP,
    }
    free = {"type": "seat_update", "seat_id": seat_id, "status": "available", "timestamp": "2026-11-21T17:05:00Z"}
    assert message(hall, "A1", now=NOW + 5 * MINUTE) == free


def test_several_seats_are_told_at_once_each_with_its_state_se5(hall):
    a1, a2, a3, a4 = hall.seats("A1", "A2", "A3", "A4")
    Place.objects.filter(seat_id=a1).update(sold=True)
    Place.objects.filter(seat_id=a2).update(blocked=True)
    Place.objects.filter(seat_id=a3).update(under_payment=True, holder="booking:1", held_until=NOW)
    assert message(hall, "A1", "A2", "A3", "A4") == {
        "type": "bulk_seat_update",
        "updates": [
            {"seat_id": a1, "status": "booked"},
            {"seat_id": a2, "status": "booked"},
            {"seat_id": a3, "status": "reserved"},
            {"seat_id": a4, "status": "available"},
        ],
        "timestamp": STAMP,
    }


def test_standing_places_are_told_as_what_is_left_se9(hall):
    made = actions.hold_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=2, actor=AMINA, now=NOW)
    zones = [{"zone_id": hall.floor, "free": 4}]
    standing = [hold.place_id for hold in made]
    told = live.message(hall.showtime.pk, standing, now=NOW)
    assert told == {"type": "availability_changed", "zones": zones, "timestamp": STAMP}
    both = live.message(hall.showtime.pk, [*standing, *place_ids(hall, "A1")], now=NOW)
    assert both == {
        "type": "bulk_seat_update",
        "updates": [{"seat_id": hall.ids["A1"], "status": "available"}],
        "zones": zones,
        "timestamp": STAMP,
    }


def test_nothing_is_told_of_places_that_are_not_there(hall):
    assert live.message(hall.showtime.pk, [999_999], now=NOW) is None
