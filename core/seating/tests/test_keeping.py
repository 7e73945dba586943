"""Extending, releasing, choosing anew: SE2, SE3, R8."""

import pytest

from core.seating import actions, refusals
from core.seating.models import Hold, Place
from core.seating.queries import held_by
from core.seating.tests.stage import AMINA, BRUNO, MINUTE, NOW, SECOND, everything, holds, places

pytestmark = pytest.mark.django_db


def hold(hall, *labels, actor=AMINA, now=NOW):
    return actions.hold(showtime=hall.showtime, seat_ids=hall.seats(*labels), actor=actor, now=now)


def extend(hall, *, actor=AMINA, now=NOW):
    return actions.extend(showtime=hall.showtime, actor=actor, now=now)


def release(hall, *labels, actor=AMINA, now=NOW):
    seat_ids = hall.seats(*labels) if labels else None
    gone = actions.release(showtime=hall.showtime, seat_ids=seat_ids, actor=actor, now=now)
    return sorted(place.label for place in gone)


def choose(hall, *labels, actor=AMINA, now=NOW, zone_id=None):
    return actions.choose(showtime=hall.showtime, seat_ids=hall.seats(*labels), zone_id=zone_id, actor=actor, now=now)


def test_extend_gives_one_more_hold_time_to_all_seats_and_at_most_twice_se3_r8(hall):
    hold(hall, "A1", "A2")
    assert extend(hall, now=NOW + MINUTE) == NOW + 10 * MINUTE
    assert extend(hall, now=NOW + 9 * MINUTE) == NOW + 15 * MINUTE
    before = everything(hall)
    with pytest.raises(refusals.NoMoreExtensions):
        extend(hall, now=NOW + 14 * MINUTE)
    assert everything(hall) == before
    held = held_by(AMINA.holder, showtime=hall.showtime, now=NOW + 14 * MINUTE)
    assert (len(held.places), held.until, held.extensions) == (2, NOW + 15 * MINUTE, 2)


def test_extend_is_refused_when_the_hold_has_lapsed_se4(hall):
    hold(hall, "A1")
    before = everything(hall)
    with pytest.raises(refusals.HoldLapsed):
        extend(hall, now=NOW + 5 * MINUTE)
    with pytest.raises(refusals.HoldLapsed):
        extend(hall, actor=BRUNO)
    assert everything(hall) == before


def test_releasing_and_holding_again_starts_no_new_clock_r8(hall):
    hold(hall, "A1")
    extend(hall, now=NOW + 4 * MINUTE)
    release(hall, now=NOW + 9 * MINUTE)
    assert hold(hall, "A1", now=NOW + 9 * MINUTE)[0].expires_at == NOW + 14 * MINUTE
    extend(hall, now=NOW + 13 * MINUTE)
    assert held_by(AMINA.holder, showtime=hall.showtime, now=NOW + 13 * MINUTE).until == NOW + 15 * MINUTE
    with pytest.raises(refusals.NoMoreExtensions):
        extend(hall, now=NOW + 14 * MINUTE)


def test_holding_again_is_refused_once_the_whole_time_is_used_up_r8(hall):
    hold(hall, "A1")
    extend(hall, now=NOW + 4 * MINUTE)
    extend(hall, now=NOW + 9 * MINUTE)
    before = everything(hall)
    with pytest.raises(refusals.HoldingTimeUsedUp):
        hold(hall, "B1", now=NOW + 15 * MINUTE)
    assert everything(hall) == before
    hold(hall, "B1", now=NOW + 61 * MINUTE)


def test_time_that_passed_after_a_hold_had_ended_is_not_counted_though_it_was_noticed_late_r8(hall):
    """What counts is how long the seat was kept from others, not when somebody tidied up."""
    hold(hall, "A1")
    hold(hall, "A1", actor=BRUNO, now=NOW + 30 * MINUTE)
    assert holds(hall)[0] == ("A1", "lapsed", NOW + 5 * MINUTE)
    hold(hall, "B1", now=NOW + 31 * MINUTE)
    actions.lapse(now=NOW + 50 * MINUTE)
    assert [ended for _seat, _status, ended in holds(hall)] == [NOW + n * MINUTE for n in (5, 35, 36)]


def test_release_frees_the_named_seats_or_all_se2_se3(hall):
    hold(hall, "A1", "A2", "A3")
    assert release(hall, "A2", now=NOW + MINUTE) == ["A2"]
    assert sorted(places(hall)) == ["A1", "A3"]
    assert release(hall, now=NOW + MINUTE) == ["A1", "A3"]
    assert holds(hall) == [(seat, "released", NOW + MINUTE) for seat in ("A1", "A2", "A3")]
    assert everything(hall)[0] == {}


def test_release_takes_along_what_is_joined(hall):
    hold(hall, "C1", "C2", "D1", "A1")
    assert release(hall, "D2") == ["D1", "D2"]
    assert release(hall, "C1") == ["C1", "C2"]
    assert sorted(places(hall)) == ["A1"]


def test_release_of_the_companion_leaves_the_wheelchair_space(hall):
    hold(hall, "C1", "C2")
    assert release(hall, "C2") == ["C2"]
    assert sorted(places(hall)) == ["C1"]


def test_release_touches_nobody_elses_seats_nor_those_under_payment(hall):
    hold(hall, "A1", actor=BRUNO)
    mine = hold(hall, "A2")
    actions.lease(
        showtime_id=hall.showtime.pk,
        place_ids=[mine[0].place_id],
        lessee="booking:1",
        until=NOW + 10 * MINUTE,
        actor=AMINA,
        now=NOW,
    )
    before = everything(hall)
    assert release(hall, "A1", "A2") == []
    assert everything(hall) == before


def test_choose_gives_back_and_takes_in_one_go(hall):
    hold(hall, "A1", "A2")
    choose(hall, "A2", "B1")
    assert sorted(places(hall)) == ["A2", "B1"]
    choose(hall)
    assert places(hall) == {}


def test_choose_at_the_cap_makes_room_first(hall):
    hall.set(max_places=2)
    hold(hall, "A1", "A2")
    choose(hall, "B1", "B2")
    assert sorted(places(hall)) == ["B1", "B2"]


def test_choose_changes_nothing_when_any_seat_is_taken(hall):
    hold(hall, "A1")
    hold(hall, "B1", actor=BRUNO)
    before = everything(hall)
    with pytest.raises(refusals.PlacesTaken):
        choose(hall, "A2", "B1")
    assert everything(hall) == before


def test_choose_within_a_zone_leaves_the_others_alone(hall):
    hold(hall, "A1")
    choose(hall, zone_id=hall.floor)
    assert sorted(places(hall)) == ["A1"]


def test_choose_nothing_while_nothing_is_held_is_said(hall):
    with pytest.raises(refusals.NothingChosen):
        choose(hall)


def test_choose_does_not_touch_standing_places(hall):
    actions.hold_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=2, actor=AMINA, now=NOW)
    choose(hall, "A1")
    assert sorted(places(hall)) == ["A1", "Floor1", "Floor2"]


def test_the_last_instant_is_the_one_that_place_and_hold_say(hall):
    hold(hall, "A1")
    extend(hall)
    place, made = Place.objects.get(seat_id=hall.ids["A1"]), Hold.objects.get()
    assert place.held_until == made.expires_at
    assert place.is_held_by(AMINA.holder, made.expires_at - SECOND) is True
    assert place.is_held_by(AMINA.holder, made.expires_at) is False
    assert place.is_free(made.expires_at) is True
