"""Places kept back from the sale (OR4): nothing is taken from anybody, and nobody gets what is kept back."""

import datetime as dt

import pytest

from core.audit.models import Record
from core.kernel.actor import Actor
from core.seating import actions, refusals
from core.seating.models import Place
from core.seating.queries import standing_left, state
from core.seating.tests.stage import AMINA, MINUTE, NOW, Hall, everything

pytestmark = pytest.mark.django_db
OLGA = Actor(holder="user:7", user_id=7, label="Olga")
LAPSED = NOW + 5 * MINUTE


def block(hall: Hall, *labels: str, now: dt.datetime = NOW) -> list[str]:
    seats = hall.seats(*labels)
    return [p.label for p in actions.block(showtime=hall.showtime, seat_ids=seats, actor=OLGA, now=now)]


def unblock(hall: Hall, *labels: str) -> list[str]:
    seats = hall.seats(*labels)
    return [p.label for p in actions.unblock(showtime=hall.showtime, seat_ids=seats, actor=OLGA, now=NOW)]


def leased(hall: Hall, label: str) -> list[int]:
    """Amina pays for the seat; the ids of its place."""
    made = actions.hold(showtime=hall.showtime, seat_ids=hall.seats(label), actor=AMINA, now=NOW)
    place_ids = [hold.place_id for hold in made]
    actions.lease(
        showtime_id=hall.showtime.pk, place_ids=place_ids, lessee="booking:1", until=LAPSED, actor=AMINA, now=NOW
    )
    return place_ids


def block_standing(hall: Hall, quantity: int) -> int:
    return actions.block_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=quantity, actor=OLGA, now=NOW)


def test_block_keeps_seats_from_everybody_when_they_are_free_or4(hall):
    assert block(hall, "A1", "A2") == ["A1", "A2"]
    assert state(hall.showtime, now=NOW).blocked == hall.seats("A1", "A2")
    before = everything(hall)
    with pytest.raises(refusals.PlacesTaken) as refusal:
        actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A2", "A3"), actor=AMINA, now=NOW)
    assert [place.label for place in refusal.value.sold] == ["A2"]
    assert everything(hall) == before
    assert Record.objects.get(action="places.blocked").actor_label == "Olga"


def test_block_changes_nothing_when_a_seat_is_blocked_already(hall):
    block(hall, "A1")
    assert block(hall, "A1") == []
    assert Record.objects.filter(action="places.blocked").count() == 1


def test_block_is_refused_when_a_seat_is_held_under_payment_or_sold(hall):
    actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A1"), actor=AMINA, now=NOW)
    leased(hall, "B1")
    Place.objects.filter(showtime=hall.showtime, seat_id__in=hall.seats("A4")).update(sold=True)
    before = everything(hall)
    with pytest.raises(refusals.PlacesTaken) as refusal:
        block(hall, "A1", "A3", "A4", "B1")
    assert {place.label for place in refusal.value.held} == {"A1", "B1"}
    assert [place.label for place in refusal.value.sold] == ["A4"]
    assert (everything(hall), Place.objects.filter(blocked=True).count()) == (before, 0)


def test_block_takes_a_seat_whose_hold_has_lapsed(hall):
    actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A1"), actor=AMINA, now=NOW)
    assert block(hall, "A1", now=LAPSED) == ["A1"]
    with pytest.raises(refusals.NotEnoughLeft):
        actions.hold_again(showtime=hall.showtime, actor=AMINA, now=LAPSED)
    assert actions.lapse(now=LAPSED) == 1
    assert state(hall.showtime, now=LAPSED).blocked == hall.seats("A1")


def test_unblock_puts_seats_on_sale_again(hall):
    block(hall, "A1", "A2")
    assert unblock(hall, "A1", "A3") == ["A1"]
    actions.hold(showtime=hall.showtime, seat_ids=hall.seats("A1"), actor=AMINA, now=NOW)
    assert state(hall.showtime, now=NOW).blocked == hall.seats("A2")


@pytest.mark.parametrize("change", [actions.block, actions.unblock])
def test_blocking_is_refused_for_nothing_and_for_seats_of_elsewhere(hall, change):
    with pytest.raises(refusals.NothingChosen):
        change(showtime=hall.showtime, seat_ids=[], actor=OLGA, now=NOW)
    with pytest.raises(refusals.UnknownPlaces):
        change(showtime=hall.showtime, seat_ids=[*hall.seats("A1"), 999_999], actor=OLGA, now=NOW)
    assert Place.objects.filter(blocked=True).count() == 0


def test_block_standing_sets_how_many_are_kept_back_se9(hall):
    assert block_standing(hall, 4) == 4
    assert standing_left(hall.showtime.pk, now=NOW) == {hall.floor: 2}
    assert block_standing(hall, 1) == -3
    assert standing_left(hall.showtime.pk, now=NOW) == {hall.floor: 5}
    assert block_standing(hall, 1) == 0


def test_block_standing_is_refused_below_what_people_have_r17(hall):
    actions.hold_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=2, actor=AMINA, now=NOW)
    Place.objects.filter(showtime=hall.showtime, seat=None, number=6).update(sold=True)
    before = everything(hall)
    with pytest.raises(refusals.NotEnoughLeft):
        block_standing(hall, 4)
    assert (everything(hall), Place.objects.filter(blocked=True).count()) == (before, 0)
    assert block_standing(hall, 3) == 3


def test_late_money_does_not_get_a_seat_that_was_blocked_meanwhile_r18(hall):
    places = leased(hall, "A1")
    actions.give_back(showtime_id=hall.showtime.pk, place_ids=places, lessee="booking:1", now=NOW)
    block(hall, "A1")
    gone = actions.sell(showtime_id=hall.showtime.pk, place_ids=places, lessee="booking:1", now=NOW)
    assert [place.label for place in gone] == ["A1"]
