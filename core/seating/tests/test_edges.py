"""Ways around the rules of holding, tried: another name, another moment, another order."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from core.kernel.actor import Actor
from core.seating import actions
from core.seating.actions import releasing
from core.seating.models import Hold
from core.seating.refusals import CompanionAlone, HoldingTimeUsedUp, PairSplit, TooManyPlaces
from core.seating.tests.stage import AMINA, MINUTE, NOW, Hall, everything, holds, places

VISITOR = Actor(holder="anon:amina", address="192.0.2.10")


def hold(hall: Hall, *labels: str, actor: Actor = AMINA, now: dt.datetime = NOW) -> list[Hold]:
    return actions.hold(showtime=hall.showtime, seat_ids=hall.seats(*labels), actor=actor, now=now)


def lease(hall: Hall, made: list[Hold], *, now: dt.datetime = NOW) -> None:
    actions.lease(
        showtime_id=hall.showtime.pk,
        place_ids=[one.place_id for one in made],
        lessee="booking:1",
        until=now + 10 * MINUTE,
        actor=AMINA,
        now=now,
    )


def follow(*, visitor: str = VISITOR.holder, now: dt.datetime) -> int:
    return actions.follow(visitor=visitor, holder=AMINA.holder, user_id=7, now=now)


@pytest.mark.django_db
def test_logging_in_does_not_start_a_new_clock_r8(hall):
    for start in (0, 5, 10):
        hold(hall, "A1", actor=VISITOR, now=NOW + start * MINUTE)
    over = NOW + 15 * MINUTE
    with pytest.raises(HoldingTimeUsedUp):
        hold(hall, "A1", actor=VISITOR, now=over)
    assert follow(now=over) == 0
    with pytest.raises(HoldingTimeUsedUp):
        hold(hall, "A1", now=over)
    assert everything(hall)


@pytest.mark.django_db
def test_logging_in_takes_along_what_lapsed_and_was_tidied_or_released_r8(hall):
    hold(hall, "A1", actor=VISITOR)
    actions.lapse(now=NOW + 5 * MINUTE)
    hold(hall, "A2", actor=VISITOR, now=NOW + 5 * MINUTE)
    actions.release(showtime=hall.showtime, actor=VISITOR, now=NOW + 10 * MINUTE)
    assert follow(now=NOW + 10 * MINUTE) == 0
    assert set(Hold.objects.values_list("holder", flat=True)) == {AMINA.holder}
    hold(hall, "A1", now=NOW + 10 * MINUTE)
    with pytest.raises(HoldingTimeUsedUp):
        hold(hall, "A1", now=NOW + 15 * MINUTE)
    assert everything(hall)


@pytest.mark.django_db
def test_places_whose_money_settles_for_days_count_against_the_cap_r22_r24(hall):
    hall.set(max_places=2)
    lease(hall, hold(hall, "A1", "A2"))
    with pytest.raises(TooManyPlaces):
        hold(hall, "B1", now=NOW + dt.timedelta(days=2))
    assert sorted(places(hall)) == ["A1", "A2"]


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "refusal"), [("C2", CompanionAlone), ("D1", PairSplit), ("D4", PairSplit)])
def test_what_goes_together_cannot_be_paid_apart(hall, label, refusal):
    made = hold(hall, "C1", "C2", "D1", "D3")
    alone = [one for one in made if one.place.label == label]
    before = everything(hall)
    with pytest.raises(refusal):
        lease(hall, alone)
    assert everything(hall) == before


@pytest.mark.django_db
def test_what_goes_together_can_be_paid_together_and_a_wheelchair_space_alone(hall):
    lease(hall, [one for one in hold(hall, "C1", "D1") if one.place.label != "C2"])
    assert {label: row[2] for label, row in places(hall).items()} == {"C1": True, "D1": True, "D2": True}


@pytest.mark.django_db(transaction=True)
def test_a_companion_seat_is_not_held_while_its_wheelchair_space_is_being_released(hall, monkeypatch):
    hold(hall, "C1")
    releasing_now, told = threading.Event(), threading.Event()
    give_back = releasing._give_back

    def slowly(*given: object) -> None:
        releasing_now.set()
        told.wait(2)
        give_back(*given)

    monkeypatch.setattr(releasing, "_give_back", slowly)

    def release() -> None:
        try:
            actions.release(showtime=hall.showtime, actor=AMINA, now=NOW)
        finally:
            connection.close()

    thread = threading.Thread(target=release)
    thread.start()
    releasing_now.wait(5)
    threading.Timer(0.3, told.set).start()
    with pytest.raises(CompanionAlone):
        hold(hall, "C2")
    thread.join()
    assert places(hall) == {}
    assert everything(hall)


@pytest.mark.django_db(transaction=True)
def test_a_place_is_leased_or_lapses_but_never_both_when_both_happen_at_its_last_instant(hall):
    for turn in range(10):
        made = hold(hall, "A1", now=NOW + turn * 60 * MINUTE)
        last = made[0].expires_at
        start = threading.Barrier(2)

        def lapse(start=start, last=last) -> None:
            try:
                start.wait()
                actions.lapse(now=last)
            finally:
                connection.close()

        thread = threading.Thread(target=lapse)
        thread.start()
        start.wait()
        try:
            with transaction.atomic():
                lease(hall, made, now=last - dt.timedelta(milliseconds=1))
        except actions.leasing.refusals.HoldLapsed:
            pass
        thread.join()
        everything(hall)
        actions.give_back(showtime_id=hall.showtime.pk, place_ids=[made[0].place_id], lessee="booking:1", now=last)
    assert {status for _label, status, _ended in holds(hall)} <= {"lapsed", "released"}


@pytest.mark.django_db
def test_choosing_less_than_nothing_gives_back_all_standing_places_and_no_others(hall):
    hold(hall, "A1")
    actions.choose_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=3, actor=AMINA, now=NOW)
    actions.choose_standing(showtime=hall.showtime, zone_id=hall.floor, quantity=-1, actor=AMINA, now=NOW)
    assert sorted(places(hall)) == ["A1"]
    assert everything(hall)
