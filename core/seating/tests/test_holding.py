"""Winning places: SE2, SE4, SE6, SE7, SE9, SE10."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core.catalog.models import Event, Showtime
from core.seating import actions, refusals
from core.seating.models import Hold, Place
from core.seating.queries import held_by, my_holds, next_best
from core.seating.tests.stage import AMINA, BRUNO, MINUTE, NOW, SECOND, everything, holds, places

pytestmark = pytest.mark.django_db
UNTIL = NOW + 5 * MINUTE


def hold(hall, *labels, actor=AMINA, now=NOW):
    return actions.hold(showtime=hall.showtime, seat_ids=hall.seats(*labels), actor=actor, now=now)


def test_hold_takes_the_seats_for_five_minutes_se2(hall):
    made = hold(hall, "A1", "A2")
    assert [h.expires_at for h in made] == [UNTIL, UNTIL]
    assert places(hall) == dict.fromkeys(("A1", "A2"), (AMINA.holder, UNTIL, False, False))
    assert everything(hall)


def test_hold_lasts_as_long_as_the_organizer_says_se2(hall):
    hall.set(hold_minutes=8)
    assert hold(hall, "A1")[0].expires_at == NOW + 8 * MINUTE


def test_hold_of_one_more_seat_runs_by_the_first_seats_clock(hall):
    hold(hall, "A1")
    assert hold(hall, "A2", now=NOW + 2 * MINUTE)[0].expires_at == UNTIL


def test_hold_keeps_what_is_held_already_and_changes_nothing_when_repeated(hall):
    hold(hall, "A1")
    before = everything(hall)
    assert hold(hall, "A1", now=NOW + MINUTE) == []
    assert everything(hall) == before


def test_hold_is_all_or_nothing_and_names_held_and_sold_apart_se7(hall):
    hold(hall, "A1", actor=BRUNO)
    Place.objects.filter(seat_id=hall.ids["A2"]).update(sold=True, holder="booking:1")
    Place.objects.filter(seat_id=hall.ids["A3"]).update(blocked=True)
    before = everything(hall)
    with pytest.raises(refusals.PlacesTaken) as refused:
        hold(hall, "A1", "A2", "A3", "A4")
    assert [place.label for place in refused.value.held] == ["A1"]
    assert [place.label for place in refused.value.sold] == ["A2", "A3"]
    assert str(refused.value) == "Seat A1 was just taken by someone else. Seats A2, A3 are already booked."
    assert everything(hall) == before


@pytest.mark.parametrize(
    ("after", "taken"), [(dt.timedelta(), True), (5 * MINUTE - SECOND, True), (5 * MINUTE, False), (9 * MINUTE, False)]
)
def test_hold_is_free_for_others_from_its_last_instant_on_though_no_job_runs_se4_r9(hall, after, taken):
    hold(hall, "A1", actor=BRUNO)
    if taken:
        with pytest.raises(refusals.PlacesTaken):
            hold(hall, "A1", now=NOW + after)
        return
    hold(hall, "A1", now=NOW + after)
    assert holds(hall) == [("A1", "lapsed", UNTIL), ("A1", "active", None)]
    assert everything(hall)


def test_hold_refuses_seats_of_another_map_se7(hall):
    before = everything(hall)
    with pytest.raises(refusals.UnknownPlaces):
        actions.hold(showtime=hall.showtime, seat_ids=[hall.ids["A1"], 999_999], actor=AMINA, now=NOW)
    assert everything(hall) == before


def test_hold_refuses_nothing_and_too_many(hall):
    hall.set(max_places=3)
    hold(hall, "A1", "A2")
    before = everything(hall)
    for labels, refusal in (((), refusals.NothingChosen), (("A3", "A4"), refusals.TooManyPlaces)):
        with pytest.raises(refusal):
            hold(hall, *labels)
    with pytest.raises(refusals.TooManyPlaces):
        hold(hall, "B1", "B2", "B3", "B4")
    assert everything(hall) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": Showtime.Status.CANCELLED}, "cancelled"),
        ({"status": Showtime.Status.DRAFT}, "draft"),
        ({"starts_at": NOW}, "past"),
        ({"sale_opens_at": NOW + SECOND}, "early"),
        ({"sale_closes_at": NOW}, "closed"),
    ],
)
def test_hold_is_refused_unless_the_showtime_is_on_sale_se7(hall, change, reason):
    Showtime.objects.filter(pk=hall.showtime.pk).update(**change)
    before = everything(hall)
    with pytest.raises(refusals.NotOnSale) as refused:
        actions.hold(showtime=hall.fresh(), seat_ids=hall.seats("A1"), actor=AMINA, now=NOW)
    assert refused.value.reason == reason
    assert everything(hall) == before


def test_hold_is_refused_when_the_whole_event_was_cancelled(hall):
    Event.objects.update(status=Event.Status.CANCELLED)
    with pytest.raises(refusals.NotOnSale, match="was cancelled"):
        actions.hold(showtime=hall.fresh(), seat_ids=hall.seats("A1"), actor=AMINA, now=NOW)


def test_refusal_says_on_the_venues_clock_when_the_sale_opens(hall):
    Showtime.objects.update(sale_opens_at=dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC))
    with pytest.raises(refusals.NotOnSale, match=r"^Tickets go on sale on Sunday, 22 November 2026, 10:00\.$"):
        actions.hold(showtime=hall.fresh(), seat_ids=hall.seats("A1"), actor=AMINA, now=NOW)


def test_hold_of_half_a_sofa_takes_the_sofa(hall):
    hold(hall, "D1")
    assert sorted(places(hall)) == ["D1", "D2"]


def test_hold_of_half_a_sofa_is_refused_when_the_other_half_is_gone(hall):
    Place.objects.filter(seat_id=hall.ids["D2"]).update(blocked=True)
    before = everything(hall)
    with pytest.raises(refusals.PlacesTaken, match="D2"):
        hold(hall, "D1")
    assert everything(hall) == before


def test_hold_of_a_companion_seat_needs_its_wheelchair_space(hall):
    before = everything(hall)
    with pytest.raises(refusals.CompanionAlone):
        hold(hall, "C2")
    assert everything(hall) == before
    hold(hall, "C1")
    hold(hall, "C2")
    assert sorted(places(hall)) == ["C1", "C2"]


def test_hold_is_refused_where_it_would_leave_one_seat_alone_and_the_organizer_minds_se10(hall):
    hold(hall, "A2")  # not minded
    actions.release(showtime=hall.showtime, actor=AMINA, now=NOW)
    hall.set(refuse_orphans=True)
    before = everything(hall)
    with pytest.raises(refusals.LeavesOrphans) as refused:
        hold(hall, "A2", "A3")
    assert [place.label for place in refused.value.orphans] == ["A1"]
    assert everything(hall) == before
    hold(hall, "A1", "A2")


def test_hold_again_takes_what_lapsed_and_is_still_free(hall):
    hold(hall, "A1", "A2")
    later = UNTIL + MINUTE
    assert [place.label for place in held_by(AMINA.holder, showtime=hall.showtime, now=later).lapsed] == ["A1", "A2"]
    hold(hall, "A2", actor=BRUNO, now=later)
    actions.hold_again(showtime=hall.showtime, actor=AMINA, now=later)
    assert {label: held[0] for label, held in places(hall).items()} == {"A1": AMINA.holder, "A2": BRUNO.holder}


def test_nothing_is_offered_again_after_a_while_or_when_it_was_released(hall):
    hold(hall, "A1")
    assert held_by(AMINA.holder, showtime=hall.showtime, now=UNTIL + 16 * MINUTE).lapsed == []
    actions.release(showtime=hall.showtime, actor=AMINA, now=NOW + MINUTE)
    assert held_by(AMINA.holder, showtime=hall.showtime, now=UNTIL + MINUTE).lapsed == []
    with pytest.raises(refusals.NotEnoughLeft):
        actions.hold_again(showtime=hall.showtime, actor=AMINA, now=UNTIL + MINUTE)


def test_next_best_is_as_many_seats_together_close_by(hall):
    hold(hall, "A3", "A4", actor=BRUNO)
    offered = next_best(hall.showtime, hall.seats("A3", "A4"), now=NOW)
    assert [place.label for place in offered] == ["B3", "B4"]
    assert next_best(hall.showtime, [], now=NOW) == []


def test_hold_best_takes_seats_side_by_side_in_one_go_se10(hall):
    actions.hold_best(showtime=hall.showtime, quantity=4, actor=AMINA, now=NOW)
    assert sorted(places(hall)) == ["B1", "B2", "B3", "B4"]


def test_hold_best_step_free_stays_where_no_steps_are_se10(hall):
    actions.hold_best(showtime=hall.showtime, quantity=2, step_free=True, actor=AMINA, now=NOW)
    assert sorted(places(hall)) == ["C3", "C4"]


def test_hold_best_refuses_when_so_many_are_not_together_se10(hall):
    before = everything(hall)
    with pytest.raises(refusals.NotEnoughLeft):
        actions.hold_best(showtime=hall.showtime, quantity=7, actor=AMINA, now=NOW)
    assert everything(hall) == before
    actions.hold_best(showtime=hall.showtime, quantity=7, together=False, actor=AMINA, now=NOW)
    assert len(places(hall)) == 7


def test_hold_standing_takes_places_until_none_is_left_and_never_more_se9(hall):
    actions.hold_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=4, actor=AMINA, now=NOW)
    before = everything(hall)
    with pytest.raises(refusals.NotEnoughLeft):
        actions.hold_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=3, actor=BRUNO, now=NOW)
    assert everything(hall) == before
    actions.hold_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=2, actor=BRUNO, now=NOW)
    assert len(places(hall)) == 6


def test_choose_standing_takes_more_or_gives_back_se9(hall):
    def choose(quantity):
        return actions.choose_standing(
            showtime=hall.showtime, zone_id=hall.floor, quantity=quantity, actor=AMINA, now=NOW
        )

    with pytest.raises(refusals.NothingChosen):
        choose(0)
    for quantity in (3, 5, 2, 0):
        assert choose(quantity) == quantity
        assert len(places(hall)) == quantity
    with pytest.raises(refusals.UnknownPlaces):
        actions.choose_standing(showtime=hall.showtime, zone_id=999_999, quantity=1, actor=AMINA, now=NOW)
    assert everything(hall)


def test_my_holds_are_listed_newest_first_with_the_lapsed_ones_on_wish_se3(hall):
    hold(hall, "A1")
    hold(hall, "B1", now=NOW + 6 * MINUTE)
    now = NOW + 7 * MINUTE
    assert [h.place.label for h in my_holds(AMINA.holder, now=now)] == ["B1"]
    assert [h.place.label for h in my_holds(AMINA.holder, now=now, include_lapsed=True)] == ["B1", "A1"]
    assert my_holds(BRUNO.holder, now=now, include_lapsed=True) == []
    assert [p.label for p in held_by(AMINA.holder, showtime=hall.showtime, now=now).places] == ["B1"]


def test_the_database_refuses_a_second_living_hold_of_one_place_se6(hall):
    made = hold(hall, "A1")[0]
    twin = Hold(
        showtime=hall.showtime, place=made.place, holder=BRUNO.holder, held_at=NOW, expires_at=UNTIL, status="active"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
